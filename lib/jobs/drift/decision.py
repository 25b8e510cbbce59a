"""From the figures of columns to a status. No data makes the job fail: there is always one.

UNMEASURED is no decision: it stands for Unmeasured, which is thrown where there are no figures. Where there is too
little data for the metric that is watched, that is the status, whatever is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

OK = "OK"
DRIFT = "DRIFT"
INSUFFICIENT_DATA = "INSUFFICIENT_DATA"
UNMEASURED = "UNMEASURED"


@dataclass
class Decision:
    status: str
    columns: int
    drifted: int
    #: Of the compared columns; 0 where none was.
    share: float
    threshold: float
    reasons: list = field(default_factory=list)


def decide(comparisons: list, prediction, rows: tuple, min_rows: int, threshold: float) -> Decision:
    """Drift is a share of drifted columns at the threshold or above, or a prediction that drifted."""
    compared = [comparison for comparison in comparisons if comparison.compared]
    drifted = sum(comparison.drifted for comparison in compared)
    share = drifted / len(compared) if compared else 0.0
    found = Decision(OK, len(compared), drifted, share, threshold)
    for name, count in zip(("reference", "current"), rows):
        if count < min_rows:
            found.reasons.append(f"{name} has {count} rows of at least {min_rows}")
    if not found.reasons and not compared:
        found.reasons.append("no column could be compared")
    if found.reasons:
        found.status = INSUFFICIENT_DATA
        return found
    if drifted and share >= threshold:
        found.reasons.append(
            f"{drifted} of {len(compared)} columns drifted: a share of {share:.4g}, at {threshold:g} or above"
        )
    if prediction is not None and prediction.drifted:
        found.reasons.append(f"the prediction {prediction.column.name} drifted")
    found.status = DRIFT if found.reasons else OK
    return found
