"""How two samples are compared. Each figure is scipy's, and Evidently's 0.7 where it names the same definition.

Values are finite and not missing. Distances grow with drift: a column drifted at its threshold or above. Tests give a
probability that shrinks: a column drifted below its threshold.

  psi                 sum of (r - c) * ln(r / c) over bins, r and c being shares of the reference and of current. An
                      empty bin counts as 0.0001, or as a millionth of the smallest share where that is at most 0.0001.
  jensen-shannon      scipy.spatial.distance.jensenshannon of the same bins, base e: the distance, at most 0.833.
  wasserstein         scipy.stats.wasserstein_distance by the standard deviation of the reference (of a population,
                      at least 0.001).
  kolmogorov-smirnov  p-value of scipy.stats.ks_2samp, two-sided; statistic: the largest distance of the two.
  chi-square          p-value of scipy.stats.chisquare: counts of current against those that the reference's shares
                      would give, the reference being taken for the truth. A category that it never had gives 0.

Bins of numbers are Sturges' over both samples together, all of one width; a column with at most 20 different numbers in
the reference has one bin for each value. Bins of categories are the categories.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import stats
from scipy.spatial import distance

FEW_VALUES = 20
LEAST_DEVIATION = 0.001
EMPTY_BIN = 0.0001
NEARLY_ALL = 0.95


@dataclass(frozen=True)
class Method:
    name: str
    title: str
    types: tuple
    default_threshold: float
    is_test: bool

    def drifted(self, score: float, threshold: float) -> bool:
        return score < threshold if self.is_test else score >= threshold


BOTH = ("numeric", "categorical")
METHODS = {
    method.name: method
    for method in (
        Method("psi", "Population stability index", BOTH, 0.2, False),
        Method("jensen-shannon", "Jensen–Shannon distance", BOTH, 0.1, False),
        Method("wasserstein", "Wasserstein distance in standard deviations", ("numeric",), 0.1, False),
        Method("kolmogorov-smirnov", "Kolmogorov–Smirnov test, p-value", ("numeric",), 0.05, True),
        Method("chi-square", "Chi-square test, p-value", ("categorical",), 0.05, True),
    )
}
DEFAULT_METHOD = {"numeric": "wasserstein", "categorical": "jensen-shannon"}


@dataclass(frozen=True)
class Figure:
    score: float
    statistic: float | None = None
    #: Whether nearly all numbers are in one of the bins: an outlier stretches them, and the figure sees little.
    one_bin: bool = False


def compare_numbers(method: str, reference: np.ndarray, current: np.ndarray) -> Figure:
    """Of samples of at least one number each."""
    if method == "kolmogorov-smirnov":
        found = stats.ks_2samp(reference, current)
        return Figure(float(found.pvalue), float(found.statistic))
    if method == "wasserstein":
        deviation = max(float(np.std(reference)), LEAST_DEVIATION)
        return Figure(float(stats.wasserstein_distance(reference, current)) / deviation)
    counts = number_counts(reference, current)
    figure = compare_counts(method, *counts)
    fullest = (counts[0] + counts[1]).max() / (len(reference) + len(current))
    return replace(figure, one_bin=bool(fullest >= NEARLY_ALL) and not _has_few_values(reference))


def compare_counts(method: str, reference: np.ndarray, current: np.ndarray) -> Figure:
    """Of how often each bin or category occurs: aligned, each in at least one of both."""
    if method == "chi-square":
        expected = reference * (current.sum() / reference.sum())
        with np.errstate(divide="ignore"):
            found = stats.chisquare(current, expected)
        statistic = float(found.statistic)
        return Figure(float(found.pvalue), statistic if np.isfinite(statistic) else None)
    of_reference, of_current = reference / reference.sum(), current / current.sum()
    if method == "jensen-shannon":
        # Rounding may leave a tiny negative under the root where both are the same.
        with np.errstate(invalid="ignore"):
            found = float(distance.jensenshannon(of_reference, of_current))
        return Figure(found if np.isfinite(found) else 0.0)
    of_reference, of_current = _filled(of_reference), _filled(of_current)
    return Figure(float(np.sum((of_reference - of_current) * np.log(of_reference / of_current))))


def number_counts(reference: np.ndarray, current: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many numbers of each sample are in each bin."""
    if not _has_few_values(reference):
        try:
            edges = np.histogram_bin_edges(np.concatenate([reference, current]), bins="sturges")
            return np.histogram(reference, edges)[0], np.histogram(current, edges)[0]
        except ValueError:
            pass  # numbers so near to each other that no bin fits between them
    values, places = np.unique(np.concatenate([reference, current]), return_inverse=True)
    places = places.ravel()
    return tuple(np.bincount(part, minlength=len(values)) for part in np.split(places, [len(reference)]))


def _has_few_values(numbers: np.ndarray) -> bool:
    return len(np.unique(numbers[:1000])) <= FEW_VALUES and len(np.unique(numbers)) <= FEW_VALUES


def _filled(shares: np.ndarray) -> np.ndarray:
    least = shares[shares > 0].min()
    return np.where(shares == 0, least / 10**6 if least <= EMPTY_BIN else EMPTY_BIN, shares)
