"""Labels that arrive after their requests, found by the request's id."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from batches import Batch, Unreadable
from cells import UNREADABLE, category, listed
from configuration import Configuration
from fault import Unmeasured
from flat_files import read_flat
from folders import data_files
from ids import text_ids
from reading import reading


@dataclass
class Labels:
    """Ids, each once, and the labels in the same order. An id with labels that differ has none: files have no order."""

    ids: pa.Array
    values: pa.Array
    #: Ids that are left out for labels that differ.
    conflicting: int
    unreadable: Unreadable

    def of(self, ids: object) -> pa.Array:
        """The label of each request, null where none has arrived."""
        found = pc.index_in(text_ids(ids), value_set=self.ids)
        return pc.take(self.values, found)


def load_labels(folder: str, configuration: Configuration) -> Labels:
    """Throws Unmeasured where the files have not the columns of the configuration."""
    target, id_column = configuration.target, configuration.request_id
    unreadable, by_id, conflicting = Unreadable(), {}, set()
    for path, flat in data_files(folder, None):
        with reading(path):
            for batch in read_flat(path, flat, [target.name], id_column, None, unreadable):
                for id_, cell in _told(path, batch, configuration):
                    value = category(cell)
                    if id_ is None or value is None or value is UNREADABLE:
                        unreadable.add(path, "a label without id or value")
                    elif by_id.setdefault(id_, value) != value:
                        conflicting.add(id_)
    for id_ in conflicting:
        del by_id[id_]
    return Labels(pa.array(by_id, pa.string()), pa.array(by_id.values(), pa.string()), len(conflicting), unreadable)


def _told(path: str, batch: Batch, configuration: Configuration):
    """Ids and cells of labels."""
    target, id_column = configuration.target, configuration.request_id
    if batch.rows == 0:
        return ()
    if batch.ids is None or target.name not in batch.columns:
        lost = id_column if batch.ids is None else target.name
        raise Unmeasured(
            f"The labels in {path} have no column {lost}. They need the columns {id_column} (requestId in "
            f"config.json) and {target.name} (target.name)."
        )
    return zip(text_ids(batch.ids).to_pylist(), listed(batch.columns[target.name]))
