from __future__ import annotations  # `list` is a method here

from fake_google import GoogleError
from run import iso
from world import Service

PREEMPTED = 50001
SECONDS = {"queued": 30, "scheduled": 90, "run": 3600, "delete": 30, "cancel": 60}
END = {"succeeded": "SUCCEEDED", "failed": "FAILED", "preempted": "FAILED"}

EXHAUSTED = "Job failed: no VM has been created. VM in Managed Instance Group meets error: CODE_GCE_ZONE_RESOURCE_POOL_EXHAUSTED."


class Jobs(Service):
    """Jobs of Cloud Batch, from QUEUED to their end.

    State: jobs {<name>: Job and its `course`}; outcomes ["succeeded" | "failed" | "preempted" | "exhausted" | "queued" |
    "hangs", …], one for each time that a machine runs a job's task, succeeded when used up: only spot machines are
    preempted, with exit code 50001 half way; "exhausted" fails for want of machines, "queued" gets no machine, ever, and
    "hangs" runs for ever; spotTemplates, names of instance templates of spot machines; seconds {queued, scheduled, run,
    delete, cancel}. A lifecycle policy that retries 50001 uses up attempts within the job.
    """

    api, at = "batch.v1", "projects.locations.jobs"
    empty = {"jobs": {}, "outcomes": [], "seconds": {}, "operations": {}, "spotTemplates": []}

    def create(self, params: dict, body: dict) -> dict:
        job = params.get("jobId", f"job-{len(self.state['jobs']) + 1}")
        name = f"{self.own(params['parent'])}/jobs/{job}"
        if name in self.state["jobs"]:
            raise GoogleError(409, f"Resource '{name}' already exists.", "ALREADY_EXISTS")
        groups = body.get("taskGroups", [])
        if len(groups) != 1 or not groups[0].get("taskSpec", {}).get("runnables"):
            raise GoogleError(400, "A job has one task group with runnables.")
        self.state["jobs"][name] = {**body, "uid": f"{job}-{len(self.state['jobs']) + 1}", "createTime": self.clock.iso(),
                                    "course": self._course(body)}
        return self._shown(name)

    def get(self, params: dict, body: dict) -> dict:
        return self._shown(self._found(params))

    def list(self, params: dict, body: dict) -> dict:
        if "filter" in params:
            raise NotImplementedError(f"filter {params['filter']}")
        parent = self.own(params["parent"]) + "/"
        return {"jobs": [self._shown(name) for name in self.state["jobs"] if name.startswith(parent)]}

    def delete(self, params: dict, body: dict) -> dict:
        name = self._found(params)
        until = iso(self.clock.seconds + self._seconds("delete"))
        self.state["jobs"][name]["course"] = [[self.clock.iso(), "DELETION_IN_PROGRESS", "the job is deleted", None],
                                              [until, "", "", None]]
        operation = f"{name.split('/jobs/')[0]}/operations/operation-{len(self.state['operations']) + 1}"
        self.state["operations"][operation] = {"until": until, "target": name, "began": self.clock.iso()}
        return shown_operation(self, operation)

    def cancel(self, params: dict, body: dict) -> dict:
        name = self._found(params)
        one = self.state["jobs"][name]
        if self._now(one)[-1][1] in ("SUCCEEDED", "FAILED", "CANCELLED"):
            raise GoogleError(400, "The job has ended.", "FAILED_PRECONDITION")
        until = iso(self.clock.seconds + self._seconds("cancel"))
        one["course"] = [*self._now(one), [self.clock.iso(), "CANCELLATION_IN_PROGRESS", "the job is cancelled", None],
                         [until, "CANCELLED", "the job was cancelled", None]]
        operation = f"{name.split('/jobs/')[0]}/operations/operation-{len(self.state['operations']) + 1}"
        self.state["operations"][operation] = {"until": until, "target": name, "began": self.clock.iso()}
        return shown_operation(self, operation)

    def settle(self) -> None:
        gone = [name for name, one in self.state["jobs"].items() if self._now(one)[-1][1] == ""]
        for name in gone:
            del self.state["jobs"][name]

    def _course(self, body: dict) -> list[list]:
        """[instant, state, why, exit code] from now to the end."""
        at, course = self.clock.seconds, [[self.clock.iso(), "QUEUED", "the job is queued", None]]
        spec, spot = body["taskGroups"][0]["taskSpec"], _is_spot(body, self.state["spotTemplates"])
        retries = spec.get("maxRetryCount", 0) if _retries_preemption(spec) else 0
        while True:
            outcome = self._outcome(spot)
            if outcome == "queued":
                return course
            if len(course) == 1:
                at += self._seconds("queued")
                if outcome == "exhausted":
                    return [*course, [iso(at), "FAILED", EXHAUSTED, None]]
                course.append([iso(at), "SCHEDULED", "the job is scheduled", None])
                at += self._seconds("scheduled")
                course.append([iso(at), "RUNNING", "the job runs", None])
            if outcome == "hangs":
                return course
            at += self._seconds("run") / (2 if outcome == "preempted" else 1)
            if outcome == "preempted" and retries > 0:
                retries -= 1
                course.append([iso(at), "RUNNING", _preemption(), PREEMPTED])
                continue
            code = {"succeeded": None, "failed": 1, "preempted": PREEMPTED}[outcome]
            why = "the job has ended" if code is None else _preemption() if code == PREEMPTED else \
                "Job failed due to task failures. For example, task with index 0 failed with exit code 1."
            return [*course, [iso(at), END[outcome], why, code]]

    def _outcome(self, spot: bool) -> str:
        while self.state["outcomes"]:
            outcome = self.state["outcomes"].pop(0)
            if outcome != "preempted" or spot:
                return outcome
        return "succeeded"

    def _found(self, params: dict) -> str:
        name = self.own(params["name"])
        if name not in self.state["jobs"]:
            raise GoogleError(404, f"Resource '{name}' was not found.")
        return name

    def _seconds(self, what: str) -> float:
        return self.state["seconds"].get(what, SECONDS[what])

    def _now(self, one: dict) -> list[list]:
        return [event for event in one["course"] if self.clock.past(event[0])]

    def _shown(self, name: str) -> dict:
        one = self.state["jobs"][name]
        so_far = self._now(one)
        events = [{"type": "STATUS_CHANGED", "eventTime": at, "description": why,
                   **({"taskExecution": {"exitCode": code}} if code is not None else {})} for at, _, why, code in so_far]
        return {**{key: value for key, value in one.items() if key != "course"}, "name": name, "updateTime": so_far[-1][0],
                "status": {"state": so_far[-1][1], "statusEvents": events}}


class BatchOperations(Service):
    """Operations of Cloud Batch: deletions of jobs."""

    api, at = "batch.v1", "projects.locations.operations"

    def get(self, params: dict, body: dict) -> dict:
        return shown_operation(self, self.own(params["name"]))


def shown_operation(service: Service, name: str) -> dict:
    one = service.found(service.state["operations"], name, "Operation")
    done = {"done": True, "response": {"@type": "type.googleapis.com/google.protobuf.Empty"}} \
        if service.clock.past(one["until"]) else {"done": False}
    return {"name": name, "metadata": {"@type": "type.googleapis.com/google.cloud.batch.v1.OperationMetadata",
                                       "target": one["target"], "createTime": one["began"]}, **done}


def _preemption() -> str:
    return ("Job failed due to task failures. For example, task with index 0 failed, due to Spot VM preemption with exit "
            f"code {PREEMPTED}.")


def _is_spot(body: dict, templates: list[str]) -> bool:
    instances = body.get("allocationPolicy", {}).get("instances", [{}])
    return any(instance.get("policy", {}).get("provisioningModel") == "SPOT" or instance.get("instanceTemplate") in templates
               for instance in instances)


def _retries_preemption(spec: dict) -> bool:
    return any(policy.get("action") == "RETRY_TASK" and PREEMPTED in policy.get("actionCondition", {}).get("exitCodes", [])
               for policy in spec.get("lifecyclePolicies", []))
