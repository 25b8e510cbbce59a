"""Which files of a folder are read, in which order, and as what."""

from __future__ import annotations

import os

from configuration import FLAT
from fault import Unmeasured

ENDINGS = {
    "parquet": (".parquet",),
    "csv": (".csv", ".csv.gz"),
    "jsonl": (".jsonl", ".ndjson", ".json", ".jsonl.gz", ".ndjson.gz", ".json.gz"),
}
#: Which flat formats a format of captured requests is written in.
WRITTEN_IN = {"sagemaker-capture": ("jsonl",), "vertex-bq-export": ("parquet", "jsonl")}
#: Not data: the list of files that a frozen snapshot has beside them.
MANIFEST = "manifest.json"


def data_files(folder: str, format_: str | None) -> list[tuple[str, str]]:
    """Path and flat format of each file in a folder and those below it, in the order of their names.

    Without a format the files' endings tell; query engines write Parquet without one, which its first bytes tell.
    A folder that is not there is empty: object stores have no empty folders.
    Throws Unmeasured where there are files and none can be read.
    """
    found, others = [], []
    for path in _files(folder):
        flat = next((name for name, endings in ENDINGS.items() if path.lower().endswith(endings)), None)
        flat = flat or _told_by_content(path)
        (others if flat is None or flat not in _allowed(format_) else found).append((path, flat))
    if others and not found:
        endings = ", ".join(ending for name in _allowed(format_) for ending in ENDINGS[name])
        raise Unmeasured(
            f"{folder} has {len(others)} files and none to read as {format_ or 'data'}, such as {others[0][0]}. "
            f"Their names must end in {endings}."
        )
    formats = sorted({flat for _, flat in found})
    if format_ is None and len(formats) > 1:
        raise Unmeasured(
            f"{folder} has files of several formats, {' and '.join(formats)}. Say in config.json with "
            "referenceFormat which one to read."
        )
    return found


def _told_by_content(path: str) -> str | None:
    """Of a file whose name says nothing. Source: Apache Parquet, "File format": files begin with this number."""
    if "." in os.path.basename(path):
        return None
    try:
        with open(path, "rb") as file:
            return "parquet" if file.read(4) == b"PAR1" else None
    except OSError:
        return None


def _allowed(format_: str | None) -> tuple:
    return FLAT if format_ is None else WRITTEN_IN.get(format_, (format_,))


def _files(folder: str) -> list[str]:
    """Without what is hidden or says that writing is done (names that begin with a dot or underscore)."""
    found = []
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name[0] != "."]
        found += [os.path.join(where, name) for name in names if name[0] not in "._" and name != MANIFEST]
    return sorted(found)
