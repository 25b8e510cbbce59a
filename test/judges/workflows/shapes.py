"""Holds a value against a schema of a discovery document."""

import re

FORMATS = {
    "int64": r"-?\d+", "uint64": r"\d+", "google-datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)",
    "date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", "google-duration": r"-?\d+(\.\d{1,9})?s",
    "google-fieldmask": r"[\w.,]*", "byte": r"[A-Za-z0-9+/_-]*={0,2}",
}
PYTHON = {"boolean": (bool,), "integer": (int,), "number": (int, float)}


def problems(document: dict, schema: dict, value, at: str, *, required: bool, output: bool = False) -> list[str]:
    """What is wrong with a value: unknown, required, mistyped or, unless it is an answer, output-only fields."""
    schema = document["schemas"][schema["$ref"]] if "$ref" in schema else schema
    kind = schema.get("type", "object")

    def inner(of: dict, one, where: str) -> list[str]:
        return problems(document, of, one, where, required=required, output=output)

    if kind == "any":
        return []
    if kind == "array":
        return [found for index, one in enumerate(value) for found in inner(schema["items"], one, f"{at}[{index}]")] \
            if isinstance(value, list) else [_wrong(at, "not a list", value)]
    if kind != "object":
        return _scalar(schema, kind, value, at)
    if not isinstance(value, dict):
        return [_wrong(at, "not a map", value)]
    fields, others = schema.get("properties", {}), schema.get("additionalProperties")
    found = [f"{at}.{name}: required" for name, field in fields.items()
             if required and _required(field) and value.get(name) is None]
    for name, one in value.items():
        where = f"{at}.{name}"
        if name in fields:
            readonly = fields[name].get("readOnly") and not output
            found += [f"{where}: output only"] if readonly else inner(fields[name], one, where)
        else:
            found += [f"{where}: unknown, there is {sorted(fields)[:40]}"] if others is None else inner(others, one, where)
    return found


def parameter_problems(spec: dict, value, at: str) -> list[str]:
    """Of a query parameter, which travels as text."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    rule = {"boolean": "true|false", "integer": r"-?\d+", "number": r"-?\d+(\.\d+)?"}.get(spec.get("type"))
    if isinstance(value, (dict, list)) or (rule and not re.fullmatch(rule, text)):
        return [_wrong(at, f"not {spec.get('type', 'text')}", value)]
    return _text(spec, text, at)


def _scalar(schema: dict, kind: str, value, at: str) -> list[str]:
    if kind in PYTHON:
        return [] if type(value) in PYTHON[kind] else [_wrong(at, f"not {kind}", value)]
    if schema.get("format") in ("int64", "uint64") and type(value) is int:
        return []
    return _text(schema, value, at) if isinstance(value, str) else [_wrong(at, "not a string", value)]


def _text(schema: dict, value: str, at: str) -> list[str]:
    if "enum" in schema and value not in schema["enum"]:
        return [_wrong(at, f"not one of {schema['enum'][:12]}", value)]
    if not re.fullmatch(FORMATS.get(schema.get("format"), r"(?s).*"), value):
        return [_wrong(at, f"not of format {schema['format']}", value)]
    if "pattern" in schema and not re.search(f"^(?:{schema['pattern']})$", value):
        return [_wrong(at, f"does not match {schema['pattern']}", value)]
    return []


def _required(field: dict) -> bool:
    return field.get("description", "").startswith("Required.") and not field.get("readOnly")


def _wrong(at: str, what: str, value) -> str:
    return f"{at}: {what}, got {value!r:.80}"
