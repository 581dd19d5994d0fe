package agent_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var capped = []string{"cost"}

// A call of gpt-4o with 11 and 7 tokens costs 97.5 millionths of a dollar; its input alone, five characters, 3.125.
const callUSD = 0.0000975

func ask(say string) question {
	return question{API: "chat", Model: "gpt-4o", Say: say, Wrap: capped}
}

func kinds(answers [][]answer) (found []string) {
	for _, each := range answers {
		for _, a := range each {
			found = append(found, a.Kind)
		}
	}
	return found
}

// TestLimits: where a limit comes from, which counts first, and when it refuses. Every question is asked three times.
func TestLimits(t *testing.T) {
	twoCalls := fmt.Sprint(callUSD * 2)
	cases := map[string]struct {
		wrap        []string
		budget      string
		environment string
		kind        string // of the third call
		logged      string
	}{
		"run":                          {capped, `{"run":` + twoCalls + `}`, "", "budget run", ""},
		"day":                          {capped, `{"day":` + twoCalls + `}`, "", "budget day", ""},
		"agent":                        {capped, `{"agent":` + twoCalls + `}`, "", "budget agent", ""},
		"large enough":                 {capped, `{"run":1,"day":1,"agent":1}`, "", "", ""},
		"null is none":                 {capped, `{"run":null,"day":1}`, "", "", ""},
		"the environment":              {capped, "", "COCKPIT_BUDGET_DAY_USD=" + twoCalls, "budget day", ""},
		"environment before file":      {capped, `{"run":1}`, "COCKPIT_BUDGET_RUN_USD=" + twoCalls, "budget run", ""},
		"argument before environment":  {[]string{"cost:" + twoCalls}, "", "COCKPIT_BUDGET_RUN_USD=1", "budget run", ""},
		"telemetry does not cap":       {tracked, `{"run":0}`, "", "", ""},
		"no limit":                     {capped, "", "", "", "has no budget"},
		"a broken file":                {capped, `{"run":`, "", "", "budget.json cannot be read"},
		"a broken limit, another good": {capped, `{"run":"much","day":` + twoCalls + `}`, "", "budget day", "run of budget.json"},
		"a broken variable":            {capped, "", "COCKPIT_BUDGET_RUN_USD=much", "", "COCKPIT_BUDGET_RUN_USD is not an amount"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content := map[string]string{"model_prices.json": priceFile}
			if c.budget != "" {
				content["budget.json"] = c.budget
			}
			asked := ask("hello")
			asked.Wrap, asked.Retries = c.wrap, 2
			answers, log := run(t, files(t, content), []string{c.environment, "COCKPIT_UNUSED="}, plan{Questions: []question{asked, asked, asked}})
			if got := kinds(answers); got[0] != "" || got[1] != "" || got[2] != c.kind {
				t.Errorf("got %q, %s", got, answers[2][0].Error)
			}
			if c.logged != "" && strings.Count(log, c.logged) != 1 || c.logged == "" && log != "" {
				t.Errorf("logged %q", log)
			}
		})
	}
}

// TestRefusal: nothing is sent, nothing is retried, no span is written, and the error says what to do.
func TestRefusal(t *testing.T) {
	for _, api := range []string{"chat", "v1", "v2", "responses", "azure", "claude", "gemini"} {
		for _, isStream := range []bool{false, true} {
			t.Run(fmt.Sprint(api, isStream), func(t *testing.T) {
				t.Parallel()
				server, spans := newServer(t, answerChat), newReceiver(t)
				got, log := runOne(t, files(t, map[string]string{"model_prices.json": priceFile, "budget.json": `{"run":0}`}), spans.environment(),
					question{API: api, Model: "gpt-4o", Say: "hello", Stream: isStream, Wrap: []string{"telemetry", "cost"}, Server: server.URL, Retries: 2})
				if got.Kind != "budget run" || !strings.Contains(got.Error, "billing is over its budget: 0 USD for the run") || !strings.Contains(got.Error, "COCKPIT_BUDGET_RUN_USD") {
					t.Errorf("got %+v", got)
				}
				if len(server.asked()) > 0 || len(spans.all()) > 0 || got.Attempts > 1 || log != "" {
					t.Errorf("asked %v, spans %v, %d attempts, logged %q", server.asked(), spans.all(), got.Attempts, log)
				}
			})
		}
	}
}

// TestTwoProcesses: a day and an agent are the sum over all processes, a run is not.
func TestTwoProcesses(t *testing.T) {
	for limit, second := range map[string]string{"run": "", "day": "budget day", "agent": "budget agent"} {
		t.Run(limit, func(t *testing.T) {
			t.Parallel()
			folder := files(t, map[string]string{"model_prices.json": priceFile, "budget.json": fmt.Sprintf(`{%q:%g}`, limit, callUSD*1.01)})
			environment := []string{"COCKPIT_AGENT_ID=my/agent"}
			first, _ := run(t, folder, environment, plan{Questions: []question{ask("hello")}})
			again, _ := run(t, folder, environment, plan{Questions: []question{ask("hello")}})
			if got := append(kinds(first), kinds(again)...); got[0] != "" || got[1] != second {
				t.Errorf("got %q", got)
			}
			text, err := os.ReadFile(filepath.Join(folder, ".cockpit", "state", "spend-my_agent.jsonl"))
			check(err)
			line, _, _ := strings.Cut(string(text), "\n")
			if !regexp.MustCompile(`^\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","run":"[^"]+","model":"gpt-4o","usd":0.0000975\}$`).MatchString(line) {
				t.Error(line)
			}
		})
	}
}

// TestOtherDays: yesterday's spending is the agent's, not today's; lines that are broken do not count.
func TestOtherDays(t *testing.T) {
	for budget, want := range map[string]string{`{"day":1}`: "", `{"agent":1}`: "budget agent"} {
		folder := files(t, map[string]string{"model_prices.json": priceFile, "budget.json": budget})
		state := filepath.Join(folder, ".cockpit", "state")
		check(os.Mkdir(state, 0o755))
		check(os.WriteFile(filepath.Join(state, "spend-billing.jsonl"), []byte(`{"time":"2020-01-01T10:00:00.000Z","run":"a","model":"gpt-4o","usd":2}
not json
{"time":"2020-01-01T10:00:00.000Z","run":"a","model":"other","usd":null}
`), 0o600))
		if got, log := runOne(t, folder, nil, ask("hello")); got.Kind != want || !strings.Contains(log, "does not count") {
			t.Errorf("%s: %+v %s", budget, got, log)
		}
	}
}

// TestReservation: calls under way at the same time do not each take the same last cent.
func TestReservation(t *testing.T) {
	server := newServer(t, func(w http.ResponseWriter, body string, nth int) {
		time.Sleep(200 * time.Millisecond)
		answerChat(w, body, nth)
	})
	asked := ask(strings.Repeat("word", 1000)) // 1,000 tokens: 0.0025 USD at least
	asked.Times, asked.Server = 20, server.URL
	answers, _ := run(t, files(t, map[string]string{"model_prices.json": priceFile, "budget.json": `{"run":0.0101}`}), nil, plan{Questions: []question{asked}})
	var refused int
	for _, kind := range kinds(answers) {
		if kind == "budget run" {
			refused++
		}
	}
	if refused != 16 || len(server.asked()) != 4 {
		t.Errorf("%d refused, %d sent", refused, len(server.asked()))
	}
}

// TestReleased: what a failed call reserved is free again.
func TestReleased(t *testing.T) {
	failing, unanswered := ask("broken"+strings.Repeat("word", 1000)), ask(strings.Repeat("word", 1000))
	unanswered.Server = "http://127.0.0.1:1"
	answers, _ := run(t, files(t, map[string]string{"model_prices.json": priceFile, "budget.json": `{"run":0.003}`}), nil,
		plan{Questions: []question{failing, unanswered, failing, ask("hello")}})
	if got := kinds(answers); got[1] != "other" || got[2] != "other" || got[3] != "" {
		t.Errorf("got %q", got)
	}
}

// TestDowngrade: the cheaper model is sent in the place where each API names its model, and the span says so.
func TestDowngrade(t *testing.T) {
	routing := `{"version":1,"downgrade":{"gpt-4o":"gpt-4o-mini"}}`
	for name, c := range map[string]struct {
		ask     question
		routing string
		kind    string
		sent    string
	}{
		"chat":            {question{API: "chat"}, routing, "", `"model":"gpt-4o-mini"`},
		"a dated model":   {question{API: "chat", Model: "gpt-4o-2024-08-06"}, routing, "", `"model":"gpt-4o-mini"`},
		"stream":          {question{API: "chat", Stream: true}, routing, "", `"model":"gpt-4o-mini"`},
		"azure":           {question{API: "azure"}, routing, "", "/openai/deployments/gpt-4o-mini/chat/completions "},
		"gemini":          {question{API: "gemini"}, routing, "", "/v1beta/models/gpt-4o-mini:generateContent "},
		"no route":        {question{API: "chat"}, `{"version":1,"downgrade":{}}`, "budget run", ""},
		"no file":         {question{API: "chat"}, "", "budget run", ""},
		"too dear anyway": {question{API: "chat"}, `{"downgrade":{"gpt-4o":"gpt-4o-2024-08-06"}}`, "budget run", ""},
		"embeddings":      {question{API: "embeddings"}, routing, "budget run", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newServer(t, func(w http.ResponseWriter, body string, nth int) {
				if c.ask.Stream {
					events(w, chatChunk, lastChunk, usageChunk, "[DONE]")
				} else {
					answerChat(w, body, nth)
				}
			})
			spans := newReceiver(t)
			content := map[string]string{"model_prices.json": priceFile, "budget.json": `{"run":0.001,"overBudget":"downgrade"}`}
			if c.routing != "" {
				content["model_routing.json"] = c.routing
			}
			c.ask.Server, c.ask.Wrap, c.ask.Say = server.URL, []string{"cost", "telemetry"}, strings.Repeat("word", 1000)
			if c.ask.Model == "" {
				c.ask.Model = "gpt-4o"
			}
			got, log := runOne(t, files(t, content), spans.environment(), c.ask)
			if got.Kind != c.kind {
				t.Fatalf("got %+v", got)
			}
			if c.sent == "" {
				return
			}
			span := spans.one(t)
			if !strings.Contains(server.asked()[0], c.sent) || !strings.Contains(log, "calls of "+c.ask.Model+" go to gpt-4o-mini") ||
				span["cockpit.downgraded_from"] != c.ask.Model || span["gen_ai.request.model"] != "gpt-4o-mini" || !strings.HasSuffix(span["name"].(string), " gpt-4o-mini") {
				t.Errorf("sent %v, logged %s, span %v", server.asked(), log, span)
			}
			var whole map[string]any
			if _, body, _ := strings.Cut(server.asked()[0], " "); json.Unmarshal([]byte(body), &whole) != nil {
				t.Error("what was sent is not JSON: " + body)
			}
		})
	}
}

// TestUnknownPrice: unknown is never 0, and may be refused.
func TestUnknownPrice(t *testing.T) {
	unknown := question{API: "chat", Model: "llama-9", Say: "hello", Wrap: capped}
	folder := files(t, map[string]string{"model_prices.json": priceFile, "budget.json": `{"run":1}`})
	answers, log := run(t, folder, nil, plan{Questions: []question{unknown, unknown}})
	text, err := os.ReadFile(filepath.Join(folder, ".cockpit", "state", "spend-billing.jsonl"))
	check(err)
	if got := kinds(answers); got[1] != "" || strings.Count(log, "the price of llama-9 is unknown") != 1 || strings.Count(string(text), `"usd":null`) != 2 {
		t.Errorf("%q %s %s", got, log, text)
	}
	strict := files(t, map[string]string{"model_prices.json": priceFile, "budget.json": `{"run":1,"unknownPrice":"refuse"}`})
	if got, _ := runOne(t, strict, nil, unknown); got.Kind != "budget price" || !strings.Contains(got.Error, "its price is unknown") {
		t.Errorf("got %+v", got)
	}
}

// TestNoFolder: without a place for it, spending is kept in memory, and the agent is told once.
func TestNoFolder(t *testing.T) {
	folder := files(t, map[string]string{"model_prices.json": priceFile, "budget.json": fmt.Sprintf(`{"day":%g}`, callUSD*1.01)})
	check(os.WriteFile(filepath.Join(folder, ".cockpit", "state"), nil, 0o600))
	answers, log := run(t, folder, nil, plan{Questions: []question{ask("hello"), ask("hello")}})
	if got := kinds(answers); got[1] != "budget day" || strings.Count(log, "\n") != 1 {
		t.Errorf("%q %s", got, log)
	}
}

// TestChangedFile: who raises a limit need not start the agent again; while the file is broken, the last limit holds.
func TestChangedFile(t *testing.T) {
	folder := files(t, map[string]string{"model_prices.json": priceFile, "budget.json": `{"run":0}`})
	changed := func(content string) question {
		q := ask("hello")
		q.Touch, q.Content = filepath.Join(folder, ".cockpit", "budget.json"), content
		return q
	}
	answers, log := run(t, folder, nil, plan{Questions: []question{ask("hello"), changed(`{"run":1}`), changed(`{"day":`), changed(`{"agent":0}`), changed(`{"agent":`), changed("")}})
	if got := strings.Join(kinds(answers), ","); got != "budget run,,,budget agent,budget agent," || strings.Count(log, "cannot be read") != 1 {
		t.Errorf("%s %s", got, log)
	}
}

// TestFolder: the nearest .cockpit counts, and COCKPIT_DIR before it.
func TestFolder(t *testing.T) {
	outer := files(t, map[string]string{"model_prices.json": priceFile, "budget.json": `{"run":0}`})
	below := filepath.Join(outer, "agents", "billing")
	check(os.MkdirAll(below, 0o755))
	if got, _ := runOne(t, below, nil, ask("hello")); got.Kind != "budget run" {
		t.Errorf("got %+v", got)
	}
	named := files(t, map[string]string{"budget.json": `{"run":5}`})
	if got, _ := runOne(t, below, []string{"COCKPIT_DIR=" + filepath.Join(named, ".cockpit")}, ask("hello")); got.Kind != "" {
		t.Errorf("got %+v", got)
	}
}
