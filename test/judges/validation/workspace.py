"""Folders for one run of the validation in this process: `job_files.py` says what contents of files are."""

import json
import os
import tempfile

from job_files import program_of, run_program, write, write_all

validation = program_of("validation")

__all__ = ["NOW", "run", "run_in", "write"]

NOW = "2026-02-01T00:00:00Z"


def run(files: dict, now: str | None = NOW) -> dict:
    """Runs the job on `rules/rules.json` and `data/`: exit code, what was printed, validation.json as text and parsed."""
    with tempfile.TemporaryDirectory() as folder:
        write_all(folder, files)
        return run_in(folder, now)


def run_in(folder: str, now: str | None = NOW) -> dict:
    where = lambda name: os.path.join(folder, name)
    arguments = ["--data", where("data"), "--rules", where("rules"), "--report", where("report")]
    found = run_program(
        validation, folder, [*arguments, *(["--now", now] if now else [])], {"text": "report/validation.json"}
    )
    return {**found, "result": json.loads(found["text"]) if found["text"] else None}
