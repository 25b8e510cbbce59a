from fake_google import GoogleError
from run import seconds
from services.compute import Compute

LONGEST_WAIT = 120
"""Source: regionOperations.wait: "waits for no more than the 2 minutes"."""


class RegionOperations(Compute):
    """Operations of Compute Engine: done when their time has come. `wait` takes the time."""

    at = "regionOperations"

    def settle(self) -> None:
        for one in self.state["operations"].values():
            if one["done"] or not self.clock.past(one["until"]):
                continue
            one["done"] = True
            if one["verb"] == "delete":
                self.state[one["kind"]].pop(one["target"], None)
            else:
                self.state[one["kind"]][one["target"]] = {**one["resource"], "creationTimestamp": one["until"]}

    def get(self, params: dict, body: dict) -> dict:
        self.here(params)
        if params["operation"] not in self.state["operations"]:
            raise GoogleError(404, f"The resource '{params['operation']}' was not found")
        return self.shown(params["operation"])

    def wait(self, params: dict, body: dict) -> dict:
        self.get(params, body)
        until = seconds(self.state["operations"][params["operation"]]["until"])
        self.world.run.scheduler.pause(min(max(until - self.clock.seconds, 0), LONGEST_WAIT))
        self.settle()
        return self.shown(params["operation"])
