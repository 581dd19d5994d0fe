package agent_test

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// chatSpan is the span of the plainest call, from which the others differ.
func chatSpan(t *testing.T, differs map[string]any) map[string]any {
	t.Helper()
	address, err := url.Parse(standIn())
	check(err)
	port, err := strconv.Atoi(address.Port())
	check(err)
	span := map[string]any{
		"name": "chat gpt-4o-mini", "kind": "SPAN_KIND_CLIENT", "status": "STATUS_CODE_UNSET",
		"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.agent.id": "billing",
		"gen_ai.request.model": "gpt-4o-mini", "gen_ai.response.model": "gpt-4o-mini", "gen_ai.response.id": "chatcmpl-1",
		"gen_ai.response.finish_reasons": []any{"stop"}, "gen_ai.usage.input_tokens": 11, "gen_ai.usage.output_tokens": 7,
		"server.address": "127.0.0.1", "server.port": port,
		"cockpit.cost.usd": (11*0.15 + 7*0.6) / 1e6, "cockpit.price.date": "2026-11-01",
	}
	return with(span, differs)
}

// with changes attributes; nil stands for none, "*" for any.
func with(span, differs map[string]any) map[string]any {
	changed := maps.Clone(span)
	maps.Copy(changed, differs)
	return changed
}

func compare(t *testing.T, got, want map[string]any) {
	t.Helper()
	for key := range maps.Keys(with(want, got)) {
		if want[key] == "*" && got[key] != nil {
			continue
		}
		if a, b := text(got[key]), text(want[key]); a != b {
			t.Errorf("%s is %s instead of %s", key, a, b)
		}
	}
}

var failed = map[string]any{
	"status": "STATUS_CODE_ERROR", "gen_ai.response.id": nil, "gen_ai.response.model": nil, "gen_ai.response.finish_reasons": nil,
	"gen_ai.usage.input_tokens": nil, "gen_ai.usage.output_tokens": nil, "cockpit.cost.usd": nil, "cockpit.price.date": nil,
}

// TestSpans asks the stand-in through each SDK and looks at the whole span.
func TestSpans(t *testing.T) {
	gemini := map[string]any{
		"name": "generate_content gemini-2.5-flash", "gen_ai.operation.name": "generate_content", "gen_ai.provider.name": "gcp.gemini",
		"gen_ai.request.model": "gemini-2.5-flash", "gen_ai.response.model": nil, "gen_ai.response.id": nil, "gen_ai.response.finish_reasons": []any{"STOP"},
		"gen_ai.usage.input_tokens": 41, "gen_ai.usage.output_tokens": 17, "cockpit.cost.usd": (41*0.3 + 17*2.5) / 1e6,
	}
	claude := map[string]any{
		"name": "chat claude-sonnet-4-5-20250929", "gen_ai.provider.name": "anthropic", "gen_ai.request.model": "claude-sonnet-4-5-20250929",
		"gen_ai.response.model": "claude-sonnet-4-5-20250929", "gen_ai.response.id": "*", "gen_ai.response.finish_reasons": []any{"end_turn"},
		"gen_ai.usage.input_tokens": 31, "gen_ai.usage.output_tokens": 13, "cockpit.cost.usd": (31*3.0 + 13*15) / 1e6,
	}
	responses := map[string]any{
		"gen_ai.response.id": "*", "gen_ai.usage.input_tokens": 21, "gen_ai.usage.output_tokens": 9,
		"gen_ai.response.finish_reasons": nil, "cockpit.cost.usd": (21*0.15 + 9*0.6) / 1e6,
	}
	stream := map[string]any{"cockpit.stream": true}
	cases := map[string]struct {
		ask  question
		text string
		span map[string]any
	}{
		"chat":             {question{API: "chat", Say: "hello"}, "Hello.", nil},
		"openai-go v1":     {question{API: "v1", Say: "hello"}, "Hello.", nil},
		"openai-go v2":     {question{API: "v2", Say: "hello"}, "Hello.", nil},
		"chat stream":      {question{API: "chat", Say: "hello", Stream: true}, "Hello.", stream},
		"both":             {question{API: "chat", Say: "hello", Wrap: []string{"cost", "telemetry"}}, "Hello.", nil},
		"both, reversed":   {question{API: "chat", Say: "hello", Wrap: []string{"telemetry", "cost"}, Stream: true}, "Hello.", stream},
		"everything twice": {question{API: "chat", Say: "hello", Wrap: []string{"telemetry", "cost", "telemetry", "cost"}, Stream: true}, "Hello.", stream},
		"a dated model":    {question{API: "chat", Say: "dated"}, "Hello.", map[string]any{"gen_ai.response.model": "gpt-4o-mini-2024-07-18", "gen_ai.response.id": "*"}},
		"unknown price": {question{API: "chat", Say: "hello", Model: "llama-9"}, "Hello.", map[string]any{
			"name": "chat llama-9", "gen_ai.request.model": "llama-9", "gen_ai.response.model": "llama-9",
			"cockpit.cost.usd": nil, "cockpit.price.date": nil, "cockpit.cost.unknown": true}},
		"embeddings": {question{API: "embeddings", Say: "hello"}, "true", map[string]any{
			"name": "embeddings gpt-4o-mini", "gen_ai.operation.name": "embeddings", "gen_ai.response.id": nil, "gen_ai.response.finish_reasons": nil,
			"gen_ai.usage.input_tokens": nil, "gen_ai.usage.output_tokens": nil, "cockpit.cost.usd": nil, "cockpit.price.date": nil}},
		"responses":        {question{API: "responses", Say: "responses"}, "Hello.", responses},
		"responses stream": {question{API: "responses", Say: "responses", Stream: true}, "Hello.", with(responses, stream)},
		"azure":            {question{API: "azure", Say: "hello"}, "Hello.", map[string]any{"gen_ai.provider.name": "azure.ai.openai"}},
		"azure stream":     {question{API: "azure", Say: "hello", Stream: true}, "Hello.", with(stream, map[string]any{"gen_ai.provider.name": "azure.ai.openai"})},
		"claude":           {question{API: "claude", Say: "claude", Model: "claude-sonnet-4-5-20250929"}, "Hello.", claude},
		"claude stream":    {question{API: "claude", Say: "claude", Model: "claude-sonnet-4-5-20250929", Stream: true}, "Hello.", with(claude, stream)},
		"gemini":           {question{API: "gemini", Say: "gemini", Model: "gemini-2.5-flash"}, "Hello.", gemini},
		"gemini stream":    {question{API: "gemini", Say: "gemini", Model: "gemini-2.5-flash", Stream: true}, "Hello.", with(gemini, stream)},
		"gemini, twice":    {question{API: "gemini", Say: "gemini", Model: "gemini-2.5-flash", Wrap: []string{"telemetry", "cost", "telemetry"}}, "Hello.", gemini},
		"an HTTP client":   {question{API: "http", Say: "hello"}, `{"id"`, nil},
		"429":              {question{API: "chat", Say: "too many"}, "", with(failed, map[string]any{"error.type": "429"})},
		"500":              {question{API: "chat", Say: "broken", Stream: true}, "", with(failed, map[string]any{"error.type": "500"})},
		"hung up":          {question{API: "chat", Say: "hang up"}, "", with(failed, map[string]any{"error.type": "io.ErrUnexpectedEOF"})},
		"nobody there": {question{API: "chat", Say: "hello", Server: "http://127.0.0.1:1"}, "", with(failed, map[string]any{
			"error.type": "*net.OpError", "server.port": 1})},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.ask.Wrap == nil {
				c.ask.Wrap = []string{"telemetry"}
			}
			if c.ask.Model == "" {
				c.ask.Model = "gpt-4o-mini"
			}
			spans := newReceiver(t)
			got, log := runOne(t, files(t, map[string]string{"model_prices.json": priceFile}), spans.environment(), c.ask)
			if !strings.HasPrefix(got.Text, c.text) || (got.Error != "") != (c.text == "") {
				t.Errorf("got %+v", got)
			}
			compare(t, spans.one(t), chatSpan(t, c.span))
			for line := range strings.Lines(log) {
				if !strings.Contains(line, "has no budget") && !strings.Contains(line, "llama-9") {
					t.Errorf("logged: %s", line)
				}
			}
		})
	}
}

// TestRetries: each attempt that the SDK makes is a call.
func TestRetries(t *testing.T) {
	spans := newReceiver(t)
	got, _ := runOne(t, t.TempDir(), spans.environment(), question{API: "chat", Say: "broken", Model: "gpt-4o-mini", Wrap: []string{"telemetry"}, Retries: 1})
	if got.Kind != "other" || len(spans.all()) != 2 {
		t.Errorf("%+v, %d spans", got, len(spans.all()))
	}
}

// TestOwnProvider: where the program has set up OpenTelemetry, its provider is used.
func TestOwnProvider(t *testing.T) {
	spans := newReceiver(t)
	answers, _ := run(t, t.TempDir(), append(spans.environment(), "COCKPIT_AGENT_ID=other"), plan{OwnProvider: true, Questions: []question{
		{API: "chat", Say: "hello", Model: "gpt-4o-mini", Wrap: []string{"telemetry"}},
	}})
	if span := spans.one(t); span["gen_ai.agent.id"] != "other" || answers[0][0].Text != "Hello." {
		t.Errorf("%v %v", span, answers)
	}
}

// TestAnswers reads what the stand-in does not give: what providers really answer, word for word where it matters.
func TestAnswers(t *testing.T) {
	cases := map[string]struct {
		ask    question
		answer string
		span   map[string]any
	}{
		"text completion": {question{API: "completion"}, `{"id":"cmpl-1","model":"m-1","choices":[{"index":0,"text":"Hi","finish_reason":"length"}],"usage":{"prompt_tokens":5,"completion_tokens":1}}`,
			map[string]any{"name": "text_completion m", "gen_ai.response.model": "m-1", "gen_ai.usage.input_tokens": 5, "gen_ai.response.finish_reasons": []any{"length"}}},
		"cached tokens": {question{API: "chat", Model: "gpt-4o-mini"}, `{"model":"gpt-4o-mini","choices":[{"index":0,"message":{"content":"Hi"}}],"usage":{"prompt_tokens":1000,"completion_tokens":0,"prompt_tokens_details":{"cached_tokens":600}}}`,
			map[string]any{"gen_ai.usage.input_tokens": 1000, "cockpit.cost.usd": (400*0.15 + 600*0.075) / 1e6}},
		"cached tokens of Claude": {question{API: "claude"}, `{"type":"message","content":[{"type":"text","text":"Hi"}],"stop_reason":"max_tokens","usage":{"input_tokens":10,"cache_read_input_tokens":20,"cache_creation_input_tokens":30,"output_tokens":4}}`,
			map[string]any{"gen_ai.usage.input_tokens": 60, "gen_ai.usage.output_tokens": 4, "gen_ai.response.finish_reasons": []any{"max_tokens"}}},
		"thoughts of Gemini": {question{API: "gemini"}, `{"responseId":"r1","modelVersion":"m-001","candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":5,"thoughtsTokenCount":7,"toolUsePromptTokenCount":2}}`,
			map[string]any{"gen_ai.response.id": "r1", "gen_ai.response.model": "m-001", "gen_ai.usage.input_tokens": 12, "gen_ai.usage.output_tokens": 12}},
		"embeddings": {question{API: "embeddings", Model: "gpt-4o-mini"}, `{"model":"gpt-4o-mini","data":[{"index":0,"embedding":[0.1]}],"usage":{"prompt_tokens":8,"total_tokens":8}}`,
			map[string]any{"gen_ai.usage.input_tokens": 8, "gen_ai.usage.output_tokens": nil, "cockpit.cost.usd": 8 * 0.15 / 1e6}},
		"embeddings of Gemini": {question{API: "gemini-embeddings"}, `{"embeddings":[{"values":[0.1]}]}`,
			map[string]any{"name": "embeddings m", "gen_ai.operation.name": "embeddings", "gen_ai.usage.input_tokens": nil, "cockpit.cost.unknown": nil}},
		"no usage": {question{API: "chat"}, `{"model":"m","choices":[{"index":0,"message":{"content":"Hi"}}],"usage":null}`,
			map[string]any{"gen_ai.usage.input_tokens": nil, "cockpit.cost.usd": nil, "cockpit.cost.unknown": nil, "status": "STATUS_CODE_UNSET"}},
		"another shape": {question{API: "chat"}, `{"model":["m"],"choices":[{"index":0,"message":{"content":"Hi"}}],"usage":{"prompt_tokens":"many"},"delta":"x","message":3}`,
			map[string]any{"gen_ai.response.model": nil, "gen_ai.usage.input_tokens": nil, "status": "STATUS_CODE_UNSET"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spans := newReceiver(t)
			server := newServer(t, func(w http.ResponseWriter, _ string, _ int) {
				w.Header().Set("Content-Type", "application/json")
				fmt.Fprint(w, c.answer)
			})
			c.ask.Server, c.ask.Wrap, c.ask.Say, c.ask.Model = server.URL, []string{"telemetry"}, "hello", cmp.Or(c.ask.Model, "m")
			got, _ := runOne(t, files(t, map[string]string{"model_prices.json": priceFile}), spans.environment(), c.ask)
			if got.Error != "" && name != "another shape" {
				t.Error(got.Error)
			}
			span := spans.one(t)
			for key, want := range c.span {
				if text(span[key]) != text(want) {
					t.Errorf("%s is %v instead of %v", key, span[key], want)
				}
			}
		})
	}
}
