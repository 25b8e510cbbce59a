"""Where a run keeps what its tasks tell one another: files below the pipeline's root, through the mounted bucket."""

from __future__ import annotations

import json
import os
import shutil

BUCKETS = "gs://"


class Places:
    """Files of one run.

    faults/<step>.json   why a step failed; gone once another attempt began, which none does after data was refused
    registered.json      the version that was registered
    checkpoints/<step>/  what a step goes on from after its machine was taken away
    outcome.json         how the run ended
    """

    def __init__(self, root: str, mount: str):
        self._root, self._mount = path_of(root, mount), mount

    def fault(self, step: str) -> str:
        return os.path.join(self._root, "faults", f"{step}.json")

    def checkpoints(self, step: str) -> str:
        return os.path.join(self._root, "checkpoints", step)

    @property
    def registered(self) -> str:
        return os.path.join(self._root, "registered.json")

    @property
    def outcome(self) -> str:
        return os.path.join(self._root, "outcome.json")

    def faults(self) -> list:
        folder = os.path.join(self._root, "faults")
        names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
        return [found for name in names if (found := read(os.path.join(folder, name))) is not None]


def path_of(uri: str, mount: str) -> str:
    """Where a `gs://` address is in the file system."""
    return os.path.join(mount, uri[len(BUCKETS) :]).rstrip("/") if uri.startswith(BUCKETS) else uri.rstrip("/")


def emptied(folder: str) -> None:
    """Makes a folder that is there and empty, whatever an earlier attempt left in it."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder, exist_ok=True)


def write(path: str, value: object) -> None:
    write_text(path, json.dumps(value, indent=2, sort_keys=True) + "\n")


def write_text(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def read(path: str):
    """What a file of JSON holds, or None where there is none."""
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def forget(path: str) -> None:
    if os.path.exists(path):
        os.remove(path)
