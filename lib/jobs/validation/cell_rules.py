"""Rules that each value of a column keeps or breaks: range, allowed values, pattern."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from bounds import outside
from rule import CellRule

#: Allowed values that are named to people.
NAMED = 8


class BoundRule(CellRule):
    """`bound` is what `parse_bound` made of what is `written`."""

    def __init__(self, name: str, kind: str, column: str, bound: object, written: object):
        super().__init__(name, kind, (column,), f"{column} is {written} or {'more' if kind == 'min' else 'less'}")
        self._bound = bound

    def breaks(self, cells: pa.Array) -> pa.Array:
        return outside(cells, self._bound, self.kind == "min")


class ValuesRule(CellRule):
    def __init__(self, name: str, column: str, allowed: list):
        named = ", ".join(map(_written, allowed[:NAMED]))
        more = f" or {len(allowed) - NAMED} others" if len(allowed) > NAMED else ""
        super().__init__(name, "values", (column,), f"{column} is one of {named}{more}")
        self._allowed = allowed

    def breaks(self, cells: pa.Array) -> pa.Array:
        known = pc.is_in(cells, value_set=pa.array(self._allowed, cells.type))
        return pc.if_else(cells.is_valid(), pc.invert(known), pa.scalar(None, pa.bool_()))


class PatternRule(CellRule):
    """The whole of each text matches. RE2: the time it takes grows with the text alone, whatever the pattern."""

    def __init__(self, name: str, column: str, pattern: str):
        super().__init__(name, "pattern", (column,), f"{column} matches {pattern}")
        self._pattern = whole(pattern)

    def breaks(self, cells: pa.Array) -> pa.Array:
        return pc.invert(pc.match_substring_regex(cells, self._pattern))


def whole(pattern: str) -> str:
    return rf"\A(?:{pattern})\z"


def is_pattern(pattern: str) -> bool:
    try:
        pc.match_substring_regex(pa.array([""]), whole(pattern))
    except pa.ArrowInvalid:
        return False
    return True


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)
