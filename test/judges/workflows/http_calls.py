"""`http.*`: the emulator's own request, over a session that asks the fake Google instead of the network."""

import json
import urllib.parse

import requests
from workflows_emulator.lib import http_utils

from errors import error
from run import Rejected, current

LONGEST_TIMEOUT = 1800
"""Source: Workflows, "Quotas and limits": seconds of an HTTP request."""
LARGEST_RESPONSE = 2 * 1024 * 1024
AUTH_FIELDS = {"type", "scope", "scopes"}


def request(method: str, url: str, timeout=300, body=None, headers=None, query=None, auth=None) -> dict:
    if auth is not None and (auth.get("type") != "OAuth2" or auth.keys() - AUTH_FIELDS):
        raise Rejected(f"{method} {url}: auth {auth} is not {{type: OAuth2}}")
    if not 0 < timeout <= LONGEST_TIMEOUT:
        raise Rejected(f"{method} {url}: a timeout of {timeout} s, {LONGEST_TIMEOUT} are allowed")
    if isinstance(body, list):
        raise Rejected(f"{method} {url}: Workflows sends a map, a text or bytes, never a list")
    try:
        answer = http_utils.request(method=method, url=url, timeout=timeout, body=body, headers=headers or {},
                                    query=query or {}, auth=auth)
    except requests.HTTPError as failed:
        response = failed.response
        raise error("HttpError", f"HTTP server responded with error code {response.status_code}",
                    code=response.status_code, headers=dict(response.headers), body=_body(response)) from failed
    except requests.ConnectionError as failed:
        raise error("ConnectionError", str(failed)) from failed
    except requests.Timeout as failed:
        raise error("TimeoutError", str(failed)) from failed
    if len(json.dumps(answer["body"])) > LARGEST_RESPONSE:
        raise Rejected(f"{method} {url}: an answer of more than 2 MB")
    return answer


def _body(response: requests.Response):
    return response.json() if "application/json" in response.headers.get("Content-Type", "") else response.text


class Session:
    """Stands where the emulator makes a session of google-auth."""

    def __init__(self, authorized: bool):
        self._authorized = authorized

    def request(self, method: str, url: str, headers: dict, timeout: float, params: dict, json=None, data=None):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme != "https":
            raise Rejected(f"{method} {url}: not https")
        if not parts.netloc.endswith(".googleapis.com"):
            return self._outside(method, url, headers, params, data if json is None else json)
        if parts.query:
            raise Rejected(f"{method} {url}: put the query into `query`, where its values are escaped")
        if not self._authorized:
            raise Rejected(f"{method} {url}: no auth")
        content = data.encode() if isinstance(data, str) else data
        status, kind, answer = current().world.google.answer(
            method, parts.netloc, parts.path, {name: value for name, value in params.items() if value is not None},
            json, content, {name.lower(): value for name, value in headers.items()})
        response = requests.Response()
        response.status_code, response._content, response.url, response.encoding = status, answer, url, "utf-8"
        response.headers.update({"Content-Type": kind} if kind else {})
        return response

    def _outside(self, method: str, url: str, headers: dict, params: dict, body):
        if self._authorized:
            raise Rejected(f"{method} {url}: Google's token goes to somebody else")
        receivers = current().world.service("receivers.v1", "")
        response = requests.Response()
        response.status_code, kind, response._content = receivers.answer(method, url, params, body, headers)
        response.url, response.encoding = url, "utf-8"
        response.headers["Content-Type"] = kind
        return response


def install() -> None:
    http_utils.AuthorizedSession = Session
    http_utils.AnonymousCredentials = lambda: False
    http_utils.default = lambda scopes=None: (True, None)
    http_utils.os = type("NoEnvironment", (), {"getenv": staticmethod(lambda *_: None)})  # no service account of this machine
