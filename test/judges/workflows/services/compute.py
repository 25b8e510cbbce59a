"""What the resources of Compute Engine share: links and operations."""

from fake_google import GoogleError
from run import iso
from world import Service

SECONDS = 15


class Compute(Service):
    """State: forwardingRules and addresses {"<name>": resource}, operations; `seconds` that an operation takes (15)."""

    api = "compute.v1"
    empty = {"forwardingRules": {}, "addresses": {}, "operations": {}, "seconds": SECONDS}
    kind: str

    def link(self, kind: str, name: str) -> str:
        project = self.world.project
        return f"https://www.googleapis.com/compute/v1/projects/{project['id']}/regions/{project['region']}/{kind}/{name}"

    def here(self, params: dict) -> None:
        project = self.world.project
        if params["project"] not in (project["id"], project["number"]) or params["region"] != project["region"]:
            raise GoogleError(404, f"The resource 'projects/{params['project']}/regions/{params['region']}' was not found")

    def held(self, params: dict, name: str) -> dict:
        self.here(params)
        if name not in self.state[self.kind]:
            raise GoogleError(404, f"The resource '{self.link(self.kind, name)[35:]}' was not found")
        return self.state[self.kind][name]

    def operation(self, verb: str, name: str, resource: dict | None = None) -> dict:
        number = len(self.state["operations"]) + 1
        one = f"operation-{number}"
        self.state["operations"][one] = {
            "verb": verb, "kind": self.kind, "target": name, "resource": resource, "began": self.clock.iso(), "done": False,
            "until": iso(self.clock.seconds + self.state["seconds"]), "number": number}
        return self.shown(one)

    def shown(self, name: str) -> dict:
        one = self.state["operations"][name]
        return {"kind": "compute#operation", "id": str(one["number"]), "name": name, "operationType": one["verb"],
                "targetLink": self.link(one["kind"], one["target"]), "status": "DONE" if one["done"] else "RUNNING",
                "progress": 100 if one["done"] else 0, "insertTime": one["began"], "selfLink": self.link("operations", name),
                "region": self.link("", "").rstrip("/"), **({"endTime": one["until"]} if one["done"] else {})}

    def _insert(self, params: dict, body: dict) -> dict:
        self.here(params)
        running = any(one["kind"] == self.kind and one["target"] == body.get("name") and not one["done"]
                      for one in self.state["operations"].values())
        if "name" not in body:
            raise GoogleError(400, "Invalid value for field 'resource.name': ''.")
        if body["name"] in self.state[self.kind] or running:
            raise GoogleError(409, f"The resource '{self.link(self.kind, body['name'])[35:]}' already exists")
        return self.operation("insert", body["name"], body)
