"""Serves the model over HTTP, as SageMaker and as Vertex AI ask for it.

SageMaker: GET /ping, POST /invocations, port 8080, the model in /opt/ml/model.
Source: SageMaker developer guide, "Custom inference code with hosting services".
Vertex AI: AIP_HTTP_PORT, AIP_HEALTH_ROUTE, AIP_PREDICT_ROUTE, the model under AIP_STORAGE_URI.
Source: Vertex AI documentation, "Custom container requirements for inference".

Both are asked {"instances": [{"amount": 12.5, …}]} and answer {"predictions": [0.01]}.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from fraud.fault import Fault
from fraud.features import CATEGORICAL, FEATURES, NUMERIC
from fraud.model import Model, load
from fraud.storage import download

SAGEMAKER_MODEL = "/opt/ml/model"
#: Largest body of a request in bytes: SageMaker's limit is 25 MB, that of Vertex AI 1.5 MB.
LARGEST = 25 * 1024 * 1024


def main(arguments: list) -> None:
    parser = argparse.ArgumentParser(prog="fraud serve")
    parser.add_argument("--model", help="folder of the model; default: where the cloud has it")
    parser.add_argument("--port", type=int, default=int(os.environ.get("AIP_HTTP_PORT", "8080")))
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="model-") as scratch:
        model = load(given.model or _where(scratch))
        # Listens only now: a server that answers its health check has its model.
        server = ThreadingHTTPServer(("0.0.0.0", given.port), _handler(model))
        server.daemon_threads = False  # answers under way are finished
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, lambda *_: threading.Thread(target=server.shutdown).start())
        print(f"Listening on port {server.server_port}")
        server.serve_forever()
        server.server_close()


def _where(scratch: str) -> str:
    uri = os.environ.get("AIP_STORAGE_URI", "")
    if uri.startswith("gs://"):
        download(uri, scratch)
        return scratch
    return uri or SAGEMAKER_MODEL


class BadRequest(Exception):
    """Says what is wrong with a request."""


def predictions(model: Model, body: bytes) -> list:
    try:
        request = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"The body is no JSON: {error}") from error
    instances = request.get("instances") if isinstance(request, dict) else None
    if not isinstance(instances, list) or not all(isinstance(instance, dict) for instance in instances):
        raise BadRequest('The body must be {"instances": [{…}]}, an object for each payment.')
    if not instances:
        return []
    columns = {name: [_cell(instance, name, at) for at, instance in enumerate(instances)] for name in FEATURES}
    return [float(score) for score in model.scores(columns)]


def _cell(instance: dict, name: str, at: int) -> object:
    """A feature that is missing, or null, is unknown: the model can do without."""
    value = instance.get(name)
    if name in NUMERIC:
        if value is None:
            return float("nan")
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
    elif value is None or isinstance(value, str):
        return value
    kind = "a text" if name in CATEGORICAL else "a number"
    raise BadRequest(f"instances[{at}].{name} must be {kind}, and is {json.dumps(value)[:80]}.")


def _handler(model: Model) -> type:
    health = os.environ.get("AIP_HEALTH_ROUTE", "/ping")
    predict = os.environ.get("AIP_PREDICT_ROUTE", "/invocations")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60

        def do_GET(self) -> None:
            if self.path == health:
                self.answer(200, {})
            else:
                self.answer(404, {"error": f"There is GET {health} and POST {predict}."})

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isdigit() or int(length) > LARGEST:
                # What was not read cannot be told from the next request.
                self.close_connection = True
                self.answer(413 if length.isdigit() else 411, {"error": f"A body of at most {LARGEST} bytes is read."})
                return
            body = self.rfile.read(int(length))
            if self.path != predict:
                self.answer(404, {"error": f"There is GET {health} and POST {predict}."})
                return
            try:
                self.answer(200, {"predictions": predictions(model, body)})
            except BadRequest as problem:
                self.answer(400, {"error": str(problem)})

        def answer(self, status: int, content: dict) -> None:
            text = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *parts: object) -> None:
            """Not every request: what they say is captured, and how many there are is measured."""

    return Handler
