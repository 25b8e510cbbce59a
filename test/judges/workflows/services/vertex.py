"""What the resources of Vertex AI share: names, etags, update masks and long-running operations."""

from fake_google import GoogleError
from run import iso
from world import Service

SECONDS = {"upload": 60, "deploy": 600, "undeploy": 60, "mutate": 120, "delete": 30}
TYPE = "type.googleapis.com/google.cloud.aiplatform.v1."


class Vertex(Service):
    """State of all of them: models, endpoints, behaviours, operations; seconds that operations take, as in SECONDS."""

    api = "aiplatform.v1"
    empty = {"models": {}, "endpoints": {}, "behaviours": {}, "operations": {}, "seconds": {}}

    def location(self) -> str:
        return f"projects/{self.world.project['number']}/locations/{self.world.project['region']}"

    def here(self, name: str) -> str:
        """The last part of a resource's name, if it is in this project and region."""
        own = self.own(name)
        if not own.startswith(self.location() + "/"):
            raise GoogleError(403, f"Permission denied on resource {name} (or it may not exist).")
        return own.rsplit("/", 1)[-1]

    def operation(self, of: str, kind: str, effect: dict) -> dict:
        """Begins one: `effect` is applied by `apply_<kind>` of its class when its time has come."""
        number = len(self.state["operations"]) + 1
        name = f"{of}/operations/{number}"
        seconds = self.state["seconds"].get(kind, SECONDS[kind])
        self.state["operations"][name] = {"of": of, "kind": kind, "effect": effect, "began": self.clock.iso(),
                                          "until": iso(self.clock.seconds + seconds), "done": False}
        return self.shown(name)

    def shown(self, name: str) -> dict:
        one = self.state["operations"][name]
        message = {"upload": "UploadModel", "deploy": "DeployModel", "undeploy": "UndeployModel",
                   "mutate": "MutateDeployedModel", "delete": "Delete"}[one["kind"]]
        updated = one["until"] if one["done"] else self.clock.iso()
        metadata = {"@type": f"{TYPE}{message}OperationMetadata",
                    "genericMetadata": {"createTime": one["began"], "updateTime": updated}}
        result = {"done": True, **one["result"]} if one["done"] else {}
        return {"name": name, "metadata": metadata, **result}

    def busy(self, of: str) -> None:
        running = [name for name, one in self.state["operations"].items() if one["of"] == of and not one["done"]]
        if running:
            raise GoogleError(400, f"There are other operations running on {of}: {running}. Try again later.",
                              "FAILED_PRECONDITION")

    def changed(self, one: dict) -> None:
        one["etag"] = f"etag-{int(one.get('etag', 'etag-0').rsplit('-', 1)[-1]) + 1}"
        one["updateTime"] = self.clock.iso()

    def check_etag(self, one: dict, body: dict) -> None:
        if body.get("etag", one.get("etag")) != one.get("etag"):
            raise GoogleError(409, f"The etag {body['etag']} is not the current one.")

    def masked(self, params: dict, allowed: set[str]) -> list[str]:
        paths = [path for path in params.get("updateMask", "").split(",") if path]
        if not paths:
            raise GoogleError(400, "The update mask must be set.")
        if wrong := set(paths) - allowed:
            raise GoogleError(400, f"The update mask names {sorted(wrong)}, only {sorted(allowed)} can be updated.")
        return paths

    def page(self, params: dict, key: str, found: list) -> dict:
        first, size = int(params.get("pageToken") or 0), int(params.get("pageSize", 100))
        more = {"nextPageToken": str(first + size)} if len(found) > first + size else {}
        if mask := params.get("readMask"):
            found = [{name: value for name, value in one.items() if name in mask.split(",")} for one in found]
        return {**({key: found[first:first + size]} if found else {}), **more}
