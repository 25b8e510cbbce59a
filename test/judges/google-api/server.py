"""The world over HTTP, each API under its host: http://127.0.0.1:PORT/compute.googleapis.com/compute/v1/…"""

import email
import http.server
import json
import re
import threading
import urllib.parse

from apis import Google

TWICE = re.compile(r"^(v\d+)/\1/")
"""Some of the provider's clients put the version after an endpoint that has it."""
ONE_HOST = re.compile(r"[a-z]+-[a-z]+\d+-aiplatform\.googleapis\.com")


def serve(google: Google) -> int:
    """Serves until the process ends; the port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_any(self) -> None:
            url = urllib.parse.urlsplit(self.path)
            content = self._content()
            host, _, path = url.path.lstrip("/").partition("/")
            if host == "upload":  # clients take the place of uploads from the root, wherever the API is
                host, path = "storage.googleapis.com", url.path.lstrip("/")
            host, path = host.removesuffix("comv1") + "com" * host.endswith("comv1"), TWICE.sub(r"\1/", path)
            path = path.rstrip("/") if "/o/" not in path else path
            query = {key: values[-1] for key, values in urllib.parse.parse_qs(url.query, keep_blank_values=True).items()}
            body, media, kind = _parts(content, self.headers.get("content-type", ""))
            with google.world.lock:
                status, answer = google.answer(self.command, ONE_HOST.sub("aiplatform.googleapis.com", host), f"/{path}", query,
                                               body, media, kind, self.headers.get("x-goog-user-project"))
            self.send_response(status)
            self.send_header("content-type", "application/json; charset=UTF-8")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def _content(self) -> bytes:
            if "chunked" not in self.headers.get("transfer-encoding", ""):
                return self.rfile.read(int(self.headers.get("content-length", 0)))
            found = b""
            while size := int(self.rfile.readline(), 16):
                found += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return found

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

        def log_message(self, *_) -> None:
            """Nobody reads it."""

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def _parts(content: bytes, kind: str):
    """The JSON of a request, and the content of an upload with its type."""
    if kind.startswith("multipart/"):
        message = email.message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + content)
        told, media = message.get_payload()
        return json.loads(told.get_payload(decode=True)), media.get_payload(decode=True), media.get_content_type()
    if not content:
        return None, None, ""
    if kind.startswith("text/"):
        return None, content, kind
    try:
        return json.loads(content), None, ""
    except ValueError:
        return None, content, kind
