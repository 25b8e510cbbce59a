"""Rules about all rows together: how many there are, how many have no value, how old the newest is."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from bounds import EPOCH, LARGEST, SMALLEST
from cells import PER_SECOND, instant_text, integers
from rule import Rule, count_of

DAY_SECONDS = 86_400
MICROS_A_DAY = DAY_SECONDS * 10**6
#: How far ahead a value may lie and still say how new rows are: dates and times may be those of any time zone.
AHEAD_SECONDS = DAY_SECONDS
#: From the largest unit to the smallest, with its seconds.
UNITS = (("day", DAY_SECONDS), ("hour", 3600), ("minute", 60), ("second", 1))


class RowsRule(Rule):
    def __init__(self, name: str, at_least: int):
        are = "is" if at_least == 1 else "are"
        super().__init__(name, "rows", (), f"there {are} {count_of(at_least, 'row')} or more")
        self._at_least = at_least

    def conclude(self) -> None:
        self.found = f"there {'is' if self.judged == 1 else 'are'} {count_of(self.judged, 'row')}"

    @property
    def violated(self) -> bool:
        return self.judged < self._at_least


class NullsRule(Rule):
    """NaN is no value either."""

    def __init__(self, name: str, column: str, at_most_percent: float):
        self._percent = Decimal(repr(at_most_percent))
        share = format(self._percent.normalize(), "f")
        super().__init__(name, "nulls", (column,), f"{column} has no value in {share}% of the rows or less")
        self._nulls = 0

    def see(self, rows: int, cells: dict) -> None:
        super().see(rows, cells)
        self._nulls += cells[self.columns[0]].null_count

    def conclude(self) -> None:
        # Exact: neither the share nor the percentage is rounded.
        if Decimal(self._nulls) * 100 > self._percent * self.judged:
            self.broken = self._nulls
        share = self._nulls * 100 / self.judged if self.judged else 0
        self.found = f"it has none in {self._nulls:,} of {count_of(self.judged, 'row')}, {share:.4g}%"


class AgeRule(Rule):
    """Counted from the newest value to `until`. Where there is no value at all nothing is new: the rule is broken.

    A value further ahead than AHEAD_SECONDS is a mistake, or stands for none: it would make all others new for ever.
    """

    def __init__(self, name: str, column: str, at_most_seconds: int, until: datetime):
        limit = f"{lasting(at_most_seconds)} old or less at {instant_of(until)}"
        super().__init__(name, "age", (column,), f"the newest {column} is {limit}")
        self._at_most, self._until = at_most_seconds * 10**6, _micros(until)
        self._newest: int | None = None
        self._ahead = 0
        self._shown = ""

    def see(self, rows: int, cells: dict) -> None:
        super().see(rows, cells)
        column = cells[self.columns[0]]
        unit = column.type.unit if pa.types.is_timestamp(column.type) else None
        values = integers(column)
        ahead = pc.greater(values, self._latest(unit))
        self._ahead += pc.sum(ahead).as_py() or 0
        newest = pc.max(values.filter(pc.invert(ahead))).as_py()
        if newest is None:
            return
        micros = _end_of_day(newest) if unit is None else newest * 10**6 // PER_SECOND[unit]
        if self._newest is None or micros > self._newest:
            self._newest = micros
            self._shown = instant_text(newest, unit) if unit else instant_text(newest, "D")[:-1]

    def _latest(self, unit: str | None) -> pa.Scalar:
        """Value that is not too far ahead: of dates one that has begun by then."""
        latest = self._until + AHEAD_SECONDS * 10**6
        value = latest // MICROS_A_DAY if unit is None else latest * PER_SECOND[unit] // 10**6
        return pa.scalar(min(max(value, SMALLEST), LARGEST), pa.int64())

    def conclude(self) -> None:
        ahead = f"more than {lasting(AHEAD_SECONDS)} in the future"
        if self._newest is None:
            self.found = f"all its values ({self._ahead:,}) lie {ahead}" if self._ahead else "it has no value"
            return
        age = (self._until - self._newest) // 10**6
        self.found = f"it is {self._shown}, " + (lasting(age) + " old" if age >= 0 else lasting(-age) + " ahead")
        if self._ahead:
            self.found += f", without {count_of(self._ahead, 'value')} {ahead}"
        self.examples = [self._shown]

    @property
    def violated(self) -> bool:
        if self.unjudged and not self.judged:
            return False
        return self._newest is None or self._until - self._newest > self._at_most


def _end_of_day(days: int) -> int:
    """A date is as old as its end: its rows may be of any time of that day."""
    return (days + 1) * MICROS_A_DAY


def lasting(seconds: int) -> str:
    """The two largest units of a time: `1 day 3 hours`."""
    words, rest = [], seconds
    for unit, size in UNITS:
        count, rest = divmod(rest, size)
        if count:
            words.append(count_of(count, unit))
    return " ".join(words[:2]) or "0 seconds"


def _micros(moment: datetime) -> int:
    past = moment - EPOCH
    return (past.days * DAY_SECONDS + past.seconds) * 10**6 + past.microseconds


def instant_of(moment: datetime) -> str:
    return instant_text(_micros(moment), "us")
