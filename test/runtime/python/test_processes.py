"""Processes of their own: where their spans go, and what happens when nobody takes them."""

import json
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

RECEIVER = Path(__file__).parents[1] / "otlp_receiver.py"

PROGRAM = """
import openai, cockpit_runtime
client = cockpit_runtime.telemetry(openai.OpenAI(api_key="k", base_url="{url}/v1"))
answer = client.chat.completions.create(model="gpt-4o-mini", messages=[{{"role": "user", "content": "hello"}}])
print(answer.choices[0].message.content)
"""


@pytest.fixture
def run(home, stand_in):
    def run(program=PROGRAM, *flags, **environment):
        command = [sys.executable, *flags, "-c", program.format(url=stand_in.url)]
        return subprocess.run(command, cwd=home, env={"PATH": "", "PYTHONPATH": str(home), **environment}, capture_output=True, text=True, timeout=60)

    return run


@pytest.fixture
def receiver():
    process = subprocess.Popen([sys.executable, str(RECEIVER)], stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}", process.stdout
    finally:
        process.terminate()
        process.wait()


def test_spans_arrive_at_the_endpoint_when_the_process_ends(run, receiver):
    endpoint, lines = receiver
    done = run(OTEL_EXPORTER_OTLP_ENDPOINT=endpoint)
    assert (done.returncode, done.stdout) == (0, "Hello.\n"), done.stderr
    span = json.loads(lines.readline())
    assert (span["name"], span["kind"], span["service"]) == ("chat gpt-4o-mini", "CLIENT", "billing")
    assert span["attributes"]["gen_ai.usage.input_tokens"] == 11
    assert span["attributes"]["gen_ai.response.finish_reasons"] == ["stop"]


def test_without_an_endpoint_nothing_is_sent_and_nothing_said(run):
    done = run()
    assert (done.stdout, done.stderr) == ("Hello.\n", "")


def test_without_opentelemetry_calls_go_on_and_budgets_hold(run, home):
    hide = "import sys; sys.modules['opentelemetry'] = None\n"
    assert run(hide + PROGRAM, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9").stdout == "Hello.\n"
    capped = run(hide + PROGRAM.replace("telemetry(openai", "cost_control(openai"), COCKPIT_BUDGET_RUN_USD="0")
    assert "BudgetExceeded" in capped.stderr


def test_an_exporter_that_is_down_changes_nothing(run):
    done = run(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9")
    assert (done.returncode, done.stdout) == (0, "Hello.\n")


@pytest.mark.parametrize("reply", [b"HTTP/1.1 500 no\r\ncontent-length: 0\r\n\r\n", b"what?\r\n", b""])
def test_an_exporter_that_is_wrong_or_slow_changes_nothing(run, reply):
    server = socket.create_server(("127.0.0.1", 0))
    taken = []

    def answer():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            taken.append(connection)
            if reply:
                connection.recv(1)
                connection.sendall(reply)
                connection.close()

    threading.Thread(target=answer, daemon=True).start()
    done = run(OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{server.getsockname()[1]}", OTEL_EXPORTER_OTLP_TIMEOUT="1")
    server.close()
    assert (done.returncode, done.stdout) == (0, "Hello.\n")
    assert taken


def test_a_provider_of_the_apps_own_gets_the_spans(run, receiver):
    own = """
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor
import cockpit_runtime
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter()))
trace.set_tracer_provider(provider)
"""
    done = run(own.replace("{", "{{").replace("}", "}}") + PROGRAM, OTEL_EXPORTER_OTLP_ENDPOINT=receiver[0])
    assert '"name": "chat gpt-4o-mini"' in done.stdout


def test_a_server_that_refuses_stream_options_is_asked_without(runtime, spans):
    import openai
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    bodies = []

    class Old(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            bodies.append(body)
            is_refused = "stream_options" in body
            self.send_response(400 if is_refused else 200)
            self.send_header("content-type", "application/json" if is_refused else "text/event-stream")
            self.end_headers()
            part = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [{"index": 0, "delta": {"content": "Hi"}}]}
            said = {"error": {"message": "Unknown parameter: stream_options"}}
            self.wfile.write(json.dumps(said).encode() if is_refused else f"data: {json.dumps(part)}\n\ndata: [DONE]\n\n".encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Old)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    client = runtime.telemetry(openai.OpenAI(api_key="k", base_url=f"http://127.0.0.1:{server.server_address[1]}/v1", max_retries=0))
    for _ in range(2):
        stream = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}], stream=True)
        assert [it.choices[0].delta.content for it in stream] == ["Hi"]
    server.shutdown()
    assert ["stream_options" in it for it in bodies] == [True, False, False]
    assert [it.status.is_ok or it.status.is_unset for it in spans()] == [True, True]
