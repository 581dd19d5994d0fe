// Command catalog-search turns a customer's words into a catalogue query.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
)

func main() {
	traced := &http.Client{Transport: otelhttp.NewTransport(http.DefaultTransport)}
	client := openai.NewClient(option.WithHTTPClient(traced))
	query, err := toQuery(context.Background(), &client, strings.Join(os.Args[1:], " "))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(query)
}

func toQuery(ctx context.Context, client *openai.Client, words string) (string, error) {
	reply, err := client.Chat.Completions.New(ctx, openai.ChatCompletionNewParams{
		Model: openai.ChatModelGPT4_1Nano,
		Messages: []openai.ChatCompletionMessageParamUnion{
			openai.SystemMessage("Answer with search terms only, joined by AND."),
			openai.UserMessage(words),
		},
	})
	if err != nil {
		return "", err
	}
	return reply.Choices[0].Message.Content, nil
}
