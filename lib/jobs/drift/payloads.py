"""Rows out of the bodies of requests and answers: CSV, JSON, JSON lines, in the forms that model servers take.

A request becomes one object by column for each of its rows. JSON: an object is a row; a list of objects is rows; a list
of values is a row, in the configured order of columns, and a list of such lists is rows; any of these may stand under
`instances`, `inputs` or `dataframe_records`, and columns with data under `dataframe_split`. Of CSV and of lists of
lists a first line with the names of the columns tells their order, and is no row. A request of any other form, or with
a first line of other names, is not read: its columns would look as if their values had gone, or were names. Other names
are told from values only where a feature is numeric and has a value in the line below them, by the numbers there, in
whatever order: categories may be any text, and a row has a number as such a feature, or nothing.
An answer becomes one cell for each row.
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
from functools import lru_cache
from itertools import takewhile

import numpy as np

from cells import as_numbers

ROWS_UNDER = ("instances", "inputs", "dataframe_records")
ANSWERS_UNDER = ("predictions", "outputs")


class UnreadablePayload(Exception):
    """Says why."""


def body(data: object, encoding: str, content_type: str) -> object:
    """A captured body decoded: a list of CSV rows or a value of JSON."""
    kind = encoding.upper()
    if kind == "BASE64":
        try:
            data = base64.b64decode(data, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError, TypeError, ValueError) as error:
            raise UnreadablePayload(f"base64 of no text: {error}") from error
        kind = _kind_of(content_type, data)
    if not isinstance(data, str):
        return data
    if kind == "CSV":
        return _csv(data)
    if kind == "JSON":
        return _json(data)
    raise UnreadablePayload(
        f"encoding {encoding} of {content_type or 'an unknown content type'}; read are CSV and JSON"
    )


def request_rows(content: object, columns: tuple, types: dict) -> list[dict]:
    """Each with at least one of the features, whose types these are by name."""
    rows = _rows(content, columns, types)
    for row in rows:
        if types.keys().isdisjoint(row):
            raise UnreadablePayload(f"a row without any of the features: it has {', '.join(row) or 'nothing'}")
    return rows


def _rows(content: object, columns: tuple, types: dict) -> list[dict]:
    if isinstance(content, dict):
        split = content.get("dataframe_split")
        if isinstance(split, dict):
            return _named(split.get("data"), _texts(split.get("columns")))
        under = next((key for key in ROWS_UNDER if isinstance(content.get(key), list)), None)
        return _rows(content[under], columns, types) if under else [content]
    if not isinstance(content, list):
        raise UnreadablePayload(f"a request of {type(content).__name__}")
    if all(isinstance(item, dict) for item in content):
        return content
    if all(isinstance(item, list) for item in content):
        return _named(*_without_header(content, columns, types))
    return _named([content], columns)


def _without_header(rows: list, columns: tuple, types: dict) -> tuple[list, list | tuple]:
    """Rows, and the columns in the order of their values: that of a first line with their names, if there is one."""
    first = rows[0] if rows else []
    known = _by_spelling(columns)
    # Up to the first that is no name: most requests have none, and all are asked.
    named = list(takewhile(lambda name: name is not None, (known.get(_spelling(cell)) for cell in first)))
    same = len(named) == len(first) == len(columns) and set(named) == set(columns)
    if same:
        return rows[1:], named
    if len(rows) > 1 and _are_names(first, rows[1], columns, types):
        raise UnreadablePayload(f"a first line of {', '.join(first)} for the columns {', '.join(columns)}")
    return rows, columns


def _are_names(first: list, second: list, columns: tuple, types: dict) -> bool:
    """Texts that all differ and none of them a number, over a row with a number, and with any value as such a feature.

    The number need not stand there: names of another order have another feature's values below them.
    """
    if not all(isinstance(cell, str) for cell in first):
        return False
    if len(set(first)) < len(first) or not set(first).isdisjoint(map(str, second)):
        return False
    numeric = [cell for name, cell in zip(columns, second) if types.get(name) == "numeric"]
    if as_numbers(first).unreadable < len(first) or as_numbers(numeric).missing == len(numeric):
        return False
    return not np.isnan(as_numbers(second).values).all()


@lru_cache(maxsize=1)
def _by_spelling(columns: tuple) -> dict:
    return {name.casefold(): name for name in columns}


def _spelling(cell: object) -> str:
    """A cell as a name is looked up, without the byte order mark before the first."""
    return str(cell).lstrip("\ufeff").strip().casefold()


def answer_cells(content: object, name: str | None, index: int | None, count: int) -> list:
    """The prediction of each of `count` rows."""
    if isinstance(content, dict):
        under = next((key for key in ANSWERS_UNDER if isinstance(content.get(key), list)), None)
        items = content[under] if under else [content]
    else:
        items = content if isinstance(content, list) else [content]
    if len(items) != count and count == 1 and all(_is_scalar(item) for item in items):
        items = [items]
    if len(items) != count:
        raise UnreadablePayload(f"{len(items)} answers to {count} rows")
    return [_answer(item, name, index) for item in items]


def _answer(item: object, name: str | None, index: int | None) -> object:
    """A list or an object that does not tell which value is meant stays one: it is counted as unreadable."""
    if isinstance(item, dict):
        if name in item:
            return _answer(item[name], None, index)
        return _answer(next(iter(item.values())), None, index) if len(item) == 1 else item
    if isinstance(item, list):
        if index is not None:
            return item[index] if index < len(item) else None
        return item[0] if len(item) == 1 else item
    return item


def _texts(columns: object) -> list:
    """A frame may have columns of several levels, whose names are lists: no feature is called so."""
    if not isinstance(columns, list) or not all(isinstance(name, str) for name in columns):
        raise UnreadablePayload("columns whose names are no texts")
    return columns


def _named(rows: object, columns: list | tuple) -> list[dict]:
    if not isinstance(rows, list):
        raise UnreadablePayload(f"rows of {type(rows).__name__}")
    for row in rows:
        if not isinstance(row, list) or len(row) != len(columns):
            size = len(row) if isinstance(row, list) else 1
            raise UnreadablePayload(
                f"a row of {size} values for the {len(columns)} columns {', '.join(map(str, columns))}"
            )
    return [dict(zip(columns, row)) for row in rows]


def _kind_of(content_type: str, text: str) -> str:
    kind = content_type.lower()
    if "csv" in kind:
        return "CSV"
    if "json" in kind or text.lstrip()[:1] in ("{", "["):
        return "JSON"
    return content_type


def _csv(text: str) -> list:
    try:
        return [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    except csv.Error as error:
        raise UnreadablePayload(f"no CSV: {error}") from error


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2:
            raise UnreadablePayload(f"no JSON: {error}") from error
    try:
        return [json.loads(line) for line in lines]
    except ValueError as error:
        raise UnreadablePayload(f"neither JSON nor JSON lines: {error}") from error


def _is_scalar(item: object) -> bool:
    return not isinstance(item, (dict, list))
