"""What all machines of a model act on at once, from captured requests to what serves: that of `watched`, and alarms on what
machines publish themselves.
"""

from instants import epoch
from worlds.watched import WatchedWorld

STATISTICS = {"Maximum": max, "Minimum": min, "Sum": sum, "Average": lambda values: sum(values) / len(values)}


class LoopWorld(WatchedWorld):
    def outside_commit(self, table: str, snapshot: dict) -> None:
        """Rows of a `snapshot` instead of what was in `<database>.<table>`."""
        self["glue"]._commit(table, {"operation": "overwrite", **snapshot})

    def measured(self, metric: dict, at: float) -> float | None:
        published = self["cloudwatch"].state["published"]
        if metric["namespace"] not in {one["Namespace"] for one in published}:
            return None if not metric["namespace"].lower().startswith(("aws/", "/aws/")) else super().measured(metric, at)
        values = [datum["Value"] for one in published for datum in one["MetricData"]
                  if one["Namespace"] == metric["namespace"] and at <= epoch(one["at"]) < at + metric["period"]
                  and datum["MetricName"] == metric["name"]
                  and {each["Name"]: each["Value"] for each in datum["Dimensions"]} == metric["dimensions"]]
        return STATISTICS[metric["statistic"]](values) if values else None
