"""The comparison as a whole: reads both datasets, compares column by column, decides, and measures performance."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field

from comparison import Comparison, compare, compare_all
from configuration import Configuration
from datasets import Dataset, read_current, read_reference
from decision import INSUFFICIENT_DATA, Decision, decide
from fault import Fault
from labels import Labels, load_labels
from measurable import check_answers, check_columns, check_features, check_labels, check_records, not_in_reference
from performance import Answers, Performance
from samples import Samples
from segments import Segment, find_segments
from watched_metric import left_out, untold


@dataclass
class SegmentOutcome:
    segment: Segment
    decision: Decision
    drifted: list
    performance: dict | None


@dataclass
class Outcome:
    configuration: Configuration
    reference: Dataset
    current: Dataset
    labels: Labels | None
    decision: Decision
    columns: list
    prediction: Comparison | None
    segments: list = field(default_factory=list)
    segments_left_out: dict = field(default_factory=dict)
    #: Rows with label and prediction, and the metrics of these, where there are at least minRows.
    labelled_rows: int = 0
    performance: dict | None = None
    reference_performance: dict | None = None


def watch(
    configuration: Configuration, reference_folder: str, current_folder: str, labels_folder: str | None
) -> Outcome:
    """Spills columns to the folder for temporary files (TMPDIR): 8 bytes a number, 4 a category."""
    if labels_folder is not None and configuration.target is None:
        raise Fault("--labels needs target in config.json: the name and type of the labels' column.")
    with tempfile.TemporaryDirectory(prefix="drift-") as spill:
        labels = load_labels(labels_folder, configuration) if labels_folder is not None else None
        reference = read_reference(reference_folder, spill, configuration)
        check_columns(reference_folder, reference, configuration)
        current = read_current(current_folder, spill, configuration, labels)
        check_records(current, configuration)
        check_features(current, configuration)
        check_answers(current, configuration)
        if labels is not None:
            check_labels(current, labels, configuration)
        return _compared(configuration, reference, current, labels)


def _compared(configuration: Configuration, reference: Dataset, current: Dataset, labels: Labels | None) -> Outcome:
    rows = reference.rows, current.rows
    least, most = configuration.min_rows, configuration.max_categories
    segments, left_out = find_segments(configuration.segments, reference, current)
    of_segment = [[] for _ in segments]
    columns, prediction = [], None
    for column in (*configuration.features, *([configuration.prediction] if configuration.prediction else [])):
        samples = Samples(column, reference, current)
        found = compare_all(samples, least, most)
        if column is configuration.prediction:
            prediction = found
        else:
            columns.append(found)
        for segment, comparisons in zip(segments, of_segment):
            if min(segment.counts) >= least and column.name != segment.column:
                comparisons.append(compare(samples, segment.rows(), least, most))
    decision = decide(columns, prediction, rows, least, configuration.share)
    if current.unreadable.count:
        decision.reasons.append(f"{current.unreadable.count} records of current could not be read")
    decision.reasons += not_in_reference(reference, configuration)
    outcome = Outcome(
        configuration,
        reference,
        current,
        labels,
        decision,
        columns,
        prediction,
        segments_left_out=left_out,
    )
    _perform(outcome, segments, of_segment)
    return outcome


def _perform(outcome: Outcome, segments: list, of_segment: list) -> None:
    configuration = outcome.configuration
    answers = [
        Answers(dataset, configuration) if configuration.target and configuration.prediction else None
        for dataset in (outcome.reference, outcome.current)
    ]
    measured = lambda which, rows: answers[which].performance(rows) if answers[which] else Performance()
    enough = lambda found: found.figures if found.rows >= configuration.min_rows else None
    current = measured(1, None)
    outcome.labelled_rows, outcome.performance = current.rows, enough(current)
    _tell_of_metric(outcome, current)
    outcome.reference_performance = enough(measured(0, None))
    for segment, comparisons in zip(segments, of_segment):
        features = [found for found in comparisons if found.column is not configuration.prediction]
        prediction = next((found for found in comparisons if found.column is configuration.prediction), None)
        decision = decide(features, prediction, segment.counts, configuration.min_rows, configuration.share)
        drifted = [found.column.name for found in comparisons if found.drifted]
        found = measured(1, segment.rows().current)
        outcome.segments.append(SegmentOutcome(segment, decision, drifted, enough(found)))


def _tell_of_metric(outcome: Outcome, found: Performance) -> None:
    """Whether the data drifted is second to that: such a run is for the metric."""
    configuration = outcome.configuration
    why = untold(found, outcome.current, outcome.labels, configuration) if configuration.metric else None
    if why is not None:
        outcome.decision.status = INSUFFICIENT_DATA
        outcome.decision.reasons.insert(0, why)
    outcome.decision.reasons += left_out(found, configuration)
