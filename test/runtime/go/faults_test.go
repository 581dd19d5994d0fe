package agent_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestStrangeFiles: what is broken in a file does not take the rest of it along, and is never taken for 0 or for no limit.
func TestStrangeFiles(t *testing.T) {
	const broken = `{"models":{"gpt-4o":{"input":2.5,"output":"10"},"llama-9":{"output":1},"minus":{"input":-1,"output":1},"gpt-4o-mini":{"input":1,"output":1}}}`
	asked := func(model string) question { return question{API: "chat", Model: model, Say: "hello", Wrap: capped} }
	for name, c := range map[string]struct {
		prices, budget string
		environment    string
		ask            question
		kind           string
		logged         string
		isSilent       bool
	}{
		"a price that is text":          {broken, `{"run":1,"unknownPrice":"refuse"}`, "", asked("gpt-4o"), "budget price", "", true},
		"a price without its input":     {broken, `{"run":1,"unknownPrice":"refuse"}`, "", asked("llama-9"), "budget price", "", true},
		"a price below 0":               {broken, `{"run":1,"unknownPrice":"refuse"}`, "", asked("minus"), "budget price", "", true},
		"a good price beside":           {broken, `{"run":1,"unknownPrice":"refuse"}`, "", asked("gpt-4o-mini"), "", "", true},
		"a broken variable, a file":     {priceFile, `{"run":0}`, "COCKPIT_BUDGET_RUN_USD=much", asked("gpt-4o"), "budget run", "is not an amount", false},
		"a limit in quotes":             {priceFile, `{"run":"0"}`, "", asked("gpt-4o"), "budget run", "", true},
		"a file that says no limit":     {priceFile, `{"run":null,"day":null,"agent":null}`, "", asked("gpt-4o"), "", "", true},
		"a byte-order mark":             {priceFile, "\ufeff" + `{"run":0}`, "", asked("gpt-4o"), "budget run", "", true},
		"no object":                     {priceFile, `[]`, "", asked("gpt-4o"), "", "is not a JSON object", false},
		"tokens given as numbers count": {priceFile, `{"run":0.001}`, "", question{API: "tokens", Model: "gpt-4o", Say: strings.Repeat("t", 1000), Wrap: capped}, "budget run", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, log := runOne(t, files(t, map[string]string{"model_prices.json": c.prices, "budget.json": c.budget}), []string{c.environment, "COCKPIT_UNUSED="}, c.ask)
			if got.Kind != c.kind || !strings.Contains(log, c.logged) || c.isSilent != (log == "") {
				t.Errorf("got %+v, logged %q", got, log)
			}
		})
	}
}

// TestHalfWrittenSignal: an agent that is paused stays so while the file is broken; an entry that is no object pauses nobody.
func TestHalfWrittenSignal(t *testing.T) {
	server, root := newServer(t, answerChat), files(t, nil)
	next := func(content string) question {
		return question{API: "chat", Model: "m", Say: "hello", Wrap: tracked, Server: server.URL, Touch: filepath.Join(root, ".cockpit", "mothball.json"), Content: content}
	}
	answers, _ := run(t, root, nil, plan{Questions: []question{
		next(fmt.Sprintf(signal, "billing")), next(`{"agents":{"bil`), next(`{"agents":{"billing":true}}`), next(`{"agents":{"billing":{"by":7}}}`), next(""),
	}})
	if got := strings.Join(kinds(answers), ","); got != "paused,paused,,paused," {
		t.Errorf("got %s", got)
	}
}

// TestHalfWrittenLine: what a process left that died while writing takes no other line along.
func TestHalfWrittenLine(t *testing.T) {
	folder := files(t, map[string]string{"model_prices.json": priceFile, "budget.json": fmt.Sprintf(`{"agent":%g}`, callUSD*1.01)})
	check(os.Mkdir(filepath.Join(folder, ".cockpit", "state"), 0o755))
	check(os.WriteFile(filepath.Join(folder, ".cockpit", "state", "spend-billing.jsonl"), []byte(`{"time":"2020`), 0o600))
	answers, _ := run(t, folder, nil, plan{Questions: []question{ask("hello"), ask("hello")}})
	if got := strings.Join(kinds(answers), ","); got != ",budget agent" {
		t.Errorf("got %s", got)
	}
}

// TestNoCockpit: where there is no folder, none is made.
func TestNoCockpit(t *testing.T) {
	folder := t.TempDir()
	got, log := runOne(t, folder, []string{"COCKPIT_BUDGET_RUN_USD=1"}, ask("hello"))
	if _, err := os.Stat(filepath.Join(folder, ".cockpit")); got.Kind != "" || !os.IsNotExist(err) || !strings.Contains(log, "in memory only") {
		t.Errorf("got %+v, %v, logged %s", got, err, log)
	}
}

// TestUsageWithoutChoices: some servers leave the choices out where they tell the usage; that nobody asked for it is hidden too.
func TestUsageWithoutChoices(t *testing.T) {
	server := newServer(t, func(w http.ResponseWriter, _ string, _ int) {
		events(w, chatChunk, strings.Replace(usageChunk, `"choices":[],`, "", 1), strings.Replace(usageChunk, `[]`, "null", 1), lastChunk, "[DONE]")
	})
	spans := newReceiver(t)
	got, _ := runOne(t, t.TempDir(), spans.environment(), question{API: "chat", Model: "gpt-4o-mini", Say: "hello", Stream: true, Wrap: tracked, Server: server.URL})
	if got.Text != "Hello." || got.Chunks != 2 || spans.one(t)["gen_ai.usage.input_tokens"] != 11 {
		t.Errorf("got %+v", got)
	}
}
