"""Cloud DNS: zones, the records in them by sets, and policies of networks."""

from __future__ import annotations

from call import Call
from failure import Failure
from rest import Kind, whole_links

SERVERS = ["ns-gcp-private.googledomains.com."]


class ManagedZones(Kind):
    at = ("dns.managedZones",)

    def made(self, call: Call, name: str, resource: dict) -> None:
        resource.update(id=self.world.number(), creationTime=self.world.now(), nameServers=SERVERS)
        resource.setdefault("visibility", "public")
        resource.setdefault("cloudLoggingConfig", {"kind": "dns#managedZoneCloudLoggingConfig"})
        whole_links(resource)
        zone = resource["dnsName"]
        for kind, data in (("NS", SERVERS), ("SOA", [f"{SERVERS[0]} cloud-dns-hostmaster.google.com. 1 21600 3600 259200 300"])):
            self.world.resources[f"{name}/rrsets/{zone}/{kind}"] = {
                "kind": "dns#resourceRecordSet", "name": zone, "type": kind, "ttl": 21600, "rrdatas": data}

    def leaves(self, call: Call, name: str) -> None:
        if [one for one in self.world.within(name) if not one.endswith(("/NS", "/SOA"))]:
            raise Failure(400, "The managed zone is not empty.", reason="containerNotEmpty")


class RecordSets(Kind):
    at = ("dns.resourceRecordSets",)

    def list(self, call: Call) -> dict:
        zone = self._zone(call)
        sets = [self.world.resources[one] for one in self.world.within(zone)]
        found = [one for one in sets if all(call.params.get(key, one[key]) == one[key] for key in ("name", "type"))]
        return {"kind": "dns#resourceRecordSetsListResponse", "rrsets": found}

    def _zone(self, call: Call) -> str:
        zone = call.name.removesuffix("/rrsets")
        if zone not in self.world.resources:
            raise Failure(404, f"The 'parameters.managedZone' resource named '{zone}' does not exist.")
        return zone


class Changes(Kind):
    """All of a change takes place, or nothing."""

    at = ("dns.changes",)

    def create(self, call: Call) -> dict:
        zone = call.name.removesuffix("/changes")
        if zone not in self.world.resources:
            raise Failure(404, f"The 'parameters.managedZone' resource named '{zone}' does not exist.")
        named = lambda one: f"{zone}/rrsets/{one['name']}/{one['type']}"  # noqa: E731
        gone = [named(one) for one in call.body.get("deletions", [])]
        if missing := [one for one in gone if one not in self.world.resources]:
            raise Failure(404, f"The 'entity.change.deletions' resource named '{missing[0]}' does not exist.")
        for one in call.body.get("additions", []):
            if named(one) in self.world.resources and named(one) not in gone:
                raise Failure(409, f"The resource 'entity.change.additions' named '{named(one)}' already exists")
            if not one["name"].endswith(self.world.resources[zone]["dnsName"]):
                raise Failure(400, f"{one['name']} is not in the zone {zone}")
        for one in gone:
            del self.world.resources[one]
        for one in call.body.get("additions", []):
            self.world.resources[named(one)] = {"kind": "dns#resourceRecordSet", **one}
        done = {**call.body, "kind": "dns#change", "id": self.world.number(), "status": "done", "startTime": self.world.now()}
        self.done[f"{call.name}/{done['id']}"] = done
        return done

    def get(self, call: Call) -> dict:
        return self.done[call.name]

    def __init__(self, world):
        super().__init__(world)
        self.done: dict[str, dict] = {}


class Policies(Kind):
    at = ("dns.policies",)

    def made(self, call: Call, name: str, resource: dict) -> None:
        resource["id"] = self.world.number()
        whole_links(resource)

    def patch(self, call: Call) -> dict:
        return {"policy": super().patch(call)}

    def update(self, call: Call) -> dict:
        return {"policy": super().update(call)}


KINDS = (ManagedZones, RecordSets, Changes, Policies)
