"""Compute Engine: networks and what is in them, and templates of machines."""

from __future__ import annotations

import ipaddress
import json
import re

from call import Call
from failure import Failure, disabled
from rest import Kind, link, whole_links

DEFAULT_ROUTE = "/routes/default-route-"
"""Of every network, and gone with it."""
IN_USE = "resourceInUseByAnotherResource"


class Compute(Kind):
    """What is made in a project, by the name in its body; what another one names stays."""

    defaults: dict = {}

    def made(self, call: Call, name: str, resource: dict) -> None:
        for key, value in self.defaults.items():
            resource.setdefault(key, value)
        whole_links(resource)

    def changed(self, call: Call, name: str, before: dict, after: dict) -> None:
        whole_links(after)

    def leaves(self, call: Call, name: str) -> None:
        path = name.partition("/")[2]
        for other, resource in self.world.resources.items():
            if other != name and other.startswith("compute/") and DEFAULT_ROUTE not in other and f'/{path}"' in json.dumps(resource):
                raise Failure(400, f"The {path} resource is already being used by '{other}'", reason=IN_USE)

    def set_labels(self, call: Call) -> dict:
        name = self.held(call)
        return self.replace(call, name, self.world.resources[name],
                            {**self.world.resources[name], "labels": call.body.get("labels", {})})

    def held(self, call: Call) -> str:
        # verbs of a resource's own are a segment of the path: …/subnetworks/s/setPrivateIpGoogleAccess
        path = re.sub(rf"/{call.verb}$", "", call.name)
        if path not in self.world.resources:
            raise Failure(404, f"The resource '{path.partition('/')[2]}' was not found")
        return path


class Networks(Compute):
    at = ("compute.networks",)
    defaults = {"autoCreateSubnetworks": False, "mtu": 1460, "networkFirewallPolicyEnforcementOrder": "AFTER_CLASSIC_FIREWALL"}

    def made(self, call: Call, name: str, resource: dict) -> None:
        super().made(call, name, resource)
        resource.setdefault("routingConfig", {}).setdefault("routingMode", "REGIONAL")
        resource["routingConfig"].setdefault("bgpBestPathSelectionMode", "LEGACY")
        resource["selfLinkWithId"] = f"{resource['selfLink'].rpartition('/')[0]}/{resource['id']}"
        number = self.world.number()
        route = f"compute/projects/{call.project}/global/routes/default-route-{number}"
        self.world.resources[route] = {
            "kind": "compute#route", "id": number, "name": f"default-route-{number}", "destRange": "0.0.0.0/0",
            "priority": 1000, "nextHopGateway": link(call, f"compute/projects/{call.project}/global/gateways/default-internet-gateway"),
            "creationTimestamp": self.world.now(), "selfLink": link(call, route), "network": resource["selfLink"]}


    def leaves(self, call: Call, name: str) -> None:
        super().leaves(call, name)
        own = self.world.resources[name]["selfLink"]
        for one in [one for one, route in self.world.resources.items() if DEFAULT_ROUTE in one and route["network"] == own]:
            self.world.forget(one)


class Routes(Compute):
    at = ("compute.routes",)

    def list(self, call: Call) -> dict:
        wanted = re.findall(r'(\w+)=?"?([^"() ]+)"?', call.params.get("filter", ""))
        found = [one for one in super().list(call).get("items", []) if _matches(one, wanted)]
        return {"kind": "compute#routeList", "items": found}


class Subnetworks(Compute):
    at = ("compute.subnetworks",)
    defaults = {"purpose": "PRIVATE", "stackType": "IPV4_ONLY", "privateIpGoogleAccess": False, "enableFlowLogs": False,
                "privateIpv6GoogleAccess": "DISABLE_GOOGLE_ACCESS", "allowSubnetCidrRoutesOverlap": False}

    def made(self, call: Call, name: str, resource: dict) -> None:
        super().made(call, name, resource)
        network = ipaddress.ip_network(resource["ipCidrRange"])
        for other in self.world.resources.values():
            if other.get("kind") != "compute#subnetwork" or other["network"] != resource["network"]:
                continue
            if network.overlaps(ipaddress.ip_network(other["ipCidrRange"])):
                raise Failure(400, f"{network} of {name} is in use by {other['name']}")
        resource["gatewayAddress"] = str(network[1])
        resource["logConfig"] = {"enable": False, **resource.get("logConfig", {})}
        resource["enableFlowLogs"] = resource["logConfig"]["enable"]

    def set_private_ip_google_access(self, call: Call) -> dict:
        name = self.held(call)
        return self.replace(call, name, self.world.resources[name], {**self.world.resources[name], **call.body})


class Firewalls(Compute):
    at = ("compute.firewalls",)
    defaults = {"priority": 1000, "direction": "INGRESS", "disabled": False}

    def made(self, call: Call, name: str, resource: dict) -> None:
        super().made(call, name, resource)
        resource.setdefault("logConfig", {"enable": False})
        if resource["direction"] == "INGRESS" and not {"sourceRanges", "sourceTags", "sourceServiceAccounts"} & resource.keys():
            resource["sourceRanges"] = ["0.0.0.0/0"]
        if resource["direction"] == "EGRESS":
            resource.setdefault("destinationRanges", ["0.0.0.0/0"])


class Addresses(Compute):
    at = ("compute.addresses", "compute.globalAddresses")
    defaults = {"addressType": "EXTERNAL", "ipVersion": "IPV4", "status": "RESERVED"}

    def made(self, call: Call, name: str, resource: dict) -> None:
        super().made(call, name, resource)
        if "subnetwork" in resource and "address" not in resource:
            subnetwork = self.world.resources[f"compute/{resource['subnetwork'].partition('/compute/v1/')[2]}"]
            taken = sum(1 for one in self.world.resources if "/addresses/" in one)
            resource["address"] = str(ipaddress.ip_network(subnetwork["ipCidrRange"])[2 + taken])
        if resource.get("purpose") == "PRIVATE_SERVICE_CONNECT":
            for one in self.world.resources.values():
                if one.get("kind") == "compute#subnetwork" and one["network"] == resource["network"] \
                        and ipaddress.ip_address(resource["address"]) in ipaddress.ip_network(one["ipCidrRange"]):
                    raise Failure(400, f"{resource['address']} of {name} is in the subnetwork {one['name']}")
        if resource["addressType"] == "INTERNAL" and "/regions/" in name:
            resource.setdefault("networkTier", "PREMIUM")
            resource.setdefault("purpose", "GCE_ENDPOINT")


class ForwardingRules(Compute):
    at = ("compute.globalForwardingRules", "compute.forwardingRules")

    def made(self, call: Call, name: str, resource: dict) -> None:
        super().made(call, name, resource)
        if resource["target"] not in ("all-apis", "vpc-sc"):
            self.world.findings.append(f"{name}: only endpoints for Google's APIs are known, not {resource['target']}")
        api = "servicedirectory.googleapis.com"
        if api not in self.world.project(call.project).enabled:
            raise disabled(api, call.project)
        if not re.fullmatch(r"[a-z][a-z0-9]{0,19}", resource["name"]):
            raise Failure(400, f"Invalid value for field 'resource.name': '{resource['name']}'")
        held = self.world.resources[f"compute/{resource['IPAddress'].partition('/compute/v1/')[2]}"]
        held["users"] = [resource["selfLink"]]
        resource.update(IPAddress=held["address"], pscConnectionId=self.world.number(), pscConnectionStatus="ACCEPTED",
                        networkTier="PREMIUM", serviceDirectoryRegistrations=[
                            {"namespace": f"goog-psc-{call.project}", "serviceDirectoryRegion": "us-central1"}])
        resource.pop("loadBalancingScheme", None)

    def leaves(self, call: Call, name: str) -> None:
        own = self.world.resources[name]["selfLink"]
        for resource in self.world.resources.values():
            if own in resource.get("users", []):
                resource["users"] = []


class NetworkAttachments(Compute):
    at = ("compute.networkAttachments",)

    def made(self, call: Call, name: str, resource: dict) -> None:
        super().made(call, name, resource)
        subnetwork = self.world.resources[f"compute/{resource['subnetworks'][0].partition('/compute/v1/')[2]}"]
        resource.update(network=subnetwork["network"], connectionEndpoints=[])
        resource["selfLinkWithId"] = f"{resource['selfLink'].rpartition('/')[0]}/{resource['id']}"


class Routers(Compute):
    at = ("compute.routers",)

    def changed(self, call: Call, name: str, before: dict, after: dict) -> None:
        super().changed(call, name, before, after)
        for nat in after.get("nats", []):
            nat.pop("initialNatIps", None)
            nat.setdefault("type", "PUBLIC")
            nat.setdefault("endpointTypes", ["ENDPOINT_TYPE_VM"])
            nat.setdefault("autoNetworkTier", "PREMIUM")


class InstanceTemplates(Compute):
    at = ("compute.regionInstanceTemplates", "compute.instanceTemplates")

    def made(self, call: Call, name: str, resource: dict) -> None:
        super().made(call, name, resource)
        properties = resource["properties"]
        for index, disk in enumerate(properties.get("disks", [])):
            disk.setdefault("kind", "compute#attachedDisk")
            disk.setdefault("type", "PERSISTENT")
            disk.setdefault("mode", "READ_WRITE")
            disk.setdefault("index", index)
            disk.setdefault("interface", "NVME" if disk["type"] == "SCRATCH" else "SCSI")
        for index, interface in enumerate(properties.get("networkInterfaces", [])):
            interface.setdefault("name", f"nic{index}")
            interface.setdefault("kind", "compute#networkInterface")
            subnetwork = self.world.resources[f"compute/{interface['subnetwork'].partition('/compute/v1/')[2]}"]
            interface.setdefault("network", subnetwork["network"])
        scheduling = properties.get("scheduling", {})
        if not scheduling.get("instanceTerminationAction"):
            scheduling.pop("instanceTerminationAction", None)
        if scheduling.get("nodeAffinities") == [None]:
            del scheduling["nodeAffinities"]
        properties.setdefault("tags", {})["fingerprint"] = "42WmSpB8rSM="
        properties.setdefault("metadata", {})["kind"] = "compute#metadata"


def _matches(one: dict, wanted: list[tuple[str, str]]) -> bool:
    return all(str(one.get(key, "")).endswith(value.strip('"')) for key, value in wanted if key in one)


KINDS = (Networks, Routes, Subnetworks, Firewalls, Addresses, ForwardingRules, NetworkAttachments, Routers, InstanceTemplates)
