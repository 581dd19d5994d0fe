package agent_test

// The agent under test: this test binary again, as a process of its own, that asks models what the environment tells it to.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"example.com/agent/internal/cockpit"
	"github.com/anthropics/anthropic-sdk-go"
	claude "github.com/anthropics/anthropic-sdk-go/option"
	openai1 "github.com/openai/openai-go"
	option1 "github.com/openai/openai-go/option"
	openai2 "github.com/openai/openai-go/v2"
	option2 "github.com/openai/openai-go/v2/option"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/azure"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/ssestream"
	"github.com/openai/openai-go/v3/responses"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"google.golang.org/genai"
)

// question is one thing to ask, and answer is what the program saw.
type question struct {
	API       string   // "chat", "v1", "v2", "completion", "responses", "embeddings", "tokens", "azure", "claude", "gemini", "gemini-embeddings", "vertex", "http"
	Wrap      []string // "telemetry", "cost", "cost:<USD of a run>"
	Model     string
	Say       string
	Stream    bool
	ShowUsage bool   // the program asks for the usage chunk itself
	End       string // of a stream: "" reads on, "close" and "cancel" stop after a chunk, "forget" does not even close it
	Retries   int
	Server    string // instead of the stand-in
	Times     int    // in parallel
	Wait      time.Duration
	Touch     string // a file to write before; with Content "" it is removed
	Content   string
}

type answer struct {
	Text, Error, Kind string
	Chunks            int
	Attempts          int // how often an SDK with middleware tried
	UsageChunks       int
	Took              time.Duration
}

type plan struct {
	StandIn     string
	Questions   []question
	Rounds      int  // the questions are asked so often, one after the other
	OwnProvider bool // the program sets up OpenTelemetry itself
	NoShutdown  bool
}

func TestMain(m *testing.M) {
	if text := os.Getenv("AGENT_PLAN"); text != "" {
		var p plan
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			panic(err)
		}
		p.run()
		return
	}
	code := m.Run()
	stopStandIn()
	os.Exit(code)
}

func (p plan) run() {
	ctx := context.Background()
	stop := cockpit.Shutdown
	if p.OwnProvider {
		exporter, err := otlptracehttp.New(ctx)
		if err != nil {
			panic(err)
		}
		provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter))
		otel.SetTracerProvider(provider)
		stop = provider.Shutdown
	}
	answers := [][]answer{}
	for _, q := range slices.Repeat(p.Questions, max(p.Rounds, 1)) {
		answers = append(answers, p.askAll(q))
	}
	text, err := json.Marshal(answers)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
	if !p.NoShutdown {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		_ = stop(ctx) // tests of broken exporters see it fail
	}
}

func (p plan) askAll(q question) []answer {
	time.Sleep(q.Wait)
	if q.Touch != "" && q.Content == "" {
		check(os.Remove(q.Touch))
	} else if q.Touch != "" {
		check(os.WriteFile(q.Touch, []byte(q.Content), 0o600))
	}
	if q.Server == "" {
		q.Server = p.StandIn
	}
	answers := make([]answer, max(q.Times, 1))
	var group sync.WaitGroup
	for i := range answers {
		group.Go(func() {
			start := time.Now()
			text, err := q.ask(&answers[i])
			answers[i].Text, answers[i].Took = text, time.Since(start)
			if err != nil {
				answers[i].Error, answers[i].Kind = err.Error(), kind(err)
			}
		})
	}
	group.Wait()
	return answers
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func kind(err error) string {
	var budget *cockpit.BudgetError
	var paused *cockpit.PausedError
	switch {
	case errors.As(err, &budget):
		return "budget " + budget.Limit
	case errors.As(err, &paused):
		return "paused"
	}
	return "other"
}

func (q question) middleware(a *answer) []cockpit.Middleware {
	chain := []cockpit.Middleware{func(req *http.Request, next cockpit.Next) (*http.Response, error) {
		a.Attempts++
		return next(req)
	}}
	for _, name := range q.Wrap {
		var usd float64
		switch {
		case name == "telemetry":
			chain = append(chain, cockpit.Telemetry)
		case name == "cost":
			chain = append(chain, cockpit.CostControl)
		default:
			if _, err := fmt.Sscanf(name, "cost:%g", &usd); err != nil {
				panic(err)
			}
			chain = append(chain, cockpit.CostControlWith(cockpit.Budget{Run: usd}))
		}
	}
	return chain
}

func (q question) ask(a *answer) (string, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer func() {
		cancel()
		if q.End == "cancel" {
			time.Sleep(300 * time.Millisecond) // nothing tells when the cancelled call has been noticed
		}
	}()
	switch q.API {
	case "chat", "azure", "completion", "embeddings", "tokens", "responses":
		return q.askOpenAI(ctx, a)
	case "v1", "v2":
		return q.askOlder(ctx, a)
	case "claude":
		return q.askClaude(ctx, a)
	case "http":
		return q.askHTTP(ctx, a)
	default:
		return q.askGoogle(ctx, a)
	}
}

func (q question) openai(a *answer) openai.Client {
	if q.API == "azure" {
		return openai.NewClient(option.WithMiddleware(q.middleware(a)...), azure.WithEndpoint(q.Server, "2024-10-21"),
			azure.WithAPIKey("key"), azure.WithUnsafeAllowHTTP(), option.WithMaxRetries(q.Retries))
	}
	return openai.NewClient(option.WithMiddleware(q.middleware(a)...), option.WithBaseURL(q.Server+"/v1"), option.WithAPIKey("key"), option.WithMaxRetries(q.Retries))
}

func (q question) askOpenAI(ctx context.Context, a *answer) (string, error) {
	client := q.openai(a)
	switch {
	case q.API == "tokens":
		got, err := client.Embeddings.New(ctx, openai.EmbeddingNewParams{Model: q.Model, Input: openai.EmbeddingNewParamsInputUnion{OfArrayOfTokens: make([]int64, len(q.Say))}})
		return fmt.Sprint(got != nil), err
	case q.API == "embeddings":
		got, err := client.Embeddings.New(ctx, openai.EmbeddingNewParams{Model: q.Model, Input: openai.EmbeddingNewParamsInputUnion{OfString: openai.String(q.Say)}})
		return fmt.Sprint(got != nil && len(got.Data) == 1), err
	case q.API == "completion":
		got, err := client.Completions.New(ctx, openai.CompletionNewParams{Model: openai.CompletionNewParamsModel(q.Model), Prompt: openai.CompletionNewParamsPromptUnion{OfString: openai.String(q.Say)}})
		if err != nil {
			return "", err
		}
		return got.Choices[0].Text, nil
	case q.API == "responses":
		return q.askResponses(ctx, client)
	}
	params := openai.ChatCompletionNewParams{Model: q.Model, Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(q.Say)}}
	if !q.Stream {
		got, err := client.Chat.Completions.New(ctx, params)
		if err != nil {
			return "", err
		}
		return got.Choices[0].Message.Content, nil
	}
	if q.ShowUsage {
		params.StreamOptions = openai.ChatCompletionStreamOptionsParam{IncludeUsage: openai.Bool(true)}
	}
	return q.readChat(client.Chat.Completions.NewStreaming(ctx, params), a)
}

// askOlder uses the versions of openai-go before the present one.
func (q question) askOlder(ctx context.Context, a *answer) (string, error) {
	if q.API == "v1" {
		client := openai1.NewClient(option1.WithMiddleware(q.middleware(a)...), option1.WithBaseURL(q.Server+"/v1"), option1.WithAPIKey("key"), option1.WithMaxRetries(q.Retries))
		params := openai1.ChatCompletionNewParams{Model: q.Model, Messages: []openai1.ChatCompletionMessageParamUnion{openai1.UserMessage(q.Say)}}
		if q.Stream {
			stream := client.Chat.Completions.NewStreaming(ctx, params)
			return fmt.Sprint(stream.Next()), stream.Err()
		}
		got, err := client.Chat.Completions.New(ctx, params)
		if err != nil {
			return "", err
		}
		return got.Choices[0].Message.Content, nil
	}
	client := openai2.NewClient(option2.WithMiddleware(q.middleware(a)...), option2.WithBaseURL(q.Server+"/v1"), option2.WithAPIKey("key"), option2.WithMaxRetries(q.Retries))
	params := openai2.ChatCompletionNewParams{Model: q.Model, Messages: []openai2.ChatCompletionMessageParamUnion{openai2.UserMessage(q.Say)}}
	if q.Stream {
		stream := client.Chat.Completions.NewStreaming(ctx, params)
		return fmt.Sprint(stream.Next()), stream.Err()
	}
	got, err := client.Chat.Completions.New(ctx, params)
	if err != nil {
		return "", err
	}
	return got.Choices[0].Message.Content, nil
}

func (q question) readChat(stream *ssestream.Stream[openai.ChatCompletionChunk], a *answer) (text string, err error) {
	for stream.Next() {
		chunk := stream.Current()
		a.Chunks++
		if len(chunk.Choices) == 0 && chunk.Usage.TotalTokens > 0 {
			a.UsageChunks++
			continue
		}
		text += chunk.Choices[0].Delta.Content
		if q.End != "" {
			return text, q.leave(stream.Close)
		}
	}
	return text, stream.Err()
}

// leave ends a stream in the middle; the context is cancelled by the caller in any case.
func (q question) leave(closeStream func() error) error {
	if q.End == "close" {
		return closeStream()
	}
	if q.End == "forget" {
		for range 20 {
			runtime.GC()
			time.Sleep(10 * time.Millisecond)
		}
	}
	return nil
}

func (q question) askResponses(ctx context.Context, client openai.Client) (text string, err error) {
	params := responses.ResponseNewParams{Model: q.Model, Input: responses.ResponseNewParamsInputUnion{OfString: openai.String(q.Say)}}
	if !q.Stream {
		got, err := client.Responses.New(ctx, params)
		if err != nil {
			return "", err
		}
		return got.OutputText(), nil
	}
	stream := client.Responses.NewStreaming(ctx, params)
	for stream.Next() {
		if event := stream.Current(); event.Type == "response.output_text.delta" {
			text += event.Delta
		}
	}
	return text, stream.Err()
}

func (q question) askClaude(ctx context.Context, a *answer) (text string, err error) {
	client := anthropic.NewClient(claude.WithMiddleware(q.middleware(a)...), claude.WithBaseURL(q.Server), claude.WithAPIKey("key"), claude.WithMaxRetries(q.Retries))
	params := anthropic.MessageNewParams{Model: anthropic.Model(q.Model), MaxTokens: 100, Messages: []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(q.Say))}}
	if !q.Stream {
		got, err := client.Messages.New(ctx, params)
		if err != nil {
			return "", err
		}
		for _, block := range got.Content {
			text += block.Text
		}
		return text, nil
	}
	stream := client.Messages.NewStreaming(ctx, params)
	for stream.Next() {
		a.Chunks++
		text += stream.Current().Delta.Text
		if q.End != "" {
			return text, q.leave(stream.Close)
		}
	}
	return text, stream.Err()
}

// google makes a client as a wrapped program does: the configuration stays as it was.
func (q question) google(ctx context.Context) (*genai.Client, error) {
	config := &genai.ClientConfig{APIKey: "key", Backend: genai.BackendGeminiAPI, HTTPOptions: genai.HTTPOptions{BaseURL: q.Server}}
	if q.API == "vertex" {
		config = &genai.ClientConfig{Backend: genai.BackendVertexAI, Project: "project", Location: "us-central1", HTTPOptions: genai.HTTPOptions{BaseURL: q.Server}}
	}
	client, err := genai.NewClient(ctx, config)
	for _, name := range q.Wrap {
		if name == "telemetry" {
			client, err = cockpit.TelemetryFor(client, err)
		} else {
			client, err = cockpit.CostControlFor(client, err)
		}
	}
	return client, err
}

func (q question) askGoogle(ctx context.Context, a *answer) (text string, err error) {
	client, err := q.google(ctx)
	if err != nil {
		return "", err
	}
	if q.API == "gemini-embeddings" {
		got, err := client.Models.EmbedContent(ctx, q.Model, genai.Text(q.Say), nil)
		return fmt.Sprint(got != nil && len(got.Embeddings) == 1), err
	}
	if !q.Stream {
		got, err := client.Models.GenerateContent(ctx, q.Model, genai.Text(q.Say), nil)
		if err != nil {
			return "", err
		}
		return got.Text(), nil
	}
	for chunk, err := range client.Models.GenerateContentStream(ctx, q.Model, genai.Text(q.Say), nil) {
		if err != nil {
			return text, err
		}
		a.Chunks++
		text += chunk.Text()
		if q.End != "" {
			break
		}
	}
	return text, nil
}

// askHTTP is what a program without an SDK does.
func (q question) askHTTP(ctx context.Context, a *answer) (string, error) {
	body, err := json.Marshal(map[string]any{"model": q.Model, "stream": q.Stream, "messages": []any{map[string]string{"role": "user", "content": q.Say}}})
	if err != nil {
		return "", err
	}
	client := cockpit.HTTPClient(nil, q.middleware(a)...)
	reader, writer := io.Pipe()
	go func() {
		_, err := writer.Write(body)
		writer.CloseWithError(err)
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, q.Server+"/v1/chat/completions", reader)
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	response, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if q.End == "close" {
		return "", nil
	}
	text, err := io.ReadAll(response.Body)
	return string(text), err
}
