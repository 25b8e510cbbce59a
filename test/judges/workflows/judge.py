"""Executes Cloud Workflows against a fake Google: one JSON request a line on stdin, one JSON answer a line on stdout.

Request: workflows {name: document}, env?, start [{workflow, argument?, at?}], world? {now?, project?, state?}, faults?,
         seed?, maxSeconds?, maxVirtualSeconds?
Result:  executions [{id, workflow, status, result | error, steps}], calls, log, slept, now, world; or findings besides
         what happened until then.
An answer is {result} or, where the request itself is wrong, {error: {code, message}}. The first one comes unasked.
"""

import json
import sys
import traceback

import engine
import faults
import run as runs
from run import Clock, Rejected, Run
from scheduler import Scheduler
from world import World

START = "2026-01-01T00:00:00Z"
MAX_SECONDS = 60
MAX_VIRTUAL_SECONDS = 30 * 24 * 3600
REQUEST = {"workflows", "env", "start", "world", "faults", "seed", "maxSeconds", "maxVirtualSeconds"}


def judge(request: dict) -> dict:
    if unknown := request.keys() - REQUEST:
        raise ValueError(f"unknown in a request: {sorted(unknown)}")
    given = request.get("world", {})
    run = Run(clock=Clock(given.get("now", START)), faults=faults.parse(request.get("faults", [])),
              max_seconds=request.get("maxSeconds", MAX_SECONDS), seed=request.get("seed"),
              max_virtual_seconds=request.get("maxVirtualSeconds", MAX_VIRTUAL_SECONDS))
    runs.begin(run)
    try:
        run.scheduler, run.world = Scheduler(run), World(given, run)
        findings = _findings(request, run)
        return {**({"findings": findings} if findings else {}),
                "executions": [_told(execution) for execution in run.scheduler.executions],
                "calls": run.calls, "log": run.log, "slept": run.slept, "now": run.clock.iso(), "world": run.world.final()}
    finally:
        runs.begin(None)


def _findings(request: dict, run: Run) -> list[str]:
    try:
        executions = run.world.service("workflowexecutions.v1", "projects.locations.workflows.executions")
        executions.deploy({name: engine.parse(name, document) for name, document in request["workflows"].items()},
                          request.get("env", {}))
        for start in request["start"]:
            executions.start(start["workflow"], start.get("argument"), start.get("at", 0))
        run.scheduler.work()
        return []
    except Rejected as rejected:
        return rejected.findings


def _told(execution) -> dict:
    return {"id": execution.id, "workflow": execution.workflow, **(execution.outcome or {"status": "REJECTED"}),
            "steps": execution.steps}


def main() -> None:
    answers, sys.stdout = sys.stdout, sys.stderr  # nothing that a library prints may get between the answers

    def answer(message: dict) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    engine.install()
    answer({"result": "ready"})
    for line in sys.stdin:
        try:
            answer({"result": judge(json.loads(line))})
        except Exception as error:
            answer({"error": {"code": type(error).__name__, "message": "".join(traceback.format_exception(error)[-3:])}})


if __name__ == "__main__":
    main()
