"""The values of one column in both datasets, and how the rows of a segment are taken out of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from column_store import CATEGORIES_KEPT
from configuration import Column
from datasets import Dataset

OTHERS = "(others)"


@dataclass(frozen=True)
class Rows:
    """Which rows of each dataset: None means all."""

    reference: np.ndarray | None = None
    current: np.ndarray | None = None


ALL = Rows()


class Samples:
    """Loaded once for all segments."""

    def __init__(self, column: Column, reference: Dataset, current: Dataset):
        self.column = column
        self._values = reference.store.values(column), current.store.values(column)
        self._categories = [dataset.store.categories.get(column.name) for dataset in (reference, current)]

    @property
    def overflowed(self) -> bool:
        """Whether there are so many categories that not all were told apart."""
        return any(categories is not None and categories.overflowed for categories in self._categories)

    def sizes(self, rows: Rows) -> tuple[int, int]:
        """How many rows, and so cells, values or not."""
        return tuple(len(values) for values in self._taken(rows))

    def numbers(self, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
        return tuple(values[~np.isnan(values)] for values in self._taken(rows))

    def counts(self, rows: Rows) -> tuple[list, np.ndarray, np.ndarray]:
        """Categories in the order of their names, and how often each occurs in reference and in current."""
        found = []
        for values, categories in zip(self._taken(rows), self._categories):
            told = values[(values >= 0) & (values < CATEGORIES_KEPT)]
            counts = np.bincount(told, minlength=len(categories.names))
            found.append({name: int(count) for name, count in zip(categories.names, counts) if count})
        names = sorted(set(found[0]) | set(found[1]))
        return (names, *(np.array([counts.get(name, 0) for name in names], dtype=np.int64) for counts in found))

    def _taken(self, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
        return tuple(
            values if taken is None else values[taken]
            for values, taken in zip(self._values, (rows.reference, rows.current))
        )


def grouped(names: list, reference: np.ndarray, current: np.ndarray, limit: int) -> tuple[list, np.ndarray, np.ndarray]:
    """At most `limit` categories: the most frequent of the reference, and all others as one."""
    if len(names) <= limit:
        return names, reference, current
    order = np.lexsort((np.arange(len(names)), -current, -reference))
    kept, rest = np.sort(order[: limit - 1]), order[limit - 1 :]
    return (
        [*(names[index] for index in kept), OTHERS],
        np.append(reference[kept], reference[rest].sum()),
        np.append(current[kept], current[rest].sum()),
    )
