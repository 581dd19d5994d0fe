"""Serves the order desk: GET /orders/ID answers with the messages that draw the order, one sentence by the model among them."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from openai import OpenAI
from openinference.instrumentation.openai import OpenAIInstrumentor

from messages import open_order

OpenAIInstrumentor().instrument()
client = OpenAI()

ORDERS = {"1001": {"id": "1001", "items": ["teapot", "two mugs"], "total": "54.90 EUR"}}


def show(order: dict) -> list[dict]:
    summary = client.responses.create(model="gpt-4.1-mini", input=f"One sentence about this order: {order}")
    return open_order({**order, "summary": summary.output_text})


class OrderDesk(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        order = ORDERS.get(self.path.removeprefix("/orders/"))
        body = json.dumps(show(order) if order else {"error": "no such order"}).encode()
        self.send_response(200 if order else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8021"))), OrderDesk)
    print(f"order desk on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
