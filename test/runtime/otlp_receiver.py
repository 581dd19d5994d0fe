"""Takes spans in by OTLP/HTTP on a free loopback port, decoded with the official opentelemetry-proto package.

`python otlp_receiver.py` prints its port on the first line, then each span as one line of JSON:
{"name", "kind", "traceId", "spanId", "parentSpanId", "status", "service", "attributes"}.
"""

import gzip
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status


def value_of(it):
    kind = it.WhichOneof("value")
    if kind == "array_value":
        return [value_of(part) for part in it.array_value.values]
    return getattr(it, kind) if kind else None


def attributes_of(pairs):
    return {it.key: value_of(it.value) for it in pairs}


def described(span, service):
    return {
        "name": span.name,
        "kind": Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
        "traceId": span.trace_id.hex(),
        "spanId": span.span_id.hex(),
        "parentSpanId": span.parent_span_id.hex(),
        "status": Status.StatusCode.Name(span.status.code).removeprefix("STATUS_CODE_"),
        "service": service,
        "attributes": attributes_of(span.attributes),
    }


def spans_of(body):
    request = ExportTraceServiceRequest.FromString(body)
    for resource in request.resource_spans:
        service = attributes_of(resource.resource.attributes).get("service.name")
        for scope in resource.scope_spans:
            yield from (described(span, service) for span in scope.spans)


class Receiver(BaseHTTPRequestHandler):
    def body(self):
        if self.headers.get("transfer-encoding") != "chunked":
            return self.rfile.read(int(self.headers["content-length"]))
        # As the JavaScript exporter sends.
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def do_POST(self):
        body = self.body()
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        lines = "".join(json.dumps(span) + "\n" for span in spans_of(body))
        sys.stdout.write(lines)
        sys.stdout.flush()
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    print(server.server_address[1], flush=True)
    server.serve_forever()
