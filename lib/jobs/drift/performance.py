"""How well the model predicted, where labels have arrived.

Numbers: mae, rmse, bias (mean of prediction less label), r2. Categories: accuracy, f1Macro, and precision, recall and
f1 of the positive one. Probabilities of the positive one: auc (that a positive one is ranked above a negative one, ties
counting half), logLoss, and the figures of categories at 0.5. A figure that is not defined is left out: auc of a single
class, recall and f1 without a positive label, precision where no answer is positive either. So is one that is no finite
number (r2 of labels that hardly differ). Each equals scikit-learn's with zero_division=0.

Any number ranks, so auc is of all. The other figures of probabilities leave out answers that are none, and are not
there where most are none or fewer than minRows are left.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.stats import rankdata

from configuration import Column, Configuration
from datasets import Dataset

SMALLEST = float(np.finfo(np.float64).eps)
#: How far beyond 0 or 1 a probability is still one: sums in single precision end there.
ROUNDING = 1e-5
#: Each needs to be told which label is the positive one.
OF_POSITIVE = ("precision", "recall", "f1")


def metrics_of(target: Column, prediction: Column) -> tuple:
    """Names of the metrics that there may be."""
    if target.type == "numeric":
        return ("mae", "rmse", "bias", "r2")
    if prediction.type == "numeric":
        return ("auc", "logLoss", "accuracy", *OF_POSITIVE)
    return ("accuracy", "f1Macro", *(OF_POSITIVE if target.positive is not None else ()))


@dataclass
class Performance:
    #: Rows with a label, and those of them with a prediction too.
    labelled: int = 0
    rows: int = 0
    #: Of rows: those whose label is the positive one, and those whose prediction should be a probability and is none.
    positives: int = 0
    improbable: int = 0
    figures: dict = field(default_factory=dict)

    @property
    def probable(self) -> int:
        return self.rows - self.improbable


class Answers:
    """Labels and predictions of one dataset, loaded once for all segments."""

    def __init__(self, dataset: Dataset, configuration: Configuration):
        store, self.target, self.prediction = dataset.store, configuration.target, configuration.prediction
        read = lambda column: store.numbers(column.name) if column.type == "numeric" else store.texts(column.name)
        self._labels, self._predicted = read(self.target), read(self.prediction)
        self._least = configuration.min_rows

    def performance(self, rows: np.ndarray | None) -> Performance:
        """Of the rows that have both."""
        labels, predicted = (values if rows is None else values[rows] for values in (self._labels, self._predicted))
        labelled = _there(labels)
        both = labelled & _there(predicted)
        labels, predicted = labels[both], predicted[both]
        found = Performance(int(labelled.sum()), len(labels))
        if len(labels):
            figures = self._of(labels, predicted, found)
            found.figures = {name: value for name, value in figures.items() if np.isfinite(value)}
        return found

    def _of(self, labels: np.ndarray, predicted: np.ndarray, found: Performance) -> dict:
        if self.target.type == "numeric":
            return _of_numbers(labels, predicted)
        positive = labels == self.target.positive
        found.positives = int(positive.sum())
        if self.prediction.type == "categorical":
            return _of_categories(labels, predicted, self.target.positive)
        probable = (predicted >= -ROUNDING) & (predicted <= 1 + ROUNDING)
        found.improbable = len(labels) - int(probable.sum())
        figures = _of_scores(positive, predicted)
        if mostly_improbable(found) or found.probable < self._least:
            return figures
        return {**figures, **_of_probabilities(positive[probable], predicted[probable])}


def mostly_improbable(found: Performance) -> bool:
    return 2 * found.improbable > found.rows


def _there(values: np.ndarray) -> np.ndarray:
    return (
        np.array([value is not None for value in values], dtype=bool) if values.dtype == object else ~np.isnan(values)
    )


def _of_numbers(labels: np.ndarray, predicted: np.ndarray) -> dict:
    errors = predicted - labels
    spread = float(np.sum((labels - labels.mean()) ** 2))
    found = {
        "mae": float(np.mean(np.abs(errors))),
        "rmse": float(np.sqrt(np.mean(errors**2))),
        "bias": float(errors.mean()),
    }
    # The mean of equal numbers is not always that number, nor does the square of each difference differ from 0.
    differ = labels.min() < labels.max() and spread > 0
    return {**found, "r2": 1 - float(np.sum(errors**2)) / spread} if differ else found


def _of_categories(labels: np.ndarray, predicted: np.ndarray, positive: str | None) -> dict:
    names = sorted(set(labels) | set(predicted))
    found = {
        "accuracy": float(np.mean(labels == predicted)),
        "f1Macro": float(np.mean([_f1(labels == name, predicted == name) for name in names])),
    }
    return found if positive is None else {**found, **_of_one(labels == positive, predicted == positive)}


def _of_one(labels: np.ndarray, predicted: np.ndarray) -> dict:
    """Without a positive label recall and f1 would be 0 whatever the model answers."""
    hits, called, real = (int(np.sum(part)) for part in (labels & predicted, predicted, labels))
    found = {"precision": hits / called if called else 0.0} if called or real else {}
    return {**found, "recall": hits / real, "f1": _f1(labels, predicted)} if real else found


def _f1(labels: np.ndarray, predicted: np.ndarray) -> float:
    """Of a category that is among the labels or the predictions."""
    return 2 * int(np.sum(labels & predicted)) / (int(np.sum(labels)) + int(np.sum(predicted)))


def _of_scores(labels: np.ndarray, scores: np.ndarray) -> dict:
    positives, negatives = int(labels.sum()), int((~labels).sum())
    if not positives or not negatives:
        return {}
    ranks = rankdata(scores)[labels].sum()
    return {"auc": float((ranks - positives * (positives + 1) / 2) / (positives * negatives))}


def _of_probabilities(labels: np.ndarray, scores: np.ndarray) -> dict:
    sure = np.clip(scores, SMALLEST, 1 - SMALLEST)
    called = scores >= 0.5
    return {
        "logLoss": float(-np.mean(np.where(labels, np.log(sure), np.log1p(-sure)))),
        "accuracy": float(np.mean(labels == called)),
        **_of_one(labels, called),
    }
