"""One spelling for ids of requests, which labels are joined by: a number in Parquet meets its text in CSV.

Only numbers are spelt anew: 7, 7.0 and 7.000 of a decimal are 7. A text is the id as it stands, of any length, and 7.0
and 7.00 are two. Ids that nobody could have meant to be one must not become one: their labels would be others'.
"""

from __future__ import annotations

import pyarrow as pa

from cells import UNREADABLE, category, listed, number_text


def id_text(value: object) -> str | None:
    """None for what is missing, a list or an object."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "backslashreplace")
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode() or None
    if value is None or value != value:
        return None
    text = number_text(value) or category(value)
    return None if text is UNREADABLE else text


def text_ids(ids: object) -> pa.Array:
    return pa.array([id_text(cell) for cell in listed(ids)], pa.string())
