/** A watcher to be killed: what the subscription named in its arguments brings goes into the lake's file. `node watcher.ts PROJECT SUBSCRIPTION FILE`. */
import { setTimeout as delay } from "node:timers/promises";
import { createGcpLoggingConnector } from "../../../server/telemetry/connectors/gcp-logging/connector.ts";
import { openLake } from "../../../server/telemetry/lake/lake.ts";

const [project = "", subscription = "", file = ""] = process.argv.slice(2);
const lake = await openLake(file, {
  onMoved: (to, why) => console.error(`moved to ${to}: ${why}`),
  onLost: (error) => console.error(error.message),
});
const connector = createGcpLoggingConnector({ project, subscription, leaseSeconds: 10, maxMessages: 200 });
await connector.start({
  async take(events) {
    // As with a slow disk: kills fall between coming and being kept.
    await delay(400);
    await lake.append(events);
    return { refused: {} };
  },
  isFull: () => lake.waiting() > 5000,
});
