package agent_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

const signal = `{"version":1,"agents":{"%s":{"by":"ana@example.com","at":"2026-11-23T10:00:00Z","reason":"cost anomaly"}}}`

// TestMothballFile pauses and resumes an agent that goes on running.
func TestMothballFile(t *testing.T) {
	for name, api := range map[string]string{"openai": "chat", "claude": "claude", "gemini": "gemini"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, spans := newServer(t, answerChat), newReceiver(t)
			root := files(t, nil)
			file := filepath.Join(root, ".cockpit", "mothball.json")
			below := filepath.Join(root, "agents", "billing")
			check(os.MkdirAll(filepath.Join(below, ".cockpit"), 0o755))
			next := func(content string) question {
				return question{API: api, Model: "m", Say: "hello", Wrap: tracked, Server: server.URL, Touch: file, Content: content, Retries: 2}
			}
			answers, log := run(t, below, spans.environment(), plan{Questions: []question{
				next(fmt.Sprintf(signal, "billing")), next(fmt.Sprintf(signal, "other")), next(fmt.Sprintf(signal, "*")), next(`{"version":1,"agents":{}}`), next(`{"agents":`), next(""),
			}})
			if got := fmt.Sprint(kinds(answers)[:3]); got != "[paused  paused]" {
				t.Errorf("got %s", got)
			}
			if got := answers[0][0]; !strings.Contains(got.Error, "billing is paused by ana@example.com since 2026-11-23T10:00:00Z: cost anomaly") || got.Attempts > 1 {
				t.Errorf("got %+v", got)
			}
			if len(spans.all()) != 4 {
				t.Errorf("%d spans of four answered and two refused calls", len(spans.all()))
			}
			if len(server.asked()) != 4 || strings.Count(log, "mothball.json cannot be read") != 1 {
				t.Errorf("asked %v, logged %s", server.asked(), log)
			}
		})
	}
}

// TestMothballEndpoint: what the endpoint says counts from then on; what it does not say leaves things as they were.
func TestMothballEndpoint(t *testing.T) {
	const is, isNot, broken, garbled = 1, 2, 3, 4
	var says atomic.Int32
	says.Store(broken)
	endpoint := newServer(t, func(w http.ResponseWriter, _ string, nth int) {
		switch says.Load() {
		case is:
			fmt.Fprint(w, `{"by":"ana@example.com","at":"2026-11-23T10:00:00Z","reason":"cost anomaly"}`)
		case isNot:
			w.WriteHeader([]int{http.StatusNoContent, http.StatusNotFound}[nth%2])
		case broken:
			w.WriteHeader(http.StatusInternalServerError)
		case garbled:
			fmt.Fprint(w, `{"status":"fine"}`)
		}
	})
	models := newServer(t, func(w http.ResponseWriter, body string, nth int) {
		// The agent's own calls set what the endpoint says next, and are answered when that has been heard: one request may be under way,
		// the next hears it, and the one after that shows that it was taken in.
		for word, value := range map[string]int32{"is": is, "is not": isNot, "broken": broken, "garbled": garbled} {
			if strings.Contains(body, `"`+word+`"`) {
				says.Store(value)
				heard := len(endpoint.asked()) + 2
				eventually(t, "the endpoint is asked", func() bool { return len(endpoint.asked()) >= heard })
			}
		}
		answerChat(w, body, nth)
	})
	say := func(wrap []string, text string) question {
		return question{API: "chat", Model: "m", Say: text, Wrap: wrap, Server: models.URL}
	}
	answers, _ := run(t, t.TempDir(), []string{"COCKPIT_MOTHBALL_URL=" + endpoint.URL + "/", "COCKPIT_MOTHBALL_TOKEN=secret", "COCKPIT_AGENT_ID=my/agent"}, plan{Questions: []question{
		say(tracked, "is"), say(tracked, "paused"), say(nil, "broken"), say(tracked, "still paused"),
		say(nil, "is not"), say(tracked, "resumed"), say(nil, "garbled"), say(tracked, "still resumed"),
	}})
	if got := strings.Join(kinds(answers), ","); got != ",paused,,paused,,,," {
		t.Errorf("got %s", got)
	}
	if path, header := endpoint.asked()[0], endpoint.header[0]; !strings.HasPrefix(path, "/agents/my/agent/mothball") || header.Get("Authorization") != "Bearer secret" {
		t.Errorf("asked %s with %v", path, header)
	}
	if text := answers[1][0].Error; !strings.Contains(text, "ana@example.com") {
		t.Error(text)
	}
}
