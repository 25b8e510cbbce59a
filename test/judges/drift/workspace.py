"""Folders for one run of the drift job in this process: `job_files.py` says what contents of files are."""

import json
import os
import tempfile

from job_files import program_of, run_program, write, write_all

drift = program_of("drift")

__all__ = ["run", "run_in", "write"]


def run(files: dict, *, labels: bool = False) -> dict:
    """Exit code, what was printed, drift.json as text and parsed, figures.json as text, report.html."""
    with tempfile.TemporaryDirectory() as folder:
        write_all(folder, files)
        return run_in(folder, labels=labels)


def run_in(folder: str, *, labels: bool = False) -> dict:
    where = lambda name: os.path.join(folder, name)
    arguments = [
        "--config",
        where("config.json"),
        "--reference",
        where("reference"),
        "--current",
        where("current"),
        "--out",
        where("out"),
        *(["--labels", where("labels")] if labels else []),
    ]
    found = run_program(drift, folder, arguments, {"text": "out/drift.json", "figures": "out/figures.json", "report": "out/report.html"})
    return {**found, "result": json.loads(found["text"]) if found["text"] else None}
