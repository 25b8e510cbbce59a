"""The emulator's interpreter of Workflows, repaired where its control flow is not that of Workflows.

The emulator's own: reading documents (JSON schema), lists of steps and jumps in them, loops over ranges, the standard
library, HTTP requests. Changed here, on the pinned release:

- `switch` takes one arm; `next` beside any kind of step is followed; `return: null` returns
- variables made in a loop or an except-block end with it, and what a loop changed before it failed stays changed
- `retry` and `except` as documented, with any error, also a text
- expressions (expressions.py) and the standard library (library.py); subworkflows are no variables
"""

import copy
import json
import logging

from workflows_emulator import main, render

import expressions
import http_calls
import library
import values
from errors import raised
from run import Rejected, Stop, current

CALL_DEPTH = 20
LARGEST_DATA = 512 * 1024
"""Source: Workflows, "Quotas and limits": size of all variables of an execution."""


class Returned:
    """What a `return` step gave, so that null is something."""

    def __init__(self, value):
        self.value = value


def install() -> None:
    """Changes the emulator, once in a process."""
    logging.disable(logging.CRITICAL)
    http_calls.install()
    render.render_str = expressions.render
    main.execute_step = _step
    main.StepReturn.execute = lambda self: (self.context, None, Returned(_rendered(self.config["return"], self.context)))
    for kind, execute in ((main.StepRaise, _raise), (main.StepTry, _try), (main.StepRetry, _try), (main.StepCall, _call),
                          (main.StepFor, _for), (main.StepSwitch, _switch), (main.StepAssign, _assign)):
        kind.execute = execute
    backoff = main.WORKFLOW_SCHEMA["definitions"]["retry"]["oneOf"][0]["properties"]["backoff"]["properties"]
    for setting in backoff.values():
        setting["type"] = "number"  # the schema knows no fractions
    del main.WORKFLOW_SCHEMA["definitions"]["raise"]["anyOf"][1]["properties"]  # nor a code that is computed


def parse(name: str, document) -> dict:
    try:
        main.validate(document, main.WORKFLOW_SCHEMA)
    except Exception as wrong:
        raise Rejected(f"workflow {name}: {str(wrong).splitlines()[0]}") from wrong
    return copy.deepcopy(document)


def call_subworkflow(name: str, document: dict, args: dict, depth: int):
    if depth > CALL_DEPTH:
        raise Rejected(f"subworkflow {name}: calls nested deeper than {CALL_DEPTH}")
    params = document.get("params", [])
    known = {param if isinstance(param, str) else next(iter(param)) for param in params}
    if unknown := args.keys() - known:
        raise Rejected(f"subworkflow {name} has no parameter {sorted(unknown)}")
    try:
        variables = main.get_params(params, args)
    except KeyError as missing:
        raise Rejected(f"subworkflow {name}: {missing.args[0]}") from missing
    _, after, returned = main.execute_steps_list(document["steps"], variables)
    if after not in (None, main.SpecialNextStep.END):
        raise Rejected(f"subworkflow {name}: next: {after}, there is no such step")
    return returned.value if returned else None


def _step(step_id: str, config: dict, context: dict):
    current().scheduler.running.enter(step_id)
    context, after, returned = _body(step_id, config, context)
    return context, after, returned


def _body(step_id: str, config: dict, context: dict):
    try:
        context, after, returned = main.get_step_executor(config)(step_id, config, context).execute()
    except (main.WorkflowError, Stop):
        raise
    except Exception as broken:
        raise Rejected(f"step {step_id}: the emulator gives up: {type(broken).__name__}: {broken}") from broken
    return context, after or (None if returned else config.get("next")), returned


def _rendered(config, context: dict):
    return main.render_config(config, context)


def _raise(self):
    raise raised(_rendered(self.config["raise"], self.context))


def _try(self):
    policy = _rendered(self.config.get("retry", {}), self.context)
    backoff, retries = policy.get("backoff", {}), policy.get("max_retries", 0)
    predicate, delay = policy.get("predicate", lambda _: True), backoff.get("initial_delay", 1)
    while True:
        try:
            body = self.config["try"]
            return _body(self.step_id, {"steps": body} if isinstance(body, list) else body, self.context)
        except main.WorkflowError as failure:
            if retries > 0 and values.boolean(predicate(failure.payload), "a predicate"):
                retries -= 1
                library.call("sys.sleep", {"seconds": delay}, within="retry")
                delay = min(delay * backoff.get("multiplier", 1), backoff.get("max_delay", 60))
                continue
            if "except" not in self.config:
                raise
            return _except(self.config["except"], failure.payload, self.context)


def _except(config: dict, payload, context: dict):
    """The error and all variables made here end with the block."""
    name, before = config.get("as"), dict(context)
    if name is not None:
        context[name] = copy.deepcopy(payload)
    try:
        return main.execute_steps_list(config["steps"], context)
    finally:
        _only(context, before)
        if name in before:
            context[name] = before[name]


def _only(context: dict, kept) -> None:
    for name in context.keys() - kept.keys():
        del context[name]


def _call(self):
    name, args = self.config["call"], _rendered(self.config.get("args", {}), self.context)
    execution = current().scheduler.running
    if name in execution.subworkflows:
        result = execution.call(name, args)
    elif name in library.SIGNATURES:
        result = library.call(name, args, within=f"step {self.step_id}")
    else:
        raise Rejected(f"step {self.step_id}: neither the standard library nor the workflow has {name}")
    if "result" in self.config:
        _set(self.config["result"], copy.deepcopy(result), self.context)
    return self.context, None, None


def _assign(self):
    for [(name, value)] in (assignment.items() for assignment in self.config["assign"]):
        _set(name, _rendered(value, self.context), self.context)
    return self.context, None, None


def _set(name: str, value, context: dict) -> None:
    root, way = expressions.target(name, context)
    if not way:
        context[root] = value
    elif root not in context:
        raise Rejected(f"{name!r} is assigned to, but there is no variable {root}")
    else:
        holder = context[root]
        for key in way[:-1]:
            holder = values.member(holder, key)
        if isinstance(holder, list):
            values.member(holder, way[-1])
        elif not isinstance(holder, dict) or not isinstance(way[-1], str):
            values.member({}, way[-1]) if isinstance(holder, dict) else values.member(holder, way[-1])
        holder[way[-1]] = value
    size = len(json.dumps(context, default=repr))
    if size > LARGEST_DATA:
        raise Rejected(f"the variables are {size} bytes large, {LARGEST_DATA} are allowed")


def _for(self):
    config, before = self.config["for"], dict(self.context)
    items = self.get_iterator()
    if isinstance(items, dict):
        items = list(items)
    try:
        for index, value in enumerate(items):
            self.context[config["value"]] = value
            if "index" in config:
                self.context[config["index"]] = index
            _, after, returned = main.execute_steps_list(config["steps"], self.context)
            _only(self.context, before)
            if after == main.SpecialNextStep.BREAK:
                break
            if returned or after not in (None, main.SpecialNextStep.CONTINUE):
                return self.context, after, returned
    finally:
        _only(self.context, before)
    return self.context, None, None


def _switch(self):
    for arm in self.config["switch"]:
        if values.boolean(_rendered(arm["condition"], self.context), "a condition"):
            rest = {key: value for key, value in arm.items() if key != "condition"}
            return _body(self.step_id, rest, self.context) if rest else (self.context, None, None)
    return self.context, self.config.get("next"), None
