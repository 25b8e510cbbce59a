"""While a training runs: its checkpoints, which outlive the machine in S3."""

from __future__ import annotations

import json
import os
import sys

from bucket import Bucket, files_below
from fault import Fault
from places import Places


def carry(places: Places, bucket: Bucket, stopped) -> str:
    """Carries until `stopped`, which waits a little each time it is asked, and then once more.

    What was written since the last look is lost with the machine. A look that failed is tried again at the next one:
    only the last has to be right.
    """
    mirror = Mirror(bucket, *places.checkpoints, known_of(places.fetched))
    while not stopped():
        try:
            mirror.look()
        except Fault as fault:
            print(f"Checkpoints are carried later. {fault}", file=sys.stderr)
    mirror.look()
    return f"Carried {mirror.carried} files of checkpoints."


class Mirror:
    """Makes what is below an address what is in a folder."""

    def __init__(self, bucket: Bucket, folder: str, uri: str, known: dict):
        """known: what the address has of the folder, as `files_below` says it."""
        self._bucket, self._folder, self._uri, self._known = bucket, folder, uri, known
        self.carried = 0

    def look(self) -> None:
        seen = files_below(self._folder)
        for name, state in seen.items():
            if self._known.get(name) == state:
                continue
            try:
                self._bucket.upload(os.path.join(self._folder, name), self._uri, name)
            except FileNotFoundError:
                continue  # renamed or removed since it was seen: the next look is about that
            self._known[name] = state
            self.carried += 1
        for name in [name for name in self._known if name not in seen]:
            self._bucket.delete(self._uri, name)
            del self._known[name]


def known_of(path: str) -> dict:
    """Throws Fault where nobody noted which checkpoints were fetched."""
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError) as error:
        raise Fault(f"{path} has to say which checkpoints were fetched. {error}") from error
