"""One spelling for values that come from Parquet, CSV and JSON alike: numbers as floats, categories as text.

A cell is missing (null, NaN, empty text), unreadable (text where a number should be, a list or an object), infinite
(nor is anything beyond 1e100 a measurement: such sentinels would hide all other values), or a value. True and false are
the numbers 1 and 0, also as texts. Categories are written alike whoever wrote them: 1, 1.0 and "1.0" are 1, "9.90" is
9.9, True is true, and an instant is one of UTC, also where it has no time zone. A date alone stays one, and a number
with an exponent in a text stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from instants import has_time, instant_text, parse_instant

UNREADABLE = object()
LARGEST = 1e100
LONGEST = 256
RECURRING = 4096
NO_NUMBER = frozenset(("", "nan", "null", "none", "na", "n/a", "<na>"))
BOOLEANS = {"true": 1.0, "false": 0.0}
DECIMAL = re.compile(r"-?[0-9]+\.[0-9]+")


@dataclass
class Numbers:
    """NaN where there is no value to compare."""

    values: np.ndarray
    missing: int
    infinite: int
    unreadable: int


def as_numbers(cells) -> Numbers:
    values, unreadable = _floats(cells)
    beyond = np.abs(values) > LARGEST
    infinite = int(beyond.sum())
    values[beyond] = np.nan
    missing = int(np.isnan(values).sum()) - infinite - unreadable
    return Numbers(values, missing, infinite, unreadable)


def _floats(cells) -> tuple[np.ndarray, int]:
    if isinstance(cells, (pa.Array, pa.ChunkedArray)):
        kind = cells.type
        array = cells.combine_chunks() if _chunked(cells) else cells
        if (
            pa.types.is_floating(kind)
            or pa.types.is_integer(kind)
            or pa.types.is_decimal(kind)
            or pa.types.is_boolean(kind)
        ):
            if pa.types.is_float32(kind):
                return _widened(array.to_numpy(zero_copy_only=False)), 0
            return np.array(pc.cast(array, pa.float64(), safe=False).to_numpy(zero_copy_only=False)), 0
        if pa.types.is_string(kind) or pa.types.is_binary(kind):
            parsed = _parsed(array)
            if parsed is not None:
                return parsed, 0
        cells = listed(array)
    if not any(isinstance(cell, (str, list, dict, bytes)) for cell in cells):
        try:
            return np.array(cells, dtype=np.float64), 0
        except (TypeError, ValueError, OverflowError):
            pass
    values, unreadable = np.empty(len(cells)), 0
    for index, cell in enumerate(cells):
        values[index] = number = _float(cell)
        if number != number and not _is_missing(cell):
            unreadable += 1
    return values, unreadable


def _parsed(texts: pa.Array) -> np.ndarray | None:
    """Numbers of text, None where any is none."""
    try:
        texts = texts.cast(pa.string())
        return np.array(pc.if_else(pc.equal(texts, ""), None, texts).cast(pa.float64()).to_numpy(zero_copy_only=False))
    except pa.ArrowInvalid:
        return None


def listed(cells) -> list:
    """As Python's values. Nanoseconds, for which it has none, are cut. What no such value can be is UNREADABLE."""
    if not isinstance(cells, (pa.Array, pa.ChunkedArray)):
        return cells
    if pa.types.is_timestamp(cells.type) and cells.type.unit == "ns":
        cells = pc.cast(cells, pa.timestamp("us", cells.type.tz), safe=False)
    try:
        return cells.to_pylist()
    except (ValueError, OverflowError):
        return [_listed(cell) for cell in cells]


def _listed(cell: pa.Scalar) -> object:
    """As text where Python has no such value: dates beyond its years, texts that are none."""
    kind = cell.type
    try:
        return cell.as_py()
    except (ValueError, OverflowError):
        if pa.types.is_date(kind):
            return str(np.datetime64(cell.value, "D" if pa.types.is_date32(kind) else "ms"))
        if pa.types.is_timestamp(kind):
            return str(np.datetime64(cell.value, kind.unit))
        return cell.as_buffer().to_pybytes() if _is_text(kind) else UNREADABLE


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _widened(singles: np.ndarray) -> np.ndarray:
    """0.1 in single precision as 0.1, where few numbers recur: they must equal those that came as text."""
    values, places = np.unique(singles, return_inverse=True)
    if len(values) > RECURRING:
        return singles.astype(np.float64)
    return np.array([float(str(value)) for value in values])[places.ravel()] if len(values) else np.empty(0)


def _chunked(cells) -> bool:
    return isinstance(cells, pa.ChunkedArray)


def _float(cell) -> float:
    try:
        if isinstance(cell, bytes):
            cell = cell.decode()
        return float("nan") if cell is None else float(cell)
    except OverflowError:
        return float("inf")
    except (TypeError, ValueError):
        return BOOLEANS.get(cell.strip().lower(), float("nan")) if isinstance(cell, str) else float("nan")


def _is_missing(cell) -> bool:
    text = cell.decode("utf-8", "replace") if isinstance(cell, bytes) else cell
    return cell is None or cell != cell or (isinstance(text, str) and text.strip().lower() in NO_NUMBER)


class Categories:
    """Codes for categories in the order they are first seen; at most `limit` of them, so that memory is bounded.

    A code is -1 where the cell is missing or unreadable, and `limit` for every category beyond.
    """

    def __init__(self, limit: int):
        self.limit, self.codes, self.names = limit, {}, []
        self.missing = self.unreadable = 0
        self.overflowed = False

    def encode(self, cells) -> np.ndarray:
        if isinstance(cells, (pa.Array, pa.ChunkedArray)):
            cells, places = _dictionary(cells)
        else:
            places = None
        found = np.fromiter((self._code(cell) for cell in cells), np.int32, len(cells))
        if places is not None:
            found = np.where(places < 0, np.int32(-1), found[places] if len(found) else np.int32(-1)).astype(np.int32)
        return self._counted(found)

    def _counted(self, found: np.ndarray) -> np.ndarray:
        unreadable = found == -2
        self.unreadable += int(unreadable.sum())
        self.missing += int((found == -1).sum())
        found[unreadable] = -1
        return found

    def _code(self, cell) -> int:
        text = category(cell)
        if text is None or text is UNREADABLE:
            return -1 if text is None else -2
        code = self.codes.get(text)
        if code is None:
            if len(self.names) >= self.limit:
                self.overflowed = True
                return self.limit
            code = self.codes[text] = len(self.names)
            self.names.append(text)
        return code


def _dictionary(cells) -> tuple[list, np.ndarray]:
    """Each different cell once, and where in the list each cell is (-1: null)."""
    array = cells.combine_chunks() if _chunked(cells) else cells
    if pa.types.is_nested(array.type):
        return listed(array), np.arange(len(array))
    if pa.types.is_float16(array.type):
        array = array.cast(pa.float32())  # pyarrow 17 makes no dictionary of halves
    encoded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    places = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    if pa.types.is_float32(encoded.dictionary.type):
        return _widened(encoded.dictionary.to_numpy(zero_copy_only=False)).tolist(), places
    return listed(encoded.dictionary), places


def category(cell) -> object:
    """Text, None for what is missing, UNREADABLE for a list or an object."""
    if isinstance(cell, str):
        text = cell.strip()
        if text == "":
            return None
        if text[-1] == "0" and DECIMAL.fullmatch(text):
            text = text.rstrip("0").rstrip(".")
        if text == "-0":
            return "0"
        if text.lower() in BOOLEANS:
            return text.lower()
        if has_time(text) and (instant := parse_instant(text)):
            return instant_text(instant)
        return text[:LONGEST] if text.isascii() else text[:LONGEST].encode("utf-8", "replace").decode()
    if cell is None or cell != cell:
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if (number := number_text(cell)) is not None:
        return number[:LONGEST]
    if isinstance(cell, datetime):
        return instant_text(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bytes):
        return category(cell.decode("utf-8", "replace"))
    return UNREADABLE


def number_text(cell: object) -> str | None:
    """In full, without zeros at its end; None for what is no number."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else _plain(Decimal(repr(cell)))
    return _plain(cell) if isinstance(cell, Decimal) else None


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
