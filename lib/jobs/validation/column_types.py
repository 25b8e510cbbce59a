"""Types that a spec gives to columns, and what of Parquet is one of them.

Engines write one type in several ways: BigQuery has one width of whole and of floating point numbers, Athena writes
timestamps without a zone. So a type is a family here; values that the narrower type could not hold are told apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Context, Decimal

import pyarrow as pa
import pyarrow.compute as pc

DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)$")
NAMES = ("boolean", "int", "bigint", "float", "double", "date", "timestamp", "string", "binary")
#: Room for every digit of the widest decimal, and of any number in rules: nothing is rounded.
EXACT = Context(prec=400)
SMALLEST_INT, LARGEST_INT = -(2**31), 2**31 - 1


@dataclass(frozen=True)
class ColumnType:
    name: str
    precision: int = 0
    scale: int = 0

    @property
    def family(self) -> str:
        return {"int": "whole", "bigint": "whole", "float": "floating", "double": "floating"}.get(
            self.name, "decimal" if self.precision else self.name
        )


def parse_type(text: str) -> ColumnType | None:
    """None for what is no type of a spec."""
    if text in NAMES:
        return ColumnType(text)
    found = DECIMAL.match(text)
    if found is None or not 1 <= int(found[1]) <= 38 or int(found[2]) > int(found[1]):
        return None
    return ColumnType(text, int(found[1]), int(found[2]))


def fits(declared: ColumnType, found: pa.DataType) -> bool:
    """Whether values of a file are of the family. A file where all values are null may have no type."""
    if pa.types.is_dictionary(found):
        return fits(declared, found.value_type)
    return pa.types.is_null(found) or _family(found) == declared.family


def _family(found: pa.DataType) -> str | None:
    if pa.types.is_integer(found):
        # More than a bigint holds: nothing that a table of the platform could have given.
        return None if pa.types.is_uint64(found) else "whole"
    if pa.types.is_fixed_size_binary(found) and not pa.types.is_decimal(found):
        return "binary"
    for family, is_it in _KINDS:
        if is_it(found):
            return family
    return None


def _any(*names: str):
    checks = [getattr(pa.types, name) for name in names if hasattr(pa.types, name)]
    return lambda found: any(check(found) for check in checks)


_KINDS = (
    ("boolean", _any("is_boolean")),
    ("floating", _any("is_floating")),
    ("decimal", _any("is_decimal")),
    ("date", _any("is_date")),
    ("timestamp", _any("is_timestamp")),
    ("string", _any("is_string", "is_large_string", "is_string_view")),
    ("binary", _any("is_binary", "is_large_binary", "is_binary_view")),
)


def may_exceed(declared: ColumnType, found: pa.DataType) -> bool:
    """Whether a file could have values that the declared type cannot hold."""
    if declared.name == "int":
        return pa.types.is_integer(found) and (found.bit_width > 32 or pa.types.is_uint32(found))
    if declared.precision and pa.types.is_decimal(found):
        return found.scale > declared.scale or found.precision - found.scale > declared.precision - declared.scale
    return False


def exceeding(declared: ColumnType, cells: pa.Array) -> pa.Array:
    """Which cells the declared type cannot hold; null where there is no value. Of `int` and decimals."""
    if declared.name == "int":
        return pc.or_(pc.less(cells, SMALLEST_INT), pc.greater(cells, LARGEST_INT))
    limit = Decimal(10) ** (declared.precision - declared.scale)
    quantum = Decimal(1).scaleb(-declared.scale)
    large = [
        None if cell is None else cell.copy_abs() >= limit or EXACT.remainder(cell, quantum) != 0
        for cell in cells.to_pylist()
    ]
    return pa.array(large, pa.bool_())
