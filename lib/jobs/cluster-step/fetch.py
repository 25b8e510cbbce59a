"""Before a training: what it reads, what it may go on from, and where it writes."""

from __future__ import annotations

import json
import os
import shutil

from bucket import Bucket, files_below
from fault import Fault
from places import Places

#: The image of the training may run as any user.
ANYBODY = 0o777


def fetch(places: Places, bucket: Bucket, _stopped=None) -> str:
    """Throws Fault for an input that has no file: whoever made it, or froze it, made nothing."""
    told = []
    for folder, uri in places.inputs:
        emptied(folder)
        count = bucket.download(uri, folder)
        if count == 0:
            raise Fault(f"There is nothing at {uri}. Look at the step that should have made it.")
        told.append(f"{count} files of {os.path.basename(folder)}")
    for folder, _ in places.outputs:
        emptied(folder)
        os.chmod(folder, ANYBODY)
    folder, uri = places.checkpoints
    emptied(folder)
    told.append(f"{bucket.download(uri, folder)} files of earlier checkpoints")
    open_to_anybody(folder)
    with open(places.fetched, "w", encoding="utf-8") as file:
        json.dump(files_below(folder), file)
    return f"Fetched {', '.join(told)}."


def emptied(folder: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)


def open_to_anybody(folder: str) -> None:
    for root, _, names in os.walk(folder):
        os.chmod(root, ANYBODY)
        for name in names:
            os.chmod(os.path.join(root, name), 0o666)
