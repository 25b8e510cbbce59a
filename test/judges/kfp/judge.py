"""Judges documents of Vertex AI Pipelines and executes them: one JSON request a line on stdin, one JSON answer a line on stdout.

  {"op": "problems", "document"}           what is wrong with it: as messages, and with what it refers to
  {"op": "holds", "condition", "values"}   a condition
  {"op": "job", "body"}                    what is wrong with a body of customJobs.create
  {"op": "run", "document", "parameters", "folder", "root", "images", "copies"?, "files"?, "world"?, "faults"?}
      executes it: `folder` is the run's, `gs://…`; buckets are folders below `root`, a folder of this machine; `images` are
      commands by image; `copies` are folders {path below root: folder to copy}, `files` {path below root: text}
      gives {state, tasks, skipped, ran, calls, world, slept} or findings besides

  {"op": "terminate", "args", "until", "world"?}
      a task that waits for what has no end, and is told to stop after a call of the method that `until` ends
      gives {code, calls}

An answer is {result} or, where the request itself is wrong, {error: {code, message}}. The first one comes unasked.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
import warnings

warnings.filterwarnings("ignore")

import conditions
import references
import served_google
import strict
from containers import Containers
from local_run import LocalRun

HERE = os.path.dirname(os.path.abspath(__file__))
TASK = os.path.join(HERE, "../../../lib/jobs/vertex-task")
IGNORED = shutil.ignore_patterns("__pycache__")


def answer_to(request: dict) -> object:
    match request["op"]:
        case "problems":
            return strict.problems(request["document"]) or references.problems(request["document"])
        case "holds":
            return conditions.holds(request["condition"], request["values"])
        case "job":
            import discovery
            import shapes
            described = discovery.document("aiplatform.v1")
            return shapes.problems(described, {"$ref": "GoogleCloudAiplatformV1CustomJob"}, request["body"], "job",
                                   required=True)
        case "run":
            return _run(request)
        case "terminate":
            return _terminate(request)
    raise ValueError(f"no such op: {request['op']}")


def _run(request: dict) -> dict:
    root = request["root"]
    for path, folder in request.get("copies", {}).items():
        shutil.copytree(folder, os.path.join(root, path), ignore=IGNORED, dirs_exist_ok=True)
    for path, text in request.get("files", {}).items():
        os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
        with open(os.path.join(root, path), "w", encoding="utf-8") as file:
            file.write(text)
    containers = Containers(root, request["images"])
    with served_google.served(request.get("world", {}), containers, request.get("faults", [])) as (run, address):
        env = {"FAKE_GOOGLE": address, "PYTHONPATH": os.path.join(HERE, "inject")}
        one = LocalRun(request["document"], root, containers, env)
        state = one.execute(request["folder"], request["parameters"])
        return {**({"findings": run.findings} if run.findings else {}), "state": state, "tasks": one.tasks,
                "skipped": one.skipped, "ran": containers.ran, "calls": run.calls, "world": run.world.final(),
                "slept": one.slept}


def _terminate(request: dict) -> dict:
    with tempfile.TemporaryDirectory() as root:
        with served_google.served(request.get("world", {}), Containers(root, {}), []) as (run, address):
            env = {"FAKE_GOOGLE": address, "PYTHONPATH": os.path.join(HERE, "inject"), "PYTHONDONTWRITEBYTECODE": "1"}
            task = subprocess.Popen([sys.executable, TASK, *(arg.replace("{root}", root) for arg in request["args"])],
                                    env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            while task.poll() is None and not any(call["method"].endswith(request["until"]) for call in run.calls):
                time.sleep(0.05)
            task.terminate()
            _, said = task.communicate(timeout=60)
            return {"code": task.returncode, "calls": run.calls, "said": said}


def main() -> None:
    answers, sys.stdout = sys.stdout, sys.stderr  # nothing that a library prints may get between the answers

    def answer(message: dict) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    answer({"result": "ready"})
    for line in sys.stdin:
        try:
            answer({"result": answer_to(json.loads(line))})
        except Exception as error:
            answer({"error": {"code": type(error).__name__, "message": "".join(traceback.format_exception(error)[-5:])}})


if __name__ == "__main__":
    main()
