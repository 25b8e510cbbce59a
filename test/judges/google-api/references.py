"""Order: what a request names has to be there, and whoever uses it for Google has to be allowed to."""

from __future__ import annotations

import re

import agents
import policies
from call import Call
from failure import Failure

COMPUTE_LINK = re.compile(r"(?:https?://[^ ]+?/compute/v1/|//compute\.googleapis\.com/)?"
                          r"(projects/[^/ ]+/(?:global|regions/[^/ ]+|zones/[^/ ]+)/"
                          r"(?:networks|subnetworks|addresses|networkAttachments|instanceTemplates|routers)/[^/ ]+)")
NAMED = (
    ("cloudkms", re.compile(r"(?://cloudkms\.googleapis\.com/)?(projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+)"
                            r"(?:/cryptoKeyVersions/\d+)?")),
    ("pubsub", re.compile(r"(?://pubsub\.googleapis\.com/)?(projects/[^/]+/topics/[^/]+)")),
    ("compute", COMPUTE_LINK),
    ("workflows", re.compile(r"(projects/[^/]+/locations/[^/]+/workflows/[^/]+)")),
    ("monitoring", re.compile(r"(projects/[^/]+/notificationChannels/[^/]+)")),
    ("secretmanager", re.compile(r"(projects/[^/]+/secrets/[^/]+)")),
)
ACCOUNT = re.compile(r"(?:projects/[^/]+/serviceAccounts/)?([a-z0-9-]+@([a-z0-9-]+)\.iam\.gserviceaccount\.com)")
READ_LATER = {"name", "selfLink", "description", "displayName", "filter", "labels", "userLabels", "sourceContents",
              "userEnvVars", "documentation", "content", "expression", "title", "uri", "body", "id", "access"}
"""Fields whose text Google does not look up when it makes the resource, or that are the resource's own."""


def check(call: Call, resource: dict, own: str) -> None:
    """Refuses a resource that names what is not there yet, or a key that the service's agent may not use."""
    for field, text in texts(resource):
        for service, pattern in NAMED:
            if found := pattern.fullmatch(text):
                name = call.world.own(f"{service}/{found[1]}")
                if name != own and name not in call.world.resources:
                    raise Failure(400, f"{field}: {name} does not exist, which {own} names")
                if service == "cloudkms":
                    _use_key(call, name, own)
        if found := ACCOUNT.fullmatch(text):
            if not agents.account_exists(call.world, found[1]):
                raise Failure(400, f"{field}: Service account {found[1]} does not exist.", reason="badRequest")


def texts(value, field: str = "") -> list[tuple[str, str]]:
    if isinstance(value, str):
        return [(field, value)]
    if isinstance(value, list):
        return [found for one in value for found in texts(one, field)]
    if isinstance(value, dict):
        return [found for key, one in value.items() if key not in READ_LATER for found in texts(one, f"{field}.{key}")]
    return []


def _use_key(call: Call, key: str, own: str) -> None:
    if "primary" not in call.world.resources[key] or call.world.resources[key]["primary"]["state"] != "ENABLED":
        raise Failure(400, f"The key {key} has no version that encrypts, which {own} names", "FAILED_PRECONDITION")
    agent = agents.encrypter(call.world, call.service, key)
    if agent is None:
        call.world.findings.append(f"{own}: no agent is known that uses keys for {call.service}")
    elif not policies.allows(call.world, key, f"serviceAccount:{agent}", "roles/cloudkms.cryptoKeyEncrypterDecrypter"):
        raise Failure(403, f"Permission 'cloudkms.cryptoKeyVersions.useToEncrypt' denied for {agent} on {key} (or it may "
                           f"not exist), which {own} names")
