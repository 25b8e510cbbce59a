"""No two rows have the same value in a column, or the same values in several.

A row without one of them is not compared. Values of several columns together would be most of a row, which is nobody's
business: only those of a single column are told.
"""

from __future__ import annotations

import functools

import numpy as np
import pyarrow.compute as pc

from cells import shown
from key_store import KeyStore
from keys import keys_of
from rule import Rule, count_of


class UniqueRule(Rule):
    """`folder` is where keys go that memory does not hold."""

    def __init__(self, name: str, columns: tuple, folder: str):
        what = columns[0] if len(columns) == 1 else f"({', '.join(columns)})"
        super().__init__(name, "unique", columns, f"{what} differs from row to row")
        self._store = KeyStore(folder)
        self._wanted: list = []

    def see(self, rows: int, cells: dict) -> None:
        super().see(rows, cells)
        self._store.add(keys_of(self._complete(cells)))

    def conclude(self) -> None:
        found = self._store.duplicates()
        self.broken = found.rows
        self._wanted = [key for _, key in found.examples] if len(self.columns) == 1 else []
        self.found = f"{count_of(found.rows, 'row')} share {count_of(found.keys, 'value')}"

    @property
    def lacks_examples(self) -> bool:
        """Keys say nothing of their values: these have to be looked up."""
        return bool(self._wanted)

    def look_up(self, cells: dict) -> None:
        """Finds values of keys among rows that it saw."""
        (column,) = self._complete(cells)
        keys = keys_of([column])
        for high, low in list(self._wanted):
            places = np.flatnonzero((keys[:, 0] == np.uint64(high)) & (keys[:, 1] == np.uint64(low)))
            if len(places):
                self._wanted.remove((high, low))
                self.examples.append(shown(column[int(places[0])]))

    def _complete(self, cells: dict) -> list:
        """Cells of the rows that have all of them."""
        columns = [cells[name] for name in self.columns]
        if not any(column.null_count for column in columns):
            return columns
        whole = functools.reduce(pc.and_, (column.is_valid() for column in columns))
        return [column.filter(whole) for column in columns]
