"""Mistakes of the setup with which nothing could be measured, run after run, and nobody would hear of it.

Each check throws Fault with what to do. What the data is like is no mistake: columns without a value, categories that
are new, few rows, some records or answers that make no sense. `minRows` is from how many on all of one kind tell more
than chance.
"""

from __future__ import annotations

from configuration import Configuration
from datasets import Dataset
from fault import Fault
from labels import Labels

NAMED = 10


def check_columns(folder: str, reference: Dataset, labels: Labels | None, configuration: Configuration) -> None:
    """A column that the reference does not have, be it without values, can be compared with nothing.

    With labels, answers are measured all the same, also by segment: these two need no reference then.
    """
    names = [column.name for column in configuration.features]
    if labels is None:
        names += [configuration.prediction.name] if configuration.prediction else []
        names += [name for name in configuration.segments if name not in names]
    lost = [name for name in names if not reference.store.tallies[name].seen]
    if lost:
        more = f" and {len(lost) - NAMED} more" if len(lost) > NAMED else ""
        raise Fault(
            f"The reference in {folder} has no column {', '.join(lost[:NAMED])}{more}. Correct the names in "
            "config.json (features, prediction, segments), or give --reference data with these columns."
        )


def check_records(current: Dataset, configuration: Configuration) -> None:
    lost, read = current.unreadable.count, current.rows + current.outside_window
    if lost > read and lost + read >= configuration.min_rows:
        raise Fault(
            f"{lost} of {lost + read} records of current cannot be read, such as {current.unreadable.examples[0]}. "
            "Let config.json say how callers ask: format, and in columns the name of each value, where a request names "
            "none. Read are CSV and JSON."
        )


def check_answers(current: Dataset, configuration: Configuration) -> None:
    prediction = configuration.prediction
    if prediction is None:
        return
    tally = current.store.tallies[prediction.name]
    lost, answered = tally.unreadable, current.rows - tally.missing
    if lost > answered - lost and answered >= configuration.min_rows:
        example = f", such as {current.unreadable.answer}" if current.unreadable.answer else ""
        raise Fault(
            f"{lost} of {answered} answers cannot be read as the {prediction.type} prediction {prediction.name}"
            f"{example}. Let config.json say how the model answers: prediction.type, prediction.name, and "
            "prediction.index, where a row is answered with several values. Read are CSV and JSON."
        )


def check_labels(current: Dataset, labels: Labels, configuration: Configuration) -> None:
    """Without a single label of as many requests as are measured, the ids are others, or labels are no such values."""
    target, there = configuration.target, len(labels.ids) + labels.conflicting
    tally = current.store.tallies[target.name]
    readable = current.rows - tally.missing - tally.infinite - tally.unreadable
    if there == 0 or current.rows < configuration.min_rows or readable > 0:
        return
    if current.labelled > 0:
        raise Fault(
            f"None of {current.labelled} labels of requests is a number, as {target.name} (target) has to be. Give "
            "--labels numbers, or let target.type be categorical."
        )
    field = configuration.request_field
    where = f"the field {field} of requests" if field else "the id of requests"
    raise Fault(
        f"None of {current.rows} requests has a label, of {there} ids with labels ({labels.conflicting} of them left "
        f"out for labels that differ). Let {configuration.request_id} in the labels have what {where} has, "
        "and see that labels arrive within the delay."
    )
