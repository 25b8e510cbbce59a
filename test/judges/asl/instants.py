"""Instants of virtual time, as numbers to count with and as text in the state of a world."""

import datetime


def epoch(text: str) -> float:
    """Seconds since 1970."""
    return datetime.datetime.fromisoformat(text).timestamp()


def iso(seconds: float) -> str:
    """As `Clock.iso` writes it: 2026-01-01T00:00:00.000Z."""
    at = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
