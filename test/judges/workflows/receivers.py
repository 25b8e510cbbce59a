"""Servers that are not Google's: chat channels and webhooks of others."""

import json

import requests

from faults import CONNECTION
from run import Crashed, Rejected, current
from world import Service


class Receivers(Service):
    """State: answers by address, {"https://hooks.example.com/a": [{"status": 200, "body": {…}}]}, used up one by one; the
    last one stays, and `status` 0 is no answer. A call is `receivers.post`, with url and headers among its params.
    """

    api, at = "receivers.v1", ""

    def answer(self, verb: str, url: str, query: dict, body, headers: dict):
        """Status, content type and content."""
        run = current()
        if url not in self.state:
            raise Rejected(f"{verb} {url}: it is none of Google's, and the world has no such receiver")
        run.scheduler.pause()
        call = {"method": f"receivers.{verb.lower()}", "params": {"url": url, "headers": headers, **query}, "body": body,
                "at": run.clock.iso(), "execution": run.scheduler.running.index}
        run.calls.append(call)
        fault = next((fault for fault in run.faults if fault.hits(run.calls)), None)
        call["status"], answer = (0 if fault.code in CONNECTION else fault.code, fault.message) if fault else self._next(url)
        if any(fault.cuts_after(run.calls) for fault in run.faults):
            raise Crashed(f"after call {len(run.calls)}, {call['method']}")
        if call["status"] == 0:
            raise requests.ConnectionError(f"{url} does not answer")
        kind = "text/plain" if isinstance(answer, str) else "application/json"
        return call["status"], kind, (answer if isinstance(answer, str) else json.dumps(answer)).encode()

    def _next(self, url: str):
        answers = self.state[url]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return answer.get("status", 200), answer.get("body", "ok")
