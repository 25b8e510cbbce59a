"""Compares what a model is asked now with what it was trained on.

Writes figures.json for machines, drift.json and report.html for people.

    python drift --config config.json [--config more.json …] --reference DIR --current DIR [--labels DIR] --out DIR
          [--message FILE]

Runs without network on Python 3.9 or later with numpy, scipy and pyarrow. Whatever the data is like, the job succeeds
and its status says what was found: OK, DRIFT, INSUFFICIENT_DATA, or UNMEASURED where nothing can be told until
somebody does something, as of requests that nobody can read, a reference without a row, labels and requests of which
none meet, or labels none of which is the positive one. It fails for a configuration that is broken and for files that
it may not read or write; FILE gets the beginning of why, and is not made otherwise.
"""

from __future__ import annotations

import argparse
import os
import sys

from configuration_file import load_configuration
from fault import Fault, Unmeasured
from report import report_of
from result import as_json, figures_of, result_of, unmeasured
from watch import watch

FAULT = 1
LONGEST_MESSAGE = 1000
"""Bytes of what --message gets: Amazon SageMaker hands on the first KB of it, and wants whole characters."""


def main(arguments: list | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="drift", description="Compares the requests of a model with what it was trained on."
    )
    parser.add_argument("--config", required=True, action="append", help="config.json, or several files with its parts")
    parser.add_argument("--reference", required=True, help="folder of what the model was trained on")
    parser.add_argument("--current", required=True, help="folder of captured requests")
    parser.add_argument("--labels", help="folder of labels that have arrived, by request id")
    parser.add_argument("--out", required=True, help="folder for drift.json, report.html and figures.json")
    parser.add_argument("--message", help="file for why the job failed, if it did")
    given = parser.parse_args(arguments)
    try:
        configuration = load_configuration(*given.config)
        try:
            outcome = watch(configuration, given.reference, given.current, given.labels)
            result = result_of(outcome)
        except Unmeasured as why:
            outcome, result = None, unmeasured(configuration, str(why))
        _write(given.out, "report.html", report_of(result, outcome))
        _write(given.out, "drift.json", as_json(result))
        # Last: who waits for it finds the others too.
        _write(given.out, "figures.json", as_json(figures_of(result)))
    except Fault as fault:
        _tell(f"The drift job failed. {fault}", given.message)
        return FAULT
    print(_line(result))
    return 0


def _line(result: dict) -> str:
    dataset, reasons = result.get("dataset"), "; ".join(result["reasons"])
    drifted = f"{dataset['drifted']} of {dataset['columns']} columns drifted. " if dataset else ""
    return f"{result['status']}: {drifted}{reasons}".encode(errors="replace").decode()


def _tell(text: str, path: str | None) -> None:
    print(text, file=sys.stderr)
    try:
        if path is not None:
            _write(os.path.dirname(path) or ".", os.path.basename(path), _beginning(text))
    except Fault as fault:
        print(fault, file=sys.stderr)


def _beginning(text: str) -> str:
    return text.encode(errors="replace")[:LONGEST_MESSAGE].decode(errors="ignore")


def _write(folder: str, name: str, text: str) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
        # JSON has half characters, which callers send where they cut texts, and UTF-8 has none.
        with open(os.path.join(folder, name), "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
    except OSError as error:
        raise Fault(f"{name} cannot be written to {folder}: {error}") from error


if __name__ == "__main__":
    sys.exit(main())
