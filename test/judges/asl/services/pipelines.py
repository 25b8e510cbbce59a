"""SageMaker: pipelines and their runs, besides the registry and what serves.

A run takes its time and then has ended as its pipeline's next `run` says; or as a program says that carries the steps out
(`runner`), so that a test sees them really run. Source: SageMaker API reference, StartPipelineExecution,
ListPipelineExecutions, ListPipelineExecutionSteps, ListPipelineParametersForExecution, ListModelPackageGroups,
ListModelPackages.
"""

import hashlib
import json
import subprocess

from instants import epoch, iso
from services.hosting import Hosting

PIPELINE = "arn:aws:sagemaker:eu-central-1:111111111111:pipeline/"
GROUP = "arn:aws:sagemaker:eu-central-1:111111111111:model-package-group/"
JOB = "arn:aws:sagemaker:eu-central-1:111111111111:{kind}/{name}"
ANY_JOB = {"ProcessingResources": {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 30}},
           "AppSpecification": {"ImageUri": "image"}}
DONE = {"seconds": 600, "steps": []}


class Pipelines(Hosting):
    """State, besides that of the registry and of what serves:

    pipelines: {<name>: {
      definition?: its document as an object; runs take the parameters then that it declares, and no other
      runs?: how runs end, one after the other, the last one again and again: {seconds = 600, stopping? = seconds until somebody
        stops it, status?, failure?,
        steps: [{name, status = Succeeded, reason?, job? = processing | training, metadata?, message? = ExitMessage of its job}],
        version?: {number, approval = PendingManualApproval, ...what DescribeModelPackage answers}}
      runner?: [command]: asked when a run starts, by JSON on its standard input: {pipeline, execution, definition, parameters,
        s3, packages}; it answers a `run` as above, and may answer the state of s3 that the steps left: {..., s3}
    }}
    executions: {<ARN>: {pipeline, name, description, token, parameters: {}, started, run}}
    packages: {<ARN of a version>: what DescribeModelPackage answers beside what the registry knows}
    callbacks: {<token>: {execution, answer?}}: steps that wait for an answer, and what it was. A run may be given as
      `ended: Stopping`, and has stopped once its callback is answered
    """

    empty = {**Hosting.empty, "pipelines": {}, "executions": {}, "packages": {}, "callbacks": {}}

    def start_pipeline_execution(self, request: dict) -> dict:
        name = request["PipelineName"].rpartition("/")[2]
        pipeline = self._pipeline(name)
        parameters = {one["Name"]: one["Value"] for one in request.get("PipelineParameters", [])}
        for arn, one in self.state["executions"].items():
            if one["token"] == request["ClientRequestToken"] and one["pipeline"] == name:
                if one["parameters"] != parameters:
                    raise self.error("ConflictException", "Another request with this token had other parameters.")
                return {"PipelineExecutionArn": arn}
        declared = pipeline.get("definition", {}).get("Parameters")
        if declared is not None and (unknown := parameters.keys() - {one["Name"] for one in declared}):
            raise self.error("ValidationException", f"Parameters {sorted(unknown)} are not defined in the pipeline.")
        given = {one["Name"] for one in declared or [] if "DefaultValue" in one} | parameters.keys()
        if missing := [one["Name"] for one in declared or [] if one["Name"] not in given]:
            raise self.error("ValidationException", f"Parameters {missing} have no value.")
        number = hashlib.sha256(request["ClientRequestToken"].encode()).hexdigest()[:12]
        arn = f"{PIPELINE}{name}/execution/{number}"
        self.state["executions"][arn] = {
            "pipeline": name, "name": request.get("PipelineExecutionDisplayName", f"execution-{number}"),
            "description": request.get("PipelineExecutionDescription", ""), "token": request["ClientRequestToken"],
            "parameters": parameters, "started": self.clock.iso(), "run": self._run(name, pipeline, arn, parameters)}
        return {"PipelineExecutionArn": arn}

    def list_pipeline_executions(self, request: dict) -> dict:
        name = request["PipelineName"].rpartition("/")[2]
        self._pipeline(name)
        found = [(arn, one) for arn, one in self.state["executions"].items() if one["pipeline"] == name]
        found.sort(key=lambda pair: pair[1]["started"], reverse=request.get("SortOrder", "Descending") == "Descending")
        return self._paged(request, "PipelineExecutionSummaries", [
            {"PipelineExecutionArn": arn, "StartTime": one["started"], "PipelineExecutionStatus": self._status(arn),
             "PipelineExecutionDisplayName": one["name"]} for arn, one in found])

    def describe_pipeline_execution(self, request: dict) -> dict:
        arn = request["PipelineExecutionArn"]
        one, status = self._execution(arn), self._status(arn)
        failure = one["run"].get("failure")
        return {"PipelineArn": PIPELINE + one["pipeline"], "PipelineExecutionArn": arn,
                "PipelineExecutionDisplayName": one["name"], "PipelineExecutionStatus": status,
                "PipelineExecutionDescription": one["description"], "CreationTime": one["started"],
                "LastModifiedTime": self.clock.iso(),
                **({"FailureReason": failure} if failure and status == "Failed" else {})}

    def list_pipeline_execution_steps(self, request: dict) -> dict:
        arn = request["PipelineExecutionArn"]
        one = self._execution(arn)
        steps = [self._step(arn, one, step) for step in one["run"]["steps"]] if self._has_ended(arn) else []
        return self._paged(request, "PipelineExecutionSteps", steps[::1 if request.get("SortOrder") == "Ascending" else -1])

    def list_pipeline_parameters_for_execution(self, request: dict) -> dict:
        parameters = self._execution(request["PipelineExecutionArn"])["parameters"]
        return self._paged(request, "PipelineParameters", [{"Name": name, "Value": value}
                                                          for name, value in parameters.items()])

    def describe_processing_job(self, request: dict) -> dict:
        """The job of a step."""
        name = request["ProcessingJobName"]
        for arn, one in self.state["executions"].items():
            for step in one["run"]["steps"]:
                if step.get("job") == "processing" and name == self._job(arn, step):
                    ended = self._has_ended(arn)
                    status = step.get("status", "Completed") if ended else "InProgress"
                    said = {"ExitMessage": step["message"]} if ended and "message" in step else {}
                    why = {"FailureReason": step["reason"]} if ended and "reason" in step else {}
                    return {**ANY_JOB, "ProcessingJobName": name, "ProcessingJobArn": JOB.format(kind="processing-job", name=name),
                            "CreationTime": one["started"], "ProcessingJobStatus": status, **said, **why}
        raise self.error("ResourceNotFound", f"Could not find requested job with name: {name}")

    def list_model_package_groups(self, request: dict) -> dict:
        self._settle_runs()
        groups = dict.fromkeys(arn.split("/")[1] for arn in self.state["versions"])
        return self._paged(request, "ModelPackageGroupSummaryList", [
            {"ModelPackageGroupName": group, "ModelPackageGroupArn": f"{GROUP}{group}", "CreationTime": "2026-01-01T00:00:00Z",
             "ModelPackageGroupStatus": "Completed"} for group in groups if request.get("NameContains", "") in group])

    def list_model_packages(self, request: dict) -> dict:
        self._settle_runs()
        group = request["ModelPackageGroupName"]
        return self._paged(request, "ModelPackageSummaryList", [
            {"ModelPackageGroupName": group, "ModelPackageVersion": int(arn.rsplit("/", 1)[1]), "ModelPackageArn": arn,
             "CreationTime": "2026-01-01T00:00:00Z", "ModelPackageStatus": "Completed", "ModelApprovalStatus": approval}
            for arn, approval in self.state["versions"].items() if arn.split("/")[1] == group])

    def send_pipeline_execution_step_success(self, request: dict) -> dict:
        return self._answer(request)

    def send_pipeline_execution_step_failure(self, request: dict) -> dict:
        return self._answer(request)

    def describe_model_package(self, request: dict) -> dict:
        arn = request["ModelPackageName"]
        self._settle_runs()
        return {**super().describe_model_package(request), **self.state["packages"].get(arn, {})}

    def final(self) -> dict:
        self._settle_runs()
        return super().final()

    def _answer(self, request: dict) -> dict:
        callback = self.state["callbacks"].get(request["CallbackToken"])
        if callback is None:
            raise self.error("ResourceNotFound", "There is no step with this token.")
        if (known := callback.get("answer")) is not None:
            if known["ClientRequestToken"] != request["ClientRequestToken"]:
                raise self.error("ValidationException", "The step is already in a terminal status.")
            return {"PipelineExecutionArn": callback["execution"]}
        callback["answer"] = request
        run = self.state["executions"][callback["execution"]]
        if run.get("ended") == "Stopping":
            run["ended"] = "Stopped"
        elif "FailureReason" in request:
            run["ended"] = "Failed"
        return {"PipelineExecutionArn": callback["execution"]}

    def _run(self, name: str, pipeline: dict, arn: str, parameters: dict) -> dict:
        if "runner" in pipeline:
            asked = {"pipeline": name, "execution": arn, "definition": pipeline.get("definition"), "parameters": parameters,
                     "s3": self.world["s3"].state, "packages": self.state["packages"]}
            done = subprocess.run(pipeline["runner"], input=json.dumps(asked), capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise RuntimeError(f"the runner of {name} ended with {done.returncode}: {done.stderr[-2000:]}")
            run = json.loads(done.stdout)
            self.world["s3"].state.update(run.pop("s3", {}))
            return {**DONE, **run}
        runs = pipeline.get("runs", [DONE])
        return {**DONE, **(runs.pop(0) if len(runs) > 1 else runs[0])}

    def _status(self, arn: str) -> str:
        self._settle_runs()
        one = self.state["executions"][arn]
        stopping = one["run"].get("stopping")
        stops = stopping is not None and self.clock.epoch() >= epoch(one["started"]) + stopping
        return one.get("ended", "Stopping" if stops else "Executing")

    def _has_ended(self, arn: str) -> bool:
        return self._status(arn) not in ("Executing", "Stopping")

    def _settle_runs(self) -> None:
        """Ends the runs whose time is over; a version that one registered is there from then on."""
        for arn, one in self.state["executions"].items():
            run = one["run"]
            if "ended" in one or self.clock.epoch() < epoch(one["started"]) + run["seconds"]:
                continue
            failed = any(step.get("status") == "Failed" for step in run["steps"])
            one["ended"] = run.get("status", "Failed" if failed else "Succeeded")
            if "version" in run:
                version = dict(run["version"])
                package = self._package(one, version.pop("number"))
                self._approve(package, version.pop("approval", "PendingManualApproval"))
                self.state["packages"][package] = version

    def _package(self, one: dict, number: int) -> str:
        """A version of the group that is called as the pipeline without its last part."""
        return f"arn:aws:sagemaker:eu-central-1:111111111111:model-package/{one['pipeline'].removesuffix('-pipeline')}/{number}"

    def _step(self, arn: str, one: dict, step: dict) -> dict:
        kind = step.get("job")
        name = self._job(arn, step)
        job = {} if kind is None else {f"{kind.capitalize()}Job": {"Arn": JOB.format(kind=f"{kind}-job", name=name)}}
        registered = {"RegisterModel": {"Arn": self._package(one, one["run"]["version"]["number"])}} \
            if step.get("registers") else {}
        ended = epoch(one["started"]) + one["run"]["seconds"]
        return {"StepName": step["name"], "StepStatus": step.get("status", "Succeeded"), "StartTime": one["started"],
                "EndTime": iso(ended), "AttemptCount": 1, "Metadata": {**job, **registered, **step.get("metadata", {})},
                **({"FailureReason": step["reason"]} if "reason" in step else {})}

    @staticmethod
    def _job(arn: str, step: dict) -> str:
        return f"pipelines-{arn.rpartition('/')[2]}-{step['name']}"

    def _pipeline(self, name: str) -> dict:
        if name not in self.state["pipelines"]:
            raise self.error("ResourceNotFound", f"Pipeline '{name}' does not exist.")
        return self.state["pipelines"][name]

    def _execution(self, arn: str) -> dict:
        if arn not in self.state["executions"]:
            raise self.error("ResourceNotFound", f"Pipeline execution '{arn}' does not exist.")
        return self.state["executions"][arn]

    def _paged(self, request: dict, member: str, items: list[dict]) -> dict:
        first, size = int(request.get("NextToken", "0")), request.get("MaxResults", 10)
        more = {"NextToken": str(first + size)} if len(items) > first + size else {}
        return {member: items[first:first + size], **more}
