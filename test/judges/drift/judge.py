"""Runs the drift job and holds its figures against oracles: a JSON request a line on stdin, a JSON answer a line on stdout.

  {"op": "job", "files": {path: content}, "labels": bool}  what the job said and wrote; see `workspace.py` for contents
  {"op": "oracle"}                                         figures of every method by the job, scipy and Evidently
  {"op": "performance"}                                    metrics by the job and scikit-learn
  {"op": "property", "name": name}                         a counterexample that hypothesis found, or null
  {"op": "names"}                                          the properties and faults there are

The first three take a "fault" of `faults.py` to put into the job. An answer is {result} or, where the request itself is
wrong, {error: {code, message}}. The first one comes unasked.
"""

import json
import os
import sys
import traceback
import warnings

os.environ["DO_NOT_TRACK"] = "1"
sys.path.insert(0, os.path.abspath(os.path.join(os.path.dirname(__file__), "../../../lib/jobs/drift")))
warnings.filterwarnings("ignore")

import faults
import workspace


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
            answer(
                {"error": {"code": type(error).__name__, "message": "".join(traceback.format_exception(error)[-3:])}}
            )


if __name__ == "__main__":
    main()
