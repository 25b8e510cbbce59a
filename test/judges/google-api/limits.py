"""What Google's APIs hold values to beyond their type.

Source: descriptions in the discovery documents, and where these say no length of a filter, Logging, "Quotas and limits"; Compute Engine, "Naming resources"; IAM, "Quotas and limits" (conditions)
and "Roles and permissions" (which resources a role can be granted on); Monitoring, "Quotas and limits".
"""

from __future__ import annotations

import re

from call import Call
from failure import Failure

LABEL_KEY, LABEL_VALUE = re.compile(r"[a-z][a-z0-9_-]{0,62}"), re.compile(r"[a-z0-9_-]{0,63}")
MOST_LABELS = 64
RFC1035 = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
NOT_LABELS = {"monitoring.projects.notificationChannels", "billingbudgets.billingAccounts.budgets"}
"""Collections whose `labels` are something else."""
LONGEST = {
    "monitoring.projects.alertPolicies": {"displayName": 512, "documentation.content": 8192, "documentation.subject": 10240,
                                          "conditions.conditionMatchedLog.filter": 20000,
                                          "conditions.conditionThreshold.filter": 2048},
    "logging.projects.sinks": {"filter": 20000},
    "iam.projects.serviceAccounts": {"displayName": 100, "description": 256},
    "iam.projects.roles": {"title": 100, "description": 300},
    "workflows.projects.locations.workflows": {"sourceContents": 128 * 1024, "description": 1000},
    "cloudscheduler.projects.locations.jobs": {"description": 500},
    "bigquery.tables": {"description": 16384},
}
"""In bytes or characters, by the path of the field."""
MOST_OPERATORS = 12
"""Logical operators of a condition."""
GRANTED_ON = {"artifactregistry": ("artifactregistry",), "bigquery": ("bigquery",), "cloudkms": ("cloudkms",),
              "compute": ("compute",), "iam": ("iam", "workflows"), "pubsub": ("pubsub",), "secretmanager": ("secretmanager",),
              "storage": ("storage",)}
"""Services whose predefined roles a resource takes. A project takes all."""


def check(call: Call, resource: dict, name: str) -> None:
    if call.collection not in NOT_LABELS:
        for field in ("labels", "userLabels"):
            _labels(resource.get(field) or {}, f"{name}: {field}")
    if call.service == "compute" and not RFC1035.fullmatch(resource.get("name", "")):
        raise Failure(400, f"Invalid value for field 'resource.name': {resource.get('name')!r}")
    for path, most in LONGEST.get(call.collection, {}).items():
        for value in _at(resource, path.split(".")):
            if len(value.encode()) > most:
                raise Failure(400, f"{name}: {path} has {len(value.encode())} bytes, and may have {most}")


def check_grant(call: Call, role: str, condition: dict | None) -> None:
    service = role.partition("/")[2].partition(".")[0]
    if role.startswith("roles/") and service not in GRANTED_ON.get(call.service, (service,)):
        raise Failure(400, f"Role {role} is not supported for this resource, {call.name}.")
    if condition is None:
        return
    if ".legacy" in role:
        raise Failure(400, f"{role} takes no condition.")
    operators = len(re.findall(r"&&|\|\||!(?!=)", condition["expression"]))
    if operators > MOST_OPERATORS:
        raise Failure(400, f"The condition {condition['title']!r} has {operators} logical operators, and may have {MOST_OPERATORS}")
    if len(condition["title"].encode()) > 100 or len(condition.get("description", "").encode()) > 256:
        raise Failure(400, f"The condition {condition['title']!r} has a title of more than 100 bytes, or a description of 256")


def _labels(labels: dict, where: str) -> None:
    for key, value in labels.items():
        if not LABEL_KEY.fullmatch(key) or not LABEL_VALUE.fullmatch(value):
            raise Failure(400, f"{where} has {key}={value}: lower case, digits, _ and - only, up to 63, a letter first")
    if len(labels) > MOST_LABELS:
        raise Failure(400, f"{where} has more than {MOST_LABELS}")


def _at(value, path: list[str]) -> list[str]:
    if isinstance(value, list):
        return [found for one in value for found in _at(one, path)]
    if not path:
        return [value] if isinstance(value, str) else []
    return _at(value[path[0]], path[1:]) if isinstance(value, dict) and path[0] in value else []
