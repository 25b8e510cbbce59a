"""What the model knows of a payment: alike in training, in batch prediction and in what the shop asks the endpoint."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

NUMERIC = ("amount", "hour", "spend_7d", "payments_24h")
CATEGORICAL = ("currency",)
FEATURES = (*NUMERIC, *CATEGORICAL)
LABEL = "fraud"
ID = "transaction_id"
TIME = "ts"
#: Columns of the dataset that features are made of.
COLUMNS = [ID, "card_id", "amount", "currency", TIME]

DAY = 86_400


def features_of(transactions: pa.Table) -> pa.Table:
    """One row a payment, in order of time: id, time and FEATURES.

    spend_7d: what the card spent in the 7 days before. payments_24h: how often it paid in the 24 hours before.
    """
    seconds = _seconds(transactions[TIME])
    cents = np.rint(pc.cast(transactions["amount"], pa.float64()).to_numpy() * 100).astype(np.int64)
    cards = pc.dictionary_encode(transactions["card_id"]).combine_chunks()
    spend, payments = _histories(cards.indices.to_numpy(zero_copy_only=False).astype(np.int64), seconds, cents)
    table = pa.table(
        {
            ID: transactions[ID],
            TIME: pa.array(seconds * 1_000_000, pa.timestamp("us", tz="UTC")),
            "amount": cents / 100,
            "hour": (seconds % DAY / 3600).astype(np.float64),
            "spend_7d": spend / 100,
            "payments_24h": payments.astype(np.float64),
            "currency": transactions["currency"],
        }
    )
    return table.sort_by([(TIME, "ascending"), (ID, "ascending")])


def _seconds(times: pa.ChunkedArray) -> np.ndarray:
    """Since 1970, in UTC: what has no time zone is in UTC already, on both clouds."""
    whole = pc.cast(times, pa.timestamp("s", tz=times.type.tz), safe=False)
    return pc.cast(whole, pa.int64()).to_numpy()


def since(rows: pa.Table, days: float) -> pa.Scalar:
    """So many days before the newest payment: told by the data and not by the clock, so that a run can be repeated."""
    newest = pc.max(rows[TIME]).as_py()
    return pa.scalar(newest - timedelta(days=days), rows[TIME].type)


def _histories(cards: np.ndarray, seconds: np.ndarray, cents: np.ndarray) -> tuple:
    """Cards after one another on one axis of time, further apart than a week: a window never reaches into another card."""
    if len(cards) == 0:
        return cents, cents
    apart = int(np.ptp(seconds)) + 8 * DAY
    moments = cards * apart + (seconds - seconds.min())
    order = np.argsort(moments, kind="stable")
    sorted_moments = moments[order]
    before = np.concatenate([[0], np.cumsum(cents[order])])
    place = np.arange(len(order))
    first = lambda span: np.searchsorted(sorted_moments, sorted_moments - span, side="left")
    spend, payments = np.empty_like(cents), np.empty_like(cents)
    spend[order] = before[place] - before[first(7 * DAY)]
    payments[order] = place - first(DAY)
    return spend, payments
