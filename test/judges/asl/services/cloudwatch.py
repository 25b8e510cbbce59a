"""CloudWatch: alarms that turn as their metrics say, and a record of what is published.

Source: CloudWatch API reference, PutMetricAlarm; user guide, "Alarm evaluation", "Configuring how CloudWatch alarms treat
missing data". What the metrics are is asked of the world: `world.measured(metric, at)` answers the value of one period,
None where there is no data.
"""

import operator

from instants import epoch, iso
from world import Service

ARN = "arn:aws:cloudwatch:eu-central-1:111111111111:alarm:"
DELAY = 60
"""Seconds until the data of a period is there."""
STEP = 60
"""Seconds between two evaluations of an alarm."""
DAY = 86_400
COMPARES = {"GreaterThanOrEqualToThreshold": operator.ge, "GreaterThanThreshold": operator.gt,
            "LessThanThreshold": operator.lt, "LessThanOrEqualToThreshold": operator.le}
BREACHING = {"breaching": True, "notBreaching": False}


class CloudWatch(Service):
    """State: alarms: {<name>: {...PutMetricAlarm without its name and tags, created, tags: {}}}, published: [PutMetricData
    request with its time `at`]. `final()` adds to each alarm the `state` that it is in, and tells of it where that is
    another one than when the execution began; what it was in between is not told.

    An alarm of which missing data is neither good nor bad is INSUFFICIENT_DATA while any of its periods has none.
    """

    name = "cloudwatch"
    empty = {"alarms": {}, "published": []}

    def put_metric_alarm(self, request: dict) -> dict:
        self._check(request)
        name, before = request["AlarmName"], self.state["alarms"].get(request["AlarmName"])
        tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])}
        kept = {key: value for key, value in request.items() if key not in ("AlarmName", "Tags")}
        self.state["alarms"][name] = {**kept, "created": before["created"] if before else self.clock.iso(),
                                      "tags": before["tags"] if before else tags}
        return {}

    def delete_alarms(self, request: dict) -> dict:
        """Deletes those that are there, whatever else is named."""
        missing = [name for name in request["AlarmNames"] if self.state["alarms"].pop(name, None) is None]
        if missing:
            raise self.error("ResourceNotFound", f"Alarms with names {missing} not found")
        return {}

    def describe_alarms(self, request: dict) -> dict:
        if "AlarmNames" in request and "AlarmNamePrefix" in request:
            raise self.error("ValidationError", "AlarmNames and AlarmNamePrefix cannot be used together")
        names = [name for name in sorted(self.state["alarms"])
                 if name.startswith(request.get("AlarmNamePrefix", "")) and name in request.get("AlarmNames", [name])]
        described = [self._described(name) for name in names]
        wanted = [one for one in described if one["StateValue"] == request.get("StateValue", one["StateValue"])]
        first, size = int(request.get("NextToken", "0")), request.get("MaxRecords", 50)
        more = {"NextToken": str(first + size)} if len(wanted) > first + size else {}
        return {"MetricAlarms": wanted[first:first + size], "CompositeAlarms": [], **more}

    def describe_alarm_history(self, request: dict) -> dict:
        """State updates of one alarm; a deleted one has no history here."""
        alarm = self.state["alarms"].get(request.get("AlarmName", ""))
        items = [] if alarm is None else [
            {"AlarmName": request["AlarmName"], "AlarmType": "MetricAlarm", "HistoryItemType": "StateUpdate",
             "Timestamp": iso(at), "HistorySummary": f"Alarm updated from {before} to {after}",
             "HistoryData": '{"newState":{"stateValue":"%s","stateReason":"%s"}}' % (after, self._reason(alarm, after))}
            for at, before, after in self._turns(alarm)]
        newest_first = request.get("ScanBy", "TimestampDescending") == "TimestampDescending"
        ordered = items[::-1] if newest_first else items
        return {"AlarmHistoryItems": ordered[:request.get("MaxRecords", 100)]}

    def list_tags_for_resource(self, request: dict) -> dict:
        alarm = self.state["alarms"].get(request["ResourceARN"].removeprefix(ARN))
        if alarm is None:
            raise self.error("ResourceNotFoundException", f"{request['ResourceARN']} not found")
        return {"Tags": [{"Key": key, "Value": value} for key, value in alarm["tags"].items()]}

    def put_metric_data(self, request: dict) -> dict:
        if request["Namespace"].startswith("AWS/"):
            raise self.error("InvalidParameterValue", "The value AWS/ for parameter Namespace is invalid.")
        self.state["published"].append({**request, "at": self.clock.iso()})
        return {}

    def final(self) -> dict:
        for name, alarm in self.state["alarms"].items():
            before, alarm["state"] = alarm.get("state", "INSUFFICIENT_DATA"), self._state(alarm, self.clock.epoch())
            if alarm["state"] != before:
                self.world.tell("aws.cloudwatch", "CloudWatch Alarm State Change", ARN + name, {
                    "alarmName": name, "previousState": {"value": before},
                    "state": {"value": alarm["state"], "timestamp": self.clock.iso()}})
        return self.state

    def _first_alarm(self, names: list[str], since: float, until: float) -> tuple[float, str] | None:
        """When the first of these alarms was in ALARM in a span of time, and which one."""
        at = since
        while at <= until:
            for name in names:
                alarm = self.state["alarms"].get(name)
                if alarm is not None and self._state(alarm, at) == "ALARM":
                    return at, name
            at += STEP
        return None

    def _state(self, alarm: dict, at: float) -> str:
        if at < epoch(alarm["created"]):
            return "INSUFFICIENT_DATA"
        period, periods = alarm["Period"], alarm["EvaluationPeriods"]
        end = (at - DELAY) // period * period
        breaching = [self._breaching(alarm, end - (back + 1) * period) for back in range(periods)]
        if breaching.count(True) >= alarm.get("DatapointsToAlarm", periods):
            return "ALARM"
        return "INSUFFICIENT_DATA" if None in breaching else "OK"

    def _breaching(self, alarm: dict, start: float) -> bool | None:
        """Whether the period that begins then is bad; None where nobody can tell."""
        statistic = alarm.get("Statistic") or alarm["ExtendedStatistic"]
        value = self.world.measured({"namespace": alarm["Namespace"], "name": alarm["MetricName"], "statistic": statistic,
                                     "period": alarm["Period"],
                                     "dimensions": {one["Name"]: one["Value"] for one in alarm.get("Dimensions", [])}},
                                    start)
        if value is None:
            return BREACHING.get(alarm.get("TreatMissingData", "missing"))
        return COMPARES[alarm["ComparisonOperator"]](value, alarm["Threshold"])

    def _turns(self, alarm: dict) -> list[tuple[float, str, str]]:
        turns, before, at = [], "INSUFFICIENT_DATA", epoch(alarm["created"])
        while at <= self.clock.epoch():
            after = self._state(alarm, at)
            if after != before:
                turns.append((at, before, after))
            before, at = after, at + STEP
        return turns

    def _reason(self, alarm: dict, state: str) -> str:
        many = f"{alarm.get('DatapointsToAlarm', alarm['EvaluationPeriods'])} datapoints"
        return f"Threshold Crossed: {many} {alarm['ComparisonOperator']} {alarm['Threshold']}." if state == "ALARM" else \
            f"{many} were not {alarm['ComparisonOperator']} {alarm['Threshold']}."

    def _described(self, name: str) -> dict:
        alarm = self.state["alarms"][name]
        state = self._state(alarm, self.clock.epoch())
        kept = {key: value for key, value in alarm.items() if key not in ("created", "tags", "state")}
        return {"AlarmName": name, "AlarmArn": ARN + name, "AlarmConfigurationUpdatedTimestamp": alarm["created"],
                "StateValue": state, "StateReason": self._reason(alarm, state), **kept}

    def _check(self, request: dict) -> None:
        """What CloudWatch refuses and its service model does not say."""
        period, periods = request.get("Period", 0), request["EvaluationPeriods"]
        longest = DAY if period < 3600 else 7 * DAY
        for problem, found in (
            ("The parameters MetricName and Namespace are required", not {"MetricName", "Namespace"} <= request.keys()),
            ("Exactly one of Statistic and ExtendedStatistic is required",
             ("Statistic" in request) == ("ExtendedStatistic" in request)),
            ("Period must be 10, 20, 30 or a multiple of 60", period not in (10, 20, 30) and (period < 60 or period % 60)),
            (f"Metrics cannot be checked across more than {longest} seconds", period * periods > longest),
            ("DatapointsToAlarm must be at most EvaluationPeriods", request.get("DatapointsToAlarm", 1) > periods),
            ("Threshold is required", "Threshold" not in request),
            ("ComparisonOperator is for anomaly detection", request["ComparisonOperator"] not in COMPARES),
            ("TreatMissingData is invalid",
             request.get("TreatMissingData", "missing") not in (*BREACHING, "missing", "ignore")),
        ):
            if found:
                raise self.error("ValidationError", problem)
