"""SageMaker: processing jobs, besides pipelines and what they need.

A job takes its time and then has ended as the state says; or it really runs: its inputs are laid out in a folder, its
program is started as a process of this machine, and what it leaves goes to its outputs. As at AWS it fails where an input
has no file. Source: SageMaker API reference, CreateProcessingJob, DescribeProcessingJob; developer guide, "Process data".
"""

import pathlib
import subprocess
import tempfile

from instants import epoch
from services.pipelines import Pipelines

ARN = "arn:aws:sagemaker:eu-central-1:111111111111:processing-job/"
ROOT = "/opt/ml"
#: Source: developer guide, "Save and Access Metadata Information About Your Processing Job".
MESSAGE = "/opt/ml/output/message"
MESSAGE_BYTES = 1024


class Processing(Pipelines):
    """State, besides that of pipelines:

    processing: {<name>: {request, created, seconds, status, failure?, message? = ExitMessage}}
    processingEnds: how jobs end, one after the other, the last one again and again:
      [{seconds = 300, status = Completed, failure?, leaves?: {<file below the output>: text}, python?: really runs, by this}]
    """

    empty = {**Pipelines.empty, "processing": {}, "processingEnds": [{}]}

    def create_processing_job(self, request: dict) -> dict:
        name = request["ProcessingJobName"]
        if name in self.state["processing"]:
            raise self.error("ResourceInUse", f"Job name must be unique within an AWS account and region: {name}")
        locals_ = [one["S3Input"]["LocalPath"] for one in request.get("ProcessingInputs", [])]
        if len(set(locals_)) < len(locals_):
            raise self.error("ValidationException", "Each input needs a local path of its own")
        ends = self.state["processingEnds"]
        end = ends.pop(0) if len(ends) > 1 else ends[0]
        job = {"request": request, "created": self.clock.iso(), "seconds": end.get("seconds", 300),
               "status": end.get("status", "Completed"), **({"failure": end["failure"]} if "failure" in end else {})}
        empty = [one["InputName"] for one in request.get("ProcessingInputs", [])
                 if not self._keys(one["S3Input"]["S3Uri"])]
        if empty:
            job.update(status="Failed", failure=f"ClientError: No S3 objects found under the S3 URL of {empty}")
        elif "python" in end:
            job.update(self._really(request, end["python"]))
        elif job["status"] == "Completed":
            self._leave(request, {path: text.encode() for path, text in end.get("leaves", {}).items()})
        self.state["processing"][name] = job
        return {"ProcessingJobArn": ARN + name}

    def describe_processing_job(self, request: dict) -> dict:
        name = request["ProcessingJobName"]
        if name not in self.state["processing"]:
            return super().describe_processing_job(request)
        job = self.state["processing"][name]
        ended = self.clock.epoch() >= epoch(job["created"]) + job["seconds"]
        failure = {"FailureReason": job["failure"]} if ended and "failure" in job else {}
        said = {"ExitMessage": job["message"]} if ended and "message" in job else {}
        told = {key: job["request"][key] for key in ("ProcessingResources", "AppSpecification", "ProcessingInputs",
                                                      "ProcessingOutputConfig", "NetworkConfig", "StoppingCondition", "RoleArn")}
        return {**told, "ProcessingJobName": name, "ProcessingJobArn": ARN + name, "CreationTime": job["created"],
                "ProcessingJobStatus": job["status"] if ended else "InProgress", **failure, **said}

    def _really(self, request: dict, python: str) -> dict:
        with tempfile.TemporaryDirectory(prefix="processing-") as folder:
            there = lambda path: path.replace(ROOT, folder)
            for one in request["ProcessingInputs"]:
                uri, local = one["S3Input"]["S3Uri"], pathlib.Path(there(one["S3Input"]["LocalPath"]))
                for bucket, key, prefix in self._keys(uri):
                    below = key.removeprefix(prefix).lstrip("/") or key.rpartition("/")[2]
                    file = local / below
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_bytes(self.world["s3"]._read(bucket, key))
            for one in request["ProcessingOutputConfig"]["Outputs"]:
                pathlib.Path(there(one["S3Output"]["LocalPath"])).mkdir(parents=True, exist_ok=True)
            app = request["AppSpecification"]
            [program, *rest] = [there(word) for word in [*app["ContainerEntrypoint"], *app.get("ContainerArguments", [])]]
            if program != "python3":
                raise RuntimeError(f"This image has no {program}")
            done = subprocess.run([python, *rest], capture_output=True, text=True, check=False)
            file = pathlib.Path(there(MESSAGE))
            said = {"message": file.read_bytes()[:MESSAGE_BYTES].decode()} if file.exists() else {}
            if done.returncode != 0:
                return {"status": "Failed", "failure": f"AlgorithmError: , exit code: {done.returncode}", **said}
            for one in request["ProcessingOutputConfig"]["Outputs"]:
                local = pathlib.Path(there(one["S3Output"]["LocalPath"]))
                bucket, prefix = self.world["s3"]._below(one["S3Output"]["S3Uri"])
                for file in (path for path in local.rglob("*") if path.is_file()):
                    self.world["s3"]._write(bucket, f"{prefix}/{file.relative_to(local)}", file.read_bytes())
            return {"status": "Completed", **said}

    def _leave(self, request: dict, files: dict) -> None:
        for one in request["ProcessingOutputConfig"]["Outputs"]:
            bucket, prefix = self.world["s3"]._below(one["S3Output"]["S3Uri"])
            for path, content in files.items():
                self.world["s3"]._write(bucket, f"{prefix}/{path}", content)

    def _keys(self, uri: str) -> list:
        bucket, prefix = self.world["s3"]._below(uri)
        found = self.world["s3"].state["buckets"].get(bucket, {})
        return [(bucket, key, prefix) for key in sorted(found) if key.startswith(prefix)]
