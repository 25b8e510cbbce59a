"""Projects: what they are, their APIs, and what the state of an operation is."""

from __future__ import annotations

from call import Call
from failure import Failure
from rest import Kind


class Projects(Kind):
    at = ("cloudresourcemanager.projects",)


class Services(Kind):
    """APIs of a project."""

    at = ("serviceusage.services",)

    def _project(self, call: Call):
        project = self.world.project(call.path.split("/")[1])
        if project is None:
            raise Failure(403, f"Permission denied on {call.path}")
        return project

    def _told(self, project, api: str) -> dict:
        if api in project.asked_for:
            project.asked_for.discard(api)
            project.enabled.add(api)
        state = "ENABLED" if api in project.enabled else "DISABLED"
        return {"name": f"projects/{project.number}/services/{api}", "parent": f"projects/{project.number}", "state": state}

    def get(self, call: Call) -> dict:
        return self._told(self._project(call), call.path.split("/")[-1])

    def list(self, call: Call) -> dict:
        project = self._project(call)
        return {"services": [self._told(project, api) for api in sorted(project.enabled | project.asked_for)]}

    def batch_enable(self, call: Call) -> dict:
        return self._enable(call, call.body["serviceIds"])

    def enable(self, call: Call) -> dict:
        return self._enable(call, [call.path.split("/")[-1].partition(":")[0]])

    def disable(self, call: Call) -> dict:
        project, api = self._project(call), call.path.split("/")[-1].partition(":")[0]
        project.enabled.discard(api)
        return {"name": f"operations/{self.world.number()}", "done": True, "response": self._told(project, api)}

    def _enable(self, call: Call, apis: list[str]) -> dict:
        project = self._project(call)
        project.asked_for.update(api for api in apis if api not in project.enabled)
        return {"name": f"operations/{self.world.number()}", "done": True, "response": {}}


KINDS = (Projects, Services)
