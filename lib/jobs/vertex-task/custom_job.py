"""Runs one step as a custom job and hands on what it made."""

from __future__ import annotations

import argparse
import json
import time
import uuid

import attempt
from attempt import Attempt
from client import Unanswered
from fault import Fault, StepFailed
from metrics import hand_on
from places import Places, read
from vertex import Vertex

POLL_SECONDS = 20
SUCCEEDED = "JOB_STATE_SUCCEEDED"
ENDED = (SUCCEEDED, "JOB_STATE_FAILED", "JOB_STATE_CANCELLED", "JOB_STATE_EXPIRED", "JOB_STATE_PARTIALLY_SUCCEEDED")
"""Source: discovery document of aiplatform.v1, GoogleCloudAiplatformV1CustomJob.state."""
ATTEMPT = "mlops-attempt"
"""Label of a job, by which it is found where the answer to its creation was lost."""
CREATIONS = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--job", required=True, help="body of customJobs.create")
    attempt.add_arguments(parser)
    parser.add_argument("--judgement", help="file that a check of data writes its verdict to")
    parser.add_argument("--metrics", help="folder of metrics.json")
    parser.add_argument("--metric", action="append", default=[], help="name=file that one metric goes to")


def work(given: argparse.Namespace, places: Places) -> None:
    vertex, this = Vertex(given.project, given.location), Attempt(given, places)
    name = _going_on(vertex, this, given.judgement)
    if name is None:
        this.empty_folders()
        name = _begin(vertex, _job(given, this))
        this.note("CustomJob", f"https://{given.location}-aiplatform.googleapis.com/v1/{name}")
    try:
        _watch(vertex, name, given.step, this)
    except StepFailed as failed:
        if given.judgement is None:
            raise
        judged = _refused(given.judgement)
        if judged is None:
            raise Fault(f"{failed} It found no rule that is broken.") from failed
        raise StepFailed(f"{_refusal(judged)} {failed}") from failed
    if given.metric:
        hand_on(given.metrics, dict(one.split("=", 1) for one in given.metric))


def _refused(judgement: str | None) -> dict | None:
    """The verdict of a check, if it is that data breaks a rule: one whose machine was lost gave none, or another."""
    judged = None if judgement is None else read(judgement)
    return judged if judged is not None and judged["violated"] else None


def _refusal(judged: dict) -> str:
    """Rules that data broke, as the check of it wrote them down."""
    rules = {rule["name"]: rule for rule in judged["rules"]}
    broken = [f"{name}: {rules[name]['expected']}, and {rules[name]['found']}" for name in judged["violated"]]
    return f"The snapshot {judged['snapshot']} of {judged['dataset']} breaks {len(broken)} of {len(rules)} rules. {'; '.join(broken)}."


def _job(given: argparse.Namespace, this: Attempt) -> dict:
    job = json.loads(given.job)
    if more := this.checkpoints():
        for pool in job["jobSpec"]["workerPoolSpecs"]:
            pool["containerSpec"]["args"] = [*pool["containerSpec"].get("args", []), *more]
    return job


def _going_on(vertex: Vertex, this: Attempt, judgement: str | None) -> str | None:
    """The job that an earlier machine of this task began, unless it failed by anything but what data is like."""
    begun = this.begun()
    if begun is None:
        return None
    name = begun.split("/v1/", 1)[-1]
    job = vertex.found(name)
    if job is None:
        return None
    failed = job["state"] in ENDED and job["state"] != SUCCEEDED
    return None if failed and _refused(judgement) is None else name


def _begin(vertex: Vertex, job: dict) -> str:
    label = uuid.uuid4().hex
    job["labels"] = {**job.get("labels", {}), ATTEMPT: label}
    jobs = f"{vertex.parent}/customJobs"
    for creation in range(1, CREATIONS + 1):
        try:
            return vertex.post(jobs, job)["name"]
        except Unanswered:
            time.sleep(POLL_SECONDS)
            begun = vertex.get(jobs, {"filter": f'labels.{ATTEMPT}="{label}"'}).get("customJobs", [])
            if begun:
                return begun[0]["name"]
            if creation == CREATIONS:
                raise
    raise AssertionError("unreachable")


def _ended(vertex: Vertex, name: str) -> dict:
    while (job := vertex.get(name))["state"] not in ENDED:
        time.sleep(POLL_SECONDS)
    return job


def _watch(vertex: Vertex, name: str, step: str, this: Attempt) -> None:
    print(f"The step {step} runs as {name}.", flush=True)
    job = this.waited(lambda: _ended(vertex, name), lambda: vertex.post(f"{name}:cancel", {}))
    if job["state"] != SUCCEEDED:
        why = job.get("error", {}).get("message", job["state"])
        raise StepFailed(f"The step {step} failed: {why} Its log is that of {name}.")
