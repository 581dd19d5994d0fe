"""The mothball signal: a file at or above the working directory, or an endpoint."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import openai
import pytest

ENTRY = {"by": "ana@example.com", "at": "2026-11-23T10:00:00Z", "reason": "cost anomaly"}


@pytest.fixture
def ask(runtime, stand_in):
    client = runtime.telemetry(openai.OpenAI(api_key="k", base_url=f"{stand_in.url}/v1", max_retries=0))
    return lambda: client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "hello"}])


@pytest.mark.parametrize("key", ["billing", "*"])
def test_a_file_pauses_the_next_call_and_its_absence_resumes(runtime, ask, write, stand_in, key):
    ask()
    write("mothball.json", {"version": 1, "agents": {key: ENTRY}})
    sent = len(stand_in.requests())
    with pytest.raises(runtime.AgentPaused, match="agent billing is paused by ana@example.com since 2026-11-23T10:00:00Z: cost anomaly") as raised:
        ask()
    assert (raised.value.by, raised.value.at, raised.value.reason) == tuple(ENTRY.values())
    assert len(stand_in.requests()) == sent
    write("mothball.json", {"version": 1, "agents": {}})
    ask()


def test_a_folder_above_counts_and_other_agents_do_not(runtime, ask, home, monkeypatch):
    (home / "agents/deep").mkdir(parents=True)
    (home / "agents/.cockpit").mkdir()
    monkeypatch.chdir(home / "agents/deep")
    (home / ".cockpit/mothball.json").write_text(json.dumps({"version": 1, "agents": {"triage": ENTRY}}))
    ask()
    (home / ".cockpit/mothball.json").write_text(json.dumps({"version": 1, "agents": {"billing": ENTRY}}))
    with pytest.raises(runtime.AgentPaused):
        ask()


def test_a_broken_file_pauses_nobody_and_keeps_what_was_said(runtime, ask, write, caplog):
    write("mothball.json", "{")
    ask()
    assert "is not JSON" in caplog.text
    write("mothball.json", {"version": 1, "agents": {"billing": ENTRY}})
    with pytest.raises(runtime.AgentPaused):
        ask()
    write("mothball.json", "{ half written")
    with pytest.raises(runtime.AgentPaused):
        ask()


def test_functions_are_paused_too(runtime, write):
    write("mothball.json", {"version": 1, "agents": {"billing": ENTRY}})
    ran = []
    with pytest.raises(runtime.AgentPaused):
        runtime.telemetry(lambda: ran.append(1))()
    assert ran == []


def test_a_refused_call_leaves_no_span_and_a_function_in_whose_midst_it_comes_says_so(runtime, ask, write, spans):
    @runtime.telemetry
    def work():
        write("mothball.json", {"version": 1, "agents": {"billing": ENTRY}})
        ask()

    with pytest.raises(runtime.AgentPaused):
        work()
    with pytest.raises(runtime.AgentPaused):
        ask()
    assert [(it.name, it.attributes["error.type"]) for it in spans()] == [("invoke_agent work", "AgentPaused")]


def eventually(check):
    end = time.monotonic() + 20
    while not check():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def test_an_endpoint_pauses_and_resumes(runtime, stand_in, monkeypatch):
    asked, answer = [], [404]

    class Endpoint(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers.get("authorization")))
            self.send_response(answer[0])
            self.end_headers()
            if answer[0] == 200:
                self.wfile.write(json.dumps(ENTRY).encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("COCKPIT_MOTHBALL_URL", f"http://127.0.0.1:{server.server_address[1]}/")
    monkeypatch.setenv("COCKPIT_MOTHBALL_TOKEN", "secret")
    monkeypatch.setattr(runtime.time, "sleep", lambda _: threading.Event().wait(0.01))
    function = runtime.telemetry(lambda: "ran")

    def is_paused():
        try:
            return function() != "ran"
        except runtime.AgentPaused:
            return True

    eventually(lambda: len(asked) > 1)
    assert asked[0] == ("/agents/billing/mothball", "Bearer secret")
    assert not is_paused()
    answer[0] = 200
    eventually(is_paused)
    answer[0] = 500
    seen = len(asked)
    eventually(lambda: len(asked) > seen + 1)
    assert is_paused()
    answer[0] = 204
    eventually(lambda: not is_paused())
    server.shutdown()
