package agent_test

import (
	"net/http"
	"slices"
	"testing"
	"time"
)

// BenchmarkOverhead asks one server by turns through a bare and a wrapped client, in one process, and reports by how much the median differs. Once run.ts has rendered the runtime:
// go test -run none -bench Overhead -benchtime 5x
func BenchmarkOverhead(b *testing.B) {
	quit := make(chan struct{})
	slow := newServer(b, func(http.ResponseWriter, string, int) { <-quit })
	b.Cleanup(func() { close(quit) })
	for name, endpoint := range map[string]string{"exporter": newReceiver(b).URL, "exporter=down": "http://127.0.0.1:1", "exporter=slow": slow.URL, "no exporter": ""} {
		b.Run(name, func(b *testing.B) {
			models := newServer(b, answerChat)
			bare := question{API: "chat", Model: "gpt-4o-mini", Say: "hello", Server: models.URL}
			wrapped := bare
			wrapped.Wrap = []string{"cost", "telemetry"}
			folder := files(b, map[string]string{"model_prices.json": priceFile, "budget.json": `{"run":1,"day":1,"agent":1}`})
			var took [2][]time.Duration
			for b.Loop() {
				answers, _ := run(b, folder, []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + endpoint}, plan{StandIn: models.URL, Questions: []question{bare, wrapped}, Rounds: 1000, NoShutdown: true})
				for i, got := range answers {
					took[i%2] = append(took[i%2], got[0].Took)
				}
			}
			b.ReportMetric(float64(median(took[0]).Microseconds()), "µs-bare")
			b.ReportMetric(float64((median(took[1]) - median(took[0])).Microseconds()), "µs-added")
		})
	}
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}
