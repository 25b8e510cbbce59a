"""EventBridge: records what is put on a bus, and keeps what other services tell for the targets of the rules that match it.

Whether a rule matches is said by localstack's engine. Source: EventBridge user guide, "Events from AWS services", "Amazon
EventBridge event patterns".
"""

import json

from localstack.services.events.event_rule_engine import EventPatternCompiler, EventRuleEngine

from world import Service

PATTERNS, ENGINE = EventPatternCompiler(), EventRuleEngine()


class EventBridge(Service):
    """State: events: [entry that was put, with its time `at`]; rules: [{pattern, targets: [<anything>]}]; waiting: [{event,
    target}], in the order in which they are to be delivered. Whoever delivers one takes it from there.
    """

    name = "eventbridge"
    empty = {"events": [], "rules": [], "waiting": []}

    def put_events(self, request: dict) -> dict:
        results = [self._put(entry) for entry in request["Entries"]]
        return {"FailedEntryCount": sum("ErrorCode" in result for result in results), "Entries": results}

    def _put(self, entry: dict) -> dict:
        if missing := [field for field in ("Source", "DetailType", "Detail") if not entry.get(field)]:
            return {"ErrorCode": "InvalidArgument", "ErrorMessage": f"{', '.join(missing)} missing"}
        try:
            json.loads(entry["Detail"])
        except ValueError:
            return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
        self.state["events"].append({**entry, "at": self.clock.iso()})
        return {"EventId": self.uuid()}

    def _tell(self, source: str, kind: str, resource: str, detail: dict) -> None:
        """An event of AWS."""
        event = {"version": "0", "id": self.uuid(), "detail-type": kind, "source": source, "account": "111111111111",
                 "time": self.clock.iso()[:19] + "Z", "region": "eu-central-1", "resources": [resource], "detail": detail}
        for rule in self.state["rules"]:
            pattern = PATTERNS.compile_event_pattern(json.dumps(rule["pattern"]))
            if ENGINE.evaluate_pattern_on_event(pattern, event):
                self.state["waiting"] += [{"event": event, "target": target} for target in rule["targets"]]
