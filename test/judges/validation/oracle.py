"""What rules say of rows, by plain Python: cell by cell, all in memory, with exact numbers. Nothing here is the job's."""

import math
import re
import struct
from collections import Counter
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction


def broken_rows(rule: dict, rows: list, types: dict) -> int:
    """How many rows break a rule that is about rows."""
    kind = rule["kind"]
    if kind == "unique":
        keys = [tuple(row[name] for name in rule["columns"]) for row in rows]
        counts = Counter(key for key in keys if not any(map(missing, key)))
        return sum(count for count in counts.values() if count > 1)
    cells = [row[rule["column"]] for row in rows]
    if kind == "nulls":
        nulls = sum(map(missing, cells))
        return nulls if Fraction(nulls * 100) > Fraction(str(rule["atMostPercent"])) * len(rows) else 0
    type_ = types[rule["column"]]
    return sum(not keeps(rule, cell, type_) for cell in cells if not missing(cell))


def missing(cell: object) -> bool:
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def keeps(rule: dict, cell: object, type_: str) -> bool:
    kind = rule["kind"]
    if kind == "values":
        return any(cell == allowed and isinstance(cell, bool) == isinstance(allowed, bool) for allowed in rule["allowed"])
    if kind == "pattern":
        return re.fullmatch(rule["pattern"], cell, re.ASCII) is not None
    bound = bound_of(rule["bound"], type_)
    if isinstance(cell, float) and math.isinf(cell):
        return (cell > 0) == (kind == "min")
    if not isinstance(cell, (date, datetime)):
        cell, bound = Fraction(cell), Fraction(bound)
    return cell >= bound if kind == "min" else cell <= bound


def bound_of(bound: object, type_: str) -> object:
    if type_ == "date":
        return date.fromisoformat(bound)
    if type_ == "timestamp":
        return datetime.fromisoformat(bound.replace("Z", "+00:00"))
    if type_ == "float":
        return struct.unpack("f", struct.pack("f", bound))[0]
    return bound if type_ == "double" else Fraction(str(bound))


def too_old(rule: dict, rows: list, type_: str, until: datetime) -> bool:
    """A value that begins more than a day later says nothing of how new rows are."""
    length = timedelta(days=1) if type_ == "date" else timedelta()
    cells = [row[rule["column"]] for row in rows if row[rule["column"]] is not None]
    if type_ == "date":
        cells = [datetime(cell.year, cell.month, cell.day, tzinfo=timezone.utc) for cell in cells]
    known = [cell for cell in cells if cell <= until + timedelta(days=1)]
    return not known or until - (max(known) + length) > timedelta(seconds=rule["atMostSeconds"])
