/** A watcher to be killed: what the subscription named in its arguments brings goes into the lake's file. `node watcher.ts PROJECT SUBSCRIPTION FILE`. */
import { createGcpLoggingConnector } from "../../../server/telemetry/connectors/gcp-logging/connector.ts";
import { openLake } from "../../../server/telemetry/lake/lake.ts";

const [project = "", subscription = "", file = ""] = process.argv.slice(2);
const lake = await openLake(file, {
  onMoved: (to, why) => console.error(`moved to ${to}: ${why}`),
  onLost: (error) => console.error(error.message),
});
const connector = createGcpLoggingConnector({ project, subscription, leaseSeconds: 10, maxMessages: 60 });
await connector.start({ take: (events) => lake.append(events).then(() => ({ refused: {} })), isFull: () => lake.waiting() > 5000 });
