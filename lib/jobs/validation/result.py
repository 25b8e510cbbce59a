"""What was found: validation.json for machines, a few lines for people."""

from __future__ import annotations

import json

from judgement import Outcome
from row_rules import instant_of
from rule import Rule, count_of

SCHEMA_VERSION = 1
VALID, INVALID = "VALID", "INVALID"


def result_of(outcome: Outcome) -> dict:
    snapshot = outcome.snapshot
    return {
        "schemaVersion": SCHEMA_VERSION,
        "status": INVALID if outcome.violated else VALID,
        "dataset": outcome.configuration.dataset,
        "snapshot": snapshot.id,
        "committedAt": None if snapshot.committed_at is None else instant_of(snapshot.committed_at),
        "agesAt": instant_of(outcome.until),
        "rows": outcome.rows,
        "files": outcome.files,
        "violated": [rule.name for rule in outcome.violated],
        "rules": [_rule(rule) for rule in outcome.rules],
    }


def _rule(rule: Rule) -> dict:
    return {
        "name": rule.name,
        "kind": rule.kind,
        "columns": list(rule.columns),
        "status": rule.status,
        "expected": rule.expected,
        "found": rule.found,
        "rows": rule.broken,
        **({"unjudgedRows": rule.unjudged} if rule.unjudged else {}),
        "examples": rule.examples if rule.violated else [],
    }


def as_json(result: dict) -> str:
    """One line a rule."""
    head = {key: value for key, value in result.items() if key != "rules"}
    lines = [f"  {_compact(key)}: {_compact(value)}" for key, value in head.items()]
    rules = ",\n".join(f"    {_compact(rule)}" for rule in result["rules"])
    return "{\n" + ",\n".join([*lines, f'  "rules": [\n{rules}\n  ]']) + "\n}\n"


def _compact(value: object) -> str:
    return json.dumps(value, allow_nan=False, ensure_ascii=False)


def summary_of(outcome: Outcome) -> str:
    """What was broken comes last: the end of what a step prints is what people are told."""
    snapshot = "" if outcome.snapshot.id is None else f", snapshot {outcome.snapshot.id}"
    rows, files = count_of(outcome.rows, "row"), count_of(outcome.files, "file")
    what = f"{outcome.configuration.dataset}: {rows} in {files}{snapshot}"
    if not outcome.violated:
        unjudged = sum(rule.status == "unjudged" for rule in outcome.rules)
        aside = f", but for {unjudged} of which nothing can be said" if unjudged else ""
        return f"{what}. All {count_of(len(outcome.rules), 'rule')} hold{aside}."
    lines = [f"{what}. {len(outcome.violated)} of {count_of(len(outcome.rules), 'rule')} broken:"]
    for rule in outcome.violated:
        examples = f", such as {', '.join(rule.examples)}" if rule.examples and rule.kind != "age" else ""
        lines.append(f"  {rule.name}: {rule.expected}, and {rule.found}{examples}.")
    return "\n".join(lines)
