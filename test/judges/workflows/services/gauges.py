"""Metrics that somebody wrote, as PromQL sees them."""

import re

from run import seconds


def last(world, name: str, wanted: dict, start: float, end: float) -> dict:
    """The newest value of each series within a span of time: {labels: value}. Nothing where there is none, as there too."""
    found: dict = {}
    for series in world["monitoring"]["written"]:
        labels = {**series["metric"].get("labels", {}), **series.get("resource", {}).get("labels", {}),
                  "monitored_resource": series.get("resource", {}).get("type", "global")}
        if _name(series["metric"]["type"]) != name or not wanted.items() <= labels.items():
            continue
        [point] = series["points"]
        at, key = seconds(point["interval"]["endTime"]), tuple(sorted(labels.items()))
        if start < at <= end and at >= found.get(key, (at, 0))[0]:
            found[key] = (at, float(next(iter(point["value"].values()))))
    return {labels: value for labels, (_, value) in found.items()}


def _name(metric: str) -> str:
    """Source: Cloud Monitoring documentation, "Mapping Cloud Monitoring metrics to PromQL"."""
    return re.sub(r"[^\w:]", "_", metric.replace("/", ":", 1))
