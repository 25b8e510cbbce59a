import re

from fake_google import GoogleError
from services.compute import Compute

ATTACHMENT = re.compile(r"(?:https://www\.googleapis\.com/compute/v1/)?"
                        r"projects/[^/]+/regions/([^/]+)/serviceAttachments/[^/]+")


class Addresses(Compute):
    """Regional addresses."""

    at, kind = "addresses", "addresses"

    def get(self, params: dict, body: dict) -> dict:
        name = params["address"]
        held = self.held(params, name)
        number = 1 + list(self.state["addresses"]).index(name)
        return {"kind": "compute#address", "status": "RESERVED", "address": f"10.0.0.{number}", **held,
                "name": name, "selfLink": self.link(self.kind, name)}

    def insert(self, params: dict, body: dict) -> dict:
        return self._insert(params, body)

    def delete(self, params: dict, body: dict) -> dict:
        self.held(params, params["address"])
        return self.operation("delete", params["address"])


class ForwardingRules(Compute):
    """Forwarding rules: those of Private Service Connect, to a service attachment by an address of their own."""

    at, kind = "forwardingRules", "forwardingRules"

    def get(self, params: dict, body: dict) -> dict:
        name = params["forwardingRule"]
        held = self.held(params, name)
        return {"kind": "compute#forwardingRule", "pscConnectionStatus": "ACCEPTED", "pscConnectionId": "1", **held,
                "name": name, "selfLink": self.link(self.kind, name),
                "fingerprint": "AAAA", "region": self.link("", "").rstrip("/")}

    def insert(self, params: dict, body: dict) -> dict:
        attached = ATTACHMENT.fullmatch(body.get("target", ""))
        if not attached or attached[1] != params["region"]:
            raise GoogleError(400, f"Invalid value for field 'resource.target': {body.get('target')!r}.")
        if "network" not in body and "subnetwork" not in body:
            raise GoogleError(400, "Invalid value for field 'resource.network': ''.")
        return self._insert(params, body)

    def delete(self, params: dict, body: dict) -> dict:
        self.held(params, params["forwardingRule"])
        return self.operation("delete", params["forwardingRule"])
