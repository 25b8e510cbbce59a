"""Google's APIs over one world: a request is matched to its method, held against the discovery documents, and answered."""

from __future__ import annotations

import json
import re
import traceback

import discovery
import policies
from call import Call
from failure import Failure, disabled
from kinds import KINDS
from rest import Kind
from world import ALWAYS_ON, World

APIS = ("aiplatform.v1", "artifactregistry.v1", "bigquery.v2", "bigqueryconnection.v1", "billingbudgets.v1", "cloudkms.v1",
        "cloudresourcemanager.v1", "cloudscheduler.v1", "compute.v1", "dns.v1", "eventarc.v1", "iam.v1", "logging.v2",
        "monitoring.v1", "monitoring.v3", "pubsub.v1", "secretmanager.v1", "serviceusage.v1", "storage.v1", "workflows.v1")
SENT_IN_VAIN = ("initialNatIps",)
"""Fields that the provider sends to Compute Engine although it has none of the name, which it does not mind."""


class Google:
    def __init__(self, world: World):
        self.world = world
        self.plain = Kind(world)
        self.kinds = {at: kind for kind in (one(world) for one in KINDS) for at in kind.at}

    def answer(self, verb: str, host: str, path: str, query: dict, body, content: bytes | None, kind_of_content: str,
               quota_project: str | None) -> tuple[int, bytes]:
        """Status and content of the answer."""
        where = f"{verb} {host}{path}"
        try:
            found = discovery.find(host, verb, path, APIS)
            if found is None:
                raise self._broken(501, f"{where}: no method has this path, or no fake its API")
            method, params = found
            query = {_camel(key, method): value for key, value in query.items()}
            told = self._do(method, params, path, query, body, content, kind_of_content, quota_project, where)
        except Failure as failure:
            return failure.code, failure.body()
        except Exception as error:
            at = traceback.extract_tb(error.__traceback__)[-1]
            failure = self._broken(501, f"{where}: the fake broke at {at.filename.rpartition('/')[2]}:{at.lineno}: {error!r}")
            return failure.code, failure.body()
        return (204, b"") if told is None else (200, json.dumps(told).encode())

    def _do(self, method, params, path, query, body, content, kind_of_content, quota_project, where):
        prefix = discovery.document(method.api)["servicePath"]
        below = re.sub(r"^(dns/)?v\d+/", "", path.removeprefix("/upload").removeprefix("/").removeprefix(prefix))
        call = Call(self.world, method, {**params, **query}, body or {}, below, content, kind_of_content)
        if not method.media:
            wrong = [one for one in discovery.problems(method, params, query, _given(body), None) if not _passed_over(one, method)]
            if wrong:
                raise self._broken(400, f"{where} ({method.name}): {'; '.join(wrong)}")
        self._need_api(call, quota_project)
        told = self._told(call, where)
        wrong = discovery.answer_problems(method, told) if isinstance(told, dict) else []
        if wrong:
            raise self._broken(501, f"{where} ({method.name}): the fake answers what Google cannot: {'; '.join(wrong)}")
        return told

    def _told(self, call: Call, where: str):
        kind = self.kinds.get(call.collection, self.plain)
        if call.verb == "getIamPolicy" or call.verb == "setIamPolicy":
            kind.held(call)
            return policies.get(call) if call.verb == "getIamPolicy" else policies.put(call)
        if call.collection.lower().endswith("operations") and call.verb == "get":
            return self.world.operations[call.name]
        answer = getattr(kind, re.sub(r"[A-Z]", lambda upper: "_" + upper[0].lower(), call.verb), None)
        if answer is None or (kind is self.plain and call.verb not in ("get", "list")):
            raise self._broken(501, f"{where} ({call.method.name}): there is no fake of it")
        return answer(call)

    def _need_api(self, call: Call, quota_project: str | None) -> None:
        """An API has to be on where a request counts, and where its resource is."""
        api = f"{call.service}.googleapis.com"
        for name in (quota_project, call.project):
            project = self.world.project(name) if name else None
            if project and api not in ALWAYS_ON and api not in project.enabled:
                raise disabled(api, project.id)

    def _broken(self, code: int, message: str) -> Failure:
        self.world.findings.append(message)
        return Failure(code, message)


def _passed_over(problem: str, method) -> bool:
    """What Google takes all the same: fields that only it can say, an enum that is empty, a name that the path has already."""
    if any(f".{field}: unknown" in problem for field in SENT_IN_VAIN):
        return True
    named = method.verb == "PUT" and "{+name}" in method.spec["path"] and problem == "body.name: required"
    return named or problem.endswith(": output only") or ("not one of" in problem and problem.endswith("got ''"))


def _given(value):
    """Without nulls: a field that is null is one that is not given."""
    if isinstance(value, dict):
        return {key: _given(one) for key, one in value.items() if one is not None}
    return [_given(one) for one in value if one is not None] if isinstance(value, list) else value


def _camel(name: str, method) -> str:
    """Google takes parameters in snake case as well."""
    camel = re.sub(r"_([a-z])", lambda found: found[1].upper(), name)
    return camel if camel in method.spec.get("parameters", {}) else name
