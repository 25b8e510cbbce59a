"""Cloud KMS. Of keys and rings the provider never deletes any, only versions of keys."""

from call import Call
from failure import Failure
from rest import Kind

DAY = 24 * 3600


class KeyRings(Kind):
    at = ("cloudkms.projects.locations.keyRings",)

    def leaves(self, call: Call, name: str) -> None:
        if self.world.within(name):
            raise Failure(400, f"{name} has resources that were not deleted", "FAILED_PRECONDITION")


class CryptoKeys(KeyRings):
    at = ("cloudkms.projects.locations.keyRings.cryptoKeys",)

    def made(self, call: Call, name: str, resource: dict) -> None:
        resource.setdefault("destroyScheduledDuration", f"{30 * DAY}s")
        resource.setdefault("versionTemplate", {"algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION", "protectionLevel": "SOFTWARE"})
        if "rotationPeriod" in resource and "nextRotationTime" not in resource:
            raise Failure(400, "rotation_period and next_rotation_time go together")
        if call.params.get("skipInitialVersionCreation") != "true":
            resource["primary"] = version(self.world, name, resource)

    def shown(self, call: Call, resource: dict) -> dict:
        # one that was scheduled for destruction is not shown as primary any more
        if resource.get("primary", {}).get("state", "ENABLED") not in ("ENABLED", "DISABLED"):
            del resource["primary"]
        return resource

    def update_primary_version(self, call: Call) -> dict:
        name = self.held(call)
        chosen = f"{name}/cryptoKeyVersions/{call.body['cryptoKeyVersionId']}"
        if self.world.resources.get(chosen, {}).get("state") != "ENABLED":
            raise Failure(400, f"{chosen} is not enabled", "FAILED_PRECONDITION")
        self.world.resources[name]["primary"] = self.world.resources[chosen]
        return self.outcome(call, name)


class CryptoKeyVersions(Kind):
    at = ("cloudkms.projects.locations.keyRings.cryptoKeys.cryptoKeyVersions",)

    def create(self, call: Call) -> dict:
        key = call.name.rpartition("/")[0]
        if key not in self.world.resources:
            raise Failure(404, f"CryptoKey {key} not found.")
        return version(self.world, key, self.world.resources[key])

    def destroy(self, call: Call) -> dict:
        name = self.held(call)
        # the key's primary is the same one
        self.world.resources[name].update(state="DESTROY_SCHEDULED", destroyTime=self.world.now())
        return self.outcome(call, name)


def version(world, key: str, resource: dict) -> dict:
    """Another version of a key."""
    number = 1 + sum(1 for one in world.within(key) if "/cryptoKeyVersions/" in one)
    name = f"{key}/cryptoKeyVersions/{number}"
    template = resource["versionTemplate"]
    world.resources[name] = {"name": name.partition("/")[2], "state": "ENABLED", "createTime": world.now(),
                             "algorithm": template["algorithm"], "protectionLevel": template.get("protectionLevel", "SOFTWARE")}
    return world.resources[name]


KINDS = (KeyRings, CryptoKeys, CryptoKeyVersions)
