"""Each column is there, with values that its declared type can hold."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from column_types import ColumnType, exceeding, fits, may_exceed
from rule import UNJUDGED, Rule, add_examples, count_of

#: Files that are named to people.
NAMED = 3


class TypeRule(Rule):
    """Sees the schema of each file, and cells only where they might not fit."""

    def __init__(self, name: str, column: str, declared: ColumnType):
        super().__init__(name, "type", (column,), f"{column} is {declared.name}")
        self.column, self.declared = column, declared
        self._without: dict = {}
        self._exceeding = 0
        #: Whether any file said anything.
        self.seen = False

    def fits(self, schema: pa.Schema) -> bool:
        indices = schema.get_all_field_indices(self.column)
        return len(indices) == 1 and fits(self.declared, schema.field(indices[0]).type)

    def usable(self, schema: pa.Schema, rows: int) -> bool:
        """Whether a file has the column, with its type; keeps in mind where not."""
        self.seen = True
        if self.fits(schema):
            self.judged += rows
            return True
        indices = schema.get_all_field_indices(self.column)
        found = f"it is {schema.field(indices[0]).type}" if len(indices) == 1 else "it is there twice"
        why = found if indices else "there is no such column"
        files, before = self._without.get(why, (0, 0))
        self._without[why] = files + 1, before + rows
        return False

    def needs_cells(self, schema: pa.Schema) -> bool:
        return may_exceed(self.declared, schema.field(self.column).type)

    def see(self, rows: int, cells: dict) -> None:
        broken = exceeding(self.declared, cells[self.column])
        count = pc.sum(broken).as_py() or 0
        if count:
            self._exceeding += count
            add_examples(self.examples, cells[self.column].filter(broken))

    def conclude(self) -> None:
        reasons = [
            f"{why} in {count_of(files, 'file')} of {count_of(rows, 'row')}"
            for why, (files, rows) in list(self._without.items())[:NAMED]
        ]
        if self._exceeding:
            have = "has a value" if self._exceeding == 1 else "have values"
            reasons.append(f"{count_of(self._exceeding, 'row')} {have} beyond it")
        self.found = "; ".join(reasons)
        self.broken = self._exceeding + sum(rows for _, rows in self._without.values())

    @property
    def violated(self) -> bool:
        # A file without rows can lack a column too.
        return bool(self._without) or self._exceeding > 0

    @property
    def status(self) -> str:
        return super().status if self.seen or self.violated else UNJUDGED
