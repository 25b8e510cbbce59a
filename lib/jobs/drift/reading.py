"""What the errors of reading a file mean: that it cannot be had, or that it holds no data."""

from __future__ import annotations

import contextlib
import zlib

import pyarrow as pa

from fault import Fault, Unmeasured


@contextlib.contextmanager
def reading(path: str):
    """Throws Fault for what the system says, whose errors have numbers, and Unmeasured for what the file is like."""
    try:
        yield
    except (OSError, EOFError, zlib.error, pa.ArrowException) as error:
        kind = Unmeasured if getattr(error, "errno", None) is None else Fault
        raise kind(f"Reading {path} failed: {error}") from error
