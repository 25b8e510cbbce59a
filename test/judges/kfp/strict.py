"""Whether a document is a pipeline specification, letter by letter, as Kubeflow's protocol buffers have it."""

from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2

VERSION = "2.1.0"


def problems(document: dict) -> list[str]:
    found = [] if document.get("schemaVersion") == VERSION else [f"schemaVersion: not {VERSION}"]
    # Executors are free-form to the outer message: they are a message of their own.
    for message, part, at in ((pipeline_spec_pb2.PipelineSpec(), document, "spec"),
                              (pipeline_spec_pb2.PipelineDeploymentConfig(), document.get("deploymentSpec", {}),
                               "deploymentSpec")):
        try:
            parsed = json_format.ParseDict(part, message, ignore_unknown_fields=False)
            found += _lost(part, json_format.MessageToDict(parsed), at)
        except json_format.ParseError as error:
            found.append(f"{at}: {error}")
    return found


def _lost(given, back, at: str) -> list[str]:
    """What the messages do not give back as it was given: names of fields that are not canonical."""
    if not isinstance(given, dict) or not isinstance(back, dict):
        return []
    return [problem for key, value in given.items() for problem in (
        _lost(value, back[key], f"{at}.{key}") if key in back
        else [] if value in ({}, [], "", 0, None, False) else [f"{at}.{key}: not canonical"])]
