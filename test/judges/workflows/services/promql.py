"""Evaluates the part of PromQL that is asked of endpoints' metrics and of metrics that somebody wrote; anything else is
refused.

Selectors of counters and of the buckets of latencies, increase, rate, last_over_time of what was written, sum, max, min and avg with
`by`, histogram_quantile, vector, arithmetic, comparisons as filters, `or`, parentheses.
"""

import collections
import math
import operator
import re

from services import gauges, served

TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_:][\w:.]*'
                   r'|[<>=!]=|=~|!~|[-+*/(){}\[\],<>=])')
PREFIX = "aiplatform_googleapis_com:prediction_online_"
BOUNDS = [*(1.05 ** power for power in range(240)), math.inf]
OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul,
             "/": lambda a, b: a / b if b else math.nan if not a else math.copysign(math.inf, a)}
COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne}
AGGREGATES = {"sum": sum, "max": max, "min": min, "avg": lambda all_: sum(all_) / len(all_)}
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class CannotEvaluate(Exception):
    pass


def evaluate(query: str, world, at: float):
    """A number, or a vector {labels: value}."""
    parser = _Parser(TOKEN.findall(query), world, at)
    if "".join(parser.tokens) != re.sub(r"\s+(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", "", query):
        raise CannotEvaluate(query)
    found = parser.either()
    if parser.tokens:
        raise CannotEvaluate(f"{query}: {parser.tokens[0]} is too much")
    return found


class _Parser:
    def __init__(self, tokens: list[str], world, at: float):
        self.tokens, self.world, self.now = list(tokens), world, at

    def either(self):
        found = self.comparison()
        while self.take("or"):
            other = self.comparison()
            found = {**other, **found}
        return found

    def comparison(self):
        left = self.sum()
        sign = next((sign for sign in COMPARE if self.tokens[:1] == [sign]), None)
        if sign is None:
            return left
        self.tokens.pop(0)
        right = self.sum()
        if isinstance(left, dict) and not isinstance(right, dict):
            return {labels: value for labels, value in left.items() if COMPARE[sign](value, right)}
        raise CannotEvaluate(f"{sign} between anything but a vector and a number")

    def sum(self):
        return self.chain(("+", "-"), lambda: self.chain(("*", "/"), self.primary))

    def chain(self, signs, inner):
        found = inner()
        while self.tokens and self.tokens[0] in signs:
            sign = self.tokens.pop(0)
            found = _apply(OPERATORS[sign], found, inner())
        return found

    def primary(self):
        token = self.tokens.pop(0) if self.tokens else "the end"
        if token == "(":
            found = self.either()
            self.expect(")")
            return found
        if re.fullmatch(r"\d.*", token):
            return float(token)
        if token in AGGREGATES:
            by = self.by()
            inner = self.inside(self.either)
            return _aggregated(AGGREGATES[token], inner, by if by is not None else self.by() or [])
        if token in ("increase", "rate", "last_over_time"):
            return self.inside(lambda: self.over(token))
        if token == "histogram_quantile":
            self.expect("(")
            share = self.either()
            self.expect(",")
            found = _quantile(share, self.either())
            self.expect(")")
            return found
        if token == "vector":
            return {(): self.inside(self.either)}
        raise CannotEvaluate(f"{token} stands where a value should")

    def over(self, function: str) -> dict:
        name, wanted = self.tokens.pop(0), self.matchers()
        self.expect("[")
        number, unit = self.tokens.pop(0), self.tokens.pop(0)
        self.expect("]")
        if unit not in SECONDS:
            raise CannotEvaluate(f"a window of {number}{unit}")
        window = float(number) * SECONDS[unit]
        if function == "last_over_time":
            return gauges.last(self.world, name, wanted, self.now - window, self.now)
        found = self.counted(name, wanted, window)
        return {labels: value / (window if function == "rate" else 1) for labels, value in found.items()}

    def counted(self, name: str, wanted: dict, window: float) -> dict:
        metric = name.removeprefix(PREFIX)
        if not name.startswith(PREFIX) or metric not in ("prediction_count", "error_count", "response_count",
                                                         "prediction_latencies_bucket", "prediction_latencies_count"):
            raise CannotEvaluate(f"there is no metric {name}")
        found = collections.Counter()
        for minute in served.minutes(self.world, self.now - window, self.now):
            common = {"endpoint_id": minute.endpoint, "deployed_model_id": minute.deployed,
                      "location": self.world.project["region"], "monitored_resource": "aiplatform.googleapis.com/Endpoint"}
            if unknown := wanted.keys() - {*common, "response_code", "latency_type", "resource_container"}:
                raise CannotEvaluate(f"{name} has no label {sorted(unknown)}")
            for more, count in _parts(metric, minute):
                labels = {**common, **more}
                if all(labels.get(key, value) == value for key, value in wanted.items()):
                    found[tuple(sorted(labels.items()))] += count
        return {labels: count for labels, count in found.items() if count or metric.endswith("bucket")}

    def matchers(self) -> dict:
        wanted = {}
        if self.take("{"):
            while not self.take("}"):
                name = self.tokens.pop(0)
                self.expect("=")
                wanted[name] = self.tokens.pop(0).strip('"')
                self.take(",")
        return wanted

    def by(self) -> list[str] | None:
        if not self.take("by"):
            return None
        self.expect("(")
        names = []
        while not self.take(")"):
            names.append(self.tokens.pop(0))
            self.take(",")
        return names

    def inside(self, inner):
        self.expect("(")
        found = inner()
        self.expect(")")
        return found

    def take(self, token: str) -> bool:
        if self.tokens[:1] != [token]:
            return False
        self.tokens.pop(0)
        return True

    def expect(self, token: str) -> None:
        if not self.take(token):
            raise CannotEvaluate(f"{token} is missing before {self.tokens[:3]}")


def _parts(metric: str, minute: served.Minute) -> list[tuple[dict, float]]:
    if metric == "prediction_latencies_bucket":
        slowest = minute.latency / 0.95
        return [({"le": "+Inf" if math.isinf(bound) else f"{bound:g}", "latency_type": "total"},
                 minute.requests * min(bound / slowest, 1)) for bound in BOUNDS]
    if metric == "response_count":
        return [({"response_code": "200"}, minute.requests - minute.errors), ({"response_code": "500"}, minute.errors)]
    return [({}, minute.errors if metric == "error_count" else minute.requests)]


def _apply(function, left, right):
    """Vectors meet on equal labels."""
    if isinstance(left, dict) and isinstance(right, dict):
        return {labels: function(value, right[labels]) for labels, value in left.items() if labels in right}
    if isinstance(left, dict):
        return {labels: function(value, right) for labels, value in left.items()}
    if isinstance(right, dict):
        return {labels: function(left, value) for labels, value in right.items()}
    return function(left, right)


def _aggregated(function, vector: dict, by: list[str]) -> dict:
    groups = collections.defaultdict(list)
    for labels, value in vector.items():
        groups[tuple(label for label in labels if label[0] in by)].append(value)
    return {labels: function(all_) for labels, all_ in groups.items()}


def _quantile(share: float, vector: dict) -> dict:
    """As Prometheus does: straight within a bucket."""
    groups = collections.defaultdict(dict)
    for labels, value in vector.items():
        bound = next((value for name, value in labels if name == "le"), None)
        if bound is None:
            raise CannotEvaluate("histogram_quantile needs the label le")
        groups[tuple(label for label in labels if label[0] != "le")][math.inf if bound == "+Inf" else float(bound)] = value
    found = {}
    for labels, buckets in groups.items():
        rank, below, low = share * buckets[math.inf], 0.0, 0.0
        for bound, count in sorted(buckets.items()):
            if count >= rank:
                found[labels] = low if math.isinf(bound) else low + (bound - low) * (rank - below) / ((count - below) or 1)
                break
            below, low = count, bound
    return found
