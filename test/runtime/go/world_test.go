package agent_test

// The world around the agent: the stand-in server, an OTLP receiver, folders, and servers that misbehave.

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	spans "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

var (
	standInProcess *exec.Cmd
	standIn        = sync.OnceValue(startStandIn)
)

// startStandIn runs aimock, whose command line AIMOCK names, on a free port.
func startStandIn() string {
	standInProcess = exec.Command("node", os.Getenv("AIMOCK"), "--port", "0", "--fixtures", "fixtures.json", "--log-level", "info")
	output, err := standInProcess.StdoutPipe()
	check(err)
	standInProcess.Stderr = standInProcess.Stdout
	check(standInProcess.Start())
	lines := bufio.NewScanner(output)
	var said []string
	for lines.Scan() {
		said = append(said, lines.Text())
		if address := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(lines.Text()); address != "" {
			go func() { _, _ = io.Copy(io.Discard, output) }()
			return address
		}
	}
	panic("the stand-in server did not start: " + strings.Join(said, "\n"))
}

func stopStandIn() {
	if standInProcess != nil {
		_ = standInProcess.Process.Kill()
		_ = standInProcess.Wait()
	}
}

// run starts the agent in a folder and returns what it saw and what it logged.
func run(t testing.TB, folder string, environment []string, p plan) ([][]answer, string) {
	t.Helper()
	if p.StandIn == "" {
		p.StandIn = standIn()
	}
	text, err := json.Marshal(p)
	check(err)
	self, err := os.Executable()
	check(err)
	agent := exec.CommandContext(t.Context(), self)
	agent.Dir = folder
	agent.Env = slices.Concat([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "GORACE=atexit_sleep_ms=0", "AGENT_PLAN=" + string(text)}, environment)
	var log bytes.Buffer
	agent.Stderr = &log
	output, err := agent.Output()
	if err != nil {
		t.Fatalf("the agent failed: %v\n%s", err, log.String())
	}
	var answers [][]answer
	if err := json.Unmarshal(output, &answers); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return answers, log.String()
}

// runOne asks a single question.
func runOne(t testing.TB, folder string, environment []string, q question) (answer, string) {
	t.Helper()
	answers, log := run(t, folder, environment, plan{Questions: []question{q}})
	return answers[0][0], log
}

// files makes a folder with a .cockpit in it.
func files(t testing.TB, content map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	check(os.Mkdir(filepath.Join(folder, ".cockpit"), 0o755))
	for name, text := range content {
		check(os.WriteFile(filepath.Join(folder, ".cockpit", name), []byte(text), 0o600))
	}
	return folder
}

// receiver takes spans in by OTLP/HTTP.
type receiver struct {
	*httptest.Server
	mu    sync.Mutex
	spans []*spans.Span
}

func newReceiver(t testing.TB) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(r.take))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) take(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	var request collector.ExportTraceServiceRequest
	if err != nil || proto.Unmarshal(body, &request) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, resource := range request.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			r.spans = append(r.spans, scope.Spans...)
		}
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
}

func (r *receiver) environment() []string { return []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + r.URL} }

// all are the spans that arrived, each as its attributes by name; "name", "kind" and "status" are the span's own.
func (r *receiver) all() []map[string]any {
	r.mu.Lock()
	defer r.mu.Unlock()
	found := []map[string]any{}
	for _, span := range r.spans {
		described := map[string]any{"name": span.Name, "kind": span.Kind.String(), "status": span.Status.GetCode().String()}
		for _, attribute := range span.Attributes {
			described[attribute.Key] = plain(attribute.Value)
		}
		found = append(found, described)
	}
	return found
}

func (r *receiver) one(t testing.TB) map[string]any {
	t.Helper()
	all := r.all()
	if len(all) != 1 {
		t.Fatalf("%d spans instead of one: %v", len(all), all)
	}
	return all[0]
}

func plain(value *common.AnyValue) any {
	switch value := value.Value.(type) {
	case *common.AnyValue_StringValue:
		return value.StringValue
	case *common.AnyValue_IntValue:
		return int(value.IntValue)
	case *common.AnyValue_DoubleValue:
		return value.DoubleValue
	case *common.AnyValue_BoolValue:
		return value.BoolValue
	case *common.AnyValue_ArrayValue:
		items := []any{}
		for _, item := range value.ArrayValue.Values {
			items = append(items, plain(item))
		}
		return items
	}
	return fmt.Sprint(value)
}

// server answers by a function, and counts and keeps what it was asked.
type server struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
	header []http.Header
}

func newServer(t testing.TB, answer func(w http.ResponseWriter, body string, nth int)) *server {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		check(err)
		s.mu.Lock()
		s.bodies = append(s.bodies, req.URL.Path+" "+string(body))
		s.header = append(s.header, req.Header)
		nth := len(s.bodies)
		s.mu.Unlock()
		answer(w, string(body), nth)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.bodies)
}

// events writes server-sent events, each sent off at once.
func events(w http.ResponseWriter, data ...string) {
	w.Header().Set("Content-Type", "text/event-stream")
	for _, text := range data {
		fmt.Fprintf(w, "data: %s\n\n", text)
		w.(http.Flusher).Flush()
	}
}

const (
	chatAnswer = `{"id":"c1","object":"chat.completion","model":"gpt-4o-mini","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"Hello."}}],"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18}}`
	chatChunk  = `{"id":"c1","object":"chat.completion.chunk","model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}],"usage":null}`
	lastChunk  = `{"id":"c1","object":"chat.completion.chunk","model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":"lo."},"finish_reason":"stop"}],"usage":null}`
	usageChunk = `{"id":"c1","object":"chat.completion.chunk","model":"gpt-4o-mini","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18}}`
)

func answerChat(w http.ResponseWriter, _ string, _ int) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, chatAnswer)
}

// eventually waits for what another process or goroutine does.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Error("never: " + what)
}

const priceFile = `{"version":1,"date":"2026-11-01","source":"https://example.com","models":{
	"gpt-4o-mini":{"input":0.15,"cachedInput":0.075,"output":0.6},"gpt-4o":{"input":2.5,"output":10},
	"claude-sonnet-4-5":{"input":3,"output":15},"gemini-2.5-flash":{"input":0.3,"output":2.5}}}`

// text shows a value, numbers rounded as sums of floats differ in the last digits.
func text(value any) string {
	if number, ok := value.(float64); ok {
		return fmt.Sprintf("%.9g", number)
	}
	return fmt.Sprint(value)
}
