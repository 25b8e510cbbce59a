"""Mistakes to put into the job: what judges it must see each of them."""

import contextlib
from unittest import mock

import numpy as np

import cells
import comparison
import datasets
import methods
import performance
import samples
from scipy.spatial import distance
from scipy.stats import chisquare, ks_2samp

FAULTS = {
    "psi-without-empty-bins": lambda: mock.patch.object(methods, "_filled", lambda shares: np.maximum(shares, 1e-12)),
    "jensen-shannon-in-bits": lambda: _figure("jensen-shannon", lambda r, c: distance.jensenshannon(r, c, base=2)),
    "wasserstein-by-sample-deviation": lambda: mock.patch.object(
        methods, "np", _Numpy(std=lambda x: np.std(x, ddof=1))
    ),
    "wasserstein-not-normed": lambda: mock.patch.object(methods, "np", _Numpy(std=lambda x: 1.0)),
    "kolmogorov-smirnov-one-sided": lambda: mock.patch.object(
        methods.stats, "ks_2samp", lambda r, c: ks_2samp(r, c, alternative="less")
    ),
    "chi-square-against-equal-counts": lambda: mock.patch.object(methods.stats, "chisquare", lambda c, r: chisquare(c)),
    "ten-bins": lambda: mock.patch.object(
        methods, "np", _Numpy(histogram_bin_edges=lambda x, bins: np.histogram_bin_edges(x, 10))
    ),
    "values-of-few-in-bins": lambda: mock.patch.object(methods, "FEW_VALUES", 0),
    "infinities-kept": lambda: mock.patch.object(cells, "LARGEST", float("inf")),
    "missing-as-zero": lambda: mock.patch.object(cells, "_floats", _zeros(cells._floats)),
    "categories-in-order-of-appearance": lambda: mock.patch.object(samples.Samples, "counts", _unaligned),
    "auc-without-ties": lambda: mock.patch.object(performance, "rankdata", lambda x: np.argsort(np.argsort(x)) + 1),
    "labels-in-order-of-rows": lambda: mock.patch.object(datasets, "_label", _by_row),
    "drift-below-the-threshold": lambda: mock.patch.object(
        methods.Method, "drifted", lambda self, score, threshold: score > threshold
    ),
    "any-column-is-compared": lambda: mock.patch.object(comparison, "_comparable", lambda found, rows, least: True),
}


def seeded(name: str | None):
    return FAULTS[name]() if name else contextlib.nullcontext()


class _Numpy:
    """numpy with some functions exchanged."""

    def __init__(self, **exchanged):
        self.__dict__.update(exchanged)

    def __getattr__(self, name: str):
        return getattr(np, name)


def _figure(method: str, figure):
    kept = methods.compare_counts

    def compare_counts(name, reference, current):
        if name != method:
            return kept(name, reference, current)
        return methods.Figure(float(figure(reference / reference.sum(), current / current.sum())))

    stack = contextlib.ExitStack()
    for module in (methods, comparison):
        stack.enter_context(mock.patch.object(module, "compare_counts", compare_counts))
    return stack


def _zeros(kept):
    def floats(given):
        values, unreadable = kept(given)
        return np.nan_to_num(values, posinf=np.inf, neginf=-np.inf), unreadable

    return floats


def _unaligned(self, rows):
    counts = [
        np.bincount(values[values >= 0], minlength=max(len(found.names) for found in self._categories))
        for values, found in zip(self._taken(rows), self._categories)
    ]
    size = max(map(len, counts))
    return [str(index) for index in range(size)], *(np.pad(count, (0, size - len(count))) for count in counts)


def _by_row(batch, labels, configuration):
    import pyarrow as pa

    values = labels.values.to_pylist()
    batch.columns[configuration.target.name] = pa.array(
        (values * (batch.rows // max(len(values), 1) + 1))[: batch.rows], pa.string()
    )
