"""Microseconds that a call takes: `overhead.py WRAPPING KIND CALLS ENDPOINT` prints {"median", "spans"} as JSON. The model's answer comes from memory."""

import asyncio
import gc
import json
import os
import statistics
import sys
import time

import httpx2
import openai
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

wrapping, kind, calls, endpoint = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]

USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
BASE = {"id": "chatcmpl-1", "created": 1, "model": "gpt-4o-mini"}
ANSWER = json.dumps({**BASE, "object": "chat.completion", "usage": USAGE, "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hello."}}]})
PARTS = [{**BASE, "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": f"word {i} "}}]} for i in range(20)]
PARTS += [{**BASE, "object": "chat.completion.chunk", "choices": [], "usage": USAGE}]
STREAM = "".join(f"data: {json.dumps(it)}\n\n" for it in PARTS) + "data: [DONE]\n\n"
ASK = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hello"}]}


class Counted(SpanProcessor):
    count = 0

    def on_end(self, span):
        Counted.count += 1


def answered(_):
    if kind == "stream":
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, text=STREAM)
    return httpx2.Response(200, headers={"content-type": "application/json"}, text=ANSWER)


def wrapped(client):
    if wrapping.startswith("cockpit"):
        import cockpit_runtime

        client = cockpit_runtime.telemetry(client)
        return cockpit_runtime.cost_control(client, run=1e9, day=1e9) if wrapping == "cockpit-capped" else client
    if wrapping == "openllmetry":
        from opentelemetry.instrumentation.openai import OpenAIInstrumentor

        OpenAIInstrumentor().instrument()
    if wrapping == "openinference":
        from openinference.instrumentation.openai import OpenAIInstrumentor

        OpenAIInstrumentor().instrument()
    return client


def sync_calls(client):
    stream = {"stream": True, "stream_options": {"include_usage": True}} if kind == "stream" else {}
    for _ in range(calls + calls // 5):
        start = time.perf_counter_ns()
        answer = client.chat.completions.create(**ASK, **stream)
        if stream:
            for _ in answer:
                pass
        yield time.perf_counter_ns() - start


async def later_calls(client):
    times = []
    for _ in range(calls + calls // 5):
        start = time.perf_counter_ns()
        await client.chat.completions.create(**ASK)
        times.append(time.perf_counter_ns() - start)
    return times


provider = TracerProvider()
provider.add_span_processor(Counted())
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", timeout=1)))
trace.set_tracer_provider(provider)
gc.disable()
if kind == "async":
    client = openai.AsyncOpenAI(api_key="k", base_url="http://127.0.0.1:9/v1", http_client=httpx2.AsyncClient(transport=httpx2.MockTransport(answered)))
    times = asyncio.run(later_calls(wrapped(client)))
else:
    client = openai.OpenAI(api_key="k", base_url="http://127.0.0.1:9/v1", http_client=httpx2.Client(transport=httpx2.MockTransport(answered)))
    times = list(sync_calls(wrapped(client)))
# The first sixth warms up.
print(json.dumps({"median": statistics.median(times[calls // 5 :]) / 1000, "spans": Counted.count / len(times)}), flush=True)
os._exit(0)
