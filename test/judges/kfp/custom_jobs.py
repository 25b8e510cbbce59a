"""Custom jobs of Vertex AI that run their container: as a process of this machine, whose folders are the mounted buckets."""

from __future__ import annotations  # `list` is a method here

import re

from fake_google import GoogleError
from services.vertex import Vertex

PENDING, RUNNING, SUCCEEDED, FAILED = "JOB_STATE_PENDING", "JOB_STATE_RUNNING", "JOB_STATE_SUCCEEDED", "JOB_STATE_FAILED"


class CustomJobs(Vertex):
    """State: customJobs {"<id>": CustomJob as it ended, and the states that it is yet to be `seen` in}; endless, display names
    of jobs that never end; lost, those of the next jobs whose machine is lost: before their container did anything, or where
    `late` says so after it did all. Unless a job has `disableRetries`, its container runs again then, in the same folders.
    """

    at = "projects.locations.customJobs"
    empty = {**Vertex.empty, "customJobs": {}, "endless": [], "lost": [], "late": False}
    containers = None
    """Runs a container: gives its exit code and its last words."""

    def create(self, params: dict, body: dict) -> dict:
        self.here(params["parent"] + "/customJobs")
        spec = body["jobSpec"]
        if spec["serviceAccount"] == "" or not spec["workerPoolSpecs"]:
            raise GoogleError(400, "A job has worker pools and an account.")
        if [pool["replicaCount"] for pool in spec["workerPoolSpecs"]][0] != 1:
            raise GoogleError(400, "The first worker pool has one replica.")
        job = str(len(self.state["customJobs"]) + 1)
        if body["displayName"] in self.state["endless"]:
            self.state["customJobs"][job] = {**body, "createTime": self.clock.iso(), "state": RUNNING}
            return self._shown(job)
        end = self._end(body["displayName"], spec)
        self.state["customJobs"][job] = {**body, "createTime": self.clock.iso(), **end, "seen": [PENDING, RUNNING]}
        return self._shown(job)

    def _end(self, name: str, spec: dict) -> dict:
        container, restarts = spec["workerPoolSpecs"][0]["containerSpec"], _restarts(spec.get("scheduling", {}))
        while name in self.state["lost"]:
            self.state["lost"].remove(name)
            if self.state["late"]:
                self.containers.run(name, container)
            if restarts == 0:
                return {"state": FAILED, "error": {"code": 13, "message": "The machine of the replica workerpool0-0 was lost."}}
            restarts -= 1
        code, words = self.containers.run(name, container)
        return {"state": SUCCEEDED} if code == 0 else {"state": FAILED, "error": {"code": 3, "message": (
            f"The replica workerpool0-0 exited with a non-zero status of {code}. {words}")}}

    def get(self, params: dict, body: dict) -> dict:
        job = self.here(params["name"])
        self.found(self.state["customJobs"], job, "The CustomJob")
        return self._shown(job)

    def list(self, params: dict, body: dict) -> dict:
        label = re.fullmatch(r'labels\.([\w-]+)="([^"]*)"', params["filter"])
        found = [job for job, one in self.state["customJobs"].items() if one.get("labels", {}).get(label[1]) == label[2]]
        return self.page(params, "customJobs", [self._shown(job) for job in found])

    def cancel(self, params: dict, body: dict) -> dict:
        job = self.here(params["name"])
        self.state["customJobs"][job].update(seen=[], state="JOB_STATE_CANCELLED")
        return {}

    def _shown(self, job: str) -> dict:
        one = self.state["customJobs"][job]
        hidden = {"seen"}
        if one.get("seen"):
            one, hidden = {**one, "state": one["seen"].pop(0)}, {"seen", "error"}
        return {**{key: value for key, value in one.items() if key not in hidden},
                "name": f"{self.location()}/customJobs/{job}"}


def _restarts(scheduling: dict) -> int:
    """Source: discovery document of aiplatform.v1, Scheduling.disableRetries; Vertex AI documentation, "Understand the
    serverless training service" and "Use Spot VMs with training".
    """
    if scheduling.get("disableRetries", False):
        return 0
    return 6 if scheduling.get("strategy") == "SPOT" else 3
