"""Every model call of this agent is traced from here."""

from opentelemetry import trace
from opentelemetry.instrumentation.google_genai import GoogleGenAiSdkInstrumentor
from opentelemetry.sdk.trace import TracerProvider


def start() -> None:
    trace.set_tracer_provider(TracerProvider())
    GoogleGenAiSdkInstrumentor().instrument()
