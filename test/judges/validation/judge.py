"""Runs the validation and holds its counts against plain counting.

  {"op": "job", "files": {path: content}, "now": instant}  what the job said and wrote; see `job_files.py` for contents
  {"op": "property", "name": name}                         a counterexample that hypothesis found, or null
  {"op": "names"}                                          the properties and faults there are

The first two take a "fault" of `faults.py` to put into the job. `judge_loop.py` says what answers are.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../jobs"))

import workspace  # makes the job's modules known, which faults are of
import faults
import properties
from judge_loop import serve


def answer_to(request: dict) -> object:
    match request["op"]:
        case "job":
            with faults.seeded(request.get("fault")):
                return workspace.run(request["files"], request.get("now", workspace.NOW))
        case "property":
            with faults.seeded(request.get("fault")):
                return properties.counterexample(request["name"], simplest="fault" not in request)
        case "names":
            return {"properties": sorted(properties.PROPERTIES), "faults": sorted(faults.FAULTS)}
    raise ValueError(f"no such op: {request['op']}")


if __name__ == "__main__":
    serve(answer_to)
