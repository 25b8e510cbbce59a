"""What a step measured."""

from __future__ import annotations

import json
import math
import os

from fault import Fault
from places import write_text

FILE = "metrics.json"


def hand_on(folder: str, outputs: dict) -> None:
    """Writes each metric of the folder's metrics.json to the file of its output."""
    measured = _measured(os.path.join(folder, FILE), list(outputs))
    for name, file in outputs.items():
        write_text(file, repr(measured[name]))


def _measured(path: str, wanted: list) -> dict:
    if not os.path.exists(path):
        raise Fault(f"The step wrote no {FILE} into the folder of --metrics. Write {_example(wanted)}.")
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
    except ValueError as error:
        raise Fault(f"{FILE} is no JSON: {error}. Write {_example(wanted)}.") from error
    wrong = [name for name in wanted if not isinstance(found, dict) or not _is_number(found.get(name))]
    if wrong:
        raise Fault(f"{FILE} has no finite number for {', '.join(wrong)}. Write {_example(wanted)}.")
    return {name: float(found[name]) for name in wanted}


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _example(wanted: list) -> str:
    return json.dumps({name: 0.5 for name in wanted})
