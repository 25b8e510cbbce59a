"""Runs one step as a custom job and hands on what it made.

Each attempt finds its output folders there and empty. The job that an attempt began is on record in `gcp_resources`, so
that a task whose own machine was replaced goes on watching it instead of beginning another.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import time
import uuid

from fault import Fault, StepFailed
from metrics import hand_on
from places import Places, emptied, read, write
from vertex import Unanswered, Vertex

POLL_SECONDS = 20
SUCCEEDED = "JOB_STATE_SUCCEEDED"
ENDED = (SUCCEEDED, "JOB_STATE_FAILED", "JOB_STATE_CANCELLED", "JOB_STATE_EXPIRED", "JOB_STATE_PARTIALLY_SUCCEEDED")
"""Source: discovery document of aiplatform.v1, GoogleCloudAiplatformV1CustomJob.state."""
ATTEMPT = "mlops-attempt"
"""Label of a job, by which it is found where the answer to its creation was lost."""
CREATIONS = 4
TERMINATED = 143


class Stopped(BaseException):
    """The pipeline was cancelled."""


class Stop:
    """Notes that the pipeline was cancelled; interrupts only who can stop the job that runs."""

    def __init__(self):
        self._asked, self._heard = False, False

    def __call__(self, *_: object) -> None:
        self._asked = True
        if self._heard:
            raise Stopped

    def hear(self) -> None:
        self._heard = True
        if self._asked:
            raise Stopped


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--job", required=True, help="body of customJobs.create")
    parser.add_argument("--resources", required=True, help="file that says which job runs")
    parser.add_argument("--folder", action="append", default=[], help="folder that the step writes")
    parser.add_argument("--checkpoints", action="store_true", help="gives the step a folder that outlives its machine")
    parser.add_argument("--judgement", help="file that a check leaves which refuses data; without it the check itself failed")
    parser.add_argument("--metrics", help="folder of metrics.json")
    parser.add_argument("--metric", action="append", default=[], help="name=file that one metric goes to")


def work(given: argparse.Namespace, places: Places) -> None:
    vertex, stop = Vertex(given.project, given.location), Stop()
    signal.signal(signal.SIGTERM, stop)
    name = _going_on(vertex, given.resources)
    if name is None:
        for folder in given.folder:
            emptied(folder)
        name = _begin(vertex, _job(given, places))
        write(given.resources, _record(given.location, name))
    try:
        _watch(vertex, name, given.step, stop)
    except StepFailed as failed:
        if given.judgement is None:
            raise
        judged = read(given.judgement)
        if judged is None:
            raise Fault(f"{failed} It judged nothing.") from failed
        raise StepFailed(f"{_refusal(judged)} {failed}") from failed
    if given.metric:
        hand_on(given.metrics, dict(one.split("=", 1) for one in given.metric))


def _refusal(judged: dict) -> str:
    """Rules that data broke, as the check of it wrote them down."""
    rules = {rule["name"]: rule for rule in judged["rules"]}
    broken = [f"{name}: {rules[name]['expected']}, and {rules[name]['found']}" for name in judged["violated"]]
    return f"The snapshot {judged['snapshot']} of {judged['dataset']} breaks {len(broken)} of {len(rules)} rules. {'; '.join(broken)}."


def _job(given: argparse.Namespace, places: Places) -> dict:
    job = json.loads(given.job)
    if given.checkpoints:
        folder = places.checkpoints(given.step)
        os.makedirs(folder, exist_ok=True)  # what an earlier attempt left there is what the next goes on from
        for pool in job["jobSpec"]["workerPoolSpecs"]:
            pool["containerSpec"]["args"] = [*pool["containerSpec"].get("args", []), "--checkpoints", folder]
    return job


def _going_on(vertex: Vertex, record: str) -> str | None:
    """The job that an earlier machine of this task began, unless it failed."""
    begun = read(record)
    if begun is None:
        return None
    name = begun["resources"][0]["resourceUri"].split("/v1/", 1)[-1]
    job = vertex.found(name)
    return None if job is None or (job["state"] in ENDED and job["state"] != SUCCEEDED) else name


def _begin(vertex: Vertex, job: dict) -> str:
    attempt = uuid.uuid4().hex
    job["labels"] = {**job.get("labels", {}), ATTEMPT: attempt}
    jobs = f"{vertex.parent}/customJobs"
    for creation in range(1, CREATIONS + 1):
        try:
            return vertex.post(jobs, job)["name"]
        except Unanswered:
            time.sleep(POLL_SECONDS)
            begun = vertex.get(jobs, {"filter": f'labels.{ATTEMPT}="{attempt}"'}).get("customJobs", [])
            if begun:
                return begun[0]["name"]
            if creation == CREATIONS:
                raise
    raise AssertionError("unreachable")


def _record(location: str, name: str) -> dict:
    """As the console reads it to show the job of a task."""
    uri = f"https://{location}-aiplatform.googleapis.com/v1/{name}"
    return {"resources": [{"resourceType": "CustomJob", "resourceUri": uri}]}


def _watch(vertex: Vertex, name: str, step: str, stop: Stop) -> None:
    print(f"The step {step} runs as {name}.", flush=True)
    try:
        stop.hear()
        while (job := vertex.get(name))["state"] not in ENDED:
            time.sleep(POLL_SECONDS)
    except Stopped:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        vertex.post(f"{name}:cancel", {})
        raise SystemExit(TERMINATED) from None
    if job["state"] != SUCCEEDED:
        why = job.get("error", {}).get("message", job["state"])
        raise StepFailed(f"The step {step} failed: {why} Its log is that of {name}.")
