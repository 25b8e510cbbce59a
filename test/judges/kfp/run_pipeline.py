"""Runs a pipeline for the fake of Vertex AI Pipelines, one run a process: a JSON request on stdin, a JSON answer on stdout.

    python run_pipeline.py SETTINGS

SETTINGS is a JSON file {images, keep}: images as containers.py has them, and a folder that outlives the run for what its
steps write and is no text. Request: document, parameters, folder (the run's, `gs://…`), world {project, now, state}.
Answer: state, tasks, skipped, ran, findings, and the world as the run left it, which is that of the request, so that what
its tasks ask of Google happens to what was there before, and objects are files while it runs.
"""

import json
import os
import sys
import warnings

warnings.filterwarnings("ignore")

import served_google
from containers import Containers
from local_run import LocalRun

import mounted  # beside the fakes, whose folder served_google makes known

INJECT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "inject")


def run(request: dict, settings: dict) -> dict:
    world = request["world"]
    with mounted.folders(world["state"]["storage"]["buckets"], settings["keep"]) as root:
        buckets = os.path.join(root, "gcs")
        containers = Containers(buckets, settings["images"])
        with served_google.served(world, containers, []) as (google, address):
            env = {"FAKE_GOOGLE": address, "PYTHONPATH": INJECT}
            one = LocalRun(request["document"], buckets, containers, env, cache=os.path.join(root, "cache"))
            state = one.execute(request["folder"], request["parameters"])
            left = google.world.final()
    # Tasks write objects as files, which are collected last.
    left["state"]["storage"]["buckets"] = world["state"]["storage"]["buckets"]
    return {"state": state, "tasks": one.tasks, "skipped": one.skipped, "ran": containers.ran, "findings": google.findings,
            "world": left}


def main() -> None:
    answers, sys.stdout = sys.stdout, sys.stderr  # nothing that a library prints may get into the answer
    with open(sys.argv[1], encoding="utf-8") as file:
        settings = json.load(file)
    answers.write(json.dumps(run(json.load(sys.stdin), settings)))


if __name__ == "__main__":
    main()
