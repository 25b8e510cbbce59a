"""One form for cells of a type, however a file has them, and what people are shown of them.

Whole numbers are int64, texts plain strings, dates days; NaN is null, as it says no more than that.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from column_types import ColumnType

LONGEST = 40
EMPTY = {
    "boolean": pa.bool_(),
    "whole": pa.int64(),
    "floating": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "string": pa.string(),
    "binary": pa.binary(),
    "decimal": pa.decimal128(38, 0),
}
PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def normal(cells: pa.Array, declared: ColumnType) -> pa.Array:
    """Cells of a column whose type fits."""
    if pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_decode()
    family, kind = declared.family, cells.type
    if pa.types.is_null(kind):
        return pa.nulls(len(cells), EMPTY[family])
    if family == "floating":
        cells = cells if kind in (pa.float32(), pa.float64()) else cells.cast(pa.float32())
        return pc.if_else(pc.is_nan(cells), pa.scalar(None, cells.type), cells)
    if family == "decimal":
        return cells if pa.types.is_decimal128(kind) else _as_decimal128(cells)
    if family in ("boolean", "timestamp") or kind == EMPTY[family]:
        return cells
    # Texts of more than 2 GiB in a batch would not fit a plain string.
    if pa.types.is_large_string(kind) or pa.types.is_large_binary(kind):
        return cells
    return cells.cast(EMPTY[family])


def _as_decimal128(cells: pa.Array) -> pa.Array:
    """Decimals of other widths; those of 256 bits stay, where they have more digits than 128 bits hold."""
    if cells.type.precision > 38:
        return cells
    return cells.cast(pa.decimal128(cells.type.precision, cells.type.scale))


def integers(cells: pa.Array) -> pa.Array:
    """Whole numbers, days of dates and units of timestamps as int64."""
    if pa.types.is_date32(cells.type):
        return cells.cast(pa.int32()).cast(pa.int64())
    return cells.cast(pa.int64())


def shown(cell: pa.Scalar) -> str:
    """A cell for people: short, on one line, texts in quotes."""
    kind = cell.type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return _cut(f"0x{cell.as_py().hex()}")
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        # Through bytes: a file may say of anything that it is UTF-8.
        text = cell.as_buffer().to_pybytes().decode("utf-8", "replace")
        return f'"{_cut("".join(map(_printable, text[: LONGEST + 1])))}"'
    if pa.types.is_timestamp(kind):
        return instant_text(cell.value, kind.unit)
    value = cell.as_py() if not pa.types.is_date32(kind) else np.datetime64(cell.value, "D")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return _without_zeros(format(value, "f"))
    return str(np.float32(value) if pa.types.is_float32(kind) else value)


def instant_text(units: int, unit: str) -> str:
    """Of any year, which Python's own instants are not: 2026-01-31T12:00:00Z."""
    return _without_zeros(str(np.datetime64(units, unit))) + "Z"


def _without_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _printable(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else f"\\u{{{ord(character):x}}}"
