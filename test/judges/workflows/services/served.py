"""What Cloud Monitoring knows of endpoints: computed, minute by minute, from who served how much and what it does.

State in `aiplatform`: requestsPerMinute (600); metricsDelay, seconds until a minute shows (120); behaviours
{"<model>@<version>": {latency: p95 in ms (50), errors: share (0), illAt: before that instant it is well, wellAt: and from
that one on}}.
An endpoint with `privateMetrics` fills the metrics below `private/` instead of the others.
Latencies are spread evenly from 0 to p95 / 0.95.
"""

import dataclasses

from run import seconds

WELL = {"latency": 50.0, "errors": 0.0, "idleEvery": 0}


@dataclasses.dataclass(frozen=True)
class Minute:
    """Requests that a deployed model answered in the minute until `end`, seconds since 1970."""

    endpoint: str
    deployed: str
    end: float
    requests: float
    errors: float
    latency: float
    private: bool


def minutes(world, start: float, end: float) -> list[Minute]:
    """All that is visible of the time from `start` to `end`."""
    state = world["aiplatform"]
    visible = min(end, world.clock.seconds - state.get("metricsDelay", 120))
    found = []
    first = int(start // 60) + 1
    for minute in range(first, int(visible // 60) + 1):
        for name, one in state["endpoints"].items():
            for deployed, share in _split(one, minute * 60 - 60).items():
                requests = one.get("requestsPerMinute", state.get("requestsPerMinute", 600)) * share / 100
                does = _behaviour(state, one, deployed, minute * 60)
                idle = does["idleEvery"] and minute % does["idleEvery"] == 0
                if requests and not idle:
                    found.append(Minute(name, deployed, minute * 60, requests, requests * does["errors"], does["latency"],
                                        bool(one.get("privateMetrics"))))
    return found


def _split(one: dict, at: float) -> dict:
    history = one.get("history") or [["", one.get("trafficSplit", {})]]
    return next((split for since, split in reversed(history) if not since or seconds(since) <= at), {})


def _behaviour(state: dict, one: dict, deployed: str, at: float) -> dict:
    version = next((f"{item['model'].split('@')[0].rsplit('/', 1)[-1]}@{item['modelVersionId']}"
                    for item in one.get("deployedModels", []) if item["id"] == deployed), one.get("served", {}).get(deployed))
    does = state["behaviours"].get(version, {})
    well = "illAt" in does and at < seconds(does["illAt"]) or "wellAt" in does and at >= seconds(does["wellAt"])
    return WELL if well else {**WELL, **does}
