"""Mistakes to put into the job: counting by hand must see each of them."""

import contextlib
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from unittest import mock

import pyarrow as pa
import pyarrow.compute as pc

import bounds
import cell_rules
import cells
import judgement
import key_store
import keys
import row_rules
import rule
import snapshot
import unique_rule

FAULTS = {
    "nan-is-a-value": lambda: _computing(cells, is_nan=lambda array: pc.and_(pc.is_nan(array), False)),
    "a-bound-breaks-itself": lambda: _computing(bounds, less=pc.less_equal, greater=pc.greater_equal),
    "singles-compared-as-doubles": lambda: mock.patch.object(cell_rules, "outside", _in_doubles(bounds.outside)),
    "bounds-rounded-inwards": lambda: mock.patch.multiple(
        bounds, ROUND_CEILING=ROUND_FLOOR, ROUND_FLOOR=ROUND_CEILING
    ),
    "a-part-matches": lambda: mock.patch.object(cell_rules, "whole", lambda pattern: pattern),
    "null-is-no-allowed-value": lambda: _both(
        _computing(cell_rules, if_else=lambda valid, then, otherwise: then),
        mock.patch.object(rule, "shown", lambda cell: str(cell)),
    ),
    "unique-within-a-batch": lambda: mock.patch.object(key_store, "_merged", lambda records: records),
    "spilled-keys-forgotten": lambda: mock.patch.object(key_store.KeyStore, "_spill", lambda store: store._taken()),
    "one-null-of-several-is-compared": lambda: mock.patch.object(
        unique_rule.UniqueRule, "_complete", lambda rule, given: [_filled(given[name]) for name in rule.columns]
    ),
    "two-zeros": lambda: mock.patch.object(keys, "_column", _two_zeros(keys._column)),
    "a-date-is-as-old-as-its-beginning": lambda: mock.patch.object(
        row_rules, "_end_of_day", lambda days: days * row_rules.MICROS_A_DAY
    ),
    "the-far-future-is-new": lambda: mock.patch.object(row_rules, "AHEAD_SECONDS", 10**12),
    "old-timestamps-in-nanoseconds": lambda: mock.patch.object(snapshot, "pq", _Changed(snapshot.pq, _nanoseconds())),
    "the-last-batch-is-left-out": lambda: mock.patch.object(judgement, "_batches", _without_last(judgement._batches)),
    "shares-in-whole-percent": lambda: mock.patch.object(row_rules.NullsRule, "conclude", _in_whole_percent),
}


def seeded(name: str | None):
    return FAULTS[name]() if name else contextlib.nullcontext()


class _Changed:
    """A module with some functions exchanged."""

    def __init__(self, module, exchanged: dict):
        self._module = module
        self.__dict__.update(exchanged)

    def __getattr__(self, name: str):
        return getattr(self._module, name)


def _computing(module, **exchanged):
    return mock.patch.object(module, "pc", _Changed(pc, exchanged))


def _both(one, other):
    stack = contextlib.ExitStack()
    for patch in (one, other):
        stack.enter_context(patch)
    return stack


def _in_whole_percent(self):
    if self.judged and self._nulls * 100 // self.judged > self._percent:
        self.broken = self._nulls


def _in_doubles(kept):
    def outside(array, bound, least):
        return kept(array.cast(pa.float64()) if pa.types.is_float32(array.type) else array, bound, least)

    return outside


def _filled(array):
    return array.fill_null(_zero(array.type))


def _zero(kind):
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return pa.scalar("", kind)
    if pa.types.is_decimal(kind):
        return pa.scalar(Decimal(0), kind)
    return pa.scalar(0, pa.int32() if pa.types.is_date32(kind) else pa.int64()).cast(kind)


def _two_zeros(kept):
    def column(array):
        found = kept(array)
        if pa.types.is_floating(array.type):
            found[:, 1] = array.to_numpy(zero_copy_only=False).astype("f8").view("u8")
        return found

    return column


def _nanoseconds() -> dict:
    kept = snapshot.pq.ParquetFile

    def parquet_file(source, **options):
        return kept(source, **{**options, "coerce_int96_timestamp_unit": None})

    return {"ParquetFile": parquet_file}


def _without_last(kept):
    def batches(*given):
        return iter(list(kept(*given))[:-1])

    return batches
