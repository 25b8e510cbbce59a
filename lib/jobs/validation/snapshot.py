"""The files of a snapshot, its manifest, and their rows in batches."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq

from fault import Fault
from instants import parse_instant

MANIFEST = "manifest.json"
ROWS = 32_768
BUFFER = 1 << 16


@dataclass(frozen=True)
class Snapshot:
    folder: str
    paths: list
    #: What the manifest says; None where there is none.
    id: str | None
    committed_at: datetime | None


def open_snapshot(folder: str, dataset: str) -> Snapshot:
    """Throws Fault where there is no such folder, or it is of another dataset."""
    if not os.path.isdir(folder):
        raise Fault(f"There is no folder {folder}. Give --data the folder of a frozen snapshot.")
    manifest = _manifest(folder)
    of = manifest.get("dataset")
    if of is not None and of != dataset:
        raise Fault(
            f"{folder} is a snapshot of {of}, and the rules are of {dataset}. Give --data and --rules of one dataset."
        )
    id_ = manifest.get("snapshot")
    return Snapshot(
        folder, _files(folder), None if id_ is None else str(id_), parse_instant(manifest.get("committedAt"))
    )


def _manifest(folder: str) -> dict:
    """In the folder, or beside the folder that it speaks of."""
    for where in (folder, os.path.dirname(os.path.abspath(folder))):
        path = os.path.join(where, MANIFEST)
        if not os.path.isfile(path):
            continue
        try:
            with open(path, encoding="utf-8") as file:
                found = json.load(file)
        except (OSError, ValueError) as error:
            raise Fault(f"{path} cannot be read as JSON: {error}") from error
        if not isinstance(found, dict):
            raise Fault(f"{path} is no manifest: it has no object.")
        return found
    return {}


def _files(folder: str) -> list:
    """Without what is hidden or says that writing is done (names that begin with a dot or underscore)."""
    found = []
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name[0] != "."]
        found += [os.path.join(where, name) for name in names if name[0] not in "._" and name != MANIFEST]
    return sorted(found)


class DataFile:
    """An open Parquet file. Query engines write them without an ending, so any file is taken for one."""

    def __init__(self, path: str, source):
        self.path = path
        try:
            # Nanoseconds, which Arrow would make of old timestamps (INT96), end in the year 2262.
            self._file = pq.ParquetFile(
                source, buffer_size=BUFFER, pre_buffer=False, coerce_int96_timestamp_unit="us"
            )
            self.schema = self._file.schema_arrow
            self.rows = self._file.metadata.num_rows
        except (OSError, pa.ArrowException) as error:
            raise _unreadable(path, error) from error

    def batches(self, names: list):
        """Rows and cells by name, through a small buffer a column: a row group is never in memory as a whole."""
        if not names:
            yield self.rows, {}
            return
        try:
            for batch in self._file.iter_batches(ROWS, columns=names, use_threads=False):
                yield batch.num_rows, {name: batch.column(batch.schema.get_field_index(name)) for name in names}
        except (OSError, pa.ArrowException) as error:
            raise _unreadable(self.path, error) from error


def files_of(snapshot: Snapshot):
    """One open file after another."""
    for path in snapshot.paths:
        try:
            source = open(path, "rb")
        except OSError as error:
            raise _unreadable(path, error) from error
        with source:
            yield DataFile(path, source)


def _unreadable(path: str, error: Exception) -> Fault:
    return Fault(f"Reading {path} as Parquet failed: {error}")
