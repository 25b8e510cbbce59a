"""Runs one step, or the server: `python -m fraud train --train DIR --model DIR --rounds 200`."""

from __future__ import annotations

import importlib
import sys

from fraud.fault import Fault
from fraud.told import tell

STEPS = ("prepare", "train", "evaluate", "score", "serve")


def main(arguments: list) -> int:
    step, *rest = arguments or [""]
    if step not in STEPS:
        print(f"{step or 'Nothing'} is no step. There are {', '.join(STEPS)}.", file=sys.stderr)
        return 2
    try:
        importlib.import_module(f"fraud.{step}").main(rest)
    except Fault as fault:
        print(f"{step} failed. {fault}", file=sys.stderr)
        tell(str(fault))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
