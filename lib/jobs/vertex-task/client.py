"""Requests to Google as the account that the task runs as. Nothing but Python's own library: any image will do."""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request

from fault import Fault

TRANSIENT = (408, 429, 500, 502, 503, 504)
ATTEMPTS = 8
LONGEST_PAUSE = 60
TIMEOUT = 60
"""Seconds until a request is given up."""


class Refused(Fault):
    """The service answered with an error that trying again does not mend."""

    def __init__(self, service: str, code: int, message: str):
        super().__init__(f"{service} answered {code}: {message}")
        self.code = code


class Unanswered(Fault):
    """Nobody knows whether a request had its effect."""


class Client:
    """One service, by what people call it and the address that paths come after."""

    def __init__(self, service: str, base: str):
        self._service, self._base = service, base
        self._token, self._until = "", 0.0

    def get(self, name: str, query: dict | None = None):
        """What is there by this name."""
        return self.again("GET", name, query=query)

    def found(self, name: str, query: dict | None = None):
        """The same, or None where there is nothing."""
        try:
            return self.get(name, query)
        except Refused as refused:
            if refused.code == 404:
                return None
            raise

    def post(self, path: str, body: dict):
        """Tried again only where it surely had no effect; else it is Unanswered, and the caller looks."""
        return self.request("POST", path, body=body)

    def again(self, method: str, path: str, *, body: dict | None = None, query: dict | None = None):
        """Tried again: for what may come twice, as reads may."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self.request(method, path, body=body, query=query)
            except Unanswered:
                if attempt == ATTEMPTS:
                    raise
                time.sleep(min(2**attempt, LONGEST_PAUSE))
        raise AssertionError("unreachable")

    def request(self, method: str, path: str, *, body: dict | None = None, query: dict | None = None):
        url = f"{self._base}/{path}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
        request = urllib.request.Request(url, method=method, data=None if body is None else json.dumps(body).encode())
        request.add_header("Authorization", f"Bearer {self._bearer()}")
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                return json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            message = _message(error)
            if error.code in TRANSIENT:
                raise Unanswered(f"{self._service} answered {error.code}: {message}") from error
            raise Refused(self._service, error.code, message) from error
        except OSError as error:
            raise Unanswered(f"{self._service} did not answer: {error}") from error

    def _bearer(self) -> str:
        """Of the metadata server. Source: Compute Engine documentation, "Authenticate workloads using service accounts"."""
        if time.time() > self._until:
            host = os.environ.get("GCE_METADATA_HOST", "metadata.google.internal")
            url = f"http://{host}/computeMetadata/v1/instance/service-accounts/default/token"
            request = urllib.request.Request(url, headers={"Metadata-Flavor": "Google"})
            try:
                with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                    given = json.loads(answer.read())
            except OSError as error:
                raise Unanswered(f"The metadata server gives no token: {error}") from error
            self._token, self._until = given["access_token"], time.time() + given["expires_in"] - 60
        return self._token


def _message(error: urllib.error.HTTPError) -> str:
    text = error.read().decode("utf-8", "replace")
    try:
        return json.loads(text)["error"]["message"]
    except (ValueError, KeyError, TypeError):
        return text[:500] or error.reason
