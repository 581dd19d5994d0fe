// Command ledger-watch explains unusual ledger entries in a sentence each.
package main

import (
	"bufio"
	"context"
	"fmt"
	"log"
	"os"

	"github.com/openai/openai-go/v3"

	"example.com/shop/ledger-watch/internal/entries"
)

func main() {
	client := openai.NewClient()
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		entry, err := entries.Parse(lines.Text())
		if err != nil {
			log.Printf("skipped: %v", err)
			continue
		}
		if !entry.Unusual() {
			continue
		}
		reply, err := client.Chat.Completions.New(context.Background(), openai.ChatCompletionNewParams{
			Model:    openai.ChatModelGPT4_1Mini,
			Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(entry.Question())},
		})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s\t%s\n", entry.ID, reply.Choices[0].Message.Content)
	}
}
