"""Instants as clouds write them: ISO 8601 (SageMaker), "2026-01-31 10:00:00.5 UTC" (exports of BigQuery), Arrow's."""

from __future__ import annotations

import re
from datetime import datetime, timezone

PATTERN = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d+))?)?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?$", re.IGNORECASE
)


def has_time(text: str) -> bool:
    """Whether a text may be an instant and not a date alone: quick, for every text is asked."""
    return len(text) >= 16 and text[4] == text[7] == "-" and text[10] in "T "


def instant_text(instant: datetime) -> str:
    """One spelling for an instant whoever wrote it. Without a time zone it is UTC."""
    try:
        return parse_instant(instant).astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    except OverflowError:  # beyond the first or last year in UTC
        return instant.isoformat()


def parse_instant(value: object) -> datetime | None:
    """None for what is no instant. Without a time zone it is UTC."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=timezone.utc)
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    found = PATTERN.match(value.strip()) if isinstance(value, str) else None
    if found is None:
        return None
    day, minute, second, fraction, zone = found.groups()
    offset = "+00:00" if zone is None or zone[0] not in "+-" else zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    micros = ((fraction or "") + "000000")[:6]
    try:
        return datetime.fromisoformat(f"{day}T{minute or '00:00'}:{second or '00'}.{micros}{offset}")
    except ValueError:
        return None
