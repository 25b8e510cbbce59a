"""What can be said of a machine before it runs, and AWS refuses or never does.

Findings on every state, reached or not: names of services and actions, members of their arguments, errors that no
Retry or Catch will ever see, JSONata syntax, and what this judge cannot run. Transitions and fields of states are left
to the linter and to the interpreter's grammar.
"""

import functools
import json
import re

import jsonata_eval
import names
import shapes
from integrations import BOTO_NAMES, OPTIMISED

RESOURCE = re.compile(r"arn:[\w-]+:states:([\w-]*):(\d*):(?P<service>[\w-]+):(?P<rest>[\w:-]+?)(?:\.(?P<pattern>[\w:]+))?$")
JSONATA = re.compile(r"^\{%(.*)%\}$", re.S)


@functools.lru_cache(maxsize=32)
def findings(definition: str) -> tuple[str, ...]:
    return tuple(f"state {name}: {finding}" for name, state in _states(json.loads(definition))
                 for finding in _task(state) + _map(state) + _jsonata(state))


def _states(machine: dict):
    for name, state in machine.get("States", {}).items():
        yield name, state
        for inner in [*state.get("Branches", []), state.get("ItemProcessor", {}), state.get("Iterator", {})]:
            yield from _states(inner)


def _task(state: dict) -> list[str]:
    if state.get("Type") != "Task":
        return []
    resource = state.get("Resource", "")
    found = RESOURCE.match(resource)
    if found is None:
        return [f"{resource} is no service integration this judge knows"]
    try:
        service, operation = _operation(found["service"], found["rest"], found["pattern"] or "")
    except names.UnknownName as unknown:
        return [f"{resource}: {unknown}"]
    arguments = state.get("Arguments", state.get("Parameters", {}))
    is_sdk_call = found["service"] == "aws-sdk"
    problems = shapes.argument_problems(operation.input_shape, arguments, found["rest"], converts=not is_sdk_call)
    return problems + (_unseen(state, service) if is_sdk_call else [])


def _operation(service: str, rest: str, pattern: str):
    if service == "aws-sdk":
        name, _, action = rest.partition(":")
        if pattern:
            raise names.UnknownName(f".{pattern} does not run here (AWS has only .waitForTaskToken for SDK calls)")
        found = names.service(name)
        return found, found.action(action)
    patterns = OPTIMISED.get(service, {}).get(rest)
    if patterns is None or pattern not in patterns:
        raise names.UnknownName(f"no optimised integration that this judge runs; it has {_spelled(OPTIMISED)}")
    found = names.of_boto(BOTO_NAMES.get(service, service))
    return found, found.action(rest)


def _spelled(optimised: dict) -> str:
    return ", ".join(f"{service}:{action}{'.' if pattern else ''}{pattern}" for service, actions in optimised.items()
                     for action, patterns in actions.items() for pattern in sorted(patterns))


def _unseen(state: dict, service: names.Service) -> list[str]:
    listed = [error for handler in [*state.get("Retry", []), *state.get("Catch", [])] for error in handler["ErrorEquals"]]
    possible = service.error_names()
    return [f"{error} never happens, a call of {service.name} ends with States.* or one of {sorted(possible)}"
            for error in listed if not error.startswith("States.") and error not in possible]


def _map(state: dict) -> list[str]:
    distributed = state.get("ItemProcessor", {}).get("ProcessorConfig", {}).get("Mode") == "DISTRIBUTED"
    return ["distributed Map states do not run here"] if distributed else []


def _jsonata(value: object) -> list[str]:
    """In this state alone: states inside it have their turn."""
    if isinstance(value, dict):
        return [problem for key, item in value.items() if key not in ("Branches", "ItemProcessor", "Iterator")
                for problem in _jsonata(item)]
    if isinstance(value, list):
        return [problem for item in value for problem in _jsonata(item)]
    expression = JSONATA.match(value) if isinstance(value, str) else None
    problem = jsonata_eval.syntax_problem(expression[1]) if expression else None
    return [f"JSONata {value}: {problem}"] if problem else []
