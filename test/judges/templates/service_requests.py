"""Requests against the service models: reads a list of `{service, operation, params}`, answers with problems of each."""

import json
import pathlib
import sys

import botocore.session

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "asl"))
from shapes import request_problems  # noqa: E402


def main() -> None:
    session = botocore.session.Session()
    models = {}
    answers = []
    for request in json.load(sys.stdin):
        service = request["service"]
        models.setdefault(service, session.get_service_model(service))
        answers.append(request_problems(models[service].operation_model(request["operation"]), request["params"]))
    json.dump(answers, sys.stdout)


main()
