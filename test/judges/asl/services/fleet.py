"""How an endpoint of SageMaker gets from one configuration to another while time goes by.

Sources: SageMaker developer guide, "Deployment guardrails" (canary, linear, all at once, auto-rollback) and "Auto-Rollback
Configuration and Monitoring"; API reference, DescribeEndpoint (statuses), BlueGreenUpdatePolicy.

An endpoint is plain JSON: {config, status, created, modified, count, variant, tags, failure?, history, move?}. `history` is
[[instant, {<config>: percent of the traffic}]], `move` what is under way:

    {kind: create | update, to, since, steps: [[instant, percent]], until, alarms: [name], maximum?,
     watched?: until when no alarm has gone off}
    {kind: rollback, from, since, until, failure}
    {kind: delete, since, until}
"""

import math

from instants import epoch, iso

IN_PROGRESS = {"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"}
HEALTH = "The primary container for production variant {variant} did not pass the ping health check."


def creation(config: str, now: float, seconds: dict) -> dict:
    ready = now + seconds["start"]
    return {"kind": "create", "to": config, "since": iso(now), "steps": [[iso(ready), 100]], "until": iso(ready),
            "alarms": []}


def update(config: str, count: int, deployment: dict, now: float, seconds: dict) -> dict:
    """A blue/green update: the new machines start, take the traffic step by step, and bake after each."""
    policy = deployment.get("BlueGreenUpdatePolicy", {})
    routing = policy.get("TrafficRoutingConfiguration", {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0})
    at, steps = now + seconds["start"], []
    for percent in shares(routing, count):
        steps.append([iso(at), percent])
        at += routing["WaitIntervalInSeconds"]
    until = at + policy.get("TerminationWaitInSeconds", 0)
    alarms = deployment.get("AutoRollbackConfiguration", {}).get("Alarms", [])
    return {"kind": "update", "to": config, "since": iso(now), "steps": steps, "until": iso(until),
            "alarms": [alarm["AlarmName"] for alarm in alarms],
            "maximum": policy.get("MaximumExecutionTimeoutInSeconds", 28_800)}


def shares(routing: dict, count: int) -> list[float]:
    """Percent of the traffic after each step: whole machines move."""
    size = routing.get("CanarySize") or routing.get("LinearStepSize")
    if routing["Type"] == "ALL_AT_ONCE" or size is None:
        return [100]
    batch = size["Value"] if size["Type"] == "INSTANCE_COUNT" else math.ceil(count * size["Value"] / 100)
    if routing["Type"] == "CANARY":
        return [100 * batch / count, 100]
    return [min(100, 100 * batch * (step + 1) / count) for step in range(math.ceil(count / batch))]


def waits(deployment: dict, count: int) -> float:
    """Seconds that an update waits for in all."""
    policy = deployment.get("BlueGreenUpdatePolicy", {})
    routing = policy.get("TrafficRoutingConfiguration", {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0})
    return len(shares(routing, count)) * routing["WaitIntervalInSeconds"] + policy.get("TerminationWaitInSeconds", 0)


def settle(endpoint: dict, world, now: float) -> bool:
    """Brings an endpoint to what it is by now. False when it is gone."""
    while move := endpoint.get("move"):
        step = {"create": _create, "update": _update, "rollback": _roll_back, "delete": _delete}[move["kind"]]
        if not step(endpoint, move, world, now):
            return True
        if move["kind"] == "delete":
            return False
    return True


def traffic(endpoint: dict, at: float) -> dict:
    """Percent of the traffic by configuration at an instant."""
    past = [shares for instant, shares in endpoint["history"] if epoch(instant) <= at]
    return past[-1] if past else {}


def _create(endpoint: dict, move: dict, world, now: float) -> bool:
    ready = epoch(move["until"])
    if now < ready:
        return False
    if not world["sagemaker"]._behaviour(move["to"])["starts"]:
        return _end(endpoint, "Failed", ready, HEALTH.format(**endpoint))
    endpoint["history"].append([iso(ready), {move["to"]: 100}])
    return _end(endpoint, "InService", ready)


def _update(endpoint: dict, move: dict, world, now: float) -> bool:
    hosting, since, until = world["sagemaker"], epoch(move["since"]), epoch(move["until"])
    ready, gives_up = epoch(move["steps"][0][0]), since + move["maximum"]
    behaviour = hosting._behaviour(move["to"])
    if not behaviour["starts"]:
        return now >= ready and _take_back(endpoint, move, world, ready, HEALTH.format(**endpoint))
    if behaviour["breaks"]:
        return now >= ready and _break(endpoint, ready)
    known = [instant for instant, _ in endpoint["history"]]
    for instant, percent in move["steps"]:
        if epoch(instant) <= min(now, gives_up) and instant not in known:
            rest = {endpoint["config"]: 100 - percent} if percent < 100 else {}
            endpoint["history"].append([instant, {**rest, move["to"]: percent}])
    watched, move["watched"] = epoch(move.get("watched", iso(ready))), iso(max(ready, now))
    found = world["cloudwatch"]._first_alarm(move["alarms"], watched, min(now, until, gives_up))
    if found:
        at, alarm = found
        endpoint["history"] = [entry for entry in endpoint["history"] if epoch(entry[0]) <= at]
        return _take_back(endpoint, move, world, at, f"Alarm {alarm} went into ALARM state during the deployment.")
    if gives_up < until and now >= gives_up:
        return _take_back(endpoint, move, world, gives_up, "The deployment exceeded its maximum execution timeout.")
    if now < until:
        return False
    endpoint["config"], endpoint["count"] = move["to"], move["count"]
    return _end(endpoint, "InService", until)


def _take_back(endpoint: dict, move: dict, world, at: float, failure: str) -> bool:
    """The old machines take all traffic back at once; then the new ones go."""
    hosting = world["sagemaker"]
    if hosting._behaviour(move["to"])["rollsBack"]:
        endpoint["history"].append([iso(at), {endpoint["config"]: 100}])
    endpoint["status"] = "RollingBack"
    endpoint["move"] = {"kind": "rollback", "from": move["to"], "since": iso(at), "failure": failure,
                        "until": iso(at + hosting.state["seconds"]["rollback"])}
    return True


def _roll_back(endpoint: dict, move: dict, world, now: float) -> bool:
    until = epoch(move["until"])
    if now < until:
        return False
    if world["sagemaker"]._behaviour(move["from"])["rollsBack"]:
        return _end(endpoint, "InService", until)  # which has no reason of a failure
    return _end(endpoint, "UpdateRollbackFailed", until, move["failure"])


def _break(endpoint: dict, at: float) -> bool:
    endpoint["history"].append([iso(at), {}])
    return _end(endpoint, "Failed", at, "Request to service failed. If failure persists after retry, contact customer support.")


def _delete(endpoint: dict, move: dict, _world, now: float) -> bool:
    return now >= epoch(move["until"])


def _end(endpoint: dict, status: str, at: float, failure: str | None = None) -> bool:
    endpoint["status"], endpoint["modified"] = status, iso(at)
    endpoint.pop("failure", None)
    if failure is not None:
        endpoint["failure"] = failure
    del endpoint["move"]
    return True
