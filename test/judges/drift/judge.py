"""Runs the drift job and holds its figures against oracles: a JSON request a line on stdin, a JSON answer a line on stdout.

  {"op": "job", "files": {path: content}, "labels": bool}  what the job said and wrote; see `workspace.py` for contents
  {"op": "oracle"}                                         figures of every method by the job, scipy and Evidently
  {"op": "performance"}                                    metrics by the job and scikit-learn
  {"op": "property", "name": name}                         a counterexample that hypothesis found, or null
  {"op": "names"}                                          the properties and faults there are

The first three take a "fault" of `faults.py` to put into the job. `judge_loop.py` says what answers are.
"""

import os
import sys
import warnings

os.environ["DO_NOT_TRACK"] = "1"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../jobs"))
warnings.filterwarnings("ignore")

import workspace  # makes the job's modules known, which faults are of
import faults
from judge_loop import serve


def answer_to(request: dict) -> object:
    op = request["op"]
    if op == "job":
        with faults.seeded(request.get("fault")):
            return workspace.run(request["files"], labels=request.get("labels", False))
    import oracle  # takes seconds, as the next one does
    import properties

    match op:
        case "oracle":
            expected = oracle.expected()
            with faults.seeded(request.get("fault")):
                return oracle.beside(expected)
        case "performance":
            with faults.seeded(request.get("fault")):
                return oracle.performance()
        case "property":
            return properties.counterexample(request["name"])
        case "names":
            return {"properties": sorted(properties.PROPERTIES), "faults": sorted(faults.FAULTS)}
    raise ValueError(f"no such op: {op}")


if __name__ == "__main__":
    serve(answer_to)
