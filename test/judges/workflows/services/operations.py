from fake_google import GoogleError
from run import seconds
from services.vertex import TYPE, Vertex


class LocationOperations(Vertex):
    """Long-running operations of Vertex AI: done when their time has come, in that order, whoever looks."""

    at = "projects.locations.operations"

    def settle(self) -> None:
        due = sorted((seconds(one["until"]), name) for name, one in self.state["operations"].items()
                     if not one["done"] and self.clock.past(one["until"]))
        for _, name in due:
            one = self.state["operations"][name]
            owner = self.world.service("aiplatform.v1", "projects.locations.endpoints" if one["kind"] in (
                "deploy", "undeploy", "mutate") else "projects.locations.models")
            try:
                response = getattr(owner, f"apply_{one['kind']}")(one["of"], one["effect"], one["until"])
                one["result"] = {"response": {"@type": TYPE + response.pop("@type"), **response}}
            except GoogleError as failed:
                one["result"] = {"error": {"code": CODES.get(failed.status, 13), "message": failed.message}}
            one["done"] = True

    def get(self, params: dict, body: dict) -> dict:
        name = self.own(params["name"])
        self.found(self.state["operations"], name, "Operation")
        return self.shown(name)


CODES = {"INVALID_ARGUMENT": 3, "NOT_FOUND": 5, "RESOURCE_EXHAUSTED": 8, "FAILED_PRECONDITION": 9, "INTERNAL": 13}


class ModelOperations(LocationOperations):
    at = "projects.locations.models.operations"

    def settle(self) -> None:
        """Once is enough."""


class EndpointOperations(ModelOperations):
    at = "projects.locations.endpoints.operations"

    def list(self, params: dict, body: dict) -> dict:
        """Those of one endpoint, as many as a page has."""
        if "filter" in params:
            raise NotImplementedError(f"filter {params['filter']}")
        of = self.own(params["name"])
        found = [self.shown(name) for name, one in self.state["operations"].items() if one["of"] == of]
        return self.page(params, "operations", found)

    def cancel(self, params: dict, body: dict) -> dict:
        raise GoogleError(501, "Operations of endpoints are not cancelled.", "UNIMPLEMENTED")
