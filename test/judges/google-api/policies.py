"""IAM policies of whatever resource: read and written whole, under an etag."""

from __future__ import annotations

import copy
import re

import agents
import limits
from call import Call
from failure import Failure
from rest import etag

CONDITIONS = 3
"""The version of a policy whose bindings may have conditions."""
KNOWN = 2
"""Reads after which a grant takes effect. Source: IAM documentation, "Access change propagation": it takes a while."""
OTHERS = re.compile(r"(user|group|domain|principal|principalSet|projectOwner|projectEditor|projectViewer|deleted):.+"
                    r"|allUsers|allAuthenticatedUsers")


def get(call: Call) -> dict:
    policy = held(call)
    call.world.seen.update(_grants(call.name, policy))
    asked = call.body.get("options", {}).get("requestedPolicyVersion")
    wanted = asked or call.params.get("options.requestedPolicyVersion") or call.params.get("optionsRequestedPolicyVersion")
    conditional = any("condition" in one for one in policy.get("bindings", []))
    if conditional and int(wanted or 1) < CONDITIONS:
        call.world.findings.append(f"{call.name}: its policy has conditions, and was read without asking for version 3")
    return policy


def put(call: Call) -> dict:
    policy = copy.deepcopy(call.body.get("policy", call.body))
    current = held(call)
    if policy.get("etag") and policy["etag"] != current["etag"]:
        raise Failure(409, "There were concurrent policy changes. Please retry the whole read-modify-write.", "ABORTED")
    bindings = _merged(policy.get("bindings", []))
    if any("condition" in one for one in bindings) and policy.get("version") != CONDITIONS:
        raise Failure(400, "Conditions can't be set on a policy that isn't set to version 3.")
    for one in bindings:
        limits.check_grant(call, one["role"], one.get("condition"))
    written = {"bindings": bindings, "version": policy.get("version", 1)}
    before, after = _grants(call.name, current), _grants(call.name, written)
    for _, role, member in after - before:  # what was granted before stays, whatever became of its role
        _need_role(call, role)
        _need_member(call, member)
    for gone in before - after:
        call.world.seen.pop(gone, None)
    logs = policy.get("auditConfigs") if "auditConfigs" in _mask(call) else current.get("auditConfigs")
    if logs:
        written["auditConfigs"] = logs
    call.world.policies[call.name] = written
    return held(call)


def held(call: Call) -> dict:
    policy = copy.deepcopy(call.world.policies.get(call.name, {"version": 1}))
    if not policy.get("bindings"):
        policy.pop("bindings", None)
    return {**policy, "etag": etag(policy)}


def allows(world, name: str, member: str, *roles: str) -> bool:
    """Whether a policy gives a member one of the roles, and everybody knows."""
    return any(grant[1] in roles and grant[2] == member and world.seen[grant] >= KNOWN
               for grant in _grants(name, world.policies.get(name, {})))


def begin(world, name: str, bindings: list[dict]) -> None:
    """The policy of what has been there for long, or was made with it."""
    world.policies[name] = {"version": 1, "bindings": bindings}
    world.seen.update({grant: KNOWN for grant in _grants(name, world.policies[name])})


def forget_account(call: Call, email: str, number: str) -> None:
    """Grants to a deleted account stay, and are nobody's: another account of its name does not have them."""
    member, gone = f"serviceAccount:{email}", f"deleted:serviceAccount:{email}?uid={number}"
    for policy in call.world.policies.values():
        for one in policy.get("bindings", []):
            one["members"] = sorted(gone if each == member else each for each in one["members"])


def _grants(name: str, policy: dict) -> set[tuple[str, str, str]]:
    return {(name, one["role"], member) for one in policy.get("bindings", []) for member in one["members"]}


def _mask(call: Call) -> str:
    return call.body.get("updateMask", "bindings,etag,auditConfigs" if "policy" not in call.body else "bindings,etag")


def _merged(bindings: list[dict]) -> list[dict]:
    """One binding for a role and a condition, without empty ones, as Google keeps them."""
    found: dict[str, dict] = {}
    for one in bindings:
        if not one.get("members"):
            continue
        condition = one.get("condition")
        key = f"{one['role']} {sorted(condition.items()) if condition else ''}"
        members = found.get(key, {}).get("members", [])
        found[key] = {"role": one["role"], "members": sorted({*members, *one["members"]}),
                      **({"condition": condition} if condition else {})}
    return sorted(found.values(), key=lambda one: one["role"])


def _need_role(call: Call, role: str) -> None:
    if re.fullmatch(r"roles/[a-z][A-Za-z0-9_.]+", role):
        return
    own = call.world.resources.get(call.world.own(f"iam/{role}"))
    if own is None or own.get("deleted"):
        raise Failure(400, f"Role ({role}) does not exist in the resource's hierarchy.")


def _need_member(call: Call, member: str) -> None:
    kind, _, email = member.partition(":")
    if OTHERS.fullmatch(member):
        return
    if kind != "serviceAccount" or not agents.account_exists(call.world, email):
        raise Failure(400, f"Service account {email} does not exist." if kind == "serviceAccount"
                      else f"The member {member} is of an unknown type.")
