"""Judges definitions of SageMaker Pipelines: one JSON request a line on stdin, one JSON answer a line on stdout.

  {"op": "problems", "document": {...}}  what the service would not take or not do as it is written, a list of texts

An answer is {result} or, where the request itself is wrong, {error: {code, message}}. The first one comes unasked.
"""

import json
import sys
import traceback

import graph
import jobs


def answer_to(request: dict) -> object:
    if request["op"] != "problems":
        raise ValueError(f"no such op: {request['op']}")
    document = request["document"]
    found = graph.problems(document)
    # What jobs are is looked at only where everything can be found by its name.
    return found or jobs.problems(document)


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
            answer({"error": {"code": type(error).__name__, "message": "".join(traceback.format_exception(error)[-3:])}})


if __name__ == "__main__":
    main()
