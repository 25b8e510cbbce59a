"""Checks of a JSON document that collect every problem: where, what was received, what is allowed, how to mend it."""

from __future__ import annotations

import difflib
import json
import math
from dataclasses import dataclass, field
from datetime import datetime

from instants import parse_instant

SHOWN = 60


@dataclass(frozen=True)
class Problem:
    path: str
    received: str
    allowed: str
    fix: str

    def __str__(self) -> str:
        return f"{self.path}: received {self.received}; allowed: {self.allowed}; fix: {self.fix}"


@dataclass
class Checks:
    """Each check returns the value if it is right. Otherwise it notes a problem and returns None."""

    problems: list[Problem] = field(default_factory=list)

    def problem(self, path: str, value: object, allowed: str, fix: str) -> None:
        self.problems.append(Problem(path, shown(value), allowed, fix))

    def missing(self, path: str, allowed: str, fix: str) -> None:
        self.problems.append(Problem(path, "nothing", allowed, fix))

    def mapping(self, value: object, path: str, known: tuple[str, ...], required: tuple[str, ...] = ()) -> dict | None:
        """An object with these keys and no others."""
        if not isinstance(value, dict):
            self.problem(path, value, "an object with " + ", ".join(known), "write { … }")
            return None
        for key in value:
            if key not in known:
                self.unknown(at(path, key), key, known)
        for key in required:
            if key not in value:
                self.missing(at(path, key), "a value", f"add {key}")
        return value

    def unknown(self, path: str, name: object, known) -> None:
        near = difflib.get_close_matches(str(name), list(known), 1)
        allowed = ", ".join(list(known)[:20]) or "nothing"
        self.problem(path, name, allowed, f"write {near[0]}" if near else "remove it")

    def text(self, value: object, path: str) -> str | None:
        if isinstance(value, str) and value != "":
            return value
        self.problem(path, value, "text that is not empty", 'write "…"')
        return None

    def one_of(self, value: object, path: str, allowed: tuple[str, ...]) -> str | None:
        if isinstance(value, str) and value in allowed:
            return value
        near = difflib.get_close_matches(value.lower(), allowed, 1) if isinstance(value, str) else []
        self.problem(path, value, ", ".join(allowed), f"write {near[0] if near else allowed[0]}")
        return None

    def number(
        self, value: object, path: str, low: float, high: float = math.inf, *, whole: bool = False
    ) -> float | None:
        kind = int if whole else (int, float)
        if isinstance(value, kind) and not isinstance(value, bool) and low <= value <= high:
            return value
        what = "a whole number" if whole else "a number"
        allowed = f"{what} of at least {low:g}" if high == math.inf else f"{what} from {low:g} to {high:g}"
        self.problem(
            path, value, allowed, f"write {low:g}, or more" if high == math.inf else f"write {low:g} to {high:g}"
        )
        return None

    def items(self, value: object, path: str, at_least: int = 0) -> list:
        if isinstance(value, list) and len(value) >= at_least:
            return value
        self.problem(path, value, "a list" + (f" of at least {at_least}" if at_least else ""), "write [ … ]")
        return []

    def names(self, value: object, path: str) -> list[str]:
        """A list of different names."""
        found: list[str] = []
        for index, item in enumerate(self.items(value, path)):
            name = self.text(item, f"{path}[{index}]")
            if name in found:
                self.problem(f"{path}[{index}]", name, "each name once", "remove it")
            elif name is not None:
                found.append(name)
        return found

    def instant(self, value: object, path: str) -> datetime | None:
        found = parse_instant(value) if isinstance(value, str) else None
        if found is None:
            self.problem(path, value, "an instant of ISO 8601", "write it as 2026-01-31T00:00:00Z")
        return found


def at(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)


def shown(value: object) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
