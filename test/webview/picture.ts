/** `npm run build && npm run picture` takes media/forest.png: 200 agents, one of them critical, as a person with VS Code's light theme sees them. */
import { join } from "node:path";
import { openBrowser } from "../extension/window.ts";
import { alert, audit, begin, detail, fleet, hear, live, ready, told, watching } from "./fleet.ts";
import { openForest, serveForest } from "./harness.ts";

const agents = fleet(200, { critical: 1, warnings: 3 });
const host = await serveForest();
const browser = await openBrowser();
try {
  const { page, say } = await openForest(browser, host, { theme: "light", width: 1000, height: 760 });
  const heard = hear(agents.map(({ id }) => live(id)));
  await say(begin, ready, ...audit(agents), watching(212), ...heard, { kind: "openAlerts", alerts: [alert("billing")] }, told);
  await say({ kind: "detail", detail: detail("billing") });
  await page.locator(".chart canvas").nth(3).waitFor();
  await page.screenshot({ path: join(import.meta.dirname, "../../media/forest.png") });
} finally {
  await browser.close();
  host.end();
}
