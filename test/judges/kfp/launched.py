"""What is asked of the launcher of a batch cluster, which really runs: as a process of this machine, as custom jobs do."""

import json

from run import iso
from services.topics import Topics

SECONDS = 45
WITHIN = 1800


class Launched(Topics):
    """State: requests {"<topic>": "gs://…"}, where what is asked for is; unheard, messages that nobody hears; endless, steps
    whose training never ends; trainings {"<name>": its state}, one for each that was begun."""

    empty = {**Topics.empty, "requests": {}, "unheard": 0, "endless": [], "trainings": {}}
    containers = None
    """Runs a container: gives its exit code and its last words."""

    def publish(self, params: dict, body: dict) -> dict:
        given = super().publish(params, body)
        if self.state["unheard"] > 0:
            self.state["unheard"] -= 1
            return given
        folder = self.state["requests"][params["topic"]].removeprefix("gs://")
        for message in self.state["published"][-len(given["messageIds"]):]:
            self._launch(*folder.split("/", 1), message["data"]["training"])
        return given

    def settle(self) -> None:
        for name, one in self.state["trainings"].items():
            if "ended" in one and not one["told"] and self.clock.past(one["at"]):
                one["told"] = True
                self._say(one["bucket"], one["folder"], name, {"ended": one["ended"]})

    def _launch(self, bucket: str, folder: str, name: str) -> None:
        held = self.world["storage"]["buckets"][bucket].get(f"{folder}/{name}/request.json")
        known = self.state["trainings"].get(name)
        if held is None:
            if known is not None:
                known["ended"] = {"outcome": "cancelled", "reason": "Nobody waits for it any more."}
            return
        self._say(bucket, folder, name, {"at": int(self.clock.seconds), "within": WITHIN})
        if known is None:
            self.state["trainings"][name] = {"bucket": bucket, "folder": folder, "told": False, "at": iso(self.clock.seconds + SECONDS),
                                             **self._ran(name, json.loads(held["text"]))}

    def _ran(self, name: str, request: dict) -> dict:
        step = name.rsplit("-", 1)[0]
        if step in self.state["endless"]:
            return {}
        command = [request["command"]] if "command" in request else None
        code, words = self.containers.run(f"training-{step}", {"imageUri": request["image"], "command": command,
                                                               "args": request["args"]})
        outcome, reason = ("succeeded", "") if code == 0 else ("failed", f"task 0 failed with exit code {code}. {words}")
        return {"ended": {"outcome": outcome, "reason": reason, "training": name, "job": f"{name}-d"}}

    def _say(self, bucket: str, folder: str, name: str, state: dict) -> None:
        self.world.service("storage.v1", "objects").insert({"bucket": bucket, "name": f"{folder}/{name}/state.json"},
                                                           content=json.dumps(state).encode(), content_type="application/json")
