"""EventBridge: records what is put on a bus."""

import json

from world import Service


class EventBridge(Service):
    """State: events: [entry with its time `at`]."""

    name = "eventbridge"
    empty = {"events": []}

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
