"""Whether the metric that is watched can be told. Where it cannot nothing is published, which would pass for quality.

What would stay so, run after run, is Unmeasured, with what to do. What a window may be like by chance, such as one
without fraud, is too little data. Labels of all windows tell these apart, and whether most of what is needed is lost.
"""

from __future__ import annotations

import numpy as np

from cells import LARGEST, as_numbers
from comparison import EXAMPLE_LENGTH, EXAMPLES
from configuration import Column, Configuration
from datasets import Dataset
from fault import Unmeasured
from labels import Labels
from performance import OF_POSITIVE, Performance, mostly_improbable


def untold(found: Performance, current: Dataset, labels: Labels | None, configuration: Configuration) -> str | None:
    """Why there is too little data for the metric, if there is."""
    target, least = configuration.target, configuration.min_rows
    if found.rows < least:
        return _too_few(found, current, configuration)
    arrived = _arrived(current, labels, target)
    if target.type == "numeric":
        return _untold_of_numbers(found, arrived, configuration)
    if _of_probabilities(configuration) or configuration.metric in OF_POSITIVE:
        _check_kinds(arrived, configuration)
    if _needs_probabilities(configuration) and mostly_improbable(found):
        raise Unmeasured(
            f"{found.improbable} of {found.rows} answers are not from 0 to 1. Let prediction of monitoring.drift be a "
            "probability, as labels.positive needs where the prediction is numeric, or measure auc, which takes any "
            "number."
        )
    if configuration.metric in found.figures:
        return None
    rows = found.probable if _needs_probabilities(configuration) else found.rows
    if rows < least:
        return f"Of {found.rows} answers with a label {rows} are from 0 to 1, of at least {least}"
    # What needs probabilities lacks a positive label among these, and auc lacks either kind among all.
    kind = "each" if found.positives == found.rows else "none"
    return f"{configuration.metric} is not defined: of {rows} labels {kind} is {target.positive}"


def left_out(found: Performance, configuration: Configuration) -> list:
    """Says which answers the performance is not of."""
    if not found.improbable or not _needs_probabilities(configuration):
        return []
    return [f"{found.improbable} of {found.rows} answers with a label are not from 0 to 1, and are left out"]


def _too_few(found: Performance, current: Dataset, configuration: Configuration) -> str:
    target, least = configuration.target, configuration.min_rows
    tally = current.store.tallies[target.name]
    lost = tally.unreadable + tally.infinite
    if found.labelled < lost and least <= found.labelled + lost:
        raise Unmeasured(
            f"{lost} of {found.labelled + lost} labels cannot be read as the {target.type} target {target.name}"
            f"{_beyond(current, target)}. Let labels.column of monitoring.quality name a column of such values."
        )
    why = (
        f"Of {found.labelled} requests with a readable label {found.rows} have a readable answer, of at least {least}"
        f"{_beyond(current, configuration.prediction)}"
    )
    if 2 * found.rows < found.labelled and least <= found.labelled:
        raise Unmeasured(
            f"{why}. Let prediction of monitoring.drift say how the model answers: type, name, and index, where a row "
            "is answered with several values."
        )
    return why


def _beyond(current: Dataset, column: Column) -> str:
    """Says how many numbers are left out as no measurements, infinities among them."""
    infinite = current.store.tallies[column.name].infinite
    return f" ({infinite} of {column.name} are beyond {LARGEST:g})" if infinite else ""


def _arrived(current: Dataset, labels: Labels | None, target: Column) -> list:
    """Each different label, whether its request is in the window or not."""
    if target.type == "numeric":
        values = current.store.numbers(target.name) if labels is None else as_numbers(labels.values).values
        return np.unique(values[~np.isnan(values)]).tolist()
    return current.store.categories[target.name].names if labels is None else labels.values.unique().to_pylist()


def _untold_of_numbers(found: Performance, arrived: list, configuration: Configuration) -> str | None:
    if configuration.metric in found.figures:
        return None
    if len(arrived) == 1:
        raise Unmeasured(
            f"Every label is {arrived[0]:g}, by which {configuration.metric} is not defined. Let labels.column of "
            "monitoring.quality name a column whose values differ, or measure mae."
        )
    return f"{configuration.metric} is not defined: {found.rows} labels hardly differ"


def _of_probabilities(configuration: Configuration) -> bool:
    target, prediction = configuration.target, configuration.prediction
    return target is not None and prediction is not None and target.type != prediction.type


def _needs_probabilities(configuration: Configuration) -> bool:
    return _of_probabilities(configuration) and configuration.metric != "auc"


def _check_kinds(arrived: list, configuration: Configuration) -> None:
    target, metric = configuration.target, configuration.metric
    if target.positive not in arrived and len(arrived) > 1:
        seen = ", ".join(value[:EXAMPLE_LENGTH] for value in arrived[:EXAMPLES])
        more = f" and {len(arrived) - EXAMPLES} more" if len(arrived) > EXAMPLES else ""
        raise Unmeasured(
            f"Labels in {target.name} are {seen}{more}, and none is {target.positive}, of which {metric} is. Let "
            "labels.positive of monitoring.quality be spelt as the labels are."
        )
    # Recall is of positive ones alone. By the others a model that calls everything positive would be the best of them.
    if arrived == [target.positive] and metric != "recall":
        raise Unmeasured(
            f"Every label in {target.name} is {target.positive}, by which {metric} tells nothing: labels of the other "
            f"kind are missing. Let the dataset of labels of monitoring.quality have them in its column {target.name} "
            "too, or measure recall."
        )
