"""Parts of the data by the values of a column: drift, and errors, that the whole hides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from datasets import Dataset
from samples import Rows

#: Of one column: the most frequent ones. Each is compared as the whole is.
MOST = 20


@dataclass(frozen=True)
class Segment:
    column: str
    value: str
    counts: tuple
    _codes: tuple
    _wanted: tuple

    def rows(self) -> Rows:
        return Rows(*(codes == wanted for codes, wanted in zip(self._codes, self._wanted)))


def find_segments(names: tuple, reference: Dataset, current: Dataset) -> tuple[list, dict]:
    """Segments by their rows in current, and how many values of each column were left out."""
    found, left_out = [], {}
    for name in names:
        codes = reference.store.codes(name), current.store.codes(name)
        known = reference.store.categories[name].codes, current.store.categories[name].codes
        counts = [np.bincount(part[part >= 0], minlength=1) for part in codes]
        sizes = {
            value: tuple(int(count[place[value]]) if value in place else 0 for count, place in zip(counts, known))
            for value in sorted(set(known[0]) | set(known[1]))
        }
        order = sorted(sizes, key=lambda value: (-sizes[value][1], -sizes[value][0], value))
        for value in order[:MOST]:
            found.append(Segment(name, value, sizes[value], codes, tuple(place.get(value, -2) for place in known)))
        if len(order) > MOST:
            left_out[name] = len(order) - MOST
    return found, left_out
