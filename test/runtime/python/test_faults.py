"""What is broken, strange or in the way changes no call."""

import asyncio
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import openai
import pytest
from google import genai
from opentelemetry import trace
from pydantic import BaseModel

ASK = [{"role": "user", "content": "hello"}]
COST = (11 + 14) / 1e6


@pytest.fixture
def serve():
    """Serves what a function of the request's handler writes; gives the address."""
    servers = []

    def started(answer):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.rfile.read(int(self.headers.get("content-length", 0)))
                answer(self)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield started
    for it in servers:
        it.shutdown()


@pytest.fixture
def client(stand_in):
    return openai.OpenAI(api_key="k", base_url=f"{stand_in.url}/v1", max_retries=0)


def ask(client, **more):
    return client.chat.completions.create(**{"model": "gpt-4o-mini", "messages": ASK, **more})


def test_parts_of_a_stream_may_lack_choices(runtime, serve, spans):
    def answer(request):
        request.send_response(200)
        request.send_header("content-type", "text/event-stream")
        request.end_headers()
        usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
        for part in ({"id": "1"}, {"id": "1", "usage": usage}, {"id": "1", "choices": None, "usage": usage}):
            request.wfile.write(f"data: {json.dumps(part)}\n\n".encode())
        request.wfile.write(b"data: [DONE]\n\n")

    client = runtime.telemetry(openai.OpenAI(api_key="k", base_url=f"{serve(answer)}/v1", max_retries=0))
    assert len(list(ask(client, stream=True))) == 1
    assert spans()[0].attributes["gen_ai.usage.input_tokens"] == 11


def test_nothing_is_left_as_it_is(runtime, caplog):
    assert runtime.telemetry(None) is None
    assert runtime.cost_control(None) is None
    assert len(caplog.records) == 1


class Models:
    """Google's methods, of which this one streams."""

    def __init__(self):
        self.closed = False

    def _generate_content(self, **_):
        raise NotImplementedError

    async def _generate_content_stream(self, **_):
        async def parts():
            try:
                while True:
                    yield {"response_id": "1"}
            finally:
                self.closed = True

        return parts()


class Google:
    models = None

    def __init__(self):
        self.models = Models()
        self._api_client = SimpleNamespace(_http_options=SimpleNamespace(base_url=""), vertexai=False)


def test_closing_a_stream_closes_what_it_reads(runtime, spans):
    models = runtime.telemetry(Google()).models

    async def read():
        stream = await models._generate_content_stream(model="gemini-2.0-flash")
        await anext(stream)
        await stream.aclose()
        return models.closed

    assert asyncio.run(read())
    assert len(spans()) == 1


def test_a_price_that_is_no_number_is_unknown(runtime, client, spans, write, home):
    write("model_prices.json", {"models": {"gpt-4o-mini": {"input": 1, "output": "2"}, "gpt-5": {"input": 1}}})
    ask(runtime.cost_control(runtime.telemetry(client), run=1))
    assert spans()[0].attributes["cockpit.cost.unknown"] is True
    assert json.loads((home / ".cockpit/state/spend-billing.jsonl").read_text())["usd"] is None
    ask(client, model="gpt-5")
    assert spans()[1].attributes["cockpit.cost.unknown"] is True


def test_what_was_reserved_is_free_again_whatever_goes_wrong(runtime, client, monkeypatch):
    capped = runtime.cost_control(client, run=0.0015)

    def fail(*_):
        raise OSError("no")

    monkeypatch.setattr(runtime._Price, "cost_of", fail)
    for _ in range(2):
        ask(capped, messages=[{"role": "user", "content": "x" * 4000}])


def test_what_could_not_be_written_counts_for_limits_that_come_later(runtime, client, home):
    (home / ".cockpit/state").write_text("in the way")
    ask(runtime.cost_control(client, run=1))
    with pytest.raises(runtime.BudgetExceeded):
        runtime.cost_control(lambda: 1, day=COST / 2)()


def test_a_line_that_was_half_written_takes_no_other_along(runtime, client, home):
    (home / ".cockpit/state").mkdir()
    (home / ".cockpit/state/spend-billing.jsonl").write_text('{"time":"2020')
    ask(runtime.cost_control(client, agent=1))
    with pytest.raises(runtime.BudgetExceeded):
        ask(runtime.cost_control(client, agent=COST))


def test_a_working_directory_that_is_gone(runtime, home, monkeypatch):
    (home / "gone").mkdir()
    monkeypatch.chdir(home / "gone")
    (home / "gone").rmdir()
    assert runtime.cost_control(lambda: 1, run=1)() == 1


def test_files_may_begin_with_a_byte_order_mark(runtime, client, home):
    (home / ".cockpit/budget.json").write_text('{"run": 0}', "utf-8-sig")
    with pytest.raises(runtime.BudgetExceeded):
        ask(runtime.cost_control(client))


def test_the_last_steps_of_a_generator_are_inside_too(runtime, spans):
    seen = []

    @runtime.telemetry
    def numbers():
        try:
            yield 1
        finally:
            seen.append(trace.get_current_span().is_recording())

    @runtime.telemetry
    async def later():
        try:
            yield 1
        finally:
            seen.append(trace.get_current_span().is_recording())

    async def close_early():
        steps = later()
        await anext(steps)
        await steps.aclose()

    steps = numbers()
    next(steps)
    steps.close()
    asyncio.run(close_early())
    assert seen == [True, True]


def test_limits_of_a_function_and_of_the_client_in_it_both_hold(runtime, client):
    capped = runtime.cost_control(client, run=1)
    strict = runtime.cost_control(lambda: [ask(capped), ask(capped)], run=COST)
    with pytest.raises(runtime.BudgetExceeded):
        strict()
    with pytest.raises(runtime.BudgetExceeded):
        runtime.cost_control(lambda: runtime.cost_control(lambda: ask(capped), run=1)(), run=COST * 1.02)()
    runtime.cost_control(client, run=COST)
    with pytest.raises(runtime.BudgetExceeded):
        runtime.cost_control(lambda: ask(client), run=1)()


def test_only_the_text_of_a_request_is_counted(runtime):
    class Answer(BaseModel):
        content: str = "x" * 1000

    circle = SimpleNamespace(text="x" * 1000)
    circle.itself = circle
    assert runtime._characters_of({"contents": "four", "config": {"response_schema": Answer, "client": circle, "system_instruction": Answer(content="four")}}) == 8


def test_a_client_without_copies(runtime, spans):
    class Client:
        chat = None
        base_url = "http://localhost"

        def request(self, _cast_to, options):
            return {"model": options.json_data["model"]}

    client = Client()
    assert runtime.telemetry(client) is client
    options = SimpleNamespace(method="post", url="/chat/completions", json_data={"model": "m"})
    assert client.request(None, options) == {"model": "m"}
    assert client.request(None, SimpleNamespace(json_data={"model": "m"})) == {"model": "m"}
    assert len(spans()) == 1


def test_the_token_stays_with_the_endpoint(runtime, serve, monkeypatch):
    seen, arrived = [], threading.Event()

    def elsewhere(request):
        seen.append(request.headers.get("authorization"))
        request.send_response(404)
        request.end_headers()
        arrived.set()

    other = serve(elsewhere)

    def redirect(request):
        request.send_response(302)
        request.send_header("location", f"{other}/login")
        request.end_headers()

    monkeypatch.setenv("COCKPIT_MOTHBALL_URL", serve(redirect))
    monkeypatch.setenv("COCKPIT_MOTHBALL_TOKEN", "secret")
    runtime.telemetry(lambda: 1)
    assert arrived.wait(20)
    assert seen[0] is None


def test_an_answer_that_names_nobody_pauses_nobody(runtime, serve, monkeypatch):
    def answer(request):
        request.send_response(200)
        request.end_headers()
        request.wfile.write(b'{"status": "fine"}')

    monkeypatch.setenv("COCKPIT_MOTHBALL_URL", serve(answer))
    runtime._ask_once()
    assert runtime.telemetry(lambda: 1)() == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_process_asks_for_itself_and_is_a_run_of_its_own(runtime, serve, monkeypatch, client):
    asked = []

    def answer(request):
        asked.append(request.path)
        request.send_response(404)
        request.end_headers()

    ask(runtime.cost_control(client, run=1))
    monkeypatch.setenv("COCKPIT_MOTHBALL_URL", serve(answer))
    function = runtime.cost_control(lambda: "ran", run=COST / 2)
    with pytest.raises(runtime.BudgetExceeded):
        function()
    child = os.fork()
    if child == 0:
        os.environ["COCKPIT_AGENT_ID"] = "forked"
        failed = 1
        try:
            failed = 0 if function() == "ran" else 1
            time.sleep(2)
        finally:
            os._exit(failed)
    assert os.waitpid(child, 0)[1] == 0
    assert "/agents/forked/mothball" in asked
