"""An agent's home to try the runtime in: a folder with the generated file and its `.cockpit`, a stand-in server for OpenAI, Anthropic and Gemini, and the spans
that the app's own tracer provider sees. AIMOCK names the stand-in's command line, NODE what runs it."""

import importlib.util
import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

HERE = Path(__file__).parent
TEMPLATE = HERE.parents[2] / "templates/runtime/python/cockpit_runtime.py.hbs"

# Round figures: a thousand tokens of gpt-4o-mini in and out cost 0.001 and 0.002 US dollars.
PRICES = {
    "version": 1,
    "date": "2026-11-01",
    "source": "https://example.com/prices",
    "models": {
        "gpt-4o-mini": {"input": 1, "cachedInput": 0.5, "output": 2},
        "gpt-5": {"input": 100, "output": 200},
        "claude-sonnet-4": {"input": 3, "cachedInput": 0.3, "output": 15},
        "gemini-2.0-flash": {"input": 1, "output": 4},
        "text-embedding-3-small": {"input": 1, "output": 0},
    },
}

_exported = InMemorySpanExporter()
_provider = TracerProvider()
_provider.add_span_processor(SimpleSpanProcessor(_exported))


class StandIn:
    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"

    def requests(self):
        """What arrived, the last first."""
        with urllib.request.urlopen(f"{self.url}/__aimock/journal") as answer:
            return json.load(answer)


@pytest.fixture(scope="session")
def stand_in():
    command = [os.environ["NODE"], os.environ["AIMOCK"], "--port", "0", "--host", "127.0.0.1", "--fixtures", str(HERE / "fixtures.json")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        port = next(line.rsplit(":", 1)[1] for line in process.stdout if "http://127.0.0.1:" in line)
        yield StandIn("".join(it for it in port if it.isdigit()))
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The working directory, with prices and no budget."""
    for name in [it for it in os.environ if it.startswith(("COCKPIT_", "OTEL_"))]:
        monkeypatch.delenv(name)
    (tmp_path / "cockpit_runtime.py").write_text(TEMPLATE.read_text("utf-8").replace("{{agentId}}", "billing"), "utf-8")
    (tmp_path / ".cockpit").mkdir()
    (tmp_path / ".cockpit/model_prices.json").write_text(json.dumps(PRICES), "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def runtime(home):
    """The runtime as a process of its own would load it: nothing remembered."""
    spec = importlib.util.spec_from_file_location("cockpit_runtime", home / "cockpit_runtime.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["cockpit_runtime"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["cockpit_runtime"]


@pytest.fixture
def spans():
    """The runtime's own, of those that ended since the test began: some SDKs write spans of their own."""
    if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        trace.set_tracer_provider(_provider)
    _exported.clear()
    return lambda: [it for it in _exported.get_finished_spans() if it.instrumentation_scope.name == "cockpit-runtime"]


@pytest.fixture
def write(home):
    """Writes a file of `.cockpit`."""
    return lambda name, content: (home / ".cockpit" / name).write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
