"""Executes Step Functions machines against fakes: one JSON request a line on stdin, one JSON answer a line on stdout.

Request: definition, input?, world {kind, state?, now?}, faults?, maxSeconds?, execution? {name?, machine?, account?, region?},
         outside? [{do, ...}]: what others do before the execution starts (World.outside)
Result:  status, output or error and cause, calls, waits, retries, states, world {kind, state, now}; or status REJECTED
         with findings.
An answer is {result} or, where the request itself is wrong, {error: {code, message}}. The first one comes unasked.
"""

import json
import os
import sys
import traceback

os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
os.environ.setdefault("DISABLE_EVENTS", "1")

import check
import engine
import faults
import world
from run import Clock, Crashed, HistoryFull, Rejected, Run, TimedOut, running

START = "2026-01-01T00:00:00Z"
MAX_SECONDS = 60
ROLE = "arn:aws:iam::{account}:role/machine"
EXECUTION = {"name": "execution", "machine": "machine", "account": "111111111111", "region": "eu-central-1"}
REQUEST = {"definition", "input", "world", "faults", "maxSeconds", "execution", "outside"}


def judge(request: dict) -> dict:
    if unknown := request.keys() - REQUEST:
        raise ValueError(f"unknown in a request: {sorted(unknown)}")
    given = request["world"]
    clock = Clock(given.get("now", START))
    run = Run(world=None, clock=clock, faults=faults.parse(request.get("faults", [])),
              max_seconds=request.get("maxSeconds", MAX_SECONDS))
    with running(run):
        run.world = world.make(given["kind"], given.get("state", {}), clock)
        for deed in request.get("outside", []):
            run.world.outside(**deed)
        outcome = _outcome(request, run)
        return {**outcome, "calls": run.calls, "waits": run.waits, "retries": run.retries, "states": run.states,
                "world": {"kind": given["kind"], "state": run.world.final(), "now": clock.iso()}}


def _outcome(request: dict, run: Run) -> dict:
    try:
        definition = json.dumps(request["definition"])
        program = engine.parse(definition)
        if findings := check.findings(definition):
            raise Rejected(list(findings))
        return engine.execute(program, run, _context(request, run))
    except Rejected as rejected:
        return {"status": "REJECTED", "findings": rejected.findings}
    except Crashed as crashed:
        return {"status": "CRASHED", "cause": str(crashed)}
    except TimedOut:
        return {"status": "TIMED_OUT", "error": "States.Timeout"}
    except HistoryFull as full:
        return {"status": "FAILED", "error": "States.Runtime", "cause": str(full)}


def _context(request: dict, run: Run) -> dict:
    asked = request.get("execution", {})
    if unknown := asked.keys() - EXECUTION.keys():
        raise ValueError(f"unknown in execution: {sorted(unknown)}")
    about = {**EXECUTION, **asked}
    states = f"arn:aws:states:{about['region']}:{about['account']}"
    return {
        "account": about["account"],
        "region": about["region"],
        "Execution": {"Id": f"{states}:execution:{about['machine']}:{about['name']}", "Input": request.get("input", {}),
                      "Name": about["name"], "RoleArn": ROLE.format(**about), "StartTime": run.clock.iso()},
        "StateMachine": {"Id": f"{states}:stateMachine:{about['machine']}", "Name": about["machine"]},
    }


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
