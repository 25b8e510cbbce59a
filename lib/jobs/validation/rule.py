"""What every rule has: the rows it has judged and could not, those that break it, and a few values of them."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from cells import shown

EXAMPLES = 5
#: Offending cells of one batch that are looked at for examples.
LOOKED_AT = 64

HOLDS = "holds"
VIOLATED = "violated"
#: No file has what it would take to say.
UNJUDGED = "unjudged"


class Rule:
    """Sees the data batch by batch. What it is about, what it expects and what it found are for people."""

    def __init__(self, name: str, kind: str, columns: tuple, expected: str):
        self.name, self.kind, self.columns, self.expected = name, kind, columns, expected
        self.judged = self.unjudged = self.broken = 0
        self.examples: list = []
        #: Why it is broken, in words that go on after `expected`.
        self.found = ""

    def see(self, rows: int, cells: dict) -> None:
        """Cells of its columns in one form, in so many rows."""
        self.judged += rows

    def pass_over(self, rows: int) -> None:
        """Rows of a file that has not what the rule is about: that is another rule's to say."""
        self.unjudged += rows

    def conclude(self) -> None:
        """After all rows."""

    @property
    def violated(self) -> bool:
        return self.broken > 0

    @property
    def status(self) -> str:
        if self.violated:
            return VIOLATED
        return UNJUDGED if self.unjudged and not self.judged else HOLDS


class CellRule(Rule):
    """A rule that each cell of one column keeps or breaks by itself. A null breaks none."""


    def breaks(self, cells: pa.Array) -> pa.Array:
        """Which cells break it; null for no answer."""
        raise NotImplementedError

    def see(self, rows: int, cells: dict) -> None:
        super().see(rows, cells)
        (column,) = self.columns
        broken = self.breaks(cells[column])
        count = pc.sum(broken).as_py() or 0
        if count:
            self.broken += count
            add_examples(self.examples, cells[column].filter(broken))

    def conclude(self) -> None:
        self.found = f"{count_of(self.broken, 'row')} {'is' if self.broken == 1 else 'are'} not"


def add_examples(examples: list, cells: pa.Array) -> None:
    for index in range(min(len(cells), LOOKED_AT)):
        if len(examples) >= EXAMPLES:
            return
        text = shown(cells[index])
        if text not in examples:
            examples.append(text)


def count_of(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
