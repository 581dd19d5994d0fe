/** Answers requests of OTLP over HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp): what they bring is taken in before they are answered. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Counter } from "../../counter.ts";
import type { Intake } from "../connector.ts";
import { type Access, checkAccess } from "./access.ts";
import { type Body, busy, createBodies, type Encoding, encodingOf, saidEncoding } from "./body.ts";
import { countOnce } from "./count-once.ts";
import { eventOfSignal } from "./events.ts";
import { decodeJson } from "./json.ts";
import { decodeProtobuf } from "./protobuf.ts";
import { createReadings } from "./readings.ts";
import { Refusal } from "./refusal.ts";
import { type Reply, refusedReply, send, takenReply } from "./reply.ts";
import { type Signal, type SignalPath, signalPaths } from "./signals.ts";

export interface HandlerOptions extends Access {
  /** Answers what agents ask besides (their mothball signal); whether it did. */
  alsoServe?(request: IncomingMessage, response: ServerResponse): boolean;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function createHandler(intake: Intake, counter: Counter, options: HandlerOptions): Handler {
  const withBody = createBodies(mostBytes);
  const readPoints = createReadings(Date.now());

  async function take(request: IncomingMessage): Promise<Reply> {
    const path = pathOf(request);
    const encoding = encodingOf(request);
    if (intake.isFull()) throw busy();
    return withBody(request, async (body) => {
      // Many may have been read meanwhile.
      if (intake.isFull()) throw busy();
      const signals = decode(path, encoding, body);
      const { read, giveBack } = readPoints();
      try {
        const events = countOnce(
          signals,
          signals.map((it) => eventOfSignal(it, read)),
        );
        counter.add("skipped", signals.length - events.length);
        const taken = await intake.take(events);
        counter.add("events", events.length);
        return takenReply(path, encoding, taken);
      } catch (error) {
        giveBack();
        throw error;
      }
    });
  }

  function refuse(request: IncomingMessage, error: unknown): Reply {
    const refusal = error instanceof Refusal ? error : notKept();
    counter.add(refusal.what);
    return refusedReply(refusal, saidEncoding(request) ?? "json");
  }

  return async (request, response) => {
    try {
      checkAccess(request, options);
      if (options.alsoServe?.(request, response)) return;
      send(response, await take(request));
    } catch (error) {
      send(response, refuse(request, error));
    }
  };
}

/** Of bodies, unpacked, at one time: what is made of them takes several times as much. */
const mostBytes = 64 * 1024 * 1024;

/** Nothing of it is, so it has to come again: https://opentelemetry.io/docs/specs/otlp/#failures-1 */
const notKept = () => new Refusal("not kept", 503, "it could not be kept; send it again", 5);

function pathOf({ url, method }: IncomingMessage): SignalPath {
  const path = signalPaths.find((it) => url === `/v1/${it}`);
  if (!path) throw new Refusal("unknown path", 404, "post to /v1/traces, /v1/logs or /v1/metrics");
  if (method !== "POST") throw new Refusal("not a POST", 405, "use POST");
  return path;
}

function decode(path: SignalPath, encoding: Encoding, body: Body): Signal[] {
  return encoding === "json" ? decodeJson(path, body.toString("utf8")) : decodeProtobuf(path, body);
}
