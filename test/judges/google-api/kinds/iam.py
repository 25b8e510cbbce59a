"""Service accounts and custom roles. A deleted role keeps its id for a while.

Source: IAM documentation, "Create and manage custom roles": a role can be undeleted within 7 days; then its deletion takes
30 days more, after which its id may be used again.
"""

import datetime
import re

import policies
from call import Call
from failure import Failure
from rest import Kind

UNDELETE_WITHIN = datetime.timedelta(days=7)
BLOCKED_FOR = datetime.timedelta(days=37)
MOST_ROLES = 300
"""Source: IAM documentation, "Quotas and limits": custom roles of a project."""


class ServiceAccounts(Kind):
    at = ("iam.projects.serviceAccounts",)
    wrapped = "serviceAccount"

    def id_of(self, call: Call, resource: dict) -> str:
        return f"{call.body['accountId']}@{call.project}.iam.gserviceaccount.com"

    def made(self, call: Call, name: str, resource: dict) -> None:
        email, number = name.rpartition("/")[2], self.world.number()
        if not re.fullmatch(r"[a-z][-a-z0-9]{4,28}[a-z0-9]", call.body["accountId"]):
            raise Failure(400, f"{call.body['accountId']} is no id of an account: 6 to 30 letters, digits and hyphens")
        resource.update(email=email, uniqueId=number, oauth2ClientId=number, projectId=call.project)

    def get(self, call: Call) -> dict:
        self.world.seen[(self.held(call),)] += 1
        return super().get(call)

    def leaves(self, call: Call, name: str) -> None:
        self.world.seen.pop((name,), None)
        account = self.world.resources[name]
        policies.forget_account(call, account["email"], account["uniqueId"])


class Roles(Kind):
    at = ("iam.projects.roles",)
    wrapped = "role"

    def id_of(self, call: Call, resource: dict) -> str:
        return call.body["roleId"]

    def create(self, call: Call) -> dict:
        name = f"{call.name}/{call.body['roleId']}"
        self._purge(name)
        if not re.fullmatch(r"[A-Za-z0-9_.]{3,64}", call.body["roleId"]):
            raise Failure(400, f"{call.body['roleId']} is no id of a role: 3 to 64 letters, digits, _ and .")
        if self.world.resources.get(name, {}).get("deleted"):
            raise Failure(400, f"You can't create a role with role_id ({call.body['roleId']}) where there is an existing role "
                               "with that role_id in a deleted state.", "FAILED_PRECONDITION")
        if len(self.world.within(call.name)) >= MOST_ROLES:
            raise Failure(429, f"{call.project} has {MOST_ROLES} custom roles", "RESOURCE_EXHAUSTED")
        return super().create(call)

    def get(self, call: Call) -> dict:
        self._purge(call.name)
        return super().get(call)

    def patch(self, call: Call) -> dict:
        if self.world.resources[self.held(call)].get("deleted"):
            raise Failure(400, "A deleted role cannot be changed.", "FAILED_PRECONDITION")
        body = {key: value for key, value in call.body.items() if key != "name"}
        name = self.held(call)
        before = self.world.resources[name]
        return self.replace(call, name, before, {**before, **body})

    def delete(self, call: Call) -> dict:
        name = self.held(call)
        self.world.resources[name].update(deleted=True)
        self.deleted[name] = self.world.passed
        return self.outcome(call, name)

    def undelete(self, call: Call) -> dict:
        name = self.held(call)
        if self.world.passed - self.deleted[name] > UNDELETE_WITHIN:
            raise Failure(400, f"{name} was deleted more than 7 days ago and can't be undeleted.", "FAILED_PRECONDITION")
        del self.world.resources[name]["deleted"]
        return self.outcome(call, name)

    def __init__(self, world):
        super().__init__(world)
        self.deleted: dict[str, datetime.timedelta] = {}

    def _purge(self, name: str) -> None:
        if name in self.deleted and self.world.passed - self.deleted[name] > BLOCKED_FOR:
            self.world.resources.pop(name, None)
            del self.deleted[name]


KINDS = (ServiceAccounts, Roles)
