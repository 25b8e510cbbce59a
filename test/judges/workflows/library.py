"""The emulator's standard library, repaired, with the names, arguments and types of stdlib.json."""

import functools
import json
import math
import pathlib

from workflows_emulator.lib import base64_utils, json_utils, list_utils, map_utils, math_utils, text_utils, time_utils

import http_calls
import values
from errors import error
from run import Rejected, current, iso, seconds

SIGNATURES: dict[str, list[str]] = json.loads((pathlib.Path(__file__).parent / "stdlib.json").read_text())
SEVERITIES = {"DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY"}
_BACKOFF = {"initial_delay": 1, "max_delay": 60, "multiplier": 1.25}


def _retryable(codes: set[int], tags: set[str]):
    return lambda e: isinstance(e, dict) and (e.get("code") in codes or bool(tags & set(e.get("tags", []))))


_IDEMPOTENT = _retryable({429, 502, 503, 504}, {"ConnectionError", "ConnectionFailedError", "TimeoutError"})
_NOT_IDEMPOTENT = _retryable({429, 503}, {"ConnectionFailedError"})
CONSTANTS = {
    "http.default_retry_predicate": _IDEMPOTENT,
    "http.default_retry_predicate_non_idempotent": _NOT_IDEMPOTENT,
    "http.default_retry": {"predicate": _IDEMPOTENT, "max_retries": 5, "backoff": _BACKOFF},
    "http.default_retry_non_idempotent": {"predicate": _NOT_IDEMPOTENT, "max_retries": 5, "backoff": _BACKOFF},
}


def subworkflow(name: str):
    """A subworkflow of the document that is running, to be named as a retry's predicate."""
    execution = current().scheduler.running
    found = execution.subworkflows.get(name)
    return None if found is None else lambda failure: execution.call(name, {found["params"][0]: failure})


def call(name: str, args: list | dict, within: str):
    signature = SIGNATURES.get(name)
    if signature is None:
        raise Rejected(f"{within!r}: the standard library has no {name}")
    return _FUNCTIONS[name](**_bound(name, signature, args, within))


def _bound(name: str, signature: list[str], args: list | dict, within: str) -> dict:
    wanted = [(*parameter.removesuffix("?").split(":"), parameter.endswith("?")) for parameter in signature]
    if isinstance(args, list):
        if len(args) > len(wanted):
            raise Rejected(f"{within!r}: {name} takes {len(wanted)} arguments")
        args = {parameter: value for (parameter, _, _), value in zip(wanted, args)}
    if unknown := args.keys() - {parameter for parameter, _, _ in wanted}:
        raise Rejected(f"{within!r}: {name} has no argument {sorted(unknown)}")
    for parameter, kind, optional in wanted:
        if parameter not in args and not optional:
            raise Rejected(f"{within!r}: {name} needs {parameter}")
        if parameter in args and not values.is_a(args[parameter], kind) and not (optional and args[parameter] is None):
            raise error("TypeError", f"{name}: {parameter} must be {kind}, not {values.name(args[parameter])}")
    return args


def _value_error(function):
    @functools.wraps(function)
    def guarded(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except (ValueError, TypeError, OverflowError) as wrong:
            raise error("ValueError", str(wrong)) from wrong
    return guarded


def _string(value) -> str:
    if values.is_a(value, "number") and isinstance(value, float) and value.is_integer():
        raise Rejected(f"string({value!r}): how Workflows writes such a double is not documented; make it an int")
    if isinstance(value, bytes):
        raise error("TypeError", "string of bytes: use text.decode")
    return value if isinstance(value, str) else _compact(value)


def _int(value) -> int:
    if values.is_a(value, "number"):
        return math.trunc(value)
    if isinstance(value, str):
        return int(value)
    raise error("TypeError", f"int of {values.name(value)}")


def _double(value) -> float:
    if values.is_a(value, "number") or isinstance(value, str):
        return float(value)
    raise error("TypeError", f"double of {values.name(value)}")


def _len(value) -> int:
    if isinstance(value, (str, list, dict, bytes)):
        return len(value)
    raise error("TypeError", f"len of {values.name(value)}")


def _compact(data) -> str:
    try:
        return json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    except TypeError as wrong:
        raise error("TypeError", str(wrong)) from wrong


def _encode(data, indent=False) -> str:
    _compact(data)
    return json_utils.encode_to_string(data, indent) if indent or isinstance(indent, dict) else _compact(data)


def _get(map, keys):
    for key in keys if isinstance(keys, list) else [keys]:
        map = map[key] if isinstance(map, dict) and key in map else None
    return map


def _merge_nested(first: dict, second: dict) -> dict:
    both = {key: _merge_nested(first[key], second[key]) for key in first.keys() & second.keys()
            if isinstance(first[key], dict) and isinstance(second[key], dict)}
    return {**first, **second, **both}


def _get_env(name: str, default=None):
    env = current().scheduler.running.env
    if name not in env and default is None:
        raise Rejected(f"sys.get_env: the workflow has no environment variable {name}")
    return env.get(name, default)


def _log(data=None, text=None, json=None, severity="INFO", timeout=None) -> None:
    given = [value for value in (data, text, json) if value is not None]
    if len(given) != 1 or severity not in SEVERITIES:
        raise Rejected(f"sys.log takes one of data, text and json, and a severity of {sorted(SEVERITIES)}")
    entry = {"text": _string(text)} if text is not None else {"json": given[0]}
    run = current()
    run.log.append({"severity": severity, **entry, "execution": run.scheduler.running.id, "at": run.clock.iso()})


def _sleep(**args) -> None:  # not to hide `seconds`
    duration = args["seconds"]
    if duration < 0:
        raise error("ValueError", f"sys.sleep of {duration} s")
    current().slept.append(duration)
    current().scheduler.pause(duration)


def _parse_time(value: str) -> float:
    return seconds(value)


def _format_time(seconds, timezone="UTC") -> str:
    return iso(seconds) if timezone == "UTC" else time_utils.format(seconds, timezone)


_FUNCTIONS = {
    **{f"text.{name}": _value_error(getattr(text_utils, name)) for name in (
        "decode", "encode", "find_all", "find_all_regex", "match_regex", "replace_all", "replace_all_regex", "split",
        "substring", "to_lower", "to_upper")},
    "text.url_encode": lambda source: text_utils.url_encode(source, safe=""),
    "text.url_encode_plus": lambda source: text_utils.url_encode_plus(source),
    "text.url_decode": lambda source: text_utils.url_decode(source),
    **{f"http.{verb}": functools.partial(http_calls.request, verb.upper())
       for verb in ("get", "post", "put", "patch", "delete")},
    "http.request": http_calls.request,
    "base64.decode": _value_error(lambda data, padding=True: base64_utils.decode(data, padding)),
    "base64.encode": _value_error(lambda data, padding=True: base64_utils.encode(data, padding)),
    "json.decode": _value_error(json_utils.decode),
    "json.encode": lambda data, indent=False: _encode(data, indent).encode(),
    "json.encode_to_string": _encode,
    "list.concat": list_utils.concat,
    "list.prepend": list_utils.prepend,
    "map.delete": lambda map, key: map_utils.delete(map, key),
    "map.get": _get,
    "map.merge": map_utils.merge,
    "map.merge_nested": _merge_nested,
    "math.abs": math_utils.abs,
    "math.floor": lambda x: math_utils.floor(x),
    "math.max": math_utils.max,
    "math.min": math_utils.min,
    "time.format": _value_error(_format_time),
    "time.parse": _value_error(_parse_time),
    "uuid.generate": lambda: current().uuid(),
    "sys.get_env": _get_env,
    "sys.log": _log,
    "sys.now": lambda: current().clock.seconds,
    "sys.sleep": _sleep,
    "sys.sleep_until": lambda time: _sleep(seconds=max(_parse_time(time) - current().clock.seconds, 0)),
    "default": lambda value, fallback: fallback if value is None else value,
    "if": lambda condition, then, otherwise: then if condition else otherwise,
    "not": lambda value: not value,
    "int": _value_error(_int),
    "double": _value_error(_double),
    "string": _string,
    "len": _len,
    "keys": lambda map: list(map),
    "get_type": values.name,
}
