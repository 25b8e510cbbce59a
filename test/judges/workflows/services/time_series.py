from __future__ import annotations  # `list` is a method here

import collections
import re

from fake_google import GoogleError
from run import iso, seconds
from services import served
from world import Service

ONLINE = "aiplatform.googleapis.com/prediction/online/"
RESOURCE = "aiplatform.googleapis.com/Endpoint"
METRICS = {"prediction_count": (), "response_count": ("response_code",), "error_count": (), "prediction_latencies": ("latency_type",),
           "private/response_count": ("response_code",), "private/prediction_latencies": ()}
TERM = re.compile(r'\s*([\w.]+)\s*=\s*"([^"]*)"\s*')
DAY = 24 * 60 * 60
SUMS = {"ALIGN_SUM", "ALIGN_DELTA", "ALIGN_RATE"}
PERCENTILE = re.compile(r"(?:ALIGN|REDUCE)_PERCENTILE_(\d\d)")
REDUCERS = {"REDUCE_SUM": sum, "REDUCE_MAX": max, "REDUCE_MIN": min, "REDUCE_MEAN": lambda all_: sum(all_) / len(all_)}


class TimeSeries(Service):
    """Metrics: those of endpoints as served.py has them, others as they were written. State: written [TimeSeries],
    known [types of Google's metrics that had values].

    A type without any value so far is not known at all, as on the day on which a project begins.
    Filters: terms `key = "value"` and AND. Aligners: sum, delta, rate, mean, percentiles; windows end at endTime.
    """

    api, at = "monitoring.v3", "projects.timeSeries"
    empty = {"written": [], "known": []}

    def create(self, params: dict, body: dict) -> dict:
        for series in body["timeSeries"]:
            if not series.get("metric", {}).get("type", "").startswith("custom.googleapis.com/") or len(series["points"]) != 1:
                raise GoogleError(400, f"A custom metric with one point is written at a time: {series}")
            self.state["written"].append({**series, "at": self.clock.iso()})
        return {}

    def list(self, params: dict, body: dict) -> dict:
        wanted = self._filter(params["filter"])
        kind = wanted.pop("metric.type", "")
        start, end = params.get("interval.startTime", params["interval.endTime"]), params["interval.endTime"]
        if seconds(start) > seconds(end):
            raise GoogleError(400, f"The interval begins at {start} and ends at {end}.")
        if kind.startswith("custom."):
            if all(one["metric"]["type"] != kind for one in self.state["written"]):
                raise _unknown(kind)
            found = [{key: value for key, value in one.items() if key != "at"} for one in self.state["written"][::-1]
                     if one["metric"]["type"] == kind and _labels_of(one).items() >= wanted.items()]
        else:
            found = self._online(kind, wanted, seconds(start), seconds(end), params)
        return {"timeSeries": found} if found else {}

    def _filter(self, text: str) -> dict:
        terms = [TERM.fullmatch(term) for term in re.split(r"\sAND\s", text)]
        if None in terms:
            raise GoogleError(400, f"The filter {text!r} is not understood.")
        return {term[1].replace(".label.", ".labels."): term[2] for term in terms}

    def _online(self, kind: str, wanted: dict, start: float, end: float, params: dict) -> list[dict]:
        metric = kind.removeprefix(ONLINE)
        if not kind.startswith(ONLINE) or metric not in METRICS:
            raise _unknown(kind)
        known = {"resource.type", "resource.labels.endpoint_id", "resource.labels.location", "metric.labels.deployed_model_id",
                 *(f"metric.labels.{label}" for label in METRICS[metric])}
        if wanted.keys() - known or wanted.get("resource.type", RESOURCE) != RESOURCE:
            raise GoogleError(400, f"The metric {kind} has no {sorted(wanted.keys() - known)}.")
        if not self._is_known(kind, metric):
            raise _unknown(kind)
        series = collections.defaultdict(list)
        for minute in served.minutes(self.world, start, end):
            for more, count in _parts(metric, minute):
                labels = {"resource.labels.endpoint_id": minute.endpoint, "metric.labels.deployed_model_id": minute.deployed,
                          "resource.labels.location": self.world.project["region"], "resource.type": RESOURCE, **more}
                if count and labels.items() >= wanted.items():
                    series[tuple(sorted(labels.items()))].append((minute, count))
        return self._reduced(kind, {labels: self._aligned(points, metric, end, params) for labels, points in series.items()}, params)

    def _is_known(self, kind: str, metric: str) -> bool:
        known, now = self.state.setdefault("known", []), self.clock.seconds
        if kind not in known and any(count for minute in served.minutes(self.world, now - DAY, now)
                                     for _, count in _parts(metric, minute)):
            known.append(kind)
        return kind in known

    def _aligned(self, points: list, metric: str, end: float, params: dict) -> dict:
        """Values by the end of their window."""
        aligner = params.get("aggregation.perSeriesAligner", "ALIGN_NONE")
        percentile = PERCENTILE.fullmatch(aligner)
        latencies = metric.endswith("prediction_latencies")
        if latencies and not percentile and aligner not in ("ALIGN_MEAN", "ALIGN_COUNT"):
            raise NotImplementedError(f"distributions with {aligner}")
        if not latencies and aligner not in SUMS:
            raise GoogleError(400, f"{aligner} does not fit a delta of numbers.")
        period = float(params["aggregation.alignmentPeriod"].removesuffix("s"))
        windows = collections.defaultdict(list)
        for minute, count in points:
            windows[end - (end - minute.end) // period * period].append((minute, count))
        scale = int(percentile[1]) / 95 if percentile else 50 / 95
        return {at: (sum(count for _, count in held) / (period if aligner == "ALIGN_RATE" else 1)) if aligner in SUMS
                else sum(minute.latency * count for minute, count in held) / sum(count for _, count in held) * scale
                for at, held in windows.items()}

    def _reduced(self, kind: str, series: dict, params: dict) -> list[dict]:
        reducer = params.get("aggregation.crossSeriesReducer", "REDUCE_NONE")
        if reducer != "REDUCE_NONE":
            if reducer not in REDUCERS:
                raise NotImplementedError(reducer)
            given = params.get("aggregation.groupByFields", [])
            by = [one.replace(".label.", ".labels.") for one in (given if isinstance(given, list) else [given])]
            groups = collections.defaultdict(lambda: collections.defaultdict(list))
            for labels, values in series.items():
                for at, value in values.items():
                    groups[tuple(label for label in labels if label[0] in by)][at].append(value)
            series = {labels: {at: REDUCERS[reducer](all_) for at, all_ in values.items()} for labels, values in groups.items()}
        whole = params.get("aggregation.perSeriesAligner") in ("ALIGN_SUM", "ALIGN_DELTA")
        period = float(params["aggregation.alignmentPeriod"].removesuffix("s")) if series else 0
        return [{"metric": {"type": kind, "labels": _part(labels, "metric.labels.")},
                 "resource": {"type": RESOURCE, "labels": _part(labels, "resource.labels.")},
                 "metricKind": "DELTA", "valueType": "INT64" if whole else "DOUBLE",
                 "points": [{"interval": {"startTime": iso(at - period), "endTime": iso(at)},
                             "value": {"int64Value": str(round(value))} if whole else {"doubleValue": float(value)}}
                            for at, value in sorted(values.items(), reverse=True)]} for labels, values in series.items()]


def _parts(metric: str, minute: served.Minute) -> list[tuple[dict, float]]:
    if metric.startswith("private/") != minute.private:
        return []
    metric = metric.removeprefix("private/")
    if metric == "response_count":
        return [({"metric.labels.response_code": "200"}, minute.requests - minute.errors),
                ({"metric.labels.response_code": "500"}, minute.errors)]
    if metric == "prediction_latencies":
        return [({}, minute.requests)] if minute.private else [
            ({"metric.labels.latency_type": part}, minute.requests) for part in ("model", "total")]
    return [({}, minute.errors if metric == "error_count" else minute.requests)]


def _unknown(kind: str) -> GoogleError:
    return GoogleError(404, f"Cannot find metric(s) that match type = \"{kind}\". If a metric was created recently, "
                            "it could take up to 10 minutes to become available. Please try again soon.")


def _part(labels: tuple, prefix: str) -> dict:
    return {name.removeprefix(prefix): value for name, value in labels if name.startswith(prefix)}


def _labels_of(series: dict) -> dict:
    return {**{f"metric.labels.{key}": value for key, value in series["metric"].get("labels", {}).items()},
            **{f"resource.labels.{key}": value for key, value in series.get("resource", {}).get("labels", {}).items()},
            "resource.type": series.get("resource", {}).get("type", "global")}
