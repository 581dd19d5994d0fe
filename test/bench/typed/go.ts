/** Go: clients and an agent around them. */
import { assemble, type TypedFile } from "./typed-file.ts";

const head = `// Package desk answers tickets.
package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/openai/openai-go/v2"
	"github.com/openai/openai-go/v2/option"
)
`;

const pieces = [
  `// Desk# answers each ticket at most once.
type Desk# struct {
	client openai.Client
	region string
	seen   map[string]bool
}

func NewDesk#(region string) *Desk# {
	client := openai.NewClient(option.WithMaxRetries(#))
	return &Desk#{client: client, region: region, seen: map[string]bool{}}
}

func (d *Desk#) Answer(ctx context.Context, ticket Ticket) (string, error) {
	if d.seen[ticket.ID] {
		return "", nil
	}
	d.seen[ticket.ID] = true
	reply, err := d.client.Chat.Completions.New(ctx, openai.ChatCompletionNewParams{
		Model: openai.ChatModelGPT4_1Mini,
		Messages: []openai.ChatCompletionMessageParamUnion{
			openai.SystemMessage(fmt.Sprintf("You answer for region %s: %s", d.region, strings.Join(ticket.Tags, ", "))),
			openai.UserMessage(ticket.Title),
		},
	})
	if err != nil {
		return "", fmt.Errorf("answer #: %w", err)
	}
	return reply.Choices[0].Message.Content, nil
}
`,
  `// Route# says who answers.
func Route#(ticket Ticket, hour int) (queue string, err error) {
	urgent := false
	for _, tag := range ticket.Tags {
		switch strings.ToLower(tag) {
		case "urgent", "outage":
			urgent = true
		}
	}
	if urgent && (hour < 8 || hour > 18) {
		return "night-#", nil
	}
	if len(ticket.Tags) == 0 {
		return "", errors.New("ticket # has no tags")
	}
	return "desk-#", nil
}
`,
  `func summarize#(ctx context.Context, texts []string) ([]string, error) {
	client := anthropic.NewClient()
	results := make([]string, 0, len(texts))
	for i, text := range texts {
		if i >= # {
			break
		}
		message, err := client.Messages.New(ctx, anthropic.MessageNewParams{
			MaxTokens: 512,
			Model:     anthropic.ModelClaudeSonnet4_5,
			Messages:  []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(text))},
		})
		if err != nil {
			return nil, err
		}
		for _, block := range message.Content {
			results = append(results, block.Text)
		}
	}
	return results, nil
}
`,
];

export const goFile: TypedFile = {
  name: "desk.go",
  languageId: "go",
  text: assemble(head, pieces),
  typed: [
    { at: "	d.seen[ticket.ID] = true", text: '	if ticket.ID == "" {\n		return "", errors.New("none")\n	}\n' },
    { at: "	results := make", text: "	other := openai.NewClient(option.WithAPIKey(`k`))\n" },
    { at: "type Desk", text: "type Pair[K comparable, V any] struct{ a K; b V }\n" },
    { at: "	urgent := false", text: "	for i, it := range []int{1, 2} {\n		go f(i, it)\n	}\n" },
    { at: "	if len(ticket.Tags)", text: "	defer func() { _ = recover() }()\n" },
  ],
};
