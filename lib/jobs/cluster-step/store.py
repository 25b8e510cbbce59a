"""After a training that ended well: what it made."""

from __future__ import annotations

import os

from bucket import Bucket, files_below
from fault import Fault
from places import Places


def store(places: Places, bucket: Bucket, _stopped=None) -> str:
    """Whatever an earlier try left at the address goes first, so that there is nothing but what this one made.

    Throws Fault for an output without a file.
    """
    told = []
    for folder, uri in places.outputs:
        name = os.path.basename(folder)
        files = files_below(folder)
        if not files:
            raise Fault(f"The training ended well and wrote nothing into the folder of --{name}.")
        for old in bucket.list(uri):
            bucket.delete(uri, old)
        for file in files:
            bucket.upload(os.path.join(folder, file), uri, file)
        told.append(f"{len(files)} files of {name}")
    return f"Stored {', '.join(told)}."
