"""Judges a snapshot of a dataset by its columns and rules: validation.json for machines, a summary for people.

    python validation --data DIR --rules RULES --report DIR [--message FILE] [--now INSTANT]

--data has Parquet files, and a manifest.json in it or beside it. RULES is a file, a folder with rules.json, or the JSON
itself. Ends with 0 if every rule holds, with 3 if the data breaks one, and with 1 for a mistake in the setup, of which
nothing can be said about the data. FILE gets the beginning of the summary where the data breaks a rule, and is not made
otherwise. Runs without network on Python 3.9 or later with numpy and pyarrow.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import datetime, timezone

from configuration import load_configuration
from fault import Fault
from instants import parse_instant
from judgement import judge
from result import as_json, result_of, summary_of
from snapshot import open_snapshot

FAULT = 1
VIOLATED = 3
REPORT = "validation.json"
LONGEST_MESSAGE = 1000
"""Bytes of what --message gets: Amazon SageMaker hands on the first KB of it, and wants whole characters."""


def main(arguments: list | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="validation", description="Judges a snapshot of a dataset by its columns and rules."
    )
    parser.add_argument("--data", required=True, help="folder of Parquet files and manifest.json")
    parser.add_argument("--rules", required=True, help="file, folder with rules.json, or JSON")
    parser.add_argument("--report", required=True, help="folder for validation.json")
    parser.add_argument("--message", help="file for what was broken, if anything was")
    parser.add_argument("--now", help="instant that ages are counted to with ageAt: run; default: the clock")
    given = parser.parse_args(arguments)
    try:
        configuration = load_configuration(given.rules)
        snapshot = open_snapshot(given.data, configuration.dataset)
        outcome = judge(configuration, snapshot, _now(given.now))
        _write(os.path.join(given.report, REPORT), as_json(result_of(outcome)))
        if given.message is not None and outcome.violated:
            _write(given.message, _beginning(summary_of(outcome)))
    except Fault as fault:
        print(f"The validation failed, which says nothing about the data. {fault}", file=sys.stderr)
        return FAULT
    print(summary_of(outcome))
    return VIOLATED if outcome.violated else 0


def _now(given: str | None) -> datetime:
    if given is None:
        return datetime.now(timezone.utc)
    found = parse_instant(given)
    if found is None:
        raise Fault(f"--now {given} is no instant. Write it as 2026-01-31T00:00:00Z.")
    return found


def _write(path: str, text: str) -> None:
    try:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise Fault(f"{path} cannot be written: {error}") from error


def _beginning(text: str) -> str:
    return text.encode()[:LONGEST_MESSAGE].decode(errors="ignore")


if __name__ == "__main__":
    sys.exit(main())
