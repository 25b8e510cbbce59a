"""Topics, triggers of events, workflows, jobs that start them, and secrets."""

from __future__ import annotations

import agents
import policies
import references
from call import Call
from failure import Failure
from rest import Kind, masked, operation

RECEIVER = "roles/eventarc.eventReceiver"
STARTER = "roles/workflows.invoker"


class Topics(Kind):
    at = ("pubsub.projects.topics",)

    def create(self, call: Call) -> dict:
        if call.name in self.world.resources:
            raise Failure(409, f"Resource already exists in the project (resource={call.name}).")
        return self.outcome(call, self.put(call, call.name, dict(call.body)))

    def made(self, call: Call, name: str, resource: dict) -> None:
        resource["name"] = name.partition("/")[2]

    def patch(self, call: Call) -> dict:
        name = self.held(call)
        before = self.world.resources[name]
        return self.replace(call, name, before, masked(before, call.body["topic"], call.body["updateMask"]))


class Secrets(Kind):
    at = ("secretmanager.projects.secrets",)


class Workflows(Kind):
    at = ("workflows.projects.locations.workflows",)

    def made(self, call: Call, name: str, resource: dict) -> None:
        number = self.world.project(call.project).number
        resource.update(state="ACTIVE", revisionId="000001-abc", revisionCreateTime=self.world.now())
        account = resource.get("serviceAccount") or f"{number}-compute@developer.gserviceaccount.com"
        resource["serviceAccount"] = f"projects/{call.project}/serviceAccounts/{account.rpartition('/')[2]}"
        resource.setdefault("callLogLevel", "CALL_LOG_LEVEL_UNSPECIFIED")

    def changed(self, call: Call, name: str, before: dict, after: dict) -> None:
        account = after["serviceAccount"].rpartition("/")[2]
        after["serviceAccount"] = f"projects/{call.project}/serviceAccounts/{account}"
        after["revisionId"] = f"{int(before['revisionId'].partition('-')[0]) + 1:06d}-abc"


class Triggers(Kind):
    at = ("eventarc.projects.locations.triggers",)

    def made(self, call: Call, name: str, resource: dict) -> None:
        project = self.world.project(call.project)
        member = f"serviceAccount:{resource['serviceAccount'].rpartition('/')[2]}"
        holder = f"cloudresourcemanager/projects/{project.id}"
        kinds = {one["attribute"]: one["value"] for one in resource["eventFilters"]}
        direct = kinds["type"] != "google.cloud.pubsub.topic.v1.messagePublished"
        agent = f"serviceAccount:{agents.address('eventarc', project)}"
        if not policies.allows(self.world, holder, agent, "roles/eventarc.serviceAgent"):
            raise Failure(400, f"Permission denied while using the Eventarc Service Agent, {agent}", "FAILED_PRECONDITION")
        for role in (STARTER, *([RECEIVER] if direct else [])):
            if not policies.allows(self.world, holder, member, role):
                raise Failure(403, f"{member} has not {role}, which {name} needs")
        between = resource.setdefault("transport", {}).setdefault("pubsub", {})
        own = f"eventarc-{name.split('/')[4]}-{name.rpartition('/')[2]}"
        between.setdefault("topic", f"projects/{call.project}/topics/{own}")
        between.setdefault("subscription", f"projects/{call.project}/subscriptions/{own}-sub")
        resource.setdefault("eventDataContentType", "application/protobuf" if direct else "application/json")

    def changed(self, call: Call, name: str, before: dict, after: dict) -> None:
        self.made(call, name, after)


class GoogleChannel(Kind):
    """A setting of a project and a region that is always there."""

    at = ("eventarc.projects.locations",)

    def get_google_channel_config(self, call: Call) -> dict:
        return self.world.resources.setdefault(call.name, {"name": call.name.partition("/")[2], "updateTime": self.world.now()})

    def update_google_channel_config(self, call: Call) -> dict:
        changed = masked(self.get_google_channel_config(call), call.body, call.params["updateMask"])
        references.check(call, changed, call.name)
        self.world.resources[call.name] = changed
        return changed


class Jobs(Kind):
    at = ("cloudscheduler.projects.locations.jobs",)

    def made(self, call: Call, name: str, resource: dict) -> None:
        resource.update(state="ENABLED", userUpdateTime=self.world.now())
        resource.setdefault("timeZone", "UTC")
        resource.setdefault("attemptDeadline", "180s")
        resource["retryConfig"] = {"maxRetryDuration": "0s", "minBackoffDuration": "5s", "maxBackoffDuration": "3600s",
                                   "maxDoublings": 5, **resource.get("retryConfig", {})}
        target = resource["httpTarget"]
        target.setdefault("headers", {})["User-Agent"] = "Google-Cloud-Scheduler"

    def changed(self, call: Call, name: str, before: dict, after: dict) -> None:
        self.made(call, name, after)

    def resume(self, call: Call) -> dict:
        return self._switch(call, "ENABLED")

    def pause(self, call: Call) -> dict:
        return self._switch(call, "PAUSED")

    def _switch(self, call: Call, state: str) -> dict:
        name = self.held(call)
        self.world.resources[name]["state"] = state
        return self.outcome(call, name)


KINDS = (Topics, Secrets, Workflows, Triggers, GoogleChannel, Jobs)
