"""Counts keys that occur more than once, in memory that does not grow with their number.

Memory holds BUFFER keys of 24 bytes. Beyond that they go to PARTS files on disk, by their bits; at the end one file
after another is counted. So 1,000,000,000 rows take 24 GB of disk and about 400 MB of memory, and ten times as many ten
times that. Keys that occur often are added up before they are written, so that they do not fill one file.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

import numpy as np

BUFFER = 1 << 20
PARTS = 256
EXAMPLES = 5
#: Odd and without a pattern, so that keys which count upwards are spread over all files.
MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass
class Duplicates:
    #: Rows whose key another row has as well.
    rows: int = 0
    #: Different keys among them.
    keys: int = 0
    #: The most frequent ones, with how often each occurs.
    examples: list = field(default_factory=list)


class KeyStore:
    def __init__(self, folder: str):
        self._folder = folder
        self._pending: list = []
        self._size = 0
        self._spilled = False

    def add(self, keys: np.ndarray) -> None:
        """Two numbers of 64 bits a row."""
        if len(keys):
            self._pending.append(_record(keys, np.ones(len(keys), np.uint64)))
            self._size += len(keys)
        if self._size > BUFFER:
            self._compact()
            if self._size > BUFFER // 2:
                self._spill()

    def duplicates(self) -> Duplicates:
        found = Duplicates()
        self._compact()
        if not self._spilled:
            return _counted(found, self._taken())
        self._spill()
        for part in range(PARTS):
            path = self._path(part)
            if os.path.exists(path):
                _counted(found, _merged(np.fromfile(path, np.uint64).reshape(-1, 3)))
                os.remove(path)
        return found

    def _compact(self) -> None:
        if self._pending:
            self._pending = [_merged(np.concatenate(self._pending))]
            self._size = len(self._pending[0])

    def _spill(self) -> None:
        records = self._taken()
        os.makedirs(self._folder, exist_ok=True)
        parts = ((records[:, 0] * MIX ^ records[:, 1]) * MIX) >> np.uint64(56)
        order = np.argsort(parts, kind="stable")
        ends = np.searchsorted(parts[order], np.arange(PARTS + 1, dtype=np.uint64))
        for part in range(PARTS):
            if ends[part] < ends[part + 1]:
                with open(self._path(part), "ab") as file:
                    file.write(records[order[ends[part] : ends[part + 1]]].tobytes())
        self._spilled = True

    def _taken(self) -> np.ndarray:
        records = self._pending[0] if self._pending else np.empty((0, 3), np.uint64)
        self._pending, self._size = [], 0
        return records

    def _path(self, part: int) -> str:
        return os.path.join(self._folder, str(part))


def _record(keys: np.ndarray, counts: np.ndarray) -> np.ndarray:
    return np.column_stack((keys, counts))


def _merged(records: np.ndarray) -> np.ndarray:
    """Each key once, with its counts added up, in order."""
    if len(records) == 0:
        return records
    records = records[np.lexsort((records[:, 1], records[:, 0]))]
    first = np.ones(len(records), bool)
    first[1:] = np.any(records[1:, :2] != records[:-1, :2], axis=1)
    starts = np.flatnonzero(first)
    return _record(records[starts, :2], np.add.reduceat(records[:, 2], starts))


def _counted(found: Duplicates, records: np.ndarray) -> Duplicates:
    twice = records[records[:, 2] > 1]
    found.rows += int(twice[:, 2].sum())
    found.keys += len(twice)
    often = twice[np.argsort(-twice[:, 2].astype(np.int64), kind="stable")[:EXAMPLES]]
    candidates = [*found.examples, *((int(count), (int(high), int(low))) for high, low, count in often)]
    found.examples = sorted(candidates, key=lambda one: (-one[0], one[1]))[:EXAMPLES]
    return found
