"""Answers a JSON request a line on stdin with a JSON line on stdout, for as long as stdin is open.

An answer is {result} or, where the request itself is wrong, {error: {code, message}}. The first one comes unasked.
"""

import json
import sys
import traceback


def serve(answer_to) -> None:
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
