"""Keys of 128 bits: equal for equal values whatever file they are in, and different for different ones.

Of whole numbers, dates, timestamps, booleans and floating point numbers the key is the value itself. Of anything
longer, and of several columns together, it is BLAKE2b: of a thousand million different rows, the odds that any two have
one key are 1 to 10 to the power of 20.
"""

from __future__ import annotations

from decimal import Context, Decimal
from hashlib import blake2b

import numpy as np
import pyarrow as pa

from cells import PER_SECOND, integers

SIZE = 16
#: Digits enough for any decimal of Arrow: 1.50 and 1.5 are one value.
EXACT = Context(prec=80)


def keys_of(columns: list) -> np.ndarray:
    """Two numbers of 64 bits a row. No cell may be null."""
    parts = [_column(cells) for cells in columns]
    if len(parts) == 1:
        return parts[0]
    joined = np.ascontiguousarray(np.hstack(parts)).view(np.uint8)
    return _digests(row.tobytes() for row in joined)


def _column(cells: pa.Array) -> np.ndarray:
    kind = cells.type
    if pa.types.is_decimal(kind):
        return _digests(str(EXACT.normalize(_positive(number))).encode() for number in cells.to_pylist())
    if pa.types.is_floating(kind):
        # Zero has two spellings; adding zero leaves one.
        doubles = cells.to_numpy(zero_copy_only=False).astype(np.float64) + 0.0
        return _beside(np.zeros(len(doubles), np.uint64), doubles.view(np.uint64))
    if pa.types.is_timestamp(kind):
        units = _numbers(integers(cells))
        second = PER_SECOND[kind.unit]
        return _beside(np.floor_divide(units, second), np.mod(units, second) * (10**9 // second))
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_date32(kind):
        numbers = _numbers(integers(cells))
        return _beside(np.zeros_like(numbers), numbers)
    binary = cells.cast(pa.large_binary() if _large(kind) else pa.binary())
    return _digests(binary.to_pylist())


def _positive(number: Decimal) -> Decimal:
    return abs(number) if number == 0 else number


def _large(kind: pa.DataType) -> bool:
    return pa.types.is_large_string(kind) or pa.types.is_large_binary(kind)


def _numbers(cells: pa.Array) -> np.ndarray:
    return cells.to_numpy(zero_copy_only=False).astype(np.int64, copy=False)


def _beside(high: np.ndarray, low: np.ndarray) -> np.ndarray:
    keys = np.empty((len(low), 2), np.uint64)
    keys[:, 0], keys[:, 1] = high.view(np.uint64), low.view(np.uint64)
    return keys


def _digests(values) -> np.ndarray:
    joined = b"".join(blake2b(value, digest_size=SIZE).digest() for value in values)
    return np.frombuffer(joined, np.uint64).reshape(-1, 2)
