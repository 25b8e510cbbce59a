"""Least and greatest values, compared exactly: in the type that the file has, never rounded on the way."""

from __future__ import annotations

import math
from datetime import date, datetime, timezone
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cells import PER_SECOND, integers
from column_types import EXACT
from instants import parse_instant

SMALLEST, LARGEST = -(2**63), 2**63 - 1
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def parse_bound(value: object, family: str) -> object | None:
    """A bound of a column of that family as what `outside` takes; None for what is none.

    Whole numbers and decimals: Decimal; floating point: float; dates: days since 1970; timestamps: microseconds.
    """
    if family in ("whole", "decimal", "floating"):
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            return None
        return float(value) if family == "floating" else Decimal(repr(value))
    if not isinstance(value, str):
        return None
    if family == "date":
        try:
            return (date.fromisoformat(value) - EPOCH.date()).days
        except ValueError:
            return None
    moment = parse_instant(value) if family == "timestamp" else None
    if moment is None:
        return None
    past = moment - EPOCH
    return (past.days * 86_400 + past.seconds) * 10**6 + past.microseconds


def outside(cells: pa.Array, bound: object, least: bool) -> pa.Array:
    """Which cells are below a least value or above a greatest; null where there is no value."""
    beyond = pc.less if least else pc.greater
    kind = cells.type
    if pa.types.is_floating(kind):
        # As precise as the column: 0.1 in single precision is a little more than 0.1, and still not above it.
        with np.errstate(over="ignore"):
            edge = np.float32(bound) if pa.types.is_float32(kind) else bound
        return beyond(cells, pa.scalar(float(edge), kind))
    rounded = ROUND_CEILING if least else ROUND_FLOOR
    if pa.types.is_decimal(kind):
        edge = bound.quantize(Decimal(1).scaleb(-kind.scale), rounded, EXACT)
        largest = (Decimal(10) ** kind.precision - 1).scaleb(-kind.scale, EXACT)
        if abs(edge) > largest:
            return _all(cells, (edge > 0) == least)
        return beyond(cells, pa.scalar(edge, kind))
    if pa.types.is_timestamp(kind):
        edge = _rounded_quotient(bound * PER_SECOND[kind.unit], 10**6, least)
    else:
        edge = int(Decimal(bound).to_integral_value(rounded))
    if not SMALLEST <= edge <= LARGEST:
        return _all(cells, (edge > 0) == least)
    return beyond(integers(cells), edge)


def _rounded_quotient(number: int, divisor: int, up: bool) -> int:
    return -(-number // divisor) if up else number // divisor


def _all(cells: pa.Array, answer: bool) -> pa.Array:
    """The same answer wherever there is a value: the bound is further out than any value of the type."""
    return pc.if_else(cells.is_valid(), pa.scalar(answer), pa.scalar(None, pa.bool_()))
