"""Spans of real SDKs' calls: every kind of call, every ending of a stream."""

import asyncio
from types import SimpleNamespace

import anthropic
import openai
import pytest
from google import genai
from opentelemetry.trace import SpanKind, StatusCode

ASK = [{"role": "user", "content": "hello"}]


@pytest.fixture
def clients(runtime, stand_in):
    """Wrapped clients of all SDKs."""
    url = stand_in.url
    return SimpleNamespace(
        openai=runtime.telemetry(openai.OpenAI(api_key="k", base_url=f"{url}/v1", max_retries=0)),
        later=runtime.telemetry(openai.AsyncOpenAI(api_key="k", base_url=f"{url}/v1", max_retries=0)),
        claude=runtime.telemetry(anthropic.Anthropic(api_key="k", base_url=url, max_retries=0)),
        gemini=runtime.telemetry(genai.Client(api_key="k", http_options={"base_url": url, "api_version": "v1beta"})),
    )


def told(spans):
    """The one span's name and attributes; asserts that there is one."""
    (span,) = spans()
    assert span.kind is SpanKind.CLIENT
    assert span.end_time >= span.start_time
    return span.name, dict(span.attributes)


def chat_attributes(stand_in, **more):
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o-mini",
        "gen_ai.response.model": "gpt-4o-mini",
        "gen_ai.response.id": "chatcmpl-1",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 11,
        "gen_ai.usage.output_tokens": 7,
        "gen_ai.agent.id": "billing",
        "server.address": "127.0.0.1",
        "server.port": int(stand_in.url.rsplit(":", 1)[1]),
        "cockpit.cost.usd": pytest.approx((11 + 14) / 1e6),
        "cockpit.price.date": "2026-11-01",
        **more,
    }


def test_a_chat(clients, spans, stand_in):
    answer = clients.openai.chat.completions.create(model="gpt-4o-mini", messages=ASK)
    assert answer.choices[0].message.content == "Hello."
    assert told(spans) == ("chat gpt-4o-mini", chat_attributes(stand_in))


def test_a_chat_later(clients, spans, stand_in):
    answer = asyncio.run(clients.later.chat.completions.create(model="gpt-4o-mini", messages=ASK))
    assert answer.usage.total_tokens == 18
    assert told(spans) == ("chat gpt-4o-mini", chat_attributes(stand_in))


def test_a_stream_tells_its_usage_which_the_caller_does_not_see(clients, spans, stand_in):
    stream = clients.openai.chat.completions.create(model="gpt-4o-mini", messages=ASK, stream=True)
    assert spans() == []
    parts = list(stream)
    assert all(part.choices for part in parts)
    assert "".join(part.choices[0].delta.content or "" for part in parts) == "Hello."
    assert told(spans) == ("chat gpt-4o-mini", chat_attributes(stand_in, **{"cockpit.stream": True}))


def test_a_caller_who_asks_for_the_usage_sees_it(clients, spans):
    stream = clients.openai.chat.completions.create(model="gpt-4o-mini", messages=ASK, stream=True, stream_options={"include_usage": True})
    assert [part.usage.total_tokens for part in stream if not part.choices] == [18]
    assert told(spans)[1]["gen_ai.usage.output_tokens"] == 7


def test_a_stream_later(clients, spans, stand_in):
    async def read():
        stream = await clients.later.chat.completions.create(model="gpt-4o-mini", messages=ASK, stream=True)
        return [part async for part in stream]

    assert all(part.choices for part in asyncio.run(read()))
    assert told(spans) == ("chat gpt-4o-mini", chat_attributes(stand_in, **{"cockpit.stream": True}))


def test_a_stream_that_is_closed_early_is_no_error(clients, spans):
    with clients.openai.chat.completions.create(model="gpt-4o-mini", messages=ASK, stream=True) as stream:
        next(stream)
    (span,) = spans()
    assert span.status.status_code is StatusCode.UNSET
    assert "gen_ai.usage.input_tokens" not in span.attributes


def test_a_helper_that_reads_a_stream(clients, spans):
    with clients.openai.chat.completions.stream(model="gpt-4o-mini", messages=ASK) as stream:
        assert stream.get_final_completion().choices[0].message.content == "Hello."
    assert told(spans)[1]["gen_ai.usage.input_tokens"] == 11


def test_a_stream_that_breaks_off_is_an_error(clients, spans):
    with pytest.raises(Exception) as raised:
        list(clients.openai.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "break off"}], stream=True))
    (span,) = spans()
    assert span.status.status_code is StatusCode.ERROR
    assert span.attributes["error.type"] == raised.type.__name__


@pytest.mark.parametrize("message, error", [("too many", openai.RateLimitError), ("broken", openai.InternalServerError)])
def test_an_error_is_raised_as_it_is_and_told_without_its_message(clients, spans, message, error):
    with pytest.raises(error):
        clients.openai.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": message}])
    (span,) = spans()
    assert (span.status.status_code, span.attributes["error.type"]) == (StatusCode.ERROR, error.__name__)
    assert not span.events and not span.status.description


def test_retries_of_an_sdk_are_one_call(runtime, stand_in, spans):
    client = runtime.telemetry(openai.OpenAI(api_key="k", base_url=f"{stand_in.url}/v1", max_retries=1))
    with pytest.raises(openai.InternalServerError):
        client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "broken"}])
    assert len(spans()) == 1


def test_a_raw_answer_stays_raw(clients, spans):
    raw = clients.openai.chat.completions.with_raw_response.create(model="gpt-4o-mini", messages=ASK)
    assert told(spans)[1]["gen_ai.usage.input_tokens"] == 11
    assert raw.parse().choices[0].message.content == "Hello."
    assert raw.headers["content-type"].startswith("application/json")


def test_a_raw_stream_is_followed_when_it_is_parsed(clients, spans):
    raw = clients.openai.chat.completions.with_raw_response.create(model="gpt-4o-mini", messages=ASK, stream=True)
    assert all(part.choices for part in raw.parse())
    assert told(spans)[1]["gen_ai.usage.output_tokens"] == 7


def test_a_copy_stays_wrapped(clients, spans):
    clients.openai.with_options(timeout=30).chat.completions.create(model="gpt-4o-mini", messages=ASK)
    assert told(spans)[0] == "chat gpt-4o-mini"


def test_responses(clients, spans):
    ask = {"model": "gpt-4o-mini", "input": "responses"}
    assert clients.openai.responses.create(**ask).output_text == "Hello."
    assert list(clients.openai.responses.create(**ask, stream=True))[-1].type == "response.completed"
    for span in spans():
        assert span.name == "chat gpt-4o-mini"
        assert (span.attributes["gen_ai.usage.input_tokens"], span.attributes["gen_ai.usage.output_tokens"]) == (21, 9)


def test_embeddings(clients, spans):
    assert clients.openai.embeddings.create(model="text-embedding-3-small", input="hello").data
    name, attributes = told(spans)
    assert name == "embeddings text-embedding-3-small"
    assert attributes["gen_ai.operation.name"] == "embeddings"


def test_claude(clients, spans):
    ask = {"model": "claude-sonnet-4@latest", "max_tokens": 10, "messages": [{"role": "user", "content": "claude"}]}
    assert clients.claude.messages.create(**ask).content[0].text == "Hello."
    with clients.claude.messages.stream(**ask) as stream:
        assert stream.get_final_text() == "Hello."
    plain, streamed = spans()
    for span in (plain, streamed):
        assert span.attributes["gen_ai.provider.name"] == "anthropic"
        assert span.attributes["gen_ai.usage.output_tokens"] == 13
        assert span.attributes["gen_ai.response.finish_reasons"] == ("end_turn",)
    assert plain.attributes["cockpit.cost.usd"] == pytest.approx((31 * 3 + 13 * 15) / 1e6)


def test_gemini(clients, spans):
    answer = clients.gemini.models.generate_content(model="gemini-2.0-flash", contents="gemini")
    assert answer.text == "Hello."
    assert "".join(part.text or "" for part in clients.gemini.models.generate_content_stream(model="gemini-2.0-flash", contents="gemini")) == "Hello."
    assert clients.gemini.chats.create(model="gemini-2.0-flash").send_message("gemini").text == "Hello."

    async def later():
        await clients.gemini.aio.models.generate_content(model="gemini-2.0-flash", contents="gemini")
        return [it async for it in await clients.gemini.aio.models.generate_content_stream(model="gemini-2.0-flash", contents="gemini")]

    assert asyncio.run(later())
    assert len(spans()) == 5
    for span in spans():
        assert span.name == "generate_content gemini-2.0-flash"
        assert span.attributes["gen_ai.provider.name"] == "gcp.gemini"
        assert (span.attributes["gen_ai.usage.input_tokens"], span.attributes["gen_ai.usage.output_tokens"]) == (41, 17)
        assert span.attributes["gen_ai.response.finish_reasons"] == ("STOP",)
        assert span.attributes["server.address"] == "127.0.0.1"


def test_wrapping_gives_the_same_client_and_twice_is_once(runtime, stand_in, spans):
    client = openai.OpenAI(api_key="k", base_url=f"{stand_in.url}/v1")
    assert runtime.telemetry(runtime.cost_control(runtime.telemetry(client), run=1)) is client
    client.chat.completions.create(model="gpt-4o-mini", messages=ASK)
    assert len(spans()) == 1


def test_what_is_unknown_is_left_as_it_is_with_one_warning(runtime, caplog):
    thing = object()
    assert runtime.telemetry(thing) is thing
    assert runtime.telemetry(thing) is thing
    assert len(caplog.records) == 1


def test_an_unknown_price_is_unknown_never_nothing(clients, spans):
    clients.openai.chat.completions.create(model="gpt-9", messages=ASK)
    attributes = told(spans)[1]
    assert attributes["cockpit.cost.unknown"] is True
    assert "cockpit.cost.usd" not in attributes


def test_the_client_of_the_module_is_watched_by_functions_that_name_it(runtime, stand_in, spans, monkeypatch):
    monkeypatch.setattr(openai, "api_key", "k")
    monkeypatch.setattr(openai, "base_url", f"{stand_in.url}/v1/")
    monkeypatch.setattr(openai, "_client", None)

    @runtime.telemetry
    def answer():
        return openai.chat.completions.create(model="gpt-4o-mini", messages=ASK)

    answer()
    inner, outer = spans()
    assert (inner.name, outer.name) == ("chat gpt-4o-mini", "invoke_agent answer")
    assert inner.parent.span_id == outer.context.span_id
    assert inner.attributes["gen_ai.usage.input_tokens"] == 11
