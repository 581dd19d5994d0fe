// Calls of a model by many agents, through OpenTelemetry's own SDK and OTLP exporter. Prints how many spans were made, and how many the exporter says were taken.
package main

import (
	"context"
	"flag"
	"fmt"
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
	seconds := flag.Int("seconds", 60, "")
	agents := flag.Int("agents", 1000, "")
	flag.Parse()
	ctx := context.Background()
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(*url), otlptracehttp.WithTimeout(time.Minute))
	if err != nil {
		panic(err)
	}
	counter := &counting{SpanExporter: exporter}
	batches := sdktrace.WithBatcher(counter, sdktrace.WithMaxExportBatchSize(512), sdktrace.WithMaxQueueSize(200000),
		sdktrace.WithBatchTimeout(100*time.Millisecond), sdktrace.WithExportTimeout(time.Minute), sdktrace.WithBlocking())
	provider := sdktrace.NewTracerProvider(batches)
	tracer := provider.Tracer("live-sender")
	start := time.Now()
	made := 0
	for time.Since(start) < time.Duration(*seconds)*time.Second {
		for want := int(time.Since(start).Seconds() * float64(*rate)); made < want; made++ {
			_, span := tracer.Start(ctx, "chat gpt-4o-mini", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
				attribute.String("gen_ai.operation.name", "chat"),
				attribute.String("gen_ai.provider.name", "openai"),
				attribute.String("gen_ai.request.model", "gpt-4o-mini"),
				attribute.String("gen_ai.response.model", "gpt-4o-mini-2024-07-18"),
				attribute.String("gen_ai.agent.id", fmt.Sprintf("agent-%d", made%*agents)),
				attribute.Int("gen_ai.usage.input_tokens", made%3000),
				attribute.Int("gen_ai.usage.output_tokens", made%400),
				attribute.Float64("cockpit.cost.usd", 0.0004),
				attribute.String("server.address", "api.openai.com"),
				attribute.Int("server.port", 443)))
			span.End()
		}
		time.Sleep(2 * time.Millisecond)
	}
	if err := provider.Shutdown(ctx); err != nil {
		panic(err)
	}
	fmt.Printf("{\"made\":%d,\"taken\":%d,\"failed\":%d,\"seconds\":%.2f}\n", made, counter.taken.Load(), counter.failed.Load(), time.Since(start).Seconds())
}
