"""One execution: its virtual time, what it did, what is to go wrong, and the ways it may end early.

Executions run one at a time on one thread, so the current one is a module variable that the patched engine reads.
"""

import contextlib
import datetime
import json
import random
import time
import uuid

SECONDS_BETWEEN_POLLS = 5
EVENTS_OF_AN_EXECUTION = 25_000
"""Source: Step Functions developer guide, "Service quotas": event history of one standard execution."""


class Stop(BaseException):
    """Ends an execution at once: a BaseException, so that no Catch of a machine and no `except Exception` holds it."""


class Rejected(Stop):
    """The machine or its world breaks a contract that AWS or this judge holds it to."""

    def __init__(self, findings: list[str]):
        super().__init__("; ".join(findings))
        self.findings = findings


class Crashed(Stop):
    """The execution was cut where the test asked for it. The world keeps what was done."""


class TimedOut(Stop):
    """The machine's own TimeoutSeconds went by."""


class HistoryFull(Stop):
    """The execution wrote more events than AWS keeps, which fails it."""


class Clock:
    """Time that passes only where a machine waits. Deadlines fire when time moves past them."""

    def __init__(self, now: str):
        self.now = datetime.datetime.fromisoformat(now).astimezone(datetime.UTC)
        self._deadlines: list[tuple[datetime.datetime, type[BaseException]]] = []

    def advance(self, seconds: float) -> None:
        target = self.now + datetime.timedelta(seconds=max(seconds, 0))
        due, error = min(self._deadlines, key=lambda deadline: deadline[0], default=(None, None))
        if due is not None and target > due:
            self.now = max(due, self.now)
            raise error()
        self.now = target

    @contextlib.contextmanager
    def deadline(self, seconds: float, error: type[BaseException]):
        entry = (self.now + datetime.timedelta(seconds=seconds), error)
        self._deadlines.append(entry)
        try:
            yield
        finally:
            self._deadlines.remove(entry)

    def iso(self) -> str:
        """As AWS writes it: 2026-01-01T00:00:00.000Z."""
        return self.now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{self.now.microsecond // 1000:03d}Z"

    def epoch(self) -> float:
        """Seconds since 1970."""
        return self.now.timestamp()


class Run:
    def __init__(self, *, world, clock: Clock, faults: list, max_seconds: float):
        self.world, self.clock, self.faults = world, clock, faults
        self.calls: list[dict] = []
        self.waits: list[float] = []
        self.retries: list[dict] = []
        self.retrying: dict = {}
        self.states: list[str] = []
        self.random = random.Random(0)
        self._give_up_at = time.monotonic() + max_seconds
        self._max_seconds = max_seconds

    def enter(self, state: str, events_so_far: int) -> None:
        self._alive()
        if events_so_far > EVENTS_OF_AN_EXECUTION:
            raise HistoryFull(f"more than {EVENTS_OF_AN_EXECUTION} events")
        if any(fault.cuts_before(state) for fault in self.faults):
            raise Crashed(f"before state {state}")
        self.states.append(state)

    def wait(self, seconds: float) -> None:
        self.waits.append(_plain(seconds))
        self.clock.advance(seconds)

    def retry(self, seconds: float) -> None:
        self.retries.append({**self.retrying, "seconds": _plain(seconds)})
        self.wait(seconds)

    def poll(self) -> None:
        """Between two looks at a job that a `.sync` task waits for. AWS may look at other times."""
        self._alive()
        self.clock.advance(SECONDS_BETWEEN_POLLS)

    def called(self, service: str, operation: str, params: dict) -> dict:
        self._alive()
        call = {"service": service, "operation": operation, "params": json.loads(json.dumps(params, default=_text)),
                "state": self.states[-1], "at": self.clock.iso()}
        self.calls.append(call)
        return call

    def uuid(self) -> str:
        """The same ones in every run, so that two runs of one machine compare equal."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def _alive(self) -> None:
        if time.monotonic() > self._give_up_at:
            raise Rejected([f"no end within {self._max_seconds} s; at {self.clock.iso()} in state "
                            f"{self.states[-1] if self.states else '(none)'} after {len(self.calls)} calls"])


_current: Run | None = None


def current() -> Run:
    if _current is None:
        raise RuntimeError("no execution is running")
    return _current


@contextlib.contextmanager
def running(run: Run):
    global _current
    _current = run
    try:
        yield run
    finally:
        _current = None


def _plain(seconds: float) -> float:
    return int(seconds) if float(seconds).is_integer() else seconds


def _text(value) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
