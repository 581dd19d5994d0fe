/** A Forest with a fleet in it, and what is looked for there. */
import type { TestContext } from "node:test";
import type { Locator } from "playwright-core";
import type { HostMessage, ViewMessage } from "../../server/protocol/forest.ts";
import { type Audited, alert, audit, begin, fleet, hear, live, ready, told, watching } from "./fleet.ts";
import { forests, type View, type ViewOptions } from "./harness.ts";

export const bare = forests();

export const agents = fleet(200);

export function saysOf(all: readonly Audited[]): HostMessage[] {
  return [
    begin,
    ready,
    ...audit(all),
    watching(212),
    ...hear(all.map((it) => live(it.id))),
    { kind: "openAlerts", alerts: [alert("billing")] },
    told,
  ];
}

export async function opened(t: TestContext, options: ViewOptions = {}, all = agents): Promise<View> {
  const view = await bare(t, options);
  await view.say(...saysOf(all));
  return view;
}

export const head = ({ page }: View, name: string): Locator => page.locator(`.agent[aria-label="${name}"] .head`);
export const greens = ({ page }: View): Locator => page.locator(".greens");
export const button = ({ page }: View, name: string | RegExp): Locator => page.getByRole("button", { name });
export const focused = ({ page }: View): Promise<string> =>
  page.evaluate(() => document.activeElement?.closest(".agent")?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "");
export const ofKind = <Kind extends ViewMessage["kind"]>({ asked }: View, kind: Kind) => asked.filter((it) => it.kind === kind);
