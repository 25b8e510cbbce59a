"""Data by which nothing can be told, run after run, and nobody would hear of it.

Each check throws Unmeasured with what to do. Columns without a value, categories that are new, few rows, and some
records or answers that make no sense are data as any other. `minRows` is from how many on all of one kind tell more
than chance.
"""

from __future__ import annotations

from cells import LARGEST
from configuration import Configuration
from datasets import Dataset
from fault import Unmeasured
from labels import Labels

NAMED = 10


def check_columns(folder: str, reference: Dataset, configuration: Configuration) -> None:
    """Of a reference without any of the features nothing is ever learned."""
    names = _features(configuration)
    if _absent(names, reference) == names:
        raise Unmeasured(
            f"The reference in {folder} has no column {_listed(names)}, so no feature can be compared. Let "
            "monitoring.drift of the spec name columns that the reference has, or train the model again, so that its "
            "reference has them."
        )


def not_in_reference(reference: Dataset, configuration: Configuration) -> list:
    """Says what is not compared, such as a feature that is younger than the version that serves."""
    names = _features(configuration)
    names += [configuration.prediction.name] if configuration.prediction else []
    names += [name for name in configuration.segments if name not in names]
    lost = _absent(names, reference)
    return [f"the reference has no column {_listed(lost)}, so these are not compared"] if lost else []


def _features(configuration: Configuration) -> list:
    return [column.name for column in configuration.features]


def _absent(names: list, reference: Dataset) -> list:
    return [name for name in names if not reference.store.tallies[name].seen]


def _listed(names: list) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def check_records(current: Dataset, configuration: Configuration) -> None:
    lost, read = current.unreadable.count, current.rows + current.outside_window
    if read < configuration.min_rows <= lost + read:
        raise Unmeasured(
            f"{lost} of {lost + read} records of current cannot be read, such as {current.unreadable.examples[0]}. "
            "Callers have to ask in CSV or JSON, in a form that the README of mlops-constructs names; features of "
            f"monitoring.drift ({_listed(_features(configuration))}) have to be called as requests call them or, where "
            "these name no columns, be what a request says, in its order."
        )


def check_features(current: Dataset, configuration: Configuration) -> None:
    """Files of rows: of requests that have none a row is not even read."""
    names = _features(configuration)
    if current.rows >= configuration.min_rows and _absent(names, current) == names:
        raise Unmeasured(
            f"None of {current.rows} rows of current has a column {_listed(names)}. Let features of monitoring.drift "
            "be called as requests call them."
        )


def check_answers(current: Dataset, configuration: Configuration) -> None:
    prediction = configuration.prediction
    if prediction is None:
        return
    tally = current.store.tallies[prediction.name]
    lost, answered = tally.unreadable, current.rows - tally.missing
    if answered - lost < configuration.min_rows <= answered:
        example = f", such as {current.unreadable.answer}" if current.unreadable.answer else ""
        raise Unmeasured(
            f"{lost} of {answered} answers cannot be read as the {prediction.type} prediction {prediction.name}"
            f"{example}. Let prediction of monitoring.drift say how the model answers: type, name, and index, where a "
            "row is answered with several values. Read are CSV and JSON."
        )


def check_labels(current: Dataset, labels: Labels, configuration: Configuration) -> None:
    """Without a single label of as many requests as are measured, the ids are others, or labels are no such values."""
    target, there = configuration.target, len(labels.ids) + labels.conflicting
    tally = current.store.tallies[target.name]
    readable = current.rows - tally.missing - tally.infinite - tally.unreadable
    if there == 0 or current.rows < configuration.min_rows or readable > 0:
        return
    if current.labelled > 0:
        limit = f" up to {LARGEST:g}" if tally.infinite else ""
        raise Unmeasured(
            f"None of {current.labelled} labels of requests is a number{limit}, as {target.name} (target) has to be. "
            "Give --labels numbers, or let target.type be categorical."
        )
    field = configuration.request_field
    where = f"the field {field} of requests" if field else "the id of requests"
    raise Unmeasured(
        f"None of {current.rows} requests has a label, of {there} ids with labels ({labels.conflicting} of them left "
        f"out for labels that differ). Let {configuration.request_id} in the labels have what {where} has, "
        "and see that labels arrive within the delay."
    )
