"""Carries the files of a training on a batch cluster: a step of a pipeline knows folders only, and they are in S3.

    python cluster-step fetch|checkpoints|store --folder FOLDER

fetch        before the training: its inputs, the checkpoints of an earlier try, and a place for its output
checkpoints  while it runs: what changed, until SIGTERM, and then once more
store        after it ended well: its output

Each is a container beside that of the training, with which it shares FOLDER. MLOPS_PLACES says what is where in S3.
Runs on Python 3.9 or later and needs nothing but boto3.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading

import checkpoints
import fetch
import store
from bucket import Bucket
from fault import Fault
from places import VARIABLE, places_of

FAULT = 1
TASKS = {"fetch": fetch.fetch, "checkpoints": checkpoints.carry, "store": store.store}


def main(arguments: list | None = None) -> int:
    parser = argparse.ArgumentParser(prog="cluster-step", description="Carries the files of a training.")
    parser.add_argument("task", choices=sorted(TASKS))
    parser.add_argument("--folder", required=True, help="what the containers of the training share")
    parser.add_argument("--every", type=float, default=30, help="seconds between two looks at checkpoints")
    given = parser.parse_args(arguments)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        places = places_of(os.environ.get(VARIABLE), given.folder)
        print(TASKS[given.task](places, Bucket(), lambda: stop.wait(given.every)))
    except Fault as fault:
        print(f"The task {given.task} failed, which says nothing about the training. {fault}", file=sys.stderr)
        return FAULT
    return 0


if __name__ == "__main__":
    sys.exit(main())
