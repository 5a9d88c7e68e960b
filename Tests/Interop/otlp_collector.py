"""A collector for tests: takes OTLP over HTTP, decodes it with the official descriptions, and prints one JSON object a request.

Prints {"port": N} first. `REFUSE=N` answers the first N requests with 503.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

MESSAGES = {"/v1/traces": ExportTraceServiceRequest, "/v1/metrics": ExportMetricsServiceRequest}
refusals = int(os.environ.get("REFUSE", "0"))


def has_unknown(message):
    """Whether a message holds a field that its description does not know: then ours are wrong."""
    return len(message.SerializeToString()) != len(type(message).FromString(message.SerializeToString()).SerializeToString())


class Collector(BaseHTTPRequestHandler):
    def do_POST(self):
        global refusals
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if refusals > 0:
            refusals -= 1
            self.send_response(503)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        message = MESSAGES[self.path]()
        message.ParseFromString(body)
        known = MessageToDict(message)
        message.DiscardUnknownFields()
        print(
            json.dumps(
                {
                    "path": self.path,
                    "type": self.headers["Content-Type"],
                    "whole": message.ByteSize() == len(body) and not has_unknown(message),
                    "message": known,
                }
            ),
            flush=True,
        )
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Collector)
print(json.dumps({"port": server.server_port}), flush=True)
sys.stdout.flush()
server.serve_forever()
