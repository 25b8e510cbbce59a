"""Folders for one run of a job in this process.

Contents of files by path: text as it is; {"base64": text}; {"gzip": text}; {"json": value}; {"lines": [values]} as JSON
lines; {"parquet": {column: [cells]}, "types": {column: Arrow type}} where a type may be left to Arrow; "int96": true
writes timestamps as old engines do.
"""

import base64
import contextlib
import gzip
import importlib.util
import io
import json
import os
import sys

import pyarrow as pa
import pyarrow.parquet as pq

JOBS = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../../lib/jobs"))
TYPES = {
    "float16": pa.float16(),
    "float32": pa.float32(),
    "double": pa.float64(),
    "decimal": pa.decimal128(38, 9),
    "decimal(38,3)": pa.decimal128(38, 3),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "local": pa.timestamp("us"),
    "milliseconds": pa.timestamp("ms"),
    "nanoseconds": pa.timestamp("ns", tz="UTC"),
    "date": pa.date32(),
    "dictionary": pa.dictionary(pa.int32(), pa.string()),
    "string": pa.string(),
    "large": pa.large_string(),
    "binary": pa.binary(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "uint64": pa.uint64(),
    "null": pa.null(),
    "nested": pa.struct([("list", pa.list_(pa.struct([("element", pa.string())])))]),
}
#: What JSON has no cells of: they are written as text.
FROM_TEXT = ("decimal", "decimal(38,3)", "timestamp", "local", "milliseconds", "nanoseconds", "date")


#: What neither JSON nor text has cells of: dates and times by their number, and texts that are none.
FROM_OTHERS = {
    "days": lambda values: pa.array(values, pa.int32()).cast(pa.date32()),
    "microseconds": lambda values: pa.array(values, pa.int64()).cast(pa.timestamp("us")),
    "latin-1": lambda values: pa.array([value.encode("latin-1") for value in values], pa.binary()).view(pa.string()),
}


def program_of(job: str):
    """The main module of a job, whose modules can be imported from then on."""
    folder = os.path.join(JOBS, job)
    sys.path.insert(0, folder)
    spec = importlib.util.spec_from_file_location(f"{job}_main", os.path.join(folder, "__main__.py"))
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    return program


def run_program(program, folder: str, arguments: list, written: dict) -> dict:
    """Exit code, what was printed, and by the names in `written` the text of files, null where there is none."""
    said, complained = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
        code = program.main(arguments)
    shown = lambda stream: stream.getvalue().replace(folder, "DIR")
    return {
        "code": code,
        "stdout": shown(said),
        "stderr": shown(complained),
        **{name: read(os.path.join(folder, path)) for name, path in written.items()},
    }


def write_all(folder: str, files: dict) -> None:
    for path, content in files.items():
        write(os.path.join(folder, path), content)


def write(path: str, content: object) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if isinstance(content, dict) and "parquet" in content:
        types = content.get("types", {})
        cells = {name: _cells(values, types.get(name)) for name, values in content["parquet"].items()}
        old = {"use_deprecated_int96_timestamps": True} if content.get("int96") else {}
        pq.write_table(pa.table(cells), path, row_group_size=1000, **old)
        return
    with open(path, "wb") as file:
        file.write(_bytes(content))


def _cells(values: list, type_: str | None) -> pa.Array:
    if type_ in FROM_OTHERS:
        return FROM_OTHERS[type_](values)
    if type_ in FROM_TEXT:
        return pa.array(values, pa.string()).cast(TYPES[type_])
    if type_ in ("float32", "double"):
        values = [None if value is None else float(value) for value in values]
    return pa.array(values, TYPES[type_]) if type_ else pa.array(values)


def _bytes(content: object) -> bytes:
    if isinstance(content, str):
        return content.encode()
    match content:
        case {"base64": text}:
            return base64.b64decode(text)
        case {"gzip": text}:
            return gzip.compress(text.encode())
        case {"json": value}:
            return json.dumps(value).encode()
        case {"lines": values}:
            return "".join(json.dumps(value) + "\n" for value in values).encode()
    raise ValueError(f"no such content: {content}")


def read(path: str) -> str | None:
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return file.read()
