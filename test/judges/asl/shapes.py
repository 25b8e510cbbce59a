"""Requests, replies and arguments against the shapes of the service models.

Each function answers with a list of problems, empty if there is none.
"""

import datetime
import functools
import re

from botocore.model import OperationModel, Shape, StructureShape
from botocore.validate import ParamValidator

_PYTHON_TYPES = {"string": (str,), "integer": (int,), "long": (int,), "float": (int, float), "double": (int, float),
                 "boolean": (bool,), "blob": (bytes, str), "list": (list,), "map": (dict,), "structure": (dict,),
                 "timestamp": (datetime.datetime, int, float, str)}


def request_problems(operation: OperationModel, params: dict) -> list[str]:
    """botocore's own validation, then what it leaves to the service: enums, patterns and upper bounds."""
    if operation.input_shape is None:
        return [f"{operation.name} takes no parameters"] if params else []
    report = ParamValidator().validate(params, operation.input_shape)
    if report.has_errors():
        return report.generate_report().splitlines()
    return _constraint_problems(operation.input_shape, params, operation.name)


def reply_problems(operation: OperationModel, reply: object) -> list[str]:
    """Everything the service could not have answered: unknown or missing members, wrong types, values outside an enum."""
    if operation.output_shape is None:
        return [f"{operation.name} answers with nothing"] if reply else []
    return _reply_problems(operation.output_shape, reply, operation.name)


def argument_problems(shape: Shape | None, arguments: object, at: str, *, converts: bool) -> list[str]:
    """Members that arguments of a machine have and the shape has not, or the other way round, spelt as machines spell them.

    Works on a machine's text, where `{% … %}` and keys ending in `.$` are yet unknown, and on what they came to.
    Unless the integration `converts` values to text, members that are text must be given as text.
    """
    problems = functools.partial(argument_problems, converts=converts)
    match (shape.type_name if shape else None), arguments:
        case "structure", dict():
            members = {spelling: member for name, member in shape.members.items() for spelling in _spellings(name)}
            given = {key.removesuffix(".$"): None if key.endswith(".$") else value for key, value in arguments.items()}
            present = {key.lower() for key in given}
            return ([f"{at}.{key}: {_unknown(key, shape)}" for key in given if key not in members]
                    + [f"{at}.{_spellings(name)[0]}: required" for name in shape.required_members if name.lower() not in present]
                    + [problem for key, value in given.items() if key in members and value is not None
                       for problem in problems(members[key], value, f"{at}.{key}")])
        case "list", list():
            return [problem for index, item in enumerate(arguments)
                    for problem in problems(shape.member, item, f"{at}[{index}]")]
        case "map", dict():
            return [problem for key, item in arguments.items() if not key.endswith(".$")
                    for problem in problems(shape.value, item, f"{at}.{key}")]
        case "string", _ if not isinstance(arguments, str) and not converts:
            return [f"{at}: {arguments!r} is no text, and SDK integrations convert nothing"]
    return []


def as_json(shape: Shape, value: object, instant) -> object:
    """A valid reply as Step Functions hands it on; `instant` writes a datetime."""
    match shape.type_name:
        case "structure":
            return {key: as_json(shape.members[key], item, instant) for key, item in value.items() if item is not None}
        case "map":
            return {key: as_json(shape.value, item, instant) for key, item in value.items()}
        case "list":
            return [as_json(shape.member, item, instant) for item in value]
        case "timestamp":
            return instant(_datetime(value))
        case "blob":
            return value.decode() if isinstance(value, bytes) else value
    return value


def iso_instant(value: datetime.datetime) -> str:
    """As SDK integrations write it."""
    millis = f".{value.microsecond // 1000:03d}" if value.microsecond else ""
    return value.strftime("%Y-%m-%dT%H:%M:%S") + millis + "Z"


def epoch_instant(value: datetime.datetime) -> int:
    """As optimised integrations write it: milliseconds."""
    return round(value.timestamp() * 1000)


def _constraint_problems(shape: Shape, value: object, at: str) -> list[str]:
    match shape.type_name:
        case "structure":
            return [problem for key, item in value.items() if item is not None
                    for problem in _constraint_problems(shape.members[key], item, f"{at}.{key}")]
        case "map":
            return _size_problems(shape, value, at) + [
                problem for key, item in value.items()
                for problem in _constraint_problems(shape.key, key, f"{at} key {key}")
                + _constraint_problems(shape.value, item, f"{at}.{key}")]
        case "list":
            return _size_problems(shape, value, at) + [
                problem for index, item in enumerate(value)
                for problem in _constraint_problems(shape.member, item, f"{at}[{index}]")]
        case "string":
            return _size_problems(shape, value, at) + _enum_problems(shape, value, at) + _pattern_problems(shape, value, at)
        case "integer" | "long" | "float" | "double":
            highest = shape.metadata.get("max")
            return [f"{at}: {value} is above {highest}"] if highest is not None and value > highest else []
    return []


def _size_problems(shape: Shape, value, at: str) -> list[str]:
    highest = shape.metadata.get("max")
    return [f"{at}: size {len(value)} is above {highest}"] if highest is not None and len(value) > highest else []


def _enum_problems(shape: Shape, value: str, at: str) -> list[str]:
    allowed = getattr(shape, "enum", None)
    return [f"{at}: {value!r} is not one of {allowed}"] if allowed and value not in allowed else []


def _pattern_problems(shape: Shape, value: str, at: str) -> list[str]:
    pattern = shape.metadata.get("pattern")
    try:
        matches = pattern is None or re.fullmatch(pattern, value)
    except re.error:
        return []  # a Java expression that Python cannot read
    return [] if matches else [f"{at}: {value!r} does not match {pattern}"]


def _reply_problems(shape: Shape, value: object, at: str) -> list[str]:
    expected = _PYTHON_TYPES[shape.type_name]
    if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected):
        return [f"{at}: {value!r} is no {shape.type_name}"]
    match shape.type_name:
        case "structure":
            members = shape.members
            return ([f"{at}.{key}: {_unknown(key, shape)}" for key in value if key not in members]
                    + [f"{at}.{key}: required" for key in shape.required_members if value.get(key) is None]
                    + [problem for key, item in value.items() if key in members and item is not None
                       for problem in _reply_problems(members[key], item, f"{at}.{key}")])
        case "map":
            return [problem for key, item in value.items() for problem in _reply_problems(shape.value, item, f"{at}.{key}")]
        case "list":
            return [problem for index, item in enumerate(value)
                    for problem in _reply_problems(shape.member, item, f"{at}[{index}]")]
        case "timestamp":
            try:
                _datetime(value)
            except ValueError as error:
                return [f"{at}: {error}"]
        case "string":
            return _enum_problems(shape, value, at)
    return []


def _datetime(value) -> datetime.datetime:
    """A timestamp of a fake: a datetime, seconds since 1970 or ISO 8601."""
    if isinstance(value, str):
        value = datetime.datetime.fromisoformat(value)
    elif not isinstance(value, datetime.datetime):
        value = datetime.datetime.fromtimestamp(value, datetime.UTC)
    return value.astimezone(datetime.UTC)


def _spellings(member: str) -> list[str]:
    """Machines write members in Pascal case, whatever the API does. AWS may write the abbreviations in them as words."""
    pascal = member[:1].upper() + member[1:]
    words = re.sub(r"([A-Z]+)(?=[A-Z][a-z]|$)", lambda found: found[1].capitalize(), pascal)
    return [pascal, words]


def _unknown(key: str, shape: StructureShape) -> str:
    return f"unknown, {shape.name} has {', '.join(sorted(shape.members)) or 'no members'}"
