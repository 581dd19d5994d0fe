// Calls of a model by many agents, through OpenTelemetry's own SDK and OTLP exporter. Prints how many spans were made, how many the exporters say were taken, and when the last was.
package main

import (
	"context"
	"flag"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

type counting struct {
	sdktrace.SpanExporter
	taken, failed atomic.Int64
}

func (c *counting) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := c.SpanExporter.ExportSpans(ctx, spans)
	if err == nil {
		c.taken.Add(int64(len(spans)))
	} else {
		c.failed.Add(int64(len(spans)))
	}
	return err
}

func main() {
	url := flag.String("url", "http://127.0.0.1:4318/v1/traces", "")
	rate := flag.Int("rate", 20000, "spans a second")
	at := flag.Int64("start", time.Now().UnixMilli(), "when to begin, milliseconds since 1970")
	seconds := flag.Int("seconds", 60, "")
	first := flag.Int("first", 0, "number of the first agent")
	agents := flag.Int("agents", 1000, "")
	exporters := flag.Int("exporters", 4, "SDKs that share the agents: each exports a batch at a time")
	flag.Parse()
	start := time.UnixMilli(*at)
	time.Sleep(time.Until(start))
	var made, taken, failed atomic.Int64
	var all sync.WaitGroup
	for i := range *exporters {
		all.Go(func() {
			counter, provider := sdk(*url)
			made.Add(call(provider.Tracer("live-sender"), start, *seconds, *rate / *exporters, *first+i*(*agents / *exporters), *agents / *exporters))
			if err := provider.Shutdown(context.Background()); err != nil {
				panic(err)
			}
			taken.Add(counter.taken.Load())
			failed.Add(counter.failed.Load())
		})
	}
	all.Wait()
	fmt.Printf("{\"made\":%d,\"taken\":%d,\"failed\":%d,\"to\":%d}\n", made.Load(), taken.Load(), failed.Load(), time.Now().UnixMilli())
}

func sdk(url string) (*counting, *sdktrace.TracerProvider) {
	exporter, err := otlptracehttp.New(context.Background(), otlptracehttp.WithEndpointURL(url), otlptracehttp.WithTimeout(time.Minute))
	if err != nil {
		panic(err)
	}
	counter := &counting{SpanExporter: exporter}
	batches := sdktrace.WithBatcher(counter, sdktrace.WithMaxExportBatchSize(512), sdktrace.WithMaxQueueSize(50000),
		sdktrace.WithBatchTimeout(100*time.Millisecond), sdktrace.WithExportTimeout(time.Minute), sdktrace.WithBlocking())
	return counter, sdktrace.NewTracerProvider(batches)
}

// call makes spans at this pace, as well as it can, and returns how many.
func call(tracer trace.Tracer, start time.Time, seconds, rate, first, agents int) int64 {
	made := 0
	for time.Since(start) < time.Duration(seconds)*time.Second {
		for want := int(time.Since(start).Seconds() * float64(rate)); made < want; made++ {
			_, span := tracer.Start(context.Background(), "chat gpt-4o-mini", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
				attribute.String("gen_ai.operation.name", "chat"),
				attribute.String("gen_ai.provider.name", "openai"),
				attribute.String("gen_ai.request.model", "gpt-4o-mini"),
				attribute.String("gen_ai.response.model", "gpt-4o-mini-2024-07-18"),
				attribute.String("gen_ai.agent.id", fmt.Sprintf("agent-%d", first+made%agents)),
				attribute.Int("gen_ai.usage.input_tokens", made%3000),
				attribute.Int("gen_ai.usage.output_tokens", made%400),
				attribute.Float64("cockpit.cost.usd", 0.0004),
				attribute.String("server.address", "api.openai.com"),
				attribute.Int("server.port", 443)))
			span.End()
		}
		time.Sleep(2 * time.Millisecond)
	}
	return int64(made)
}
