"""A dataset on disk, column by column: memory is taken by the columns that are being compared, not by the dataset."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

import numpy as np

from cells import Categories, as_numbers
from configuration import Column

#: Of one column are told apart: enough for any category, and a bound on memory where a column of ids is taken for one.
CATEGORIES_KEPT = 100_000


@dataclass
class Tally:
    missing: int = 0
    infinite: int = 0
    unreadable: int = 0
    #: Whether any batch had the column.
    seen: bool = False


@dataclass
class ColumnStore:
    """Numbers as floats with NaN where there is no value, categories as codes with -1 there."""

    folder: str
    columns: list
    rows: int = 0
    tallies: dict = field(default_factory=dict)
    categories: dict = field(default_factory=dict)

    def __post_init__(self) -> None:
        os.makedirs(self.folder)
        self._index = {column.name: index for index, column in enumerate(self.columns)}
        self.tallies = {column.name: Tally() for column in self.columns}
        self.categories = {
            column.name: Categories(CATEGORIES_KEPT) for column in self.columns if column.type == "categorical"
        }

    def append(self, rows: int, cells: dict) -> None:
        """Rows with these cells by column; a column without cells is missing in all."""
        for column in self.columns:
            given = cells.get(column.name)
            tally = self.tallies[column.name]
            tally.seen |= given is not None
            if given is None:
                tally.missing += rows
                values = np.full(rows, np.nan) if column.type == "numeric" else np.full(rows, -1, np.int32)
            elif column.type == "numeric":
                numbers = as_numbers(given)
                tally.missing += numbers.missing
                tally.infinite += numbers.infinite
                tally.unreadable += numbers.unreadable
                values = numbers.values
            else:
                categories = self.categories[column.name]
                before = categories.missing, categories.unreadable
                values = categories.encode(given)
                tally.missing += categories.missing - before[0]
                tally.unreadable += categories.unreadable - before[1]
            with open(self._path(column.name), "ab") as file:
                file.write(np.ascontiguousarray(values).data)
        self.rows += rows

    def numbers(self, name: str) -> np.ndarray:
        return self._load(name, np.float64)

    def codes(self, name: str) -> np.ndarray:
        return self._load(name, np.int32)

    def values(self, column: Column) -> np.ndarray:
        return self.numbers(column.name) if column.type == "numeric" else self.codes(column.name)

    def texts(self, name: str) -> np.ndarray:
        """Each row's category, None where there is none."""
        names = np.array([*self.categories[name].names, None], dtype=object)
        codes = self.codes(name)
        return names[np.where((codes < 0) | (codes >= CATEGORIES_KEPT), len(names) - 1, codes)]

    def _load(self, name: str, kind) -> np.ndarray:
        path = self._path(name)
        return np.fromfile(path, kind) if os.path.exists(path) else np.empty(0, kind)

    def _path(self, name: str) -> str:
        return os.path.join(self.folder, str(self._index[name]))
