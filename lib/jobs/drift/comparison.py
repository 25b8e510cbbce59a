"""Compares one column of the reference with that of the current data, and says what stood in the way.

Findings, beside the figure: vanished (the reference has values, and current has enough rows and none: drifted),
no-reference (the other way round), all-missing, too-few-values (fewer than minRows), too-many-categories (not compared:
ids are no categories), categories-grouped, new-categories, constant (in the reference), one-bin (an outlier stretches
the bins, so that the figure sees little), small-reference (less than ten times current, so that chi-square, which takes
it for the truth, alarms too often).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from configuration import Column
from distributions import Distribution, of_counts, of_numbers
from methods import METHODS, Figure, compare_counts, compare_numbers
from samples import ALL, Rows, Samples, grouped

EXAMPLES = 5
EXAMPLE_LENGTH = 40
LARGE_REFERENCE = 10


@dataclass
class NewCategories:
    count: int = 0
    #: Of the values in current.
    share: float = 0.0
    examples: list = field(default_factory=list)


@dataclass
class Comparison:
    column: Column
    #: How many values (neither missing nor left out) there are in reference and in current.
    values: tuple
    figure: Figure | None = None
    drifted: bool = False
    findings: list = field(default_factory=list)
    new: NewCategories = field(default_factory=NewCategories)
    distribution: Distribution | None = None

    @property
    def compared(self) -> bool:
        return self.figure is not None or "vanished" in self.findings


def compare(samples: Samples, rows: Rows, min_rows: int, max_categories: int, *, draw: bool = False) -> Comparison:
    """With a distribution to draw, where one is asked for."""
    if samples.column.type == "numeric":
        reference, current = samples.numbers(rows)
        found = Comparison(samples.column, (len(reference), len(current)))
        if draw and max(found.values):
            found.distribution = of_numbers(reference, current)
        if _comparable(found, samples.sizes(rows), min_rows):
            _judge(found, compare_numbers(samples.column.method, reference, current))
            found.findings += ["constant"] if reference.min() == reference.max() else []
            found.findings += ["one-bin"] if found.figure.one_bin else []
        return found
    names, reference, current = samples.counts(rows)
    found = Comparison(samples.column, (int(reference.sum()), int(current.sum())))
    found.new = _new_categories(names, reference, current) if found.values[0] else NewCategories()
    if draw and max(found.values):
        found.distribution = of_counts(names, reference, current)
    if samples.overflowed:
        found.findings.append("too-many-categories")
        return found
    if _comparable(found, samples.sizes(rows), min_rows):
        kept, reference, current = grouped(names, reference, current, max_categories)
        _judge(found, _of_categories(samples.column.method, reference, current))
        found.findings += ["constant"] if np.count_nonzero(reference) == 1 else []
        found.findings += ["categories-grouped"] if len(kept) < len(names) else []
        small = samples.column.method == "chi-square" and found.values[0] < LARGE_REFERENCE * found.values[1]
        found.findings += ["small-reference"] if small else []
    found.findings += ["new-categories"] if found.new.count else []
    return found


def compare_all(samples: Samples, min_rows: int, max_categories: int) -> Comparison:
    return compare(samples, ALL, min_rows, max_categories, draw=True)


def _comparable(found: Comparison, rows: tuple, min_rows: int) -> bool:
    reference, current = found.values
    if reference == 0:
        found.findings.append("no-reference" if current else "all-missing")
    elif current == 0 and min(reference, *rows) >= min_rows:
        found.findings.append("vanished")
        found.drifted = True
    elif min(found.values) < min_rows:
        found.findings.append("too-few-values")
    else:
        return True
    return False


def _judge(found: Comparison, figure: Figure) -> None:
    found.figure = figure
    found.drifted = METHODS[found.column.method].drifted(figure.score, found.column.threshold)


def _of_categories(method: str, reference: np.ndarray, current: np.ndarray) -> Figure:
    """A test of a single category has no degree of freedom: nothing can differ."""
    if method == "chi-square" and len(reference) == 1:
        return Figure(1.0, 0.0)
    return compare_counts(method, reference, current)


def _new_categories(names: list, reference: np.ndarray, current: np.ndarray) -> NewCategories:
    new = [index for index in np.flatnonzero((reference == 0) & (current > 0))]
    new.sort(key=lambda index: (-current[index], names[index]))
    total = int(current.sum())
    return NewCategories(
        len(new),
        float(current[new].sum() / total) if total else 0.0,
        [names[index][:EXAMPLE_LENGTH] for index in new[:EXAMPLES]],
    )
