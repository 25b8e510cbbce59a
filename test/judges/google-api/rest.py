"""What most of Google's APIs have in common: resources in collections, made, read, changed and deleted by name."""

from __future__ import annotations

import copy
import hashlib
import json
import re

import limits
import references
from call import Call
from failure import Failure
from world import World

PLACES = {"projects", "locations", "regions", "zones", "billingAccounts", "b"}
"""Collections that hold others without being resources of the same API here."""
COMPUTE_PATH = re.compile(r"(?:https?://.+/compute/v1/)?(projects/[^/]+/(?:global|regions/[^/]+|zones/[^/]+)/\w+/[^/]+)")
TIMES = {"createTime", "updateTime", "creationTimestamp", "timeCreated", "updated"}


class Kind:
    """A collection; a subclass says what is special of it, by the hooks and by methods for verbs of its own."""

    at: tuple[str, ...] = ()
    """Collections by method, such as `compute.networks`."""
    wrapped: str | None = None
    """The field of the body of `create` that has the resource; the body itself is it without one."""

    def __init__(self, world: World):
        self.world = world

    # hooks

    def id_of(self, call: Call, resource: dict) -> str:
        """The last part of a new resource's name."""
        for name, spec in call.method.spec.get("parameters", {}).items():
            if spec["location"] == "query" and name.endswith("Id") and name != "requestId" and name in call.params:
                return call.params[name]
        return resource["name"].rpartition("/")[2] if resource.get("name") else self.world.number()

    def made(self, call: Call, name: str, resource: dict) -> None:
        """Puts in what Google fills, and refuses what it does not make."""

    def changed(self, call: Call, name: str, before: dict, after: dict) -> None:
        """The same after a change."""

    def leaves(self, call: Call, name: str) -> None:
        """Refuses a deletion."""

    def shown(self, call: Call, resource: dict) -> dict:
        """What a reader sees of it."""
        return resource

    # verbs

    def create(self, call: Call) -> dict:
        resource = copy.deepcopy(call.body.get(self.wrapped, {}) if self.wrapped else call.body)
        name = f"{call.name}/{self.id_of(call, resource)}"
        if name in self.world.resources:
            raise Failure(409, f"The resource '{name}' already exists", reason="alreadyExists")
        return self.outcome(call, self.put(call, name, resource))

    insert = create

    def put(self, call: Call, name: str, resource: dict) -> str:
        self.need_parent(name)
        references.check(call, resource, name)
        limits.check(call, resource, name)
        given = {key: value for key, value in resource.items() if value is not None}
        made = {**self.filled(call, name), **given, **self.named(call, name)}
        self.made(call, name, made)
        self.world.resources[name] = made
        return name

    def get(self, call: Call) -> dict:
        return self.show(call, self.held(call))

    def list(self, call: Call) -> dict:
        names = [one for one in self.world.within(call.name) if "/" not in one.removeprefix(f"{call.name}/")]
        return {call.list_field: [self.show(call, one) for one in names]} if names else {}

    def patch(self, call: Call) -> dict:
        name = self.held(call)
        before = self.world.resources[name]
        body = call.body.get(self.wrapped, {}) if self.wrapped and self.wrapped in call.body else call.body
        mask = call.params.get("updateMask") or (call.body.get("updateMask") if self.wrapped else None)
        after = masked(before, body, mask) if mask else merged(before, body)
        return self.replace(call, name, before, after)

    def update(self, call: Call) -> dict:
        name = self.held(call)
        before = self.world.resources[name]
        kept = {key: value for key, value in before.items()
                if key in self.filled(call, name) or call.schema().get(key, {}).get("readOnly")}
        return self.replace(call, name, before, {**kept, **call.body})

    def replace(self, call: Call, name: str, before: dict, after: dict) -> dict:
        after = {**after, **self.named(call, name)}
        after = {key: value for key, value in after.items() if value is not None}
        references.check(call, after, name)
        limits.check(call, after, name)
        for field in ("updateTime", "updated"):
            if field in before:
                after[field] = self.world.now()
        self.changed(call, name, before, after)
        self.world.resources[name] = after
        return self.outcome(call, name)

    def delete(self, call: Call) -> dict | None:
        name = self.held(call)
        self.leaves(call, name)
        for one in [*self.world.within(name), name]:
            self.world.forget(one)
        if call.answers_operation:
            return operation(call, name, {})
        return {} if "response" in call.method.spec else None

    # helpers

    def held(self, call: Call) -> str:
        if call.name not in self.world.resources:
            raise Failure(404, f"The resource '{call.name}' was not found")
        return call.name

    def need_parent(self, name: str) -> None:
        parent = name.rpartition("/")[0].rpartition("/")[0]
        holder = parent.split("/")[-2] if "/" in parent else "b"
        if holder in PLACES or parent.endswith("/global"):
            return
        if parent not in self.world.resources:
            raise Failure(404, f"The resource '{parent}' was not found")

    def outcome(self, call: Call, name: str) -> dict:
        resource = self.show(call, name)
        return operation(call, name, resource) if call.answers_operation else resource

    def show(self, call: Call, name: str) -> dict:
        resource = copy.deepcopy(self.world.resources[name])
        schema = call.schema()
        if "etag" in schema:
            resource["etag"] = etag(resource)
        for field in ("fingerprint", "labelFingerprint"):
            if field in schema and schema[field].get("format") == "byte":
                resource[field] = etag(resource)
        return self.shown(call, resource)

    def named(self, call: Call, name: str) -> dict:
        """The name as the API writes it: in full, where its paths are `v1/{+name}`."""
        full = any(one in call.method.spec["path"] for one in ("{+name}", "{+parent}"))
        return {"name": name.partition("/")[2]} if full and "name" in call.schema() else {}

    def filled(self, call: Call, name: str) -> dict:
        """What Google alone says, by the schema."""
        schema, filled = call.schema(), {}
        filled.update({field: self.world.now() for field in TIMES & schema.keys()})
        if "kind" in schema and "default" in schema["kind"]:
            filled["kind"] = schema["kind"]["default"]
        if "selfLink" in schema:
            filled["selfLink"] = link(call, name)
        if schema.get("id", {}).get("format") in ("uint64", "int64"):
            filled["id"] = self.world.number()
        if "uid" in schema:
            filled["uid"] = f"uid-{self.world.number()}"
        for place in ("region", "zone"):
            found = re.search(rf"^(compute/projects/[^/]+/{place}s/[^/]+)/", name)
            if found and place in schema:
                filled[place] = link(call, found[1])
        return filled


def link(call: Call, name: str) -> str:
    root = {"compute": "https://www.googleapis.com/compute/v1", "storage": "https://www.googleapis.com/storage/v1",
            "bigquery": "https://bigquery.googleapis.com/bigquery/v2"}.get(call.service, f"https://{call.service}.googleapis.com")
    return f"{root}/{name.partition('/')[2]}"


def whole_links(value) -> None:
    """What of Compute Engine is named comes back as a link, however it was written."""
    for key, one in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(one, (dict, list)):
            whole_links(one)
        elif isinstance(one, str) and (found := COMPUTE_PATH.fullmatch(one)):
            value[key] = f"https://www.googleapis.com/compute/v1/{found[1]}"


def etag(value: dict) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]


def merged(before: dict, change: dict) -> dict:
    """JSON Merge Patch: maps field by field, null takes away."""
    after = copy.deepcopy(before)
    for key, value in change.items():
        if value is None:
            after.pop(key, None)
        elif isinstance(value, dict) and isinstance(after.get(key), dict):
            after[key] = merged(after[key], value)
        else:
            after[key] = copy.deepcopy(value)
    return after


def masked(before: dict, change: dict, mask: str) -> dict:
    """Fields of an update mask as they are in the change; what it has not is taken away."""
    after = copy.deepcopy(before)
    for path in mask.split(","):
        *parents, last = [re.sub(r"_([a-z])", lambda found: found[1].upper(), part) for part in path.strip().split(".")]
        target, source = after, change
        for part in parents:
            target = target.setdefault(part, {})
            source = source.get(part, {}) if isinstance(source, dict) else {}
        if isinstance(source, dict) and last in source:
            target[last] = copy.deepcopy(source[last])
        else:
            target.pop(last, None)
    return after


def operation(call: Call, name: str, resource: dict) -> dict:
    """A long-running operation, done as soon as it began."""
    number = call.world.number()
    if call.service == "compute":
        place = re.search(r"^compute/(projects/[^/]+/(?:global|regions/[^/]+|zones/[^/]+))/", name)[1]
        done = {"kind": "compute#operation", "id": number, "name": f"operation-{number}", "operationType": call.verb,
                "targetLink": link(call, name), "status": "DONE", "progress": 100, "insertTime": call.world.now(),
                "selfLink": link(call, f"compute/{place}/operations/operation-{number}")}
        call.world.operations[f"compute/{place}/operations/operation-{number}"] = done
        return done
    inside = re.search(r"^\w+/(projects/[^/]+/locations/[^/]+)", name)
    path = f"{inside[1] if inside else 'global'}/operations/{number}"
    kind = call.method.path.split(".")[-2]
    done = {"name": path, "done": True,
            "response": {"@type": f"type.googleapis.com/google.cloud.{call.service}.{kind}", **resource}}
    call.world.operations[f"{call.service}/{path}"] = done
    return done
