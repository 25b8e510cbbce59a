"""Folders for one run of the job in this process.

Contents of files by path: text as it is; {"base64": text}; {"gzip": text}; {"json": value}; {"lines": [values]} as JSON
lines; {"parquet": {column: [cells]}, "types": {column: Arrow type}} where a type may be left to Arrow.
"""

import base64
import contextlib
import gzip
import importlib
import io
import json
import os
import tempfile

import pyarrow as pa
import pyarrow.parquet as pq

job = importlib.import_module("watch")  # the job's modules, before anything here could be taken for one of them
entry = importlib.util.spec_from_file_location("drift_main", os.path.join(os.path.dirname(job.__file__), "__main__.py"))
drift = importlib.util.module_from_spec(entry)
entry.loader.exec_module(drift)

TYPES = {
    "float32": pa.float32(),
    "decimal": pa.decimal128(38, 9),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "nanoseconds": pa.timestamp("ns", tz="UTC"),
    "dictionary": pa.dictionary(pa.int32(), pa.string()),
    "string": pa.string(),
    "int64": pa.int64(),
    "nested": pa.struct([("list", pa.list_(pa.struct([("element", pa.string())])))]),
}


def run(files: dict, *, labels: bool = False) -> dict:
    """Exit code, what was printed, drift.json as text and parsed, report.html."""
    with tempfile.TemporaryDirectory() as folder:
        for path, content in files.items():
            write(os.path.join(folder, path), content)
        return run_in(folder, labels=labels)


def run_in(folder: str, *, labels: bool = False) -> dict:
    where = lambda name: os.path.join(folder, name)
    arguments = [
        "--config",
        where("config.json"),
        "--reference",
        where("reference"),
        "--current",
        where("current"),
        "--out",
        where("out"),
        *(["--labels", where("labels")] if labels else []),
    ]
    said, complained = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
        code = drift.main(arguments)
    text, report = (_read(where(f"out/{name}")) for name in ("drift.json", "report.html"))
    shown = lambda stream: stream.getvalue().replace(folder, "DIR")
    return {
        "code": code,
        "stdout": shown(said),
        "stderr": shown(complained),
        "text": text,
        "report": report,
        "result": json.loads(text) if text else None,
    }


def write(path: str, content: object) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if isinstance(content, dict) and "parquet" in content:
        types = content.get("types", {})
        cells = {name: _cells(values, types.get(name)) for name, values in content["parquet"].items()}
        pq.write_table(pa.table(cells), path, row_group_size=1000)
        return
    with open(path, "wb") as file:
        file.write(_bytes(content))


def _cells(values: list, type_: str | None) -> pa.Array:
    if type_ in ("decimal", "timestamp", "nanoseconds"):
        return pa.array(values, pa.string()).cast(TYPES[type_])
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


def _read(path: str) -> str | None:
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return file.read()
