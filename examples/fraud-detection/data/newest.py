"""The newest payments of a data set, with the features that the model is asked by."""

from __future__ import annotations

import os
import sys

import pyarrow as pa
import pyarrow.compute as pc

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "pipeline"))

from fraud.features import COLUMNS, TIME, features_of, since  # noqa: E402
from fraud.folders import read_table  # noqa: E402


def newest(data: str, days: int) -> pa.Table:
    """Of the folder that generate.py wrote, those of the last days."""
    rows = features_of(read_table(os.path.join(data, "transactions"), "data", COLUMNS))
    return rows.filter(pc.greater(rows[TIME], since(rows, days)))
