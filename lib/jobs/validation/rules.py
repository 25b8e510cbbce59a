"""Makes rules of what the job is told."""

from __future__ import annotations

from datetime import datetime

from bounds import parse_bound
from cell_rules import BoundRule, PatternRule, ValuesRule
from configuration import Configuration
from row_rules import AgeRule, NullsRule, RowsRule
from rule import Rule
from type_rule import TypeRule
from unique_rule import UniqueRule


def made(configuration: Configuration, until: datetime, spill: str) -> list:
    """Each rule of the configuration, in its order."""
    return [_made(rule, configuration, until, f"{spill}/{index}") for index, rule in enumerate(configuration.rules)]


def _made(rule: dict, configuration: Configuration, until: datetime, spill: str) -> Rule:
    name, kind, column = rule["name"], rule["kind"], rule.get("column")
    if kind == "type":
        return TypeRule(name, column, configuration.types[column])
    if kind == "rows":
        return RowsRule(name, rule["atLeast"])
    if kind == "nulls":
        return NullsRule(name, column, rule["atMostPercent"])
    if kind in ("min", "max"):
        bound = parse_bound(rule["bound"], configuration.types[column].family)
        return BoundRule(name, kind, column, bound, rule["bound"])
    if kind == "values":
        return ValuesRule(name, column, rule["allowed"])
    if kind == "pattern":
        return PatternRule(name, column, rule["pattern"])
    if kind == "age":
        return AgeRule(name, column, rule["atMostSeconds"], until)
    return UniqueRule(name, tuple(rule["columns"]), spill)
