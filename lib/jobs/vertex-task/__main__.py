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
import traceback

import custom_job
import outcome
import register
import training
from fault import Fault, StepFailed, refuses_data
from places import Places, forget, read, write

FAULT = 1
PLATFORM = "platform"
"""What kind of step a fault is of that is the task's own."""
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
    except StepFailed as failed:
        return _failed(noted, given.step, given.kind, failed)
    except Fault as fault:
        return _failed(noted, given.step, PLATFORM, fault)
    except Exception as broken:
        traceback.print_exc()
        why = Fault(f"The task of the step {given.step} broke ({type(broken).__name__}: {broken}). Its log says where.")
        return _failed(noted, given.step, PLATFORM, why)
    return 0


def _failed(noted: str, step: str, kind: str, why: Fault) -> int:
    """Leaves word for whoever tells how the run ended."""
    print(f"The task failed. {why}", file=sys.stderr)
    write(noted, {"step": step, "kind": kind, "message": str(why)})
    return FAULT


if __name__ == "__main__":
    sys.exit(main())
