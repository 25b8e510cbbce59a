"""What is to go wrong in a run, as the request says it."""

import dataclasses

STATUSES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ABORTED",
            412: "FAILED_PRECONDITION", 429: "RESOURCE_EXHAUSTED", 499: "CANCELLED", 500: "INTERNAL",
            501: "UNIMPLEMENTED", 502: "UNAVAILABLE", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED"}
CONNECTION = {"ConnectionError", "TimeoutError"}
FIELDS = ({"method", "nth", "times", "code", "message", "afterEffect", "execution"},
          {"atCall", "code", "message", "afterEffect", "execution"},
          {"crashAfterCall", "execution"}, {"crashBeforeStep", "execution"})


@dataclasses.dataclass
class Fault:
    """Either an error of calls, or a cut of an execution. Calls and steps are those of one execution, if it is named.

    `method` is the end of a method's name, such as `endpoints.deployModel`; `nth` counts its calls and `at_call` all
    calls, from 1; without `nth` every call of it fails, with `times` so many from the nth on. An error comes instead of
    the call's effect, or with `after_effect` although the call took effect: its answer was lost.
    """

    method: str | None = None
    nth: int | None = None
    times: int = 1
    at_call: int | None = None
    code: int | str | None = None
    message: str = "injected fault"
    after_effect: bool = False
    execution: int | None = None
    crash_after_call: int | None = None
    crash_before_step: str | None = None

    def cuts_before(self, step: str, execution: int) -> bool:
        return self.crash_before_step == step and self.execution in (None, execution)

    def cuts_after(self, calls: list[dict]) -> bool:
        return self.crash_after_call is not None and self._count(calls, calls) == self.crash_after_call

    def hits(self, calls: list[dict]) -> bool:
        """Whether the last of these calls is to fail."""
        if self.code is None:
            return False
        if self.at_call is not None:
            return self._count(calls, calls) == self.at_call
        if not _ends(calls[-1]["method"], self.method):
            return False
        count = self._count(calls, [call for call in calls if _ends(call["method"], self.method)])
        return bool(count) and (self.nth is None or self.nth <= count < self.nth + self.times)

    def _count(self, calls: list[dict], alike: list[dict]) -> int:
        """How many the last call is among them, 0 if the fault is for another execution."""
        if self.execution not in (None, calls[-1]["execution"]):
            return 0
        return sum(1 for call in alike if self.execution in (None, call["execution"]))


def parse(faults: list[dict]) -> list[Fault]:
    return [_parse(fault) for fault in faults]


def _parse(fault: dict) -> Fault:
    kind = next((fields for fields in FIELDS if fault.keys() <= fields), None)
    if not fault or kind is None or fault.keys() == {"execution"}:
        raise ValueError(f"fault {fault}: the fields are one of {[sorted(fields) for fields in FIELDS]}")
    if "code" in kind and fault.get("code") not in {*STATUSES, *CONNECTION}:
        raise ValueError(f"fault {fault}: code is none of {sorted(STATUSES)} and {sorted(CONNECTION)}")
    snake = {"atCall": "at_call", "afterEffect": "after_effect", "crashAfterCall": "crash_after_call",
             "crashBeforeStep": "crash_before_step"}
    return Fault(**{snake.get(field, field): value for field, value in fault.items()})


def _ends(name: str, end: str) -> bool:
    return name == end or name.endswith("." + end)
