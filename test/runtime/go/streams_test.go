package agent_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

var tracked = []string{"telemetry"}

// TestStreamEndings: a span ends with its stream, however that ends, and tells what was known by then.
func TestStreamEndings(t *testing.T) {
	cutOff := func(w http.ResponseWriter, _ string, _ int) {
		events(w, chatChunk)
		panic(http.ErrAbortHandler)
	}
	hangs := func(w http.ResponseWriter, _ string, _ int) {
		events(w, chatChunk)
		time.Sleep(300 * time.Millisecond)
	}
	fails := func(w http.ResponseWriter, _ string, _ int) {
		events(w, chatChunk, `{"error":{"type":"overloaded_error","message":"what a user typed"}}`)
	}
	noEnd := func(w http.ResponseWriter, _ string, _ int) { events(w, chatChunk, lastChunk, usageChunk) }
	cases := map[string]struct {
		server func(http.ResponseWriter, string, int)
		end    string
		span   map[string]any
		isOK   bool
	}{
		"read to the end":     {func(w http.ResponseWriter, _ string, _ int) { events(w, chatChunk, lastChunk, usageChunk, "[DONE]") }, "", map[string]any{"gen_ai.usage.output_tokens": 7}, true},
		"without a last word": {noEnd, "", map[string]any{"gen_ai.usage.output_tokens": 7}, true},
		"closed early":        {hangs, "close", map[string]any{"gen_ai.response.id": "c1"}, true},
		"cancelled":           {hangs, "cancel", map[string]any{"error.type": "context.Canceled"}, true},
		"forgotten":           {hangs, "forget", map[string]any{"gen_ai.response.id": "c1"}, true},
		"cut off":             {cutOff, "", map[string]any{"error.type": "io.ErrUnexpectedEOF"}, false},
		"an error in it":      {fails, "", map[string]any{"error.type": "overloaded_error"}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spans := newReceiver(t)
			got, _ := runOne(t, t.TempDir(), spans.environment(), question{
				API: "chat", Model: "gpt-4o-mini", Say: "hello", Stream: true, End: c.end, Wrap: tracked, Server: newServer(t, c.server).URL,
			})
			if (got.Error == "") != c.isOK || !strings.HasPrefix(got.Text, "Hel") && c.isOK {
				t.Errorf("got %+v", got)
			}
			span := spans.one(t)
			if span["cockpit.stream"] != true || span["error.type"] != c.span["error.type"] {
				t.Errorf("span %v", span)
			}
			for key, want := range c.span {
				if span[key] != want {
					t.Errorf("%s is %v instead of %v", key, span[key], want)
				}
			}
			if strings.Contains(fmt.Sprint(span), "typed") {
				t.Error("the span tells what a user typed")
			}
		})
	}
}

// TestUsageChunk: the chunk that only we asked for is ours; the one that the program asked for is its.
func TestUsageChunk(t *testing.T) {
	stream := func(w http.ResponseWriter, body string, _ int) {
		if strings.Contains(body, "include_usage") {
			events(w, chatChunk, lastChunk, usageChunk, "[DONE]")
		} else {
			events(w, chatChunk, lastChunk, "[DONE]")
		}
	}
	for name, c := range map[string]struct {
		wrap      []string
		showUsage bool
		want      answer
	}{
		"not asked for":         {tracked, false, answer{Text: "Hello.", Chunks: 2}},
		"asked for":             {tracked, true, answer{Text: "Hello.", Chunks: 3, UsageChunks: 1}},
		"not asked for, capped": {[]string{"cost", "telemetry"}, false, answer{Text: "Hello.", Chunks: 2}},
		"not wrapped":           {nil, false, answer{Text: "Hello.", Chunks: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spans := newReceiver(t)
			got, _ := runOne(t, t.TempDir(), spans.environment(), question{
				API: "chat", Model: "gpt-4o-mini", Say: "hello", Stream: true, ShowUsage: c.showUsage, Wrap: c.wrap, Server: newServer(t, stream).URL,
			})
			got.Took, got.Attempts = 0, 0
			if got != c.want {
				t.Errorf("got %+v instead of %+v", got, c.want)
			}
			if c.wrap != nil && spans.one(t)["gen_ai.usage.output_tokens"] != 7 {
				t.Error(spans.all())
			}
		})
	}
}

// TestBytes: but for that chunk, a stream arrives byte by byte as it was sent.
func TestBytes(t *testing.T) {
	const before = ": a comment\r\nevent: x\nid: 1\ndata: {\"choices\":[]}\n\n\n\ndata:" + lastChunk + "\r\n\r\n"
	const after = "data: [DONE]\n\ndata: more without an end"
	server := newServer(t, func(w http.ResponseWriter, _ string, _ int) {
		w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		fmt.Fprint(w, before+"data: "+usageChunk+"\n\n"+after)
	})
	got, _ := runOne(t, t.TempDir(), nil, question{API: "http", Model: "gpt-4o-mini", Say: "hello", Stream: true, Wrap: tracked, Server: server.URL})
	if got.Text != before+after {
		t.Errorf("got %q", got.Text)
	}
}

// TestRefusedOption: a server that does not know stream_options is asked again without, once; a bad request stays one.
func TestRefusedOption(t *testing.T) {
	strict := newServer(t, func(w http.ResponseWriter, body string, _ int) {
		if strings.Contains(body, "stream_options") {
			http.Error(w, `{"error":{"message":"Unrecognized request argument supplied: stream_options"}}`, http.StatusBadRequest)
			return
		}
		events(w, chatChunk, lastChunk, "[DONE]")
	})
	spans := newReceiver(t)
	ask := question{API: "chat", Model: "gpt-4o-mini", Say: "hello", Stream: true, Wrap: []string{"telemetry", "cost"}, Server: strict.URL}
	answers, _ := run(t, t.TempDir(), spans.environment(), plan{Questions: []question{ask, ask}})
	for _, got := range answers {
		if got[0].Text != "Hello." || got[0].Error != "" {
			t.Errorf("got %+v", got)
		}
	}
	if asked := strict.asked(); len(asked) != 3 || len(spans.all()) != 2 {
		t.Errorf("%d spans, asked %v", len(spans.all()), asked)
	}
	bad := newServer(t, func(w http.ResponseWriter, _ string, _ int) {
		http.Error(w, `{"error":{"message":"no such model"}}`, http.StatusBadRequest)
	})
	ask.Server = bad.URL
	answers, _ = run(t, t.TempDir(), nil, plan{Questions: []question{ask, ask}})
	if !strings.Contains(answers[1][0].Error, "400") || len(bad.asked()) != 4 {
		t.Errorf("got %+v, asked %v", answers, bad.asked())
	}
}

// TestFirstWord: a stream is passed on as it comes, not when it ends.
func TestFirstWord(t *testing.T) {
	wait := make(chan struct{})
	server := newServer(t, func(w http.ResponseWriter, _ string, _ int) {
		events(w, chatChunk)
		<-wait
	})
	defer close(wait)
	got, _ := runOne(t, t.TempDir(), nil, question{API: "chat", Model: "gpt-4o-mini", Say: "hello", Stream: true, End: "close", Wrap: []string{"cost", "telemetry"}, Server: server.URL})
	if got.Text != "Hel" || got.Error != "" {
		t.Errorf("got %+v", got)
	}
}

// TestUnread: an answer that is closed without being read has its span.
func TestUnread(t *testing.T) {
	spans := newReceiver(t)
	_, _ = runOne(t, t.TempDir(), spans.environment(), question{API: "http", Model: "gpt-4o-mini", Say: "hello", End: "close", Wrap: tracked})
	if span := spans.one(t); span["gen_ai.response.id"] != nil || span["error.type"] != nil {
		t.Errorf("span %v", span)
	}
}

// TestLongLines: what is longer than any buffer arrives whole.
func TestLongLines(t *testing.T) {
	long := strings.Repeat("long ", 100_000)
	server := newServer(t, func(w http.ResponseWriter, _ string, _ int) {
		events(w, strings.Replace(chatChunk, "Hel", long, 1), strings.Replace(usageChunk, `"c1"`, `"`+long+`"`, 1), lastChunk, "[DONE]")
	})
	spans := newReceiver(t)
	got, _ := runOne(t, t.TempDir(), spans.environment(), question{API: "chat", Model: "gpt-4o-mini", Say: "hello", Stream: true, Wrap: tracked, Server: server.URL})
	if got.Text != long+"lo." || got.UsageChunks != 1 || spans.one(t)["gen_ai.usage.input_tokens"] != 11 {
		t.Errorf("%d characters, %d usage chunks, %s", len(got.Text), got.UsageChunks, got.Error)
	}
}
