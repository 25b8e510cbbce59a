import base64

from fake_google import GoogleError
from world import Service


class SecretVersions(Service):
    """Secrets. State: secrets {"<secret>": "<value>"} or {"<secret>": {"<version>": "<value>"}}."""

    api, at = "secretmanager.v1", "projects.secrets.versions"
    empty = {"secrets": {}}

    def access(self, params: dict, body: dict) -> dict:
        _, _, _, secret, _, version = params["name"].split("/")
        held = self.state["secrets"].get(secret)
        versions = {"1": held} if isinstance(held, str) else held or {}
        number = max(versions, key=int, default=None) if version == "latest" else version
        if number not in versions:
            raise GoogleError(404, f"Secret Version [{params['name']}] not found.")
        name = self.own(params["name"]).rsplit("/", 1)[0]
        return {"name": f"{name}/{number}", "payload": {"data": base64.b64encode(versions[number].encode()).decode()}}
