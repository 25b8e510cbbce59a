"""drift.json: all that was found. figures.json: what machines read of it, a few hundred bytes whatever the data.

A state machine takes no more than 256 KiB from a file, and columns, categories and segments have names of any length.
Numbers are never missing where a metric is made of them: where no column was compared, dataset has 0 of 0. With
UNMEASURED there are none at all, and the one reason says why and what to do.
"""

from __future__ import annotations

import json

from comparison import Comparison
from configuration import Configuration
from datasets import Dataset
from decision import UNMEASURED, Decision
from watch import Outcome, SegmentOutcome

SCHEMA_VERSION = 1
#: Those of the result that a figure is as it stands.
FIGURES = ("schemaVersion", "status", "reasons", "rows", "dataset", "labels", "labelledRows", "performance")


def result_of(outcome: Outcome) -> dict:
    reference, current = outcome.reference, outcome.current
    found = {
        **_begun(outcome.configuration, outcome.decision.status, outcome.decision.reasons),
        "rows": {
            "reference": reference.rows,
            "current": current.rows,
            "outsideWindow": current.outside_window,
            "unreadable": current.unreadable.count,
            "unreadableReference": reference.unreadable.count,
            "unreadableAnswers": current.unreadable.answers,
        },
        "dataset": _dataset(outcome.decision),
        "columns": [_column(column, reference, current) for column in outcome.columns],
        "quality": _quality(outcome),
    }
    if outcome.prediction is not None:
        found["prediction"] = _column(outcome.prediction, reference, current)
    if outcome.labels is not None:
        found["labels"] = {
            "received": len(outcome.labels.ids),
            "conflicting": outcome.labels.conflicting,
            "unreadable": outcome.labels.unreadable.count,
            "matched": current.labelled,
            "share": current.labelled / current.rows if current.rows else 0.0,
        }
    if outcome.configuration.target is not None and outcome.prediction is not None:
        found["labelledRows"] = outcome.labelled_rows
        found["performance"] = outcome.performance or {}
        found["referencePerformance"] = outcome.reference_performance or {}
    if outcome.configuration.segments:
        found["segments"] = [_segment(segment) for segment in outcome.segments]
        found["segmentsLeftOut"] = outcome.segments_left_out
    return found


def unmeasured(configuration: Configuration, reason: str) -> dict:
    return _begun(configuration, UNMEASURED, [reason])


def _begun(configuration: Configuration, status: str, reasons: list) -> dict:
    return {
        "schemaVersion": SCHEMA_VERSION,
        "status": status,
        "reasons": reasons,
        "model": configuration.model,
        "window": configuration.window,
    }


def figures_of(result: dict) -> dict:
    """What is published, and why it is so: nothing that grows with the columns, the segments or what is in them."""
    found = {key: result[key] for key in FIGURES if key in result}
    if "quality" in result:
        found["quality"] = {key: value for key, value in result["quality"].items() if key != "unreadableRows"}
    if "prediction" in result:
        found["prediction"] = {key: result["prediction"][key] for key in ("score", "drifted")}
    return found


def as_json(result: dict) -> str:
    """One line a column, and the same text for the same data."""
    lines = []
    for key, value in result.items():
        if key in ("columns", "segments") and value:
            items = ",\n".join(f"    {_compact(item)}" for item in value)
            lines.append(f'  "{key}": [\n{items}\n  ]')
        else:
            lines.append(f'  "{key}": {_compact(value)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _compact(value: object) -> str:
    return json.dumps(value, allow_nan=False, ensure_ascii=False)


def _dataset(decision: Decision) -> dict:
    return {
        "columns": decision.columns,
        "drifted": decision.drifted,
        "share": decision.share,
        "threshold": decision.threshold,
    }


def _column(found: Comparison, reference: Dataset, current: Dataset) -> dict:
    column = found.column
    result = {
        "name": column.name,
        "type": column.type,
        "method": column.method,
        "score": found.figure.score if found.figure else None,
        "threshold": column.threshold,
        "drifted": found.drifted,
        "values": list(found.values),
        "missingShare": [_missing_share(column.name, dataset) for dataset in (reference, current)],
    }
    if found.figure is not None and found.figure.statistic is not None:
        result["statistic"] = found.figure.statistic
    if found.new.count:
        result["newCategories"] = {"count": found.new.count, "share": found.new.share, "examples": found.new.examples}
    findings = list(found.findings)
    for what in ("infinite", "unreadable"):
        counts = [getattr(dataset.store.tallies[column.name], what) for dataset in (reference, current)]
        if any(counts):
            result[what] = counts
            findings.append(f"{what}-values")
    findings += [] if current.store.tallies[column.name].seen or not current.rows else ["absent"]
    return {**result, "findings": findings} if findings else result


def _missing_share(name: str, dataset: Dataset) -> float:
    return dataset.store.tallies[name].missing / dataset.rows if dataset.rows else 0.0


def _quality(outcome: Outcome) -> dict:
    """Over the features: the share of their cells that is missing, new categories, and cells that made no sense."""
    current = outcome.current
    tallies = [current.store.tallies[found.column.name] for found in outcome.columns]
    cells = current.rows * len(tallies)
    quality = {
        "missingShare": sum(tally.missing for tally in tallies) / cells if cells else 0.0,
        "newCategories": sum(found.new.count for found in outcome.columns),
        "infinite": sum(tally.infinite for tally in tallies),
        "unreadable": sum(tally.unreadable for tally in tallies),
    }
    examples = [*outcome.reference.unreadable.examples, *current.unreadable.examples]
    return {**quality, "unreadableRows": examples} if examples else quality


def _segment(found: SegmentOutcome) -> dict:
    result = {
        "column": found.segment.column,
        "value": found.segment.value,
        "status": found.decision.status,
        "rows": {"reference": found.segment.counts[0], "current": found.segment.counts[1]},
        "dataset": _dataset(found.decision),
        "drifted": found.drifted[:EXAMPLES],
    }
    return {**result, "performance": found.performance} if found.performance else result


EXAMPLES = 20
