"""How well the model predicted, where labels have arrived.

Numbers: mae, rmse, bias (mean of prediction less label), r2. Categories: accuracy, f1Macro, and precision, recall and
f1 of the positive one. Probabilities of the positive one: auc (that a positive one is ranked above a negative one, ties
counting half), logLoss, and the figures of categories at 0.5. A figure that is not defined (auc of a single class) is
left out, and so is one that is no finite number (r2 of labels that hardly differ). Each equals scikit-learn's with
zero_division=0.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from configuration import Configuration
from datasets import Dataset

SMALLEST = float(np.finfo(np.float64).eps)


class Answers:
    """Labels and predictions of one dataset, loaded once for all segments."""

    def __init__(self, dataset: Dataset, configuration: Configuration):
        store, self.target, self.prediction = dataset.store, configuration.target, configuration.prediction
        read = lambda column: store.numbers(column.name) if column.type == "numeric" else store.texts(column.name)
        self._labels, self._predicted = read(self.target), read(self.prediction)

    def figures(self, rows: np.ndarray | None) -> tuple[int, dict]:
        """How many rows have both, and the metrics of these."""
        labels, predicted = (values if rows is None else values[rows] for values in (self._labels, self._predicted))
        both = _there(labels) & _there(predicted)
        labels, predicted = labels[both], predicted[both]
        if len(labels) == 0:
            return 0, {}
        return len(labels), {name: value for name, value in self._of(labels, predicted).items() if np.isfinite(value)}

    def _of(self, labels: np.ndarray, predicted: np.ndarray) -> dict:
        if self.target.type == "numeric":
            return _of_numbers(labels, predicted)
        if self.prediction.type == "categorical":
            return _of_categories(labels, predicted, self.target.positive)
        return _of_probabilities(labels == self.target.positive, predicted)


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
    return {**found, "r2": 1 - float(np.sum(errors**2)) / spread} if spread > 0 else found


def _of_categories(labels: np.ndarray, predicted: np.ndarray, positive: str | None) -> dict:
    names = sorted(set(labels) | set(predicted))
    found = {
        "accuracy": float(np.mean(labels == predicted)),
        "f1Macro": float(np.mean([_of_one(labels == name, predicted == name)["f1"] for name in names])),
    }
    return found if positive is None else {**found, **_of_one(labels == positive, predicted == positive)}


def _of_one(labels: np.ndarray, predicted: np.ndarray) -> dict:
    hits, called, real = (int(np.sum(part)) for part in (labels & predicted, predicted, labels))
    return {
        "precision": hits / called if called else 0.0,
        "recall": hits / real if real else 0.0,
        "f1": 2 * hits / (called + real) if called + real else 0.0,
    }


def _of_probabilities(labels: np.ndarray, scores: np.ndarray) -> dict:
    found = {}
    positives, negatives = int(labels.sum()), int((~labels).sum())
    if positives and negatives:
        ranks = rankdata(scores)[labels].sum()
        found["auc"] = float((ranks - positives * (positives + 1) / 2) / (positives * negatives))
    if scores.min() < 0 or scores.max() > 1:
        return found
    sure = np.clip(scores, SMALLEST, 1 - SMALLEST)
    called = scores >= 0.5
    found["logLoss"] = float(-np.mean(np.where(labels, np.log(sure), np.log1p(-sure))))
    return {**found, "accuracy": float(np.mean(labels == called)), **_of_one(labels, called)}
