"""Reads the reference and the current data: batch by batch into a store, within the window, with their labels."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from batches import Batch, Unreadable
from captured_requests import read_captured
from column_store import ColumnStore
from configuration import FLAT, Configuration
from fault import Unmeasured
from flat_files import read_flat
from folders import data_files
from labels import Labels
from reading import reading


@dataclass
class Dataset:
    store: ColumnStore
    unreadable: Unreadable
    outside_window: int = 0
    labelled: int = 0

    @property
    def rows(self) -> int:
        return self.store.rows


def read_reference(folder: str, spill: str, configuration: Configuration) -> Dataset:
    """Throws Unmeasured where there is none: nothing could be told of any data."""
    files = data_files(folder, configuration.reference_format)
    if not files:
        raise Unmeasured(
            f"There is no reference in {folder}. Give --reference the folder of what the model was trained on."
        )
    reference = _read(
        files, configuration.reference_format, os.path.join(spill, "reference"), configuration, None, windowed=False
    )
    if reference.rows == 0:
        raise Unmeasured(f"There is no row in the reference, {folder}. Give --reference what the model was trained on.")
    return reference


def read_current(folder: str, spill: str, configuration: Configuration, labels: Labels | None) -> Dataset:
    """An empty or absent folder is a window without requests."""
    files = data_files(folder, configuration.format)
    return _read(files, configuration.format, os.path.join(spill, "current"), configuration, labels, windowed=True)


def _read(
    files: list, format_: str | None, spill: str, configuration: Configuration, labels: Labels | None, *, windowed: bool
) -> Dataset:
    store = ColumnStore(spill, configuration.read_columns())
    dataset = Dataset(store, Unreadable())
    for path, flat in files:
        with reading(path):
            for batch in _batches(path, flat, format_, configuration, dataset):
                if labels is not None:
                    _label(batch, labels, configuration)
                if windowed:
                    dataset.outside_window += _within(batch, configuration)
                if labels is not None:
                    dataset.labelled += batch.rows - batch.columns[configuration.target.name].null_count
                if batch.rows:
                    store.append(batch.rows, batch.columns)
    pa.default_memory_pool().release_unused()  # what was read is on disk: leave the memory to the comparison
    return dataset


def _batches(path: str, flat: str, format_: str | None, configuration: Configuration, dataset: Dataset):
    names = [column.name for column in dataset.store.columns]
    if format_ is not None and format_ not in FLAT:
        return read_captured(path, flat, configuration, names, dataset.unreadable)
    return read_flat(path, flat, names, configuration.request_id, configuration.time_column, dataset.unreadable)


def _label(batch: Batch, labels: Labels, configuration: Configuration) -> None:
    none = pa.nulls(batch.rows, pa.string())
    batch.columns[configuration.target.name] = none if batch.ids is None else labels.of(batch.ids)


def _within(batch: Batch, configuration: Configuration) -> int:
    """Leaves out what is outside the window, and says how much that was. Rows without a time stay."""
    if batch.times is None:
        return 0
    stays = np.array(
        [time is None or configuration.start <= time < configuration.end for time in batch.times], dtype=bool
    )
    if stays.all():
        return 0
    for name, cells in batch.columns.items():
        kept = (
            cells.filter(pa.array(stays))
            if isinstance(cells, (pa.Array, pa.ChunkedArray))
            else [cell for cell, stay in zip(cells, stays) if stay]
        )
        batch.columns[name] = kept
    left_out = batch.rows - int(stays.sum())
    batch.rows -= left_out
    return left_out
