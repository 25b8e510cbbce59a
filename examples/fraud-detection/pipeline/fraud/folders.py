"""Folders that the step contract gives: of Parquet files, whatever these are called."""

from __future__ import annotations

import os

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from fraud.fault import Fault

#: What a frozen snapshot has beside its data.
MANIFEST = "manifest.json"


def data_files(folder: str) -> list[str]:
    """Without what is hidden and the manifest. Athena's files have no ending, so it is not asked for."""
    found = []
    for where, _, names in os.walk(folder):
        found += [os.path.join(where, name) for name in names if name[0] not in "._" and name != MANIFEST]
    return sorted(found)


def read_table(folder: str, argument: str, columns: list) -> pa.Table:
    files = data_files(folder)
    if not files:
        raise Fault(f"--{argument} {folder} has no data. Give the folder of a snapshot or of what a step wrote.")
    try:
        data = ds.dataset(files, format="parquet")
        lost = [column for column in columns if column not in data.schema.names]
        if lost:
            raise Fault(f"--{argument} {folder} has no column {', '.join(lost)}, only {', '.join(data.schema.names)}.")
        return data.to_table(columns=columns)
    except (OSError, pa.ArrowException) as error:
        raise Fault(f"--{argument} {folder} cannot be read as Parquet: {error}") from error


def write_table(table: pa.Table, folder: str) -> None:
    os.makedirs(folder, exist_ok=True)
    pq.write_table(table, os.path.join(folder, "part-00000.parquet"))
