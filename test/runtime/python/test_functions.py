"""Functions of every kind keep what they do."""

import asyncio
import inspect

import pytest
from opentelemetry import trace
from opentelemetry.trace import StatusCode


def test_a_function_is_itself_and_has_a_span(runtime, spans):
    @runtime.telemetry
    def add(a: int, b: int = 2, *, c: int = 3) -> int:
        """Adds."""
        assert trace.get_current_span().is_recording()
        return a + b + c

    assert add(1, c=0) == 3
    assert (add.__name__, add.__doc__, str(inspect.signature(add))) == ("add", "Adds.", "(a: int, b: int = 2, *, c: int = 3) -> int")
    (span,) = spans()
    assert span.name == "invoke_agent add"
    assert dict(span.attributes) == {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.id": "billing"}


def test_an_error_passes(runtime, spans):
    @runtime.telemetry()
    def fail():
        raise KeyError("x")

    with pytest.raises(KeyError):
        fail()
    (span,) = spans()
    assert (span.status.status_code, span.attributes["error.type"]) == (StatusCode.ERROR, "KeyError")


def test_a_coroutine_function_stays_one(runtime, spans):
    @runtime.telemetry
    @runtime.cost_control(run=1)
    async def later(x):
        await asyncio.sleep(0)
        assert trace.get_current_span().is_recording()
        return x

    assert inspect.iscoroutinefunction(later)
    assert asyncio.run(later(5)) == 5
    assert len(spans()) == 1


def test_a_generator_is_sent_to_thrown_at_and_returns(runtime, spans):
    @runtime.telemetry
    def talk():
        said = []
        while len(said) < 3:
            try:
                said.append((yield len(said)))
                assert trace.get_current_span().is_recording()
            except ValueError:
                said.append("thrown")
        return said

    assert inspect.isgeneratorfunction(talk)
    steps = talk()
    assert (next(steps), steps.send("a"), steps.throw(ValueError())) == (0, 1, 2)
    assert not trace.get_current_span().is_recording(), "between steps the caller is not inside"
    with pytest.raises(StopIteration) as end:
        steps.send("b")
    assert end.value.value == ["a", "thrown", "b"]
    assert len(spans()) == 1


def test_a_generator_that_is_closed_is_no_error(runtime, spans):
    closed = []

    @runtime.telemetry
    def numbers():
        try:
            yield from range(10)
        finally:
            closed.append(True)

    steps = numbers()
    next(steps)
    steps.close()
    assert closed == [True]
    assert spans()[0].status.status_code is StatusCode.UNSET


def test_an_async_generator_is_sent_to_thrown_at_and_closed(runtime, spans):
    @runtime.telemetry
    async def talk():
        said = None
        while True:
            try:
                said = yield said
            except ValueError:
                said = "thrown"

    assert inspect.isasyncgenfunction(talk)

    async def converse():
        steps = talk()
        heard = [await anext(steps), await steps.asend("a"), await steps.athrow(ValueError())]
        await steps.aclose()
        return heard

    assert asyncio.run(converse()) == [None, "a", "thrown"]
    assert spans()[0].status.status_code is StatusCode.UNSET


def test_methods_of_all_kinds(runtime, spans):
    class Desk:
        @runtime.telemetry
        def method(self):
            return self

        @runtime.telemetry
        @staticmethod
        def static(x):
            return x

        @classmethod
        @runtime.telemetry
        def of_class(cls):
            return cls

    desk = Desk()
    assert (desk.method(), Desk.static(1), Desk.of_class()) == (desk, 1, Desk)
    assert len(spans()) == 3
