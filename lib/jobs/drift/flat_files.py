"""Rows by column in Parquet, CSV and JSON lines, read in batches."""

from __future__ import annotations

import gzip
import json

import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from batches import ROWS, Batch, RowBuffer, Unreadable
from cells import listed
from instants import parse_instant

BLOCK = 1 << 22
BUFFER = 1 << 16


def read_flat(path: str, flat: str, names: list, id_column: str, time_column: str | None, unreadable: Unreadable):
    """Batches of the columns with these names."""
    wanted = list(dict.fromkeys([*names, id_column, *([time_column] if time_column else [])]))
    for batch in _jsonl(path, wanted, unreadable) if flat == "jsonl" else arrow_batches(path, flat, wanted, unreadable):
        ids = batch.columns.get(id_column)
        times = batch.columns.get(time_column) if time_column else None
        yield Batch(
            batch.rows,
            {name: cells for name, cells in batch.columns.items() if name in names},
            ids,
            None if times is None else [parse_instant(time) for time in listed(times)],
        )


def arrow_batches(path: str, flat: str, wanted: list, unreadable: Unreadable):
    return _parquet(path, wanted) if flat == "parquet" else _csv(path, wanted, unreadable)


def json_lines(path: str, unreadable: Unreadable):
    """Number and value of each line that is an object."""
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except (ValueError, RecursionError) as error:
                unreadable.add(f"{path}:{number}", error)
                continue
            if isinstance(value, dict):
                yield number, value
            else:
                unreadable.add(f"{path}:{number}", "no JSON object")


def _jsonl(path: str, wanted: list, unreadable: Unreadable):
    buffer = RowBuffer(wanted)
    for _, row in json_lines(path, unreadable):
        buffer.add(row, None, None)
        if buffer.full():
            yield buffer.flush()
    yield buffer.flush()


def _parquet(path: str, wanted: list):
    """Through a small buffer for each column, so that a row group is never in memory as a whole."""
    with open(path, "rb") as source:
        file = pq.ParquetFile(source, buffer_size=BUFFER, pre_buffer=False)
        present = [name for name in wanted if name in file.schema_arrow.names]
        if not present:
            yield Batch(file.metadata.num_rows, {})
            return
        for batch in file.iter_batches(ROWS, columns=present, use_threads=False):
            yield _batch(batch, present)


def _batch(batch: pa.RecordBatch, names: list) -> Batch:
    return Batch(batch.num_rows, {name: batch.column(batch.schema.get_field_index(name)) for name in names})


def _csv(path: str, wanted: list, unreadable: Unreadable):
    """Everything as it is written: a column whose numbers begin with whole ones is not guessed to have no others."""

    def leave_out(row) -> str:
        unreadable.add(path, f"a row of {row.actual_columns} values for {row.expected_columns} columns")
        return "skip"

    with pa.input_stream(path, compression="detect") as probe:
        header = probe.read(BLOCK).split(b"\n", 1)[0]
    if not header.strip():
        return
    names = pcsv.read_csv(pa.BufferReader(header + b"\n")).schema.names
    present = [name for name in wanted if name in names]
    reader = pcsv.open_csv(
        pa.input_stream(path, compression="detect"),
        read_options=pcsv.ReadOptions(block_size=BLOCK, use_threads=False),
        parse_options=pcsv.ParseOptions(newlines_in_values=True, invalid_row_handler=leave_out),
        convert_options=pcsv.ConvertOptions(
            include_columns=present,
            column_types={name: pa.binary() for name in present},
            check_utf8=False,
            strings_can_be_null=False,
        ),
    )
    for batch in reader:
        yield _batch(batch, present)
