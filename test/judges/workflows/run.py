"""One run: virtual time, what was done, what is to go wrong, and the ways it may end early."""

import datetime
import functools
import random
import time
import uuid

STEPS_OF_AN_EXECUTION = 100_000
"""Source: Workflows, "Quotas and limits": steps of one execution."""


class Stop(BaseException):
    """Ends executions at once: a BaseException, so that no except-block of a workflow and no `except Exception` holds it."""


class Rejected(Stop):
    """A workflow or its world breaks a contract that Google or this judge holds it to."""

    def __init__(self, *findings: str):
        super().__init__("; ".join(findings))
        self.findings = list(findings)


class Crashed(Stop):
    """The execution was cut where the test asked for it. The world keeps what was done."""


class Clock:
    """Time that passes only where workflows sleep and fakes are slow."""

    def __init__(self, now: str):
        self.seconds = seconds(now)

    def iso(self) -> str:
        return iso(self.seconds)

    def past(self, instant: str) -> bool:
        return seconds(instant) <= self.seconds + MICROSECOND


MICROSECOND = 1e-6  # an instant is rounded to it, so that now may be written as a little later


def iso(seconds: float) -> str:
    """As Google writes it: 2026-01-01T00:00:00Z, with a fraction where there is one."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + (f".{moment.microsecond:06d}" if moment.microsecond else "") + "Z"


@functools.lru_cache(maxsize=1024)
def seconds(instant: str) -> float:
    """Since 1970. Instants are compared by it: as texts they do not sort where one has a fraction."""
    return datetime.datetime.fromisoformat(instant).timestamp()


class Run:
    def __init__(self, *, clock: Clock, faults: list, max_seconds: float, max_virtual_seconds: float, seed: int | None):
        self.clock, self.faults = clock, faults
        self.calls: list[dict] = []
        self.log: list[dict] = []
        self.slept: list[float] = []
        self.choice = None if seed is None else random.Random(seed)
        self.world = self.scheduler = None
        self._ids = random.Random(0)
        self._give_up_at, self._max_seconds = time.monotonic() + max_seconds, max_seconds
        self._latest, self._max_virtual = clock.seconds + max_virtual_seconds, max_virtual_seconds

    def uuid(self) -> str:
        """The same ones in every run, so that two runs of one workflow compare equal."""
        return str(uuid.UUID(int=self._ids.getrandbits(128), version=4))

    def alive(self, where: str) -> None:
        if time.monotonic() > self._give_up_at:
            raise Rejected(f"no end within {self._max_seconds} s, {where}, after {len(self.calls)} calls")
        if self.clock.seconds > self._latest:
            raise Rejected(f"no end within {self._max_virtual:.0f} s of virtual time, {where}")


_current: Run | None = None


def current() -> Run:
    if _current is None:
        raise RuntimeError("nothing is running")
    return _current


def begin(run: Run | None) -> None:
    global _current
    _current = run
