package agent_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestExporters: whatever becomes of the spans, the calls stay as they are, nobody waits, and the log has one line of it.
func TestExporters(t *testing.T) {
	quit := make(chan struct{})
	slow := newServer(t, func(http.ResponseWriter, string, int) { <-quit })
	t.Cleanup(func() { close(quit) })
	wrong := newServer(t, func(w http.ResponseWriter, _ string, _ int) { w.WriteHeader(http.StatusForbidden) })
	garbled := newServer(t, func(w http.ResponseWriter, _ string, _ int) { events(w, "what?") })
	models := newServer(t, answerChat)
	call := question{API: "chat", Model: "gpt-4o-mini", Say: "hello", Wrap: tracked, Server: models.URL, Wait: 50 * time.Millisecond}
	for name, endpoint := range map[string]string{"down": "http://127.0.0.1:1", "wrong": wrong.URL, "garbled": garbled.URL, "slow": slow.URL} {
		t.Run(name, func(t *testing.T) {
			folder := files(t, map[string]string{"model_prices.json": priceFile})
			answers, log := run(t, folder, []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + endpoint, "OTEL_EXPORTER_OTLP_TIMEOUT=3600000", "OTEL_BSP_SCHEDULE_DELAY=5"}, plan{Questions: []question{call}, Rounds: 10, NoShutdown: true})
			for _, got := range answers {
				if got[0].Text != "Hello." {
					t.Errorf("got %+v", got[0])
				}
			}
			lines := strings.Count(log, "\n")
			if lines > 1 || lines != strings.Count(log, "could not be exported") || name == "wrong" && lines != 1 {
				t.Errorf("logged %s", log)
			}
		})
	}
}

// TestReturnFromMain: a span leaves at once, so that a program which goes on for a moment needs nothing else.
func TestReturnFromMain(t *testing.T) {
	spans := newReceiver(t)
	call := question{API: "chat", Model: "gpt-4o-mini", Say: "hello", Wrap: tracked}
	pause := question{API: "chat", Model: "gpt-4o-mini", Say: "hello", Wait: 500 * time.Millisecond}
	_, _ = run(t, t.TempDir(), spans.environment(), plan{Questions: []question{call, pause}, NoShutdown: true})
	eventually(t, "the span arrives", func() bool { return len(spans.all()) == 1 })
}

// TestParallel: many calls at once each have their span.
func TestParallel(t *testing.T) {
	spans := newReceiver(t)
	questions := []question{}
	for _, call := range []question{
		{API: "chat", Model: "gpt-4o-mini", Say: "hello", Stream: true}, {API: "claude", Model: "m", Say: "claude", Stream: true}, {API: "gemini", Model: "m", Say: "gemini"},
	} {
		call.Times, call.Wrap = 30, []string{"telemetry", "cost"}
		questions = append(questions, call)
	}
	answers, _ := run(t, files(t, nil), spans.environment(), plan{Questions: questions})
	for _, got := range slices.Concat(answers...) {
		if got.Text != "Hello." {
			t.Errorf("got %+v", got)
		}
	}
	for _, span := range spans.all() {
		if span["gen_ai.usage.output_tokens"] == nil {
			t.Errorf("span %v", span)
		}
	}
	if len(spans.all()) != 90 {
		t.Errorf("%d spans", len(spans.all()))
	}
}
