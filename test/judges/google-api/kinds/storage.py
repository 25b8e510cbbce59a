"""Cloud Storage: buckets and objects."""

from __future__ import annotations

import base64
import hashlib
import urllib.parse

import policies
import references
from call import Call
from failure import Failure
from rest import Kind, merged

WEEK = "604800"
LEGACY = {"roles/storage.legacyBucketOwner": ["projectEditor", "projectOwner"],
          "roles/storage.legacyBucketReader": ["projectViewer"]}


class Buckets(Kind):
    at = ("storage.buckets",)

    def id_of(self, call: Call, resource: dict) -> str:
        return resource["name"]

    def made(self, call: Call, name: str, resource: dict) -> None:
        project = self.world.project(call.params["project"])
        if project is None:
            raise Failure(400, f"Unknown project id: {call.params['project']}")
        resource.update(id=resource["name"], projectNumber=project.number)
        self._normal(resource)
        # convenience bindings of a new bucket, in the project's roles
        policies.begin(self.world, name, [{"role": role, "members": [f"{who}:{project.id}" for who in members]}
                                          for role, members in LEGACY.items()])

    def changed(self, call: Call, name: str, before: dict, after: dict) -> None:
        self._normal(after)

    def _normal(self, resource: dict) -> None:
        resource["location"] = resource.get("location", "US").upper()
        resource["locationType"] = "region" if "-" in resource["location"] else "multi-region"
        resource.setdefault("storageClass", "STANDARD")
        resource.setdefault("metageneration", "1")
        config = resource.setdefault("iamConfiguration", {})
        config.setdefault("publicAccessPrevention", "inherited")
        uniform = config.setdefault("uniformBucketLevelAccess", {"enabled": False})
        if uniform.get("enabled"):
            uniform["lockedTime"] = "2026-04-01T00:00:00Z"
        config["bucketPolicyOnly"] = dict(uniform)
        soft = resource.setdefault("softDeletePolicy", {"retentionDurationSeconds": WEEK})
        soft["effectiveTime"] = self.world.now()
        for rule in resource.get("lifecycle", {}).get("rule", []):
            for field in ("matchesPrefix", "matchesSuffix", "matchesStorageClass"):
                if rule.get("condition", {}).get(field) == []:
                    del rule["condition"][field]

    def leaves(self, call: Call, name: str) -> None:
        if any(one.startswith(f"{name}/o/") for one in self.world.resources):
            raise Failure(409, "The bucket you tried to delete is not empty.")

    def get_storage_layout(self, call: Call) -> dict:
        bucket = self.world.resources[self.held_at(call.name.removesuffix("/storageLayout"))]
        return {"bucket": bucket["name"], "kind": "storage#storageLayout", "location": bucket["location"],
                "locationType": bucket["locationType"]}

    def held_at(self, name: str) -> str:
        if name not in self.world.resources:
            raise Failure(404, "The specified bucket does not exist.")
        return name


class AnywhereCaches(Kind):
    at = ("storage.anywhereCaches",)

    def list(self, call: Call) -> dict:
        return {"kind": "storage#anywhereCaches"}


class Objects(Kind):
    """Objects, of which a bucket has the newest version only."""

    at = ("storage.objects",)

    def insert(self, call: Call) -> dict:
        bucket = call.name.removesuffix("/o")
        if bucket not in self.world.resources:
            raise Failure(404, "The specified bucket does not exist.")
        name = f"{bucket}/o/{urllib.parse.quote(call.body.get('name') or call.params['name'], safe='')}"
        plain = urllib.parse.unquote(name.rpartition("/")[2])
        content = call.content or b""
        generation = self.world.number()
        holder = self.world.resources[bucket]
        key = holder.get("encryption", {}).get("defaultKmsKeyName")
        made = {**self.filled(call, name), **call.body, "name": plain, "bucket": holder["name"], "generation": generation,
                "metageneration": "1", "size": str(len(content)), "storageClass": holder["storageClass"],
                "contentType": call.body.get("contentType", call.kind_of_content), "id": f"{holder['name']}/{plain}/{generation}",
                "md5Hash": base64.b64encode(hashlib.md5(content).digest()).decode(),
                "crc32c": base64.b64encode(hashlib.sha256(content).digest()[:4]).decode(),
                "mediaLink": f"https://storage.googleapis.com/download/{name}?alt=media",
                **({"kmsKeyName": f"{key}/cryptoKeyVersions/1"} if key else {})}
        if key:
            references.check(call, {"kmsKeyName": key}, name)
        self.world.resources[name] = made
        return self.show(call, name)

    def list(self, call: Call) -> dict:
        bucket = call.name.removesuffix("/o")
        if bucket not in self.world.resources:
            raise Failure(404, "The specified bucket does not exist.")
        names = [one for one in self.world.resources if one.startswith(f"{bucket}/o/")]
        return {"kind": "storage#objects", **({"items": [self.show(call, one) for one in names]} if names else {})}

    def patch(self, call: Call) -> dict:
        name = self.held(call)
        self.world.resources[name] = merged(self.world.resources[name], call.body)
        return self.show(call, name)


KINDS = (Buckets, AnywhereCaches, Objects)
