/** What waits between two frames, or while the view is paused: one word about each agent. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createInbox } from "../../../webview/inbox.ts";
import { alert, live, told } from "../../webview/fleet.ts";

const none = () => false;
const all = () => true;

describe("the inbox", () => {
  test("holds the latest of each agent, however much comes", () => {
    const inbox = createInbox();
    for (let turn = 0; turn < 1000; turn++)
      inbox.add({ kind: "live", reset: false, agents: [live("a", { callsPerMinute: turn }), live(`b${turn % 3}`)], gone: [] });
    assert.deepEqual(inbox.waiting(none), { agents: 4, alerts: 0 });
    const [message, ...others] = inbox.take(false);
    assert(message?.kind === "live");
    assert.equal(message.agents.find(({ agentId }) => agentId === "a")?.callsPerMinute, 999);
    assert.deepEqual(others, []);
    assert.deepEqual(inbox.take(false), []);
  });

  test("who is gone after it was heard is gone; a reset forgets what was said before", () => {
    const inbox = createInbox();
    inbox.add({ kind: "live", reset: false, agents: [live("a"), live("b")], gone: [] });
    inbox.add({ kind: "live", reset: false, agents: [], gone: ["a"] });
    inbox.add({ kind: "live", reset: true, agents: [live("c")], gone: [] });
    const [message] = inbox.take(false);
    assert(message?.kind === "live" && message.reset);
    assert.deepEqual([message.agents.map(({ agentId }) => agentId), message.gone], [["c"], []]);
  });

  test("paused, it lets through what is not of the fleet, and keeps the rest", () => {
    const inbox = createInbox();
    inbox.add({ kind: "alert", alert: alert("a", { status: "closed" }) });
    inbox.add(told);
    assert.deepEqual(inbox.take(true), [told]);
    assert.deepEqual(inbox.waiting(all), { agents: 0, alerts: 1 });
    const [message] = inbox.take(false);
    assert(message?.kind === "alert" && message.alert.status === "closed");
  });

  test("an alert that opens and closes meanwhile does not wait; one that is open again does", () => {
    const inbox = createInbox();
    inbox.add({ kind: "alert", alert: alert("a") });
    inbox.add({ kind: "alert", alert: alert("a", { status: "updated" }) });
    inbox.add({ kind: "alert", alert: alert("a", { status: "closed" }) });
    assert.deepEqual(inbox.waiting(none), { agents: 0, alerts: 0 });
    inbox.add({ kind: "alert", alert: alert("a") });
    assert.deepEqual(inbox.waiting(none), { agents: 0, alerts: 1 });
  });

  test("alerts that are told as a whole wait once each, and not where they are known already or over again", () => {
    const inbox = createInbox();
    inbox.add({ kind: "openAlerts", alerts: ["a", "b", "c"].map((it) => alert(it)) });
    const isA = ({ agentId }: { agentId: string }) => agentId === "a";
    assert.deepEqual(inbox.waiting(isA), { agents: 0, alerts: 2 });
    inbox.add({ kind: "alert", alert: alert("b", { status: "updated" }) });
    inbox.add({ kind: "alert", alert: alert("c", { status: "closed" }) });
    assert.deepEqual(inbox.waiting(isA), { agents: 0, alerts: 1 });
  });

  test("an alert that is updated and closes meanwhile waits: it was open before", () => {
    const inbox = createInbox();
    inbox.add({ kind: "alert", alert: alert("a", { status: "updated" }) });
    inbox.add({ kind: "alert", alert: alert("a", { status: "closed" }) });
    assert.deepEqual(inbox.waiting(all), { agents: 0, alerts: 1 });
  });
});
