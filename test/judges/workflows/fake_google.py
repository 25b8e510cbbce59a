"""Google as a workflow sees it: every request matched to its method, checked, recorded, and answered by a fake."""

import json
import traceback

import requests

import discovery
from faults import CONNECTION, STATUSES
from run import Crashed, Rejected, Stop, current


JSON = "application/json; charset=UTF-8"
REASONS = {404: "notFound", 409: "conflict", 412: "conditionNotMet", 429: "rateLimitExceeded", 503: "backendError"}


class GoogleError(Exception):
    """An error a service answers with, such as GoogleError(404, "NOT_FOUND", "no such model")."""

    def __init__(self, code: int, message: str, status: str | None = None):
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status or STATUSES[code]

    def body(self, api: str) -> bytes:
        """Cloud Storage and Compute Engine have no status in it, but a list of errors."""
        told = {"code": self.code, "message": self.message}
        old = api in ("storage.v1", "compute.v1")
        more = {"errors": [{"message": self.message, "domain": "global", "reason": REASONS.get(self.code, "invalid")}]} \
            if old else {"status": self.status}
        return json.dumps({"error": {**told, **more}}).encode()


class Media:
    """An answer that is the content of an object."""

    def __init__(self, content: bytes, kind: str):
        self.content, self.kind = content, kind


class Google:
    def __init__(self, world):
        self._world = world

    def answer(self, verb: str, host: str, path: str, query: dict, body, content: bytes | None, headers: dict):
        """Status, content type and content. A request that breaks a contract ends the run."""
        where = f"{verb} https://{host}{path}"
        found = discovery.find(host, verb, path)
        if found is None:
            raise Rejected(f"{where}: no method of {host} has this path")
        method, params = found
        if method.media and isinstance(body, dict):  # Workflows sends a map as JSON, wherever it goes
            content = json.dumps(body, separators=(",", ":")).encode()
            headers = {"content-type": "application/json", **headers}
        if problems := discovery.problems(method, params, query, body, content) + _place(host, path):
            raise Rejected(*(f"{where} ({method.name}): {problem}" for problem in problems))
        run = current()
        run.scheduler.pause()
        call = {"method": method.name, "params": {**params, **query}, "at": run.clock.iso(),
                "execution": run.scheduler.running.index}
        call["body"] = body if content is None or body is not None else content.decode("utf-8", "replace")
        run.calls.append(call)
        fault = next((fault for fault in run.faults if fault.hits(run.calls)), None)
        call["status"], kind, answer = self._outcome(method, {**params, **query}, body, content, headers, fault, where)
        if any(fault.cuts_after(run.calls) for fault in run.faults):
            raise Crashed(f"after call {len(run.calls)}, {method.name}")
        if call["status"] == 0:
            lost = requests.ConnectionError if fault.code == "ConnectionError" else requests.Timeout
            raise lost(fault.message)
        return call["status"], kind, answer

    def _outcome(self, method, params: dict, body, content, headers: dict, fault, where: str):
        """What comes back; status 0 where nothing does."""
        try:
            if fault and not fault.after_effect:
                return _failure(fault, method.api)
            reply = self._fake(method, params, body, content, headers, where)
            if fault:
                return _failure(fault, method.api)
        except GoogleError as error:
            return error.code, JSON, error.body(method.api)
        if isinstance(reply, Media):
            return 200, reply.kind, reply.content
        if reply is None:
            return 204, None, b""
        return 200, JSON, json.dumps(reply).encode()

    def _fake(self, method, params: dict, body, content, headers: dict, where: str):
        fake = self._world.fake(method)
        if fake is None:
            raise Rejected(f"{where} ({method.name}): there is no fake of it")
        try:
            given = {"content": content, "content_type": headers.get("content-type", "application/octet-stream")} \
                if method.media else {"body": json.loads(json.dumps(body if body is not None else {}))}
            reply = fake(params, **given)
        except (GoogleError, Stop):
            raise
        except Exception as error:
            at = traceback.extract_tb(error.__traceback__)[-1]
            raise Rejected(f"{where} ({method.name}): the fake broke at {at.filename}:{at.lineno}: {error!r}") from error
        if isinstance(reply, dict) and (problems := discovery.answer_problems(method, reply)):
            raise Rejected(*(f"{where} ({method.name}): the fake answers what Google cannot: {one}" for one in problems))
        return reply


def _failure(fault, api: str):
    if fault.code in CONNECTION:
        return 0, None, b""
    return fault.code, JSON, GoogleError(fault.code, fault.message).body(api)


def _place(host: str, path: str) -> list[str]:
    """A regional host serves its region, and nothing regional is at the global host of Vertex AI."""
    parts = path.split("/")
    location = parts[parts.index("locations") + 1] if "locations" in parts else None
    if not host.endswith("aiplatform.googleapis.com") or location == "global":
        return []
    region = discovery.region_of(host)
    return [] if region == location else [f"the host serves {region or 'no region'}, the path names {location}"]
