/** Stands between the library and BigQuery: answers with an error in its place, or lets it do the work and loses its answer. What passes is kept for the test to read. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "./services.ts";

export interface Fault {
  /** `METHOD path`, as far as it has to match. */
  on: RegExp;
  status: number;
  reason: string;
  /** The whole answer, where it is no error. */
  body?: object;
  /** How many times. */
  times: number;
  /** The work is done, and only its answer is lost. */
  isDone?: boolean;
  /** How long it takes to answer. */
  ms?: number;
}

export interface Passed {
  call: string;
  body: unknown;
  /** Of the calls that are not answered, this one included. */
  underWay: number;
}

export async function startFaultProxy(target: string) {
  const faults: Fault[] = [];
  const passed: Passed[] = [];
  let underWay = 0;

  async function answer(request: IncomingMessage, response: ServerResponse) {
    underWay++;
    response.once("close", () => underWay--);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const call = `${request.method} ${request.url}`;
    passed.push({ call, body: body.length > 0 ? JSON.parse(body.toString()) : undefined, underWay });
    const fault = faults.find((it) => it.times > 0 && it.on.test(call));
    if (fault) fault.times--;
    if (fault?.ms) await delay(fault.ms);
    if (fault && !fault.isDone) return fail(response, fault);
    const headers = { "content-type": request.headers["content-type"] ?? "application/json" };
    const init = { method: request.method ?? "GET", headers, ...(body.length > 0 ? { body } : {}) };
    const real = await fetch(new URL(request.url ?? "", target), init);
    const text = await real.text();
    if (fault) return fail(response, fault);
    response.writeHead(real.status, { "content-type": "application/json" }).end(text);
  }

  const server = createServer((request, response) => void answer(request, response));
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${port}/bigquery/v2`,
    faults,
    passed,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** As https://docs.cloud.google.com/bigquery/docs/error-messages has it. */
function fail(response: ServerResponse, { status, reason, body }: Fault) {
  const error = { code: status, message: reason, errors: [{ reason, message: reason }] };
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body ?? { error }));
}
