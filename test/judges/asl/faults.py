"""What is to go wrong in an execution, as the request says it."""

import dataclasses

import names

FIELDS = ({"service", "operation", "nth", "code", "message", "afterEffect"}, {"atCall", "code", "message", "afterEffect"},
          {"crashAfterCall"}, {"crashBeforeState"})


@dataclasses.dataclass
class Fault:
    """Either an error of a call (of one operation or of any), or a cut of the execution.

    `nth` counts the calls of that operation and `at_call` all calls, both from 1; without `nth` every call fails.
    An error comes instead of the call's effect, or with `after_effect` although the call took effect.
    """

    service: str | None = None
    operation: str | None = None
    nth: int | None = None
    at_call: int | None = None
    code: str | None = None
    message: str = "injected fault"
    after_effect: bool = False
    crash_after_call: int | None = None
    crash_before_state: str | None = None

    def cuts_before(self, state: str) -> bool:
        return self.crash_before_state == state

    def cuts_after(self, calls: list[dict]) -> bool:
        return self.crash_after_call is not None and self.crash_after_call == len(calls)

    def hits(self, calls: list[dict]) -> bool:
        """Whether the last of these calls is to fail."""
        if self.code is None:
            return False
        if self.at_call is not None:
            return self.at_call == len(calls)
        alike = [c for c in calls if (c["service"], c["operation"]) == (self.service, self.operation)]
        return bool(alike) and alike[-1] is calls[-1] and self.nth in (None, len(alike))


def parse(faults: list[dict]) -> list[Fault]:
    return [_parse(fault) for fault in faults]


def _parse(fault: dict) -> Fault:
    kind = next((fields for fields in FIELDS if fault.keys() <= fields), None)
    if not fault or kind is None:
        raise ValueError(f"fault {fault}: the fields are one of {[sorted(fields) for fields in FIELDS]}")
    if "code" in kind and "code" not in fault:
        raise ValueError(f"fault {fault}: code is missing")
    if "service" in kind and "atCall" not in fault:
        operation = names.service(fault["service"]).operation(fault["operation"])
        names.check_error_code(operation, fault["code"])
    return Fault(**{names.snake(field): value for field, value in fault.items()})
