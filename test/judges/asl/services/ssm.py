"""Parameter Store."""

from instants import epoch
from world import Service


class Ssm(Service):
    """State: parameters: {<name>: {value, type?, version?, keyId?}}; lag: seconds until a value that was written is read."""

    name = "ssm"
    empty = {"parameters": {}, "lag": 0}

    def get_parameter(self, request: dict) -> dict:
        name, _, selector = request["Name"].partition(":")
        found = self._existing(name)
        if selector and selector != str(found.get("version", 1)):
            raise self.error("ParameterVersionNotFound", f"{name} has no version {selector}")
        return {"Parameter": self._described(name, found)}

    def get_parameters(self, request: dict) -> dict:
        """Those that are there; the others by name."""
        known = [name for name in request["Names"] if name in self.state["parameters"]]
        unknown = [name for name in request["Names"] if name not in known]
        return {"Parameters": [self._described(name, self.state["parameters"][name]) for name in known],
                **({"InvalidParameters": unknown} if unknown else {})}

    def get_parameters_by_path(self, request: dict) -> dict:
        path = request["Path"].rstrip("/") + "/"
        below = {name: found for name, found in self.state["parameters"].items() if name.startswith(path)}
        if not request.get("Recursive", False):
            below = {name: found for name, found in below.items() if "/" not in name.removeprefix(path)}
        return {"Parameters": [self._described(name, found) for name, found in sorted(below.items())]}

    def put_parameter(self, request: dict) -> dict:
        parameters, name = self.state["parameters"], request["Name"]
        before = parameters.get(name)
        if before and not request.get("Overwrite", False):
            raise self.error("ParameterAlreadyExists", "The parameter already exists. To overwrite it, set Overwrite.")
        if not before and "Type" not in request:
            raise self.error("ValidationException", "A parameter type is required when you create a parameter.")
        if before and request.get("Tags"):
            raise self.error("ValidationException", "Tags and Overwrite can't be used together.")
        version = before.get("version", 1) + 1 if before else 1
        kept = {key: before[key] for key in ("type", "keyId") if before and key in before}
        changed = {"type": request.get("Type"), "keyId": request.get("KeyId")}
        parameters[name] = {**kept, **{key: value for key, value in changed.items() if value},
                            "value": request["Value"], "version": version, "modified": self.clock.iso(),
                            **({"before": before["value"]} if before and self.state["lag"] else {})}
        return {"Version": version, "Tier": request.get("Tier", "Standard")}

    def delete_parameter(self, request: dict) -> dict:
        self._existing(request["Name"])
        del self.state["parameters"][request["Name"]]
        return {}

    def _existing(self, name: str) -> dict:
        found = self.state["parameters"].get(name)
        if found is None:
            raise self.error("ParameterNotFound", f"Parameter {name} not found.")
        return found

    def _described(self, name: str, found: dict) -> dict:
        fresh = "before" in found and self.clock.epoch() - epoch(found["modified"]) < self.state["lag"]
        return {"Name": name, "Type": found.get("type", "String"), "Value": found["before" if fresh else "value"],
                "Version": found.get("version", 1), "LastModifiedDate": found.get("modified", self.clock.iso()),
                "DataType": "text"}
