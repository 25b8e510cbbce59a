"""A request, matched to its method in Google's discovery documents."""

from __future__ import annotations

import dataclasses
import re

from discovery import Method, document
from world import World


@dataclasses.dataclass
class Call:
    world: World
    method: Method
    params: dict[str, str]
    """Those of the path and of the query."""
    body: dict
    path: str
    """Below the version: `projects/p/global/networks`."""
    content: bytes | None = None
    """Of an upload."""
    kind_of_content: str = "application/octet-stream"

    @property
    def service(self) -> str:
        """compute"""
        return self.method.api.split(".")[0]

    @property
    def collection(self) -> str:
        """compute.networks"""
        return f"{self.service}.{self.method.path.rpartition('.')[0]}"

    @property
    def verb(self) -> str:
        """insert, of compute.networks.insert"""
        return self.method.path.rpartition(".")[2]

    @property
    def name(self) -> str:
        """The resource that the path names, or the collection: without a verb of the method's own."""
        path = re.sub(r":\w+$", "", self.path)
        if self.verb in ("getIamPolicy", "setIamPolicy", "testIamPermissions"):
            path = re.sub(r"/(iam|getIamPolicy|setIamPolicy|testIamPermissions)(/testPermissions)?$", "", path)
        return self.world.own(f"{self.service}/{path}")

    @property
    def project(self) -> str | None:
        """Id of the project that the resource is in."""
        found = re.search(r"/projects/([^/]+)", f"/{self.name}") or re.search(r"^(.+)$", self.params.get("project", ""))
        return found and found[1]

    @property
    def answers_operation(self) -> bool:
        return self.method.spec.get("response", {}).get("$ref", "").endswith("Operation")

    @property
    def list_field(self) -> str:
        """Where the answer of `list` has what it found."""
        properties = document(self.method.api)["schemas"][self.method.spec["response"]["$ref"]]["properties"]
        return next(name for name, one in properties.items() if one.get("type") == "array" and "$ref" in one["items"])

    def schema(self) -> dict:
        """The properties of the resource, by its `get`."""
        described = document(self.method.api)
        node = described
        for part in self.method.path.split(".")[:-1]:
            node = node["resources"][part]
        methods = node["methods"]
        get = methods.get("get") or methods.get("list") or self.method.spec
        return described["schemas"][get["response"]["$ref"]].get("properties", {})
