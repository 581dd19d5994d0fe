"""Budgets: asked before a call is sent, settled after it, shared by processes."""

import json
import subprocess
import sys
import threading

import openai
import pytest
from google import genai

ASK = [{"role": "user", "content": "hello"}]
COST = (11 + 14) / 1e6


@pytest.fixture
def make(runtime, stand_in):
    """A capped client."""

    def capped(**limits):
        return runtime.cost_control(openai.OpenAI(api_key="k", base_url=f"{stand_in.url}/v1", max_retries=0), **limits)

    return capped


def ask(client, model="gpt-4o-mini", **more):
    return client.chat.completions.create(model=model, messages=ASK, **more)


def test_a_call_over_the_limit_is_refused_before_it_is_sent(runtime, make, stand_in):
    client = make(run=COST)
    ask(client)
    sent = len(stand_in.requests())
    with pytest.raises(runtime.BudgetExceeded, match=r"agent billing spent 0\.000025 of 2\.5e-05 US dollars for the run"):
        ask(client)
    assert len(stand_in.requests()) == sent


@pytest.mark.parametrize("limits", [{"run": 0}, {"day": 0}, {"agent": 0}])
def test_every_limit_counts(runtime, make, limits):
    with pytest.raises(runtime.BudgetExceeded):
        ask(make(**limits))


def test_arguments_count_before_the_environment_and_that_before_the_file(runtime, make, write, monkeypatch):
    write("budget.json", {"version": 1, "run": 0})
    with pytest.raises(runtime.BudgetExceeded):
        ask(make())
    monkeypatch.setenv("COCKPIT_BUDGET_RUN_USD", "1")
    ask(make())
    with pytest.raises(runtime.BudgetExceeded):
        ask(make(run=0))
    monkeypatch.setenv("COCKPIT_BUDGET_RUN_USD", "0")
    ask(make(run=None))


def test_what_is_no_amount_does_not_count_and_is_said_once(make, write, caplog):
    write("budget.json", {"version": 1, "run": "much", "day": -1, "agent": 1})
    client = make()
    ask(client)
    ask(client)
    assert sorted(it.message for it in caplog.records) == [
        "budget.json's day is not an amount in US dollars, so it does not count",
        "budget.json's run is not an amount in US dollars, so it does not count",
    ]


def test_without_a_budget_nothing_is_limited_and_that_is_said(make, caplog):
    ask(make())
    assert [it.message for it in caplog.records] == [
        "no budget is set: calls are not limited. Write .cockpit/budget.json or pass limits to cost_control"
    ]


def test_a_broken_file_is_said_once_and_calls_go_on(make, write, caplog):
    write("budget.json", "{ not JSON")
    client = make()
    ask(client)
    ask(client)
    assert sum("is not JSON" in it.message for it in caplog.records) == 1


def test_an_unknown_price_counts_as_unknown(runtime, make, home, write, caplog):
    ask(make(run=1), model="gpt-9")
    assert "the price of gpt-9 is not in .cockpit/model_prices.json" in caplog.text
    assert json.loads((home / ".cockpit/state/spend-billing.jsonl").read_text())["usd"] is None
    write("budget.json", {"version": 1, "unknownPrice": "refuse"})
    with pytest.raises(runtime.BudgetExceeded, match="the price of gpt-9 is unknown"):
        ask(make(run=1), model="gpt-9")


def test_over_the_limit_a_cheaper_model_answers_where_the_budget_says_so(runtime, spans, make, write, stand_in, caplog):
    write("budget.json", {"version": 1, "run": 0.0001, "overBudget": "downgrade"})
    write("model_routing.json", {"version": 1, "downgrade": {"gpt-5": "gpt-4o-mini"}})
    client = runtime.telemetry(make())
    ask(client, model="gpt-5-2026-01-01")
    (span,) = spans()
    assert span.attributes["gen_ai.request.model"] == "gpt-4o-mini"
    assert span.attributes["cockpit.downgraded_from"] == "gpt-5-2026-01-01"
    assert stand_in.requests()[0]["body"]["model"] == "gpt-4o-mini"
    assert "Calls of gpt-5-2026-01-01 go to gpt-4o-mini" in caplog.text
    write("model_routing.json", {"version": 1, "downgrade": {}})
    with pytest.raises(runtime.BudgetExceeded):
        ask(client, model="gpt-5")


def test_a_stream_is_settled_by_its_usage(runtime, make, home):
    list(ask(make(run=1), stream=True))
    assert json.loads((home / ".cockpit/state/spend-billing.jsonl").read_text())["usd"] == pytest.approx(COST)


def test_a_call_that_fails_costs_nothing(make, home):
    client = make(run=1)
    with pytest.raises(openai.InternalServerError):
        client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "broken"}])
    assert not (home / ".cockpit/state").exists()


def test_calls_under_way_are_reserved(runtime, make):
    """Each costs a thousandth at least: of ten at once only as many are sent as the limit has room for."""
    client = make(run=0.0035)
    outcomes = []

    def call():
        try:
            client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "x" * 4000}])
            outcomes.append("sent")
        except runtime.BudgetExceeded:
            outcomes.append("refused")

    barrier = threading.Barrier(10)
    original = runtime._ledger.reserve
    runtime._ledger.reserve = lambda *given: (original(*given), barrier.wait())[0]
    threads = [threading.Thread(target=call) for _ in range(10)]
    for it in threads:
        it.start()
    for it in threads:
        it.join()
    assert sorted(outcomes) == ["refused"] * 7 + ["sent"] * 3


def test_processes_share_what_day_and_agent_spent(runtime, make, home, stand_in):
    program = f"""
import openai, cockpit_runtime
client = cockpit_runtime.cost_control(openai.OpenAI(api_key="k", base_url="{stand_in.url}/v1"), day=1)
client.chat.completions.create(model="gpt-4o-mini", messages={ASK!r})
"""
    client = make(day=2 * COST, agent=3 * COST)
    ask(client)
    subprocess.run([sys.executable, "-c", program], check=True, cwd=home)
    with pytest.raises(runtime.BudgetExceeded, match="for the day"):
        ask(client)
    lines = [json.loads(it) for it in (home / ".cockpit/state/spend-billing.jsonl").read_text().splitlines()]
    assert [it["usd"] for it in lines] == [pytest.approx(COST)] * 2
    assert len({it["run"] for it in lines}) == 2


def test_lines_of_other_days_and_half_written_ones(runtime, make, home):
    (home / ".cockpit/state").mkdir()
    (home / ".cockpit/state/spend-billing.jsonl").write_text('{"time":"2020-01-01T00:00:00.000Z","usd":5}\nnot JSON\n{"time":"2020')
    ask(make(day=1))
    with pytest.raises(runtime.BudgetExceeded, match="for the agent"):
        ask(make(agent=5))


def test_where_nothing_can_be_written_the_process_counts_by_itself(runtime, make, home, caplog):
    (home / ".cockpit/state").write_text("in the way")
    client = make(agent=COST)
    ask(client)
    with pytest.raises(runtime.BudgetExceeded):
        ask(client)
    assert sum("could not be written" in it.message for it in caplog.records) == 1


def test_gemini_is_capped(runtime, stand_in):
    client = runtime.cost_control(genai.Client(api_key="k", http_options={"base_url": stand_in.url, "api_version": "v1beta"}), run=0)
    with pytest.raises(runtime.BudgetExceeded):
        client.models.generate_content(model="gemini-2.0-flash", contents="gemini")


def test_a_function_holds_the_limit_for_the_tracked_clients_in_it(runtime, stand_in):
    client = runtime.telemetry(openai.OpenAI(api_key="k", base_url=f"{stand_in.url}/v1", max_retries=0))

    @runtime.cost_control(run=COST)
    def answer():
        return [ask(client), ask(client)]

    with pytest.raises(runtime.BudgetExceeded):
        answer()
    with pytest.raises(runtime.BudgetExceeded):
        runtime.cost_control(lambda: 1, run=COST / 2)()
    ask(client)
