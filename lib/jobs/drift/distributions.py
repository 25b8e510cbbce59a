"""Distributions to draw: shares of the reference and of current in the same bins.

They are for eyes and not those that figures come from: bins lie between the outermost hundredths, so that an outlier
does not push everything into one bin, and the bins at the ends hold what is beyond.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from methods import FEW_VALUES

BINS = 24
BARS = 12
OTHERS = "all others"


@dataclass(frozen=True)
class Distribution:
    labels: list
    reference: list
    current: list
    #: One more than bins, for numbers; None for categories.
    edges: list | None = None


def of_numbers(reference: np.ndarray, current: np.ndarray) -> Distribution:
    few = [np.unique(values[:1000]) for values in (reference, current)]
    if len(np.union1d(*few)) <= FEW_VALUES:
        values = np.union1d(np.unique(reference), np.unique(current))
        if len(values) <= FEW_VALUES:
            counts = [np.array([np.count_nonzero(part == value) for value in values]) for part in (reference, current)]
            return Distribution([f"{value:.6g}" for value in values], *map(_shares, counts))
    low, high = _range(reference, current)
    edges = np.linspace(low, high, BINS + 1)
    if not np.all(np.diff(edges) > 0):
        return of_counts(["all"], np.array([len(reference)]), np.array([len(current)]))
    shares = [_shares(np.histogram(np.clip(part, low, high), edges)[0]) for part in (reference, current)]
    labels = [f"{left:.4g} to {right:.4g}" for left, right in zip(edges, edges[1:])]
    labels[0], labels[-1] = f"up to {edges[1]:.4g}", f"from {edges[-2]:.4g}"
    return Distribution(labels, *shares, edges=[float(edge) for edge in edges])


def of_counts(names: list, reference: np.ndarray, current: np.ndarray) -> Distribution:
    """The most frequent categories of either."""
    order = sorted(
        range(len(names)), key=lambda index: (-max(_share(reference, index), _share(current, index)), names[index])
    )
    shown, rest = order[:BARS], order[BARS:]
    labels = [names[index] for index in shown] + ([f"{OTHERS} ({len(rest)})"] if rest else [])
    return Distribution(
        labels,
        *(_shares(np.append(part[shown], part[rest].sum()) if rest else part[shown]) for part in (reference, current)),
    )


def _range(reference: np.ndarray, current: np.ndarray) -> tuple[float, float]:
    ends = [np.percentile(part, (1, 99)) for part in (reference, current) if len(part)]
    low, high = min(end[0] for end in ends), max(end[1] for end in ends)
    if low == high:
        parts = [part for part in (reference, current) if len(part)]
        return min(part.min() for part in parts), max(part.max() for part in parts)
    return low, high


def _share(counts: np.ndarray, index: int) -> float:
    total = counts.sum()
    return counts[index] / total if total else 0.0


def _shares(counts: np.ndarray) -> list:
    total = counts.sum()
    return [float(count / total) if total else 0.0 for count in counts]
