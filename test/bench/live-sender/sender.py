"""Calls of a model by many agents, through OpenTelemetry's own SDK and OTLP exporter: `sender.py URL RATE START SECONDS FIRST AGENTS`. Prints what main.go prints."""

import json
import sys
import time

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult
from opentelemetry.trace import SpanKind

url, (rate, start_ms, seconds, first, agents) = sys.argv[1], map(int, sys.argv[2:])
counts = {"made": 0, "taken": 0, "failed": 0}
most_waiting = 20_000


class Counting(OTLPSpanExporter):
    def export(self, spans):
        result = super().export(spans)
        counts["taken" if result is SpanExportResult.SUCCESS else "failed"] += len(spans)
        return result


provider = TracerProvider()
exporter = Counting(endpoint=url, timeout=60)
provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=2 * most_waiting, max_export_batch_size=512, schedule_delay_millis=100))
tracer = provider.get_tracer("live-sender")
start = start_ms / 1000
time.sleep(max(start - time.time(), 0))


def call(number: int) -> None:
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o-mini",
        "gen_ai.response.model": "gpt-4o-mini-2024-07-18",
        "gen_ai.agent.id": f"agent-{first + number % agents}",
        "gen_ai.usage.input_tokens": number % 3000,
        "gen_ai.usage.output_tokens": number % 400,
        "cockpit.cost.usd": 0.0004,
        "server.address": "api.openai.com",
        "server.port": 443,
    }
    tracer.start_span("chat gpt-4o-mini", kind=SpanKind.CLIENT, attributes=attributes).end()


while time.time() < start + seconds:
    want = int((time.time() - start) * rate)
    # The SDK drops what does not fit into its queue.
    while counts["made"] < want and counts["made"] - counts["taken"] - counts["failed"] < most_waiting:
        call(counts["made"])
        counts["made"] += 1
    time.sleep(0.002)
provider.shutdown()
print(json.dumps({**counts, "to": int(time.time() * 1000)}))
