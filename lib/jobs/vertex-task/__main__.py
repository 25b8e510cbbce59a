"""One task of a training pipeline on Vertex AI Pipelines.

    python vertex-task job|training|register|outcome --project P --location R --root gs://BUCKET/FOLDER --mount /gcs …

job       runs a step as a custom job, hands on what it measured
training  runs a step as a training on the platform's batch cluster
register  registers a model as a version, with what it was made of
outcome   writes down how the run ended

Runs on Python 3.9 or later and needs nothing but it.
"""

from __future__ import annotations

import argparse
import sys

import custom_job
import outcome
import register
import training
from fault import Fault, StepFailed, refuses_data
from places import Places, forget, read, write

FAULT = 1
TASKS = {"job": custom_job, "training": training, "register": register, "outcome": outcome}


def main(arguments: list | None = None) -> int:
    parser = argparse.ArgumentParser(prog="vertex-task", description="One task of a training pipeline.")
    tasks = parser.add_subparsers(dest="task", required=True)
    for name, task in TASKS.items():
        sub = tasks.add_parser(name)
        sub.add_argument("--project", required=True)
        sub.add_argument("--location", required=True)
        sub.add_argument("--root", required=True, help="folder of the run: gs://…")
        sub.add_argument("--mount", required=True, help="where buckets are mounted")
        task.add_arguments(sub)
        sub.add_argument("--step", required=True, help="name of the task")
        sub.add_argument("--kind", required=True, help="what kind of step it is")
    given = parser.parse_args(arguments)
    places = Places(given.root, given.mount)
    noted = places.fault(given.step)
    before = read(noted)
    if before is not None and refuses_data(before):
        # The service tries again whatever a task failed by; a frozen snapshot says the same however often it is asked.
        print(f"The task failed before, for good. {before['message']}", file=sys.stderr)
        return FAULT
    forget(noted)
    try:
        TASKS[given.task].work(given, places)
    except Fault as fault:
        print(f"The task failed. {fault}", file=sys.stderr)
        kind = given.kind if isinstance(fault, StepFailed) else "platform"
        write(noted, {"step": given.step, "kind": kind, "message": str(fault)})
        return FAULT
    return 0


if __name__ == "__main__":
    sys.exit(main())
