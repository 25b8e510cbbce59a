"""Reads a snapshot once, batch by batch, and lets every rule see what it is about.

A second time only for values that occur twice, and no further than until they are found. Memory holds one batch, and
what `key_store` says of each rule of uniqueness, however many files and rows there are.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import datetime

from cells import normal
from configuration import Configuration
from fault import Fault
from rule import Rule
from rules import made
from snapshot import MANIFEST, DataFile, Snapshot, files_of
from type_rule import TypeRule
from unique_rule import UniqueRule


@dataclass
class Outcome:
    configuration: Configuration
    snapshot: Snapshot
    #: What ages were counted to.
    until: datetime
    rows: int
    files: int
    rules: list

    @property
    def violated(self) -> list:
        return [rule for rule in self.rules if rule.violated]


def judge(configuration: Configuration, snapshot: Snapshot, now: datetime) -> Outcome:
    """Keys of rules of uniqueness spill to the folder for temporary files (TMPDIR)."""
    until = _until(configuration, snapshot, now)
    with tempfile.TemporaryDirectory(prefix="validation-") as spill:
        rules = made(configuration, until, spill)
        types = {rule.column: rule for rule in rules if isinstance(rule, TypeRule)}
        outcome = Outcome(configuration, snapshot, until, 0, len(snapshot.paths), rules)
        for file in files_of(snapshot):
            _see(file, rules, types)
            outcome.rows += file.rows
        for rule in rules:
            rule.conclude()
        _look_up(snapshot, rules, types)
    return outcome


def _until(configuration: Configuration, snapshot: Snapshot, now: datetime) -> datetime:
    if configuration.age_at == "run" or not configuration.has_age:
        return now
    if snapshot.committed_at is None:
        raise Fault(
            f"{snapshot.folder} has no {MANIFEST} that says when it was committed (committedAt), and ageAt is commit. "
            "Freeze the snapshot again, or write ageAt: run."
        )
    return snapshot.committed_at


def _see(file: DataFile, rules: list, types: dict) -> None:
    usable = {name for name, rule in types.items() if rule.usable(file.schema, file.rows)}
    seeing: list = []
    for rule in rules:
        if isinstance(rule, TypeRule):
            if rule.column in usable and rule.needs_cells(file.schema):
                seeing.append(rule)
        elif usable.issuperset(rule.columns):
            seeing.append(rule)
        else:
            rule.pass_over(file.rows)
    for rows, cells in _batches(file, seeing, types):
        for rule in seeing:
            rule.see(rows, cells)


def _batches(file: DataFile, rules: list, types: dict):
    """Cells of the columns of these rules, in one form."""
    names = sorted({name for rule in rules for name in rule.columns})
    for rows, cells in file.batches(names):
        yield rows, {name: normal(column, types[name].declared) for name, column in cells.items()}


def _look_up(snapshot: Snapshot, rules: list, types: dict) -> None:
    lacking = [rule for rule in rules if isinstance(rule, UniqueRule) and rule.lacks_examples]
    if not lacking:
        return
    for file in files_of(snapshot):
        able = [rule for rule in lacking if _has(file, rule, types)]
        for _, cells in _batches(file, able, types) if able else ():
            for rule in able:
                if rule.lacks_examples:
                    rule.look_up(cells)
            if not any(rule.lacks_examples for rule in lacking):
                return


def _has(file: DataFile, rule: Rule, types: dict) -> bool:
    return rule.lacks_examples and all(types[name].fits(file.schema) for name in rule.columns)
