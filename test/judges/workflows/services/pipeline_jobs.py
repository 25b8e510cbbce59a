from __future__ import annotations  # `list` is a method here

import json
import re
import subprocess

from fake_google import GoogleError
from run import Rejected, iso, seconds
from services.vertex import Vertex

SECONDS = 3600
LONGEST_SECONDS = 300
HIDDEN = ("ends", "course", "ran", "skipped")
LEFT = ("models", "operations", "customJobs")
"""What a run changes of Vertex AI, by keys of the state."""


def selected(value, fields: str | None):
    """The part of an answer that `fields` asks for: `a,b(c,d)`."""
    if fields is None:
        return value
    if isinstance(value, list):
        return [selected(one, fields) for one in value]
    parts = re.findall(r"(\w+)(?:\(((?:[^()]|\([^()]*\))*)\))?", fields)
    return {name: selected(value[name], inner or None) for name, inner in parts if name in value}


class PipelineJobs(Vertex):
    """Runs of pipelines.

    State: pipelineJobs {"<id>": PipelineJob and its `course`}; courses [{…}, …], one for each run: `fails` {"<task>":
    "<message>"}, `registers` {"model", "labels"?, "description"?}, a version with the alias `run-<run-id>`; pipelineSeconds
    that a run takes. A run without a course really runs when it ends where `runner` is the command of a program that does
    (../kfp/run_pipeline.py), in this world and for as long as its tasks wait: then the job has `ran`, its processes, and
    `skipped`, groups whose condition did not hold. Without a runner it just succeeds.
    """

    at = "projects.locations.pipelineJobs"
    empty = {**Vertex.empty, "pipelineJobs": {}, "courses": [], "pipelineSeconds": SECONDS, "runner": []}

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
            "state": "PIPELINE_STATE_RUNNING", "course": self.state["courses"].pop(0) if self.state["courses"] else None}
        return selected(self._shown(job), params.get("fields"))

    def get(self, params: dict, body: dict) -> dict:
        job = self.here(params["name"])
        self.found(self.state["pipelineJobs"], job, "The PipelineJob")
        return selected(self._shown(job), params.get("fields"))

    def list(self, params: dict, body: dict) -> dict:
        wanted = re.fullmatch(r'display_name="([^"]+)"((?: AND state!="PIPELINE_STATE_[A-Z]+")*)', params.get("filter", ""))
        if wanted is None or params.get("orderBy") != "create_time desc":
            raise NotImplementedError(f"filter {params.get('filter')}, orderBy {params.get('orderBy')}")
        unwanted = re.findall(r'"([A-Z_]+)"', wanted[2])
        found = sorted((name for name, job in self.state["pipelineJobs"].items()
                        if job["displayName"] == wanted[1] and job["state"] not in unwanted),
                       key=lambda name: self.state["pipelineJobs"][name]["createTime"], reverse=True)
        return self.page(params, "pipelineJobs", [self._shown(name) for name in found])

    def settle(self) -> None:
        for name, job in self.state["pipelineJobs"].items():
            if job["state"] == "PIPELINE_STATE_RUNNING" and job["ends"] <= self.clock.seconds:
                self._end(job)

    def _end(self, job: dict) -> None:
        if job["course"] is None and self.state["runner"]:
            return self._failed(job, self._run(job))
        course = job["course"] or {}
        if registers := course.get("registers"):
            model = self.state["models"].setdefault(registers["model"], {"versions": {}})
            version = str(max(map(int, model["versions"]), default=0) + 1)
            model["versions"][version] = {
                "labels": registers.get("labels", {}), "fields": {"versionDescription": registers.get("description", "")},
                "aliases": [f"run-{job['runtimeConfig']['parameterValues']['run-id']}"]}
        self._failed(job, course.get("fails", {}))

    def _run(self, job: dict) -> dict:
        """Executes the document that the job was made with. Gives the last words of tasks that failed."""
        mine = {key: value for key, value in self.state.items() if key not in ("pipelineJobs", "courses", "runner")}
        request = {
            "document": job["pipelineSpec"], "parameters": job["runtimeConfig"]["parameterValues"],
            "folder": job["runtimeConfig"]["gcsOutputDirectory"],
            "world": {"project": self.world.project, "now": self.clock.iso(),
                      "state": {"aiplatform": mine, "storage": self.world["storage"]}}}
        ran = subprocess.run(self.state["runner"], input=json.dumps(request), capture_output=True, text=True,
                             timeout=LONGEST_SECONDS)
        if ran.returncode != 0:
            raise RuntimeError(f"{self.state['runner']} broke:\n{ran.stderr[-2000:]}")
        done = json.loads(ran.stdout)
        if done["findings"]:
            raise Rejected(*done["findings"])
        left = done["world"]["state"]
        self.world["storage"].update(left["storage"])
        self.state.update({key: left["aiplatform"][key] for key in LEFT})
        self.clock.seconds = max(self.clock.seconds, seconds(done["world"]["now"]))
        job.update(ran=done["ran"], skipped=done["skipped"], updateTime=iso(self.clock.seconds))
        if done["state"] == "SUCCEEDED":
            return {}
        return {one["task"]: one.get("said", "") for one in done["tasks"] if one["state"] == "FAILED"}

    def _failed(self, job: dict, fails: dict) -> None:
        job["state"] = "PIPELINE_STATE_FAILED" if fails else "PIPELINE_STATE_SUCCEEDED"
        if fails:
            job["error"] = {"code": 9, "message": f"The DAG failed because some tasks failed. The failed tasks are: {list(fails)}."}
            job["jobDetail"] = {"taskDetails": [
                {"taskName": task, "state": "FAILED", "error": {"code": 9, "message": message}} for task, message in fails.items()]}

    def _shown(self, job_id: str) -> dict:
        job = self.state["pipelineJobs"][job_id]
        return {"name": f"{self.location()}/pipelineJobs/{job_id}",
                **{key: value for key, value in job.items() if key not in HIDDEN}}
