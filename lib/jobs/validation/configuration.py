"""What the job is told: rules.json in version 1 of its schema, all of it written out.

schemaVersion  1
dataset        its name
ageAt          run or commit: what ages are counted to
rules          [{name, kind, …}]; the name is where the spec has it
               type     column, type: it is there and holds values of the type
               rows     atLeast
               nulls    column, atMostPercent
               min max  column, bound: a number; of dates 2026-01-31; of timestamps 2026-01-31T00:00:00Z
               values   column, allowed
               pattern  column, pattern: of RE2, for the whole text
               unique   columns
               age      column, atMostSeconds: of the newest value that is no more than a day ahead
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass

from bounds import parse_bound
from cell_rules import is_pattern
from checks import Checks, at
from column_types import ColumnType, parse_type
from fault import Fault

SCHEMA_VERSION = 1
FILE = "rules.json"
KEYS = ("schemaVersion", "dataset", "ageAt", "rules")
AGES = ("run", "commit")
KINDS = {
    "type": ("column", "type"),
    "rows": ("atLeast",),
    "nulls": ("column", "atMostPercent"),
    "min": ("column", "bound"),
    "max": ("column", "bound"),
    "values": ("column", "allowed"),
    "pattern": ("column", "pattern"),
    "unique": ("columns",),
    "age": ("column", "atMostSeconds"),
}


@dataclass(frozen=True)
class Configuration:
    dataset: str
    age_at: str
    #: Each as it is written, of a known kind and with what that kind needs.
    rules: tuple
    #: Declared types by column.
    types: dict

    @property
    def has_age(self) -> bool:
        return any(rule["kind"] == "age" for rule in self.rules)


def load_configuration(given: str) -> Configuration:
    """Of a file, a folder with rules.json, or the JSON itself. Throws Fault with all problems at once."""
    checks = Checks()
    found = _configuration(_read(given), checks)
    if checks.problems:
        count = len(checks.problems)
        lines = "\n".join(f"  {problem}" for problem in checks.problems)
        raise Fault(f"The rules have {count} problem{'' if count == 1 else 's'}:\n{lines}")
    return found


def _read(given: str) -> object:
    try:
        if given.lstrip().startswith("{"):
            return json.loads(given)
        with open(os.path.join(given, FILE) if os.path.isdir(given) else given, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError, RecursionError) as error:
        raise Fault(f"The rules ({given[:200]}) cannot be read as JSON: {error}") from error


def _configuration(document: object, checks: Checks) -> Configuration | None:
    root = checks.mapping(document, "", KEYS, KEYS)
    if root is None:
        return None
    if root.get("schemaVersion") != SCHEMA_VERSION or root["schemaVersion"] is True:
        checks.problem(
            "schemaVersion", root.get("schemaVersion"), str(SCHEMA_VERSION), "use the job and the rules of one release"
        )
        return None
    dataset = checks.text(root["dataset"], "dataset") if "dataset" in root else None
    age_at = checks.one_of(root["ageAt"], "ageAt", AGES) if "ageAt" in root else None
    items = list(enumerate(checks.items(root["rules"], "rules", 1) if "rules" in root else []))
    rules = [(f"rules[{index}]", item) for index, item in items if _has_shape(item, f"rules[{index}]", checks)]
    _names_once(rules, checks)
    types = {}
    for path, rule in rules:
        if rule["kind"] == "type":
            types[rule["column"]] = _type(rule["type"], at(path, "type"), checks)
    for path, rule in rules:
        _makes_sense(rule, path, types, checks)
    return Configuration(dataset, age_at, tuple(rule for _, rule in rules), types)


def _has_shape(item: object, path: str, checks: Checks) -> bool:
    """Whether it is a rule of a known kind with all its keys, of which columns and names are text."""
    before = len(checks.problems)
    kind = item.get("kind") if isinstance(item, dict) else None
    known = KINDS.get(kind) if isinstance(kind, str) else None
    if known is None:
        checks.problem(at(path, "kind"), kind, ", ".join(KINDS), "use the job and the rules of one release")
        return False
    keys = ("name", "kind", *known)
    checks.mapping(item, path, keys, keys)
    for key in ("name", "column", "pattern"):
        if key in keys and key in item:
            checks.text(item[key], at(path, key))
    if "columns" in keys and "columns" in item and not checks.names(item["columns"], at(path, "columns")):
        checks.problem(at(path, "columns"), item["columns"], "one column or more", "name them")
    return len(checks.problems) == before


def _names_once(rules: list, checks: Checks) -> None:
    seen: set = set()
    for path, rule in rules:
        if rule["name"] in seen:
            checks.problem(at(path, "name"), rule["name"], "a name that no other rule has", "give it another name")
        seen.add(rule["name"])


def _type(value: object, path: str, checks: Checks) -> ColumnType | None:
    found = parse_type(value) if isinstance(value, str) else None
    if found is None:
        checks.problem(path, value, "a type of the spec, such as int or decimal(12,2)", "write such a type")
    return found


def _makes_sense(rule: dict, path: str, types: dict, checks: Checks) -> None:
    """What is known of a rule once the types of all columns are."""
    kind = rule["kind"]
    for column in rule.get("columns", [rule["column"]] if "column" in rule else []):
        if column not in types:
            checks.unknown(path, column, types)
            return
    declared = types.get(rule.get("column"))
    if kind == "rows":
        checks.number(rule["atLeast"], at(path, "atLeast"), 0, whole=True)
    elif kind == "nulls":
        checks.number(rule["atMostPercent"], at(path, "atMostPercent"), 0, 100)
    elif kind == "age":
        checks.number(rule["atMostSeconds"], at(path, "atMostSeconds"), 1, whole=True)
        _needs(("date", "timestamp"), declared, path, checks)
    elif kind == "pattern":
        _needs(("string",), declared, path, checks)
        if not is_pattern(rule["pattern"]):
            checks.problem(at(path, "pattern"), rule["pattern"], "a regular expression of RE2", "mend it")
    elif kind == "values":
        _values(rule["allowed"], declared, path, checks)
    elif kind in ("min", "max") and declared is not None and parse_bound(rule["bound"], declared.family) is None:
        checks.problem(at(path, "bound"), rule["bound"], f"a bound of {declared.name}", "write one, or remove the rule")


def _needs(families: tuple, declared: ColumnType | None, path: str, checks: Checks) -> None:
    if declared is not None and declared.family not in families:
        checks.problem(at(path, "column"), declared.name, f"a column of type {' or '.join(families)}", "name another")


def _values(value: object, declared: ColumnType | None, path: str, checks: Checks) -> None:
    _needs(("string", "boolean", "whole"), declared, path, checks)
    kinds = {"string": str, "boolean": bool, "whole": int}
    kind = kinds.get(declared.family) if declared else None
    for index, item in enumerate(checks.items(value, at(path, "allowed"), 1)):
        if kind is not None and type(item) is not kind:
            checks.problem(f"{path}.allowed[{index}]", item, f"a value of {declared.name}", "write one, or remove it")
