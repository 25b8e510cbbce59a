"""AWS Batch: jobs of a queue, which end as the test says.

Source: service model of AWS Batch; AWS Batch API reference, ListJobs (a name that ends in `*`), TerminateJob; AWS Batch user
guide, "Multi-node parallel jobs" (of several nodes `<job>#<n>` has the containers).
"""

import uuid

from world import Service

DONE = {"seconds": 600, "status": "SUCCEEDED"}
ARN = "arn:aws:batch:eu-central-1:111111111111:job/"


class Batch(Service):
    """State: runs?: how jobs end, one after the other, the last one again and again: {seconds = 600, status = SUCCEEDED,
    statusReason?, containers?: [{name, exitCode?, reason?}]}; jobs: {<id>: {request, submitted, run, ended?}}.
    """

    name = "batch"
    empty = {"runs": [DONE], "jobs": {}}

    def submit_job(self, request: dict) -> dict:
        runs = self.state["runs"]
        job = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{request['jobName']} {len(self.state['jobs'])}"))
        self.state["jobs"][job] = {"request": request, "submitted": self.clock.epoch(),
                                   "run": {**DONE, **(runs.pop(0) if len(runs) > 1 else runs[0])}}
        return {"jobArn": ARN + job, "jobName": request["jobName"], "jobId": job}

    def list_jobs(self, request: dict) -> dict:
        [wanted] = [one["values"][0] for one in request["filters"] if one["name"] == "JOB_NAME"]
        found = {job: one for job, one in self.state["jobs"].items()
                 if one["request"]["jobQueue"] == request["jobQueue"] and _is_called(one["request"]["jobName"], wanted)}
        return {"jobSummaryList": [{"jobArn": ARN + job, "jobId": job, "jobName": one["request"]["jobName"],
                                    "createdAt": int(one["submitted"] * 1000), "status": self._status(job)}
                                   for job, one in found.items()]}

    def describe_jobs(self, request: dict) -> dict:
        return {"jobs": [self._detail(job) for job in request["jobs"] if job.partition("#")[0] in self.state["jobs"]]}

    def terminate_job(self, request: dict) -> dict:
        job = self.state["jobs"][request["jobId"]]
        if self._status(request["jobId"]) == "RUNNING":
            job["run"] = {"seconds": 0, "status": "FAILED", "statusReason": request["reason"]}
        return {}

    def _status(self, job: str) -> str:
        one = self.state["jobs"][job]
        return one["run"]["status"] if self.clock.epoch() >= one["submitted"] + one["run"]["seconds"] else "RUNNING"

    def _detail(self, named: str) -> dict:
        job, _, node = named.partition("#")
        one, status = self.state["jobs"][job], self._status(job)
        request, run = one["request"], one["run"]
        ended, holds = status != "RUNNING", ("nodeOverrides" in request) == (node != "")
        return {"jobArn": ARN + named, "jobName": request["jobName"], "jobId": named, "jobQueue": request["jobQueue"],
                "jobDefinition": request["jobDefinition"], "startedAt": int(one["submitted"] * 1000), "status": status,
                **({"statusReason": run["statusReason"]} if ended and "statusReason" in run else {}),
                **({"ecsProperties": {"taskProperties": [{"containers": run["containers"]}]}}
                   if ended and holds and "containers" in run else {})}


def _is_called(name: str, wanted: str) -> bool:
    """Upper and lower case are one."""
    name, wanted = name.lower(), wanted.lower()
    return name.startswith(wanted[:-1]) if wanted.endswith("*") else name == wanted
