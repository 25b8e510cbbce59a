from __future__ import annotations

import mounted
from fake_google import GoogleError
from services.vertex import Vertex

SECONDS = 600
#: Series of machines that boot from Hyperdisk alone. Source: Compute Engine documentation, "About Hyperdisk", machine series.
HYPERDISK_ALONE = ("a3-ultragpu", "a4", "a4x", "c4", "c4a", "c4d", "g4", "n4", "n4a", "n4d")


class CustomJobs(Vertex):
    """Jobs of Vertex AI that run one container.

    State: customJobs {"<id>": CustomJob}; jobEnds, one for each job: {"writes": {"<gs:// address>": content}} or
    {"fails": "<message>"}; jobSeconds that a job takes. A job without an end of its own runs its container for real where
    `python` is the Python for it, in which case `keep` is a folder for what it writes and is no text, and else just succeeds.
    """

    at = "projects.locations.customJobs"
    empty = {**Vertex.empty, "customJobs": {}, "jobEnds": [], "jobSeconds": SECONDS, "python": "", "keep": ""}

    def create(self, params: dict, body: dict) -> dict:
        self.here(params["parent"] + "/customJobs")
        for pool in body["jobSpec"]["workerPoolSpecs"]:
            machine, disk = pool["machineSpec"]["machineType"], pool["diskSpec"]["bootDiskType"]
            if machine.startswith(tuple(f"{series}-" for series in HYPERDISK_ALONE)) and disk.startswith("pd-"):
                raise GoogleError(400, f"{machine} does not boot from {disk}")
        job = str(len(self.state["customJobs"]) + 1)
        self.state["customJobs"][job] = {
            **body, "createTime": self.clock.iso(), "state": "JOB_STATE_RUNNING",
            "ends": self.clock.seconds + self.state["jobSeconds"],
            "end": self.state["jobEnds"].pop(0) if self.state["jobEnds"] else None}
        return self._shown(job)

    def get(self, params: dict, body: dict) -> dict:
        job = self.here(params["name"])
        self.found(self.state["customJobs"], job, "The CustomJob")
        return self._shown(job)

    def settle(self) -> None:
        for job in self.state["customJobs"].values():
            if job["state"] == "JOB_STATE_RUNNING" and job["ends"] <= self.clock.seconds:
                job["state"] = "JOB_STATE_SUCCEEDED"
                self._end(job)

    def _end(self, job: dict) -> None:
        end, buckets = job["end"], self.world["storage"]["buckets"]
        if end is None and self.state["python"]:
            [pool] = job["jobSpec"]["workerPoolSpecs"]
            command, *more = pool["containerSpec"]["command"]
            if command != "python3":
                raise NotImplementedError(f"a container that runs {command}")
            try:
                mounted.run(buckets, [self.state["python"], *more, *pool["containerSpec"]["args"]], self.state["keep"])
            except mounted.ProgramFailed as failed:
                self._fail(job, str(failed))
            return
        for address, content in (end or {}).get("writes", {}).items():
            bucket, name = address.removeprefix("gs://").split("/", 1)
            buckets[bucket][name] = content
        if "fails" in (end or {}):
            self._fail(job, end["fails"])

    def _fail(self, job: dict, message: str) -> None:
        job["state"], job["error"] = "JOB_STATE_FAILED", {"code": 9, "message": message}

    def _shown(self, job_id: str) -> dict:
        job = self.state["customJobs"][job_id]
        return {"name": f"{self.location()}/customJobs/{job_id}",
                **{key: value for key, value in job.items() if key not in ("ends", "end", "seen")}}
