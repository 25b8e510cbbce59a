"""Runs a program of a job for real, with the buckets mounted below /gcs/ as Vertex AI does."""

import contextlib
import os
import pathlib
import subprocess
import tempfile

from services.objects import content_of

LONGEST_SECONDS = 300
PREFIX = "/gcs/"


class ProgramFailed(Exception):
    """With what the program printed last."""


def run(buckets: dict, command: list[str], keep: str, env: dict | None = None) -> None:
    """The program sees the objects, and what it writes becomes objects. `keep` is where files stay that are no text."""
    with folders(buckets, keep) as root:
        ran = subprocess.run([_here(part, root) for part in command], capture_output=True, text=True, timeout=LONGEST_SECONDS,
                             env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **(env or {})})
    if ran.returncode != 0:
        raise ProgramFailed((ran.stderr or ran.stdout).strip()[-500:] or f"exit code {ran.returncode}")


@contextlib.contextmanager
def folders(buckets: dict, keep: str):
    """A folder in which `gcs/<bucket>/` holds the objects. What is written there by the end of it becomes objects."""
    with tempfile.TemporaryDirectory() as root:
        before = {path: path.stat().st_mtime_ns for path in _laid_out(buckets, root)}
        yield root
        _collect(buckets, root, before, keep)


def _here(part: str, root: str) -> str:
    """`--model=/gcs/b/x` and `/gcs/b/x`, where they are on this machine."""
    return part.replace(PREFIX, f"{root}{PREFIX}")


def _laid_out(buckets: dict, root: str):
    for bucket, objects in buckets.items():
        (pathlib.Path(root) / "gcs" / bucket).mkdir(parents=True, exist_ok=True)
        for name, held in objects.items():
            path = pathlib.Path(root) / "gcs" / bucket / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content_of(held))
            yield path


def _collect(buckets: dict, root: str, before: dict, keep: str) -> None:
    mounted = pathlib.Path(root) / "gcs"
    for path in sorted(mounted.rglob("*")):
        if not path.is_file() or before.get(path) == path.stat().st_mtime_ns:
            continue
        bucket, *rest = path.relative_to(mounted).parts
        content = path.read_bytes()
        try:
            held: object = content.decode()
        except UnicodeDecodeError:
            kept = pathlib.Path(tempfile.mkdtemp(dir=keep)) / path.name
            kept.write_bytes(content)
            held = {"file": str(kept)}
        buckets[bucket]["/".join(rest)] = held
