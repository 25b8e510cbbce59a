"""What readers hand on: rows in batches, column by column, and counts of what they could not read."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

ROWS = 32_768
BUFFERED = 4096
EXAMPLES = 5


@dataclass
class Batch:
    """Cells by column, an Arrow array or a list each, of `rows` cells. A column without cells was not in the data."""

    rows: int
    columns: dict
    #: Of the requests, if the data has them: an Arrow array or a list of text.
    ids: object = None
    #: Of the requests: instants or None each.
    times: list | None = None


@dataclass
class Unreadable:
    """Records and rows that are left out because they make no sense, and answers, with the first few reasons."""

    count: int = 0
    #: Of records whose rows are there all the same.
    answers: int = 0
    #: Why the first of these could not be read, and where it is.
    answer: str | None = None
    examples: list = field(default_factory=list)

    def add(self, where: str, why: object) -> None:
        self.count += 1
        self._show(where, why)

    def add_answer(self, where: str, why: object) -> None:
        self.answers += 1
        shown = self._show(where, why)
        self.answer = self.answer or shown

    def _show(self, where: str, why: object) -> str:
        shown = f"{where}: {str(why)[:160]}"
        if len(self.examples) < EXAMPLES:
            self.examples.append(shown)
        return shown


@dataclass
class RowBuffer:
    """Gathers rows that come one by one, as objects, into batches."""

    names: list
    rows: list = field(default_factory=list)
    ids: list = field(default_factory=list)
    times: list = field(default_factory=list)

    def add(self, row: dict, id_: str | None, time) -> None:
        self.rows.append(row)
        self.ids.append(id_)
        self.times.append(time)

    def full(self) -> bool:
        return len(self.rows) >= BUFFERED

    def flush(self) -> Batch:
        seen = set().union(*self.rows) if self.rows else set()
        columns = {name: [row.get(name) for row in self.rows] for name in self.names if name in seen}
        batch = Batch(len(self.rows), columns, pa.array(self.ids, pa.string()), self.times)
        self.rows, self.ids, self.times = [], [], []
        return batch
