"""Writes down how a run ended, whatever its tasks did: outcome.json below the root of the run."""

from __future__ import annotations

import argparse
import json

from fault import refuses_data
from places import Places, read, write

SUCCEEDED = "SUCCEEDED"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--run", required=True, help="id of the run")
    parser.add_argument("--status", required=True, help="how the tasks ended, as the service says it: JSON")
    parser.add_argument("--otherwise", required=True, help="outcome of a run that ended well and registered nothing")
    parser.add_argument("--because", required=True, help="why that is so")


def work(given: argparse.Namespace, places: Places) -> None:
    status = json.loads(given.status)
    registered, faults = read(places.registered), places.faults()
    outcome = {
        "schemaVersion": 1,
        "run": given.run,
        "outcome": _outcome(status, registered, faults, given.otherwise),
        "reason": _reason(status, registered, faults, given.because),
        "detail": ", ".join(f"step {fault['step']}" for fault in faults) or "-",
        **({} if registered is None else {"version": registered["version"]}),
    }
    write(places.outcome, outcome)
    print(f"The run {given.run} ended as {outcome['outcome']}. {outcome['reason']}", flush=True)


def _outcome(status: dict, registered: dict | None, faults: list, otherwise: str) -> str:
    if registered is not None:
        return "registered" if status.get("state") == SUCCEEDED else "registered-and-failed"
    if status.get("state") == SUCCEEDED:
        return otherwise
    return "data-invalid" if any(map(refuses_data, faults)) else "failed"


def _reason(status: dict, registered: dict | None, faults: list, because: str) -> str:
    version = [] if registered is None else [f"It registered version {registered['version']}."]
    if status.get("state") == SUCCEEDED:
        return " ".join(version) or because
    told = [fault["message"] for fault in faults] or [status.get("error", {}).get("message", "No task says why.")]
    return " ".join([*version, *told])
