"""Registers a model as a version of its entry in the registry, with what it was made of.

Source: discovery document of aiplatform.v1, projects.locations.models.upload: `modelId` makes the entry with its first
version, `parentModel` adds one to it.
"""

from __future__ import annotations

import argparse
import json
import time

from client import Refused, Unanswered
from fault import Fault
from places import Places, write, write_text
from vertex import Vertex

POLL_SECONDS = 20
LONGEST = 3600
"""Seconds until a registration is given up."""
UPLOADS = 4
UNSEEN_SECONDS = 600
"""Seconds in which a version has to be seen whose registration nobody answered; after that it is registered again."""
CONFLICT = 409


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model-id", required=True, help="last part of the entry's name")
    parser.add_argument("--alias", required=True, help="alias of the version, which no other run gives")
    parser.add_argument("--version", required=True, help="body of a version, without what follows")
    parser.add_argument("--lineage", required=True, help="what the version was made of: JSON")
    parser.add_argument("--metric", action="append", default=[], help="name=value of what it was measured at")
    parser.add_argument("--number", required=True, help="file that the version's number goes to")


def work(given: argparse.Namespace, places: Places) -> None:
    vertex = Vertex(given.project, given.location)
    entry = f"{vertex.parent}/models/{given.model_id}"
    lineage = json.loads(given.lineage)
    lineage["images"] = dict(image.split("=", 1) for image in lineage["images"].split(",") if image)
    lineage["metrics"] = {name: float(value) for name, value in (one.split("=", 1) for one in given.metric)}
    version = {
        **json.loads(given.version),
        "versionAliases": [given.alias],
        "versionDescription": json.dumps(lineage, separators=(",", ":"), sort_keys=True),
    }
    number = _registered(vertex, entry, given.alias) or _upload(vertex, entry, given, version)
    write(places.registered, {"model": entry, "version": number, "lineage": lineage})
    write_text(given.number, number)
    print(f"Version {number} of {entry} is registered.", flush=True)


def _registered(vertex: Vertex, entry: str, alias: str) -> str | None:
    """What an earlier attempt registered."""
    found = vertex.found(f"{entry}@{alias}")
    return None if found is None else found["versionId"]


def _upload(vertex: Vertex, entry: str, given: argparse.Namespace, version: dict) -> str:
    for attempt in range(1, UPLOADS + 1):
        first = vertex.found(entry) is None
        of = {"modelId": given.model_id} if first else {"parentModel": entry}
        try:
            return _number(vertex, vertex.post(f"{vertex.parent}/models:upload", {**of, "model": version}))
        except Refused as refused:
            # Somebody registered the first version in between.
            if not first or refused.code != CONFLICT:
                raise
        except Unanswered:
            if attempt == UPLOADS:
                raise
            if (number := _seen(vertex, entry, given.alias)) is not None:
                return number
        time.sleep(POLL_SECONDS)
    raise Fault(f"{entry} took no version in {UPLOADS} attempts. Start another run.")


def _seen(vertex: Vertex, entry: str, alias: str) -> str | None:
    """What an upload that nobody answered registers, once it is there."""
    for _ in range(0, UNSEEN_SECONDS, POLL_SECONDS):
        time.sleep(POLL_SECONDS)
        if (number := _registered(vertex, entry, alias)) is not None:
            return number
    return None


def _number(vertex: Vertex, operation: dict) -> str:
    began = time.monotonic()
    while not operation.get("done"):
        if time.monotonic() - began > LONGEST:
            raise Fault(f"The registration has not ended in {LONGEST} seconds: {operation['name']}.")
        time.sleep(POLL_SECONDS)
        operation = vertex.get(operation["name"])
    if "error" in operation:
        raise Fault(f"The version was not registered: {operation['error'].get('message', operation['error'])}")
    return operation["response"]["modelVersionId"]
