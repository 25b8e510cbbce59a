from __future__ import annotations  # `list` is a method here

import re

from fake_google import GoogleError
from services.vertex import Vertex

SECONDS = 3600


class PipelineJobs(Vertex):
    """Runs of pipelines.

    State: pipelineJobs {"<id>": PipelineJob and its `course`}; courses [{…}, …], one for each run: `fails` {"<task>":
    "<message>"}, `registers` {"model", "labels"?, "description"?}, a version with the alias `run-<run-id>`; pipelineSeconds
    that a run takes. A run without a course just succeeds.
    """

    at = "projects.locations.pipelineJobs"
    empty = {**Vertex.empty, "pipelineJobs": {}, "courses": [], "pipelineSeconds": SECONDS}

    def create(self, params: dict, body: dict) -> dict:
        self.here(params["parent"] + "/pipelineJobs")
        job = params["pipelineJobId"]
        if not re.fullmatch(r"[a-z][-a-z0-9]{0,126}[a-z0-9]", job):
            raise GoogleError(400, f"The PipelineJob ID {job!r} is not valid.")
        if job in self.state["pipelineJobs"]:
            raise GoogleError(409, f"The PipelineJob {job} already exists.", "ALREADY_EXISTS")
        declared = body["pipelineSpec"]["root"].get("inputDefinitions", {}).get("parameters", {})
        given = body["runtimeConfig"].get("parameterValues", {})
        if wrong := given.keys() ^ declared.keys():
            raise GoogleError(400, f"The pipeline parameters {sorted(wrong)} are not both declared and given.")
        self.state["pipelineJobs"][job] = {
            **body, "createTime": self.clock.iso(), "ends": self.clock.seconds + self.state["pipelineSeconds"],
            "state": "PIPELINE_STATE_RUNNING", "course": self.state["courses"].pop(0) if self.state["courses"] else {}}
        return self._shown(job)

    def get(self, params: dict, body: dict) -> dict:
        job = self.here(params["name"])
        self.found(self.state["pipelineJobs"], job, "The PipelineJob")
        return self._shown(job)

    def list(self, params: dict, body: dict) -> dict:
        wanted = re.fullmatch(r'display_name="([^"]+)"', params.get("filter", ""))
        if wanted is None or params.get("orderBy") != "create_time desc":
            raise NotImplementedError(f"filter {params.get('filter')}, orderBy {params.get('orderBy')}")
        mask = params["readMask"].split(",")
        found = sorted((name for name, job in self.state["pipelineJobs"].items() if job["displayName"] == wanted[1]),
                       key=lambda name: self.state["pipelineJobs"][name]["createTime"], reverse=True)
        shown = [{key: value for key, value in self._shown(name).items() if key in mask} for name in found]
        return self.page(params, "pipelineJobs", shown)

    def settle(self) -> None:
        for name, job in self.state["pipelineJobs"].items():
            if job["state"] == "PIPELINE_STATE_RUNNING" and job["ends"] <= self.clock.seconds:
                self._end(job)

    def _end(self, job: dict) -> None:
        course, fails = job["course"], job["course"].get("fails", {})
        if registers := course.get("registers"):
            model = self.state["models"].setdefault(registers["model"], {"versions": {}})
            version = str(max(map(int, model["versions"]), default=0) + 1)
            model["versions"][version] = {
                "labels": registers.get("labels", {}), "fields": {"versionDescription": registers.get("description", "")},
                "aliases": [f"run-{job['runtimeConfig']['parameterValues']['run-id']}"]}
        job["state"] = "PIPELINE_STATE_FAILED" if fails else "PIPELINE_STATE_SUCCEEDED"
        if fails:
            job["error"] = {"code": 9, "message": f"The DAG failed because some tasks failed. The failed tasks are: {list(fails)}."}
            job["jobDetail"] = {"taskDetails": [
                {"taskName": task, "state": "FAILED", "error": {"code": 9, "message": message}} for task, message in fails.items()]}

    def _shown(self, job_id: str) -> dict:
        job = self.state["pipelineJobs"][job_id]
        return {"name": f"{self.location()}/pipelineJobs/{job_id}",
                **{key: value for key, value in job.items() if key not in ("ends", "course")}}
