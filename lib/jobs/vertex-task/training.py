"""Runs one step as a training on the platform's batch cluster: asks its launcher, and waits for what that says."""

from __future__ import annotations

import argparse
import json
import time
import uuid

import attempt
from attempt import Attempt
from fault import Fault, StepFailed
from launcher import Launcher
from places import Places

POLL_SECONDS = 20
SUCCEEDED = "succeeded"
SILENCE = 1800
"""Seconds in which the launcher has to answer; after that it is told again."""
MESSAGES = 3
"""How often it is told again before it is given up."""
STEP_LENGTH = 40
"""Characters of the step in the name of a training, which has 58."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--request", required=True, help="what is asked for: JSON")
    parser.add_argument("--requests", required=True, help="folder of what is asked for: gs://…")
    parser.add_argument("--topic", required=True, help="who is told that there is something")
    attempt.add_arguments(parser)


def work(given: argparse.Namespace, places: Places) -> None:
    launcher, this = Launcher(given.requests, given.topic), Attempt(given, places)
    name = _going_on(launcher, this)
    if name is None:
        this.empty_folders()
        name = f"{given.step[:STEP_LENGTH]}-{uuid.uuid4().hex[:16]}"
        this.note("ClusterTraining", launcher.uri(name))
    request = json.loads(given.request)
    # Who loses its machine begins again on its own, and not by this task.
    request["empties"] = "\n".join(this.folders)
    request["args"] = [*request.get("args", []), *this.checkpoints()]
    print(f"The step {given.step} runs as the training {name}.", flush=True)
    ended = this.waited(lambda: _ended(launcher, name, request), lambda: launcher.take_back(name))
    if ended["outcome"] != SUCCEEDED:
        log = f" Its log is that of the job {ended['job']} of Batch." if "job" in ended else ""
        raise StepFailed(f"The step {given.step} {_words(ended['outcome'])}: {ended['reason']}{log}")


def _words(outcome: str) -> str:
    return "was stopped" if outcome == "cancelled" else "failed"


def _going_on(launcher: Launcher, this: Attempt) -> str | None:
    """The training that an earlier machine of this task asked for, unless it failed."""
    begun = this.begun()
    if begun is None:
        return None
    name = begun.rsplit("/", 1)[-1]
    ended = launcher.state(name).get("ended")
    return None if ended is not None and ended["outcome"] != SUCCEEDED else name


def _ended(launcher: Launcher, name: str, request: dict) -> dict:
    """How it ended. Whoever ran it may be gone: what is silent for too long is told again, and goes on where it is."""
    state, told = launcher.state(name), 0
    if "ended" not in state:
        launcher.ask(name, request)
    silent = time.monotonic() + SILENCE
    while "ended" not in state:
        time.sleep(POLL_SECONDS)
        before, state = state, launcher.state(name)
        if state != before:
            silent, told = time.monotonic() + state.get("within", SILENCE), 0
        if time.monotonic() > silent:
            if told == MESSAGES:
                raise Fault(f"The launcher of the cluster says nothing of the training {name}. Read its executions.")
            told, silent = told + 1, time.monotonic() + SILENCE
            launcher.tell(name)
    return state["ended"]
