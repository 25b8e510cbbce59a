"""Where the files of a step are: in S3, and in the folder that its containers share."""

from __future__ import annotations

import json
import os

from fault import Fault

VARIABLE = "MLOPS_PLACES"


class Places:
    """FOLDER/input/<name>, FOLDER/output/<name> and FOLDER/checkpoints, each with its address in S3.

    inputs and outputs are lists of (folder, address), checkpoints is one such pair. FOLDER/fetched.json says which
    checkpoints were there before the training began.
    """

    def __init__(self, folder: str, inputs: dict, outputs: dict, checkpoints: str):
        self.inputs = [(os.path.join(folder, "input", name), uri) for name, uri in inputs.items()]
        self.outputs = [(os.path.join(folder, "output", name), uri) for name, uri in outputs.items()]
        self.checkpoints = (os.path.join(folder, "checkpoints"), checkpoints)
        self.fetched = os.path.join(folder, "fetched.json")


def places_of(text: str | None, folder: str) -> Places:
    """Throws Fault where the variable is not what the platform writes."""
    try:
        found = json.loads(text or "")
        places = Places(folder, found["inputs"], found["outputs"], found["checkpoints"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Fault(f"{VARIABLE} has to be JSON with inputs, outputs and checkpoints, and is {text!r}.") from error
    for _, uri in [*places.inputs, *places.outputs, places.checkpoints]:
        if not isinstance(uri, str) or not uri.startswith("s3://"):
            raise Fault(f"{VARIABLE} names {uri!r}, which is no s3:// address.")
    return places
