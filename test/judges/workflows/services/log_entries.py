from fake_google import GoogleError
from world import Service


class LogEntries(Service):
    """What is written to Cloud Logging. State: entries, as written, each with `at`."""

    api, at = "logging.v2", "entries"
    empty = {"entries": []}

    def write(self, params: dict, body: dict) -> dict:
        common = {key: body[key] for key in ("logName", "resource", "labels") if key in body}
        for entry in body["entries"]:
            whole = {**common, **entry, "labels": {**common.get("labels", {}), **entry.get("labels", {})}}
            if missing := {"logName", "resource"} - whole.keys():
                raise GoogleError(400, f"Log entry with empty {sorted(missing)}.")
            if sum(kind in whole for kind in ("textPayload", "jsonPayload", "protoPayload")) > 1:
                raise GoogleError(400, "A log entry has one payload.")
            self.state["entries"].append({**whole, "at": self.clock.iso()})
        return {}
