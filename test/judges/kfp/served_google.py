"""Google as the processes of a run see it: the fake of the workflows' judge behind HTTP, and jobs that really run."""

import contextlib
import http.server
import json
import os
import sys
import threading
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../workflows"))

import faults as fault_kinds
import requests
import run as runs
import services
from custom_jobs import CustomJobs
from launched import Launched
from run import Clock, Rejected, Run
from world import World

TOKEN = {"access_token": "a-token", "expires_in": 3600, "token_type": "Bearer"}
METADATA = "metadata.google.internal"

RUN_CONTAINERS = (CustomJobs, Launched)

if CustomJobs not in services.SERVICES:
    services.SERVICES = (*services.SERVICES, *RUN_CONTAINERS)


class Scheduler:
    """Processes of a run are served one call after the other."""

    class running:
        index = 0

    def pause(self) -> None:
        pass


@contextlib.contextmanager
def served(given: dict, containers, faults: list[dict]):
    """The world, the run with its calls, and the address it is served at."""
    run = Run(clock=Clock(given.get("now", "2026-01-01T00:00:00Z")), faults=fault_kinds.parse(faults), max_seconds=600,
              max_virtual_seconds=30 * 24 * 3600, seed=None)
    runs.begin(run)
    run.scheduler, run.world = Scheduler(), World(given, run)
    for kind in RUN_CONTAINERS:
        run.world.service(kind.api, kind.at).containers = containers
    run.findings = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(run, threading.Lock()))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield run, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        runs.begin(None)


def _handler(run: Run, lock: threading.Lock):
    class Handler(http.server.BaseHTTPRequestHandler):
        def _answer(self) -> None:
            url = urllib.parse.urlsplit(self.path)
            query = {name: value for name, value in urllib.parse.parse_qsl(url.query)}
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            host, _, path = url.path[1:].partition("/")
            with lock:
                code, kind, body = self._reply(host, f"/{path}", query, content)
            if code == 0:  # no answer
                return self.connection.close()
            self.send_response(code)
            self.send_header("Content-Type", kind or "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _reply(self, host: str, path: str, query: dict, content: bytes):
            if host == "sleep":
                run.clock.seconds += float(query["seconds"])
                return 200, None, b""
            if host == METADATA:
                wrong = self.headers.get("Metadata-Flavor") != "Google"
                return (403, None, b"") if wrong else (200, "application/json", json.dumps(TOKEN).encode())
            if self.headers.get("Authorization") != f"Bearer {TOKEN['access_token']}":
                return 401, None, b'{"error": {"code": 401, "message": "Request is missing a credential."}}'
            try:
                return run.world.google.answer(self.command, host, path, query, json.loads(content) if content else None,
                                               None, {})
            except Rejected as rejected:
                run.findings += rejected.findings
                return 400, None, json.dumps({"error": {"code": 400, "message": "; ".join(rejected.findings)}}).encode()
            except (requests.ConnectionError, requests.Timeout):
                return 0, None, b""

        do_GET = do_POST = do_PATCH = do_DELETE = _answer

        def log_message(self, *_) -> None:
            pass

    return Handler
