from __future__ import annotations  # `list` is a method here

import json

from fake_google import GoogleError
from world import Service

ENDS = {"SUCCEEDED": "SUCCEEDED", "FAILED": "FAILED", "CANCELLED": "CANCELLED", "CRASHED": "FAILED"}
LARGEST_ARGUMENT = 512 * 1024


class Executions(Service):
    """Executions of workflows. Those of the run really run; they keep their record when a later run goes on in the world.

    State: executions {<name>: Execution of the API}. Whoever crashed is FAILED.
    """

    api, at = "workflowexecutions.v1", "projects.locations.workflows.executions"
    empty = {"executions": {}}

    def deploy(self, documents: dict, env: dict) -> None:
        self._documents, self._env, self._running = documents, env, {}

    def start(self, workflow: str, argument, after: float = 0) -> dict:
        """Begins an execution, after some virtual seconds."""
        if workflow not in self._documents:
            raise ValueError(f"start: there is no workflow {workflow!r} among {sorted(self._documents)}")
        one = f"{len(self.state['executions']) + 1:08x}-0000-4000-8000-000000000000"
        project = self.world.project
        name = f"projects/{project['number']}/locations/{project['region']}/workflows/{workflow}/executions/{one}"
        env = {"GOOGLE_CLOUD_PROJECT_ID": project["id"], "GOOGLE_CLOUD_PROJECT_NUMBER": project["number"],
               "GOOGLE_CLOUD_LOCATION": project["region"], "GOOGLE_CLOUD_WORKFLOW_ID": workflow,
               "GOOGLE_CLOUD_WORKFLOW_REVISION_ID": "000001-000", "GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID": one,
               "GOOGLE_CLOUD_WORKFLOW_EXECUTION_ATTEMPT": "1",
               "GOOGLE_CLOUD_SERVICE_ACCOUNT_NAME": f"workflows@{project['id']}.iam.gserviceaccount.com", **self._env}
        self._running[name] = self.world.run.scheduler.add(one, workflow, self._documents[workflow], env, argument, after)
        self.state["executions"][name] = {
            "name": name, "state": "ACTIVE", "argument": json.dumps(argument), "createTime": self.clock.iso(),
            "startTime": self.clock.iso(), "workflowRevisionId": "000001-000"}
        return self.state["executions"][name]

    def ended(self, execution) -> None:
        name = next(name for name, one in self._running.items() if one is execution)
        record, outcome = self.state["executions"][name], execution.outcome
        record.update({"state": ENDS[outcome["status"]], "endTime": self.clock.iso()})
        if "result" in outcome:
            record["result"] = json.dumps(outcome["result"], default=repr)
        if "error" in outcome:
            record["error"] = {"payload": json.dumps(outcome["error"], default=repr)}

    def create(self, params: dict, body: dict) -> dict:
        workflow = params["parent"].rsplit("/", 1)[-1]
        if workflow not in self._documents or self._place(params["parent"]) != self.world.project["region"]:
            raise GoogleError(404, f"Workflow {params['parent']} does not exist.")
        argument = body.get("argument", "null")
        if len(argument) > LARGEST_ARGUMENT:
            raise GoogleError(400, "The argument is too large.")
        try:
            return self.start(workflow, json.loads(argument))
        except json.JSONDecodeError as wrong:
            raise GoogleError(400, f"The argument is no JSON: {wrong}") from wrong

    def get(self, params: dict, body: dict) -> dict:
        return self.found(self.state["executions"], self.own(params["name"]), "Execution")

    def list(self, params: dict, body: dict) -> dict:
        """Newest first. Of filters, only `state="ACTIVE"` and the like."""
        found = [one for name, one in self.state["executions"].items()
                 if name.startswith(self.own(params["parent"]) + "/")]
        wanted = params.get("filter")
        if wanted is not None:
            state = wanted.replace(" ", "").replace('"', "").removeprefix("state=")
            if state not in {"ACTIVE", *ENDS.values()}:
                raise NotImplementedError(f"filter {wanted}")
            found = [one for one in found if one["state"] == state]
        shown = found if params.get("view") == "FULL" else [
            {key: value for key, value in one.items() if key not in ("argument", "result", "error")} for one in found]
        first, size = int(params.get("pageToken", 0)), int(params.get("pageSize", 100))
        more = {"nextPageToken": str(first + size)} if len(shown) > first + size else {}
        return {"executions": shown[::-1][first:first + size], **more} if shown else {}

    def cancel(self, params: dict, body: dict) -> dict:
        record, name = self.get(params, {}), self.own(params["name"])
        if record["state"] != "ACTIVE":
            raise GoogleError(400, f"The execution is {record['state']}.", "FAILED_PRECONDITION")
        record.update({"state": "CANCELLED", "endTime": self.clock.iso()})
        if name in self._running:
            self.world.run.scheduler.cancel(self._running[name])
        return record

    def _place(self, parent: str) -> str:
        return parent.split("/")[3]
