"""Carries out a definition of SageMaker Pipelines: the `runner` of test/judges/asl/services/pipelines.py.

Reads {pipeline, execution, definition, parameters, s3, packages} on its standard input; its argument is {images, taken?} for
containers.py. Answers how the run ended: steps in the order in which they ended, the version that was registered, what is in
S3 then, and `ran`, the containers in their order. A step is begun when all that it waits for has ended, and none is once one
has failed. What takes no time comes before jobs that could begin as well: a failure ends all that nothing puts before it.
Results of earlier runs are not used again.
"""

import json
import sys

from containers import Containers, Objects
from graph import branches, gets
from values import Values

COMPARES = {"GreaterThanOrEqualTo": lambda a, b: a >= b, "LessThanOrEqualTo": lambda a, b: a <= b,
            "GreaterThan": lambda a, b: a > b, "LessThan": lambda a, b: a < b, "Equals": lambda a, b: a == b}
AT_ONCE = ("Condition", "Fail")
SECONDS = 1800


class Execution:
    def __init__(self, asked: dict, settings: dict):
        self.asked, definition = asked, asked["definition"]
        self.objects = Objects(asked["s3"]["buckets"])
        self.containers = Containers(settings["images"], self.objects, settings.get("taken", {}))
        kinds = {one["Name"]: one["Type"] for one in definition["Parameters"]}
        given = {name: float(value) if kinds[name] == "Float" else value for name, value in asked["parameters"].items()}
        if missing := kinds.keys() - given.keys():
            raise ValueError(f"parameters without a value: {sorted(missing)}")
        self.number = asked["execution"].rpartition("/")[2]
        self.values = Values(given, {"PipelineExecutionArn": asked["execution"], "PipelineExecutionId": self.number,
                                     "PipelineName": asked["pipeline"]}, self.objects.read)
        self.waiting = list(definition["Steps"])
        self.done: set[str] = set()
        self.ended: list[dict] = []
        self.version: dict | None = None

    def run(self) -> dict:
        while ready := [step for step in self.waiting if _before(step) <= self.done]:
            step = min(ready, key=lambda one: one["Type"] not in AT_ONCE)
            self.waiting.remove(step)
            found = self._step(step)
            self.ended.append({"name": step["Name"], **found})
            self.done.add(step["Name"])
            if found.get("status") == "Failed":
                break
        failed = any(one.get("status") == "Failed" for one in self.ended)
        return {"seconds": SECONDS, "steps": self.ended, "ran": self.containers.ran, "s3": {"buckets": self.objects.buckets},
                **({"failure": "Step failure: One or multiple steps failed."} if failed else {}),
                **({"version": self.version} if self.version and not failed else {})}

    def _step(self, step: dict) -> dict:
        name, kind = step["Name"], step["Type"]
        own = self.values.of({key: value for key, value in step["Arguments"].items() if key not in ("IfSteps", "ElseSteps")})
        match kind:
            case "Condition":
                holds = all(COMPARES[one["Type"]](one["LeftValue"], one["RightValue"]) for one in own["Conditions"])
                self.waiting += step["Arguments"]["IfSteps" if holds else "ElseSteps"]
                return {"metadata": {"Condition": {"Outcome": str(holds)}}}
            case "Fail":
                return {"status": "Failed", "metadata": {"Fail": own}}
            case "RegisterModel":
                return self._register(own)
        job = f"pipelines-{self.number}-{name}"
        if kind == "Processing":
            self.values.described[name] = {**own, "ProcessingJobName": job}
            outputs = {one["OutputName"]: one["S3Output"]["S3Uri"] for one in own.get("ProcessingOutputConfig", {}).get("Outputs", [])}
            self.values.files[name] = {one["PropertyFileName"]: f"{outputs[one['OutputName']]}/{one['FilePath']}"
                                       for one in step.get("PropertyFiles", [])}
            why = self.containers.processing(name, own)
        else:
            into = own["OutputDataConfig"]
            packed = "" if into.get("CompressionType", "GZIP") == "NONE" else ".tar.gz"
            artifacts = f"{into['S3OutputPath']}/{job}/output/model{packed}"
            self.values.described[name] = {**own, "TrainingJobName": job, "ModelArtifacts": {"S3ModelArtifacts": artifacts}}
            why = self.containers.training(name, own, artifacts)
        said = {"message": self.containers.messages[name]} if name in self.containers.messages else {}
        return {"job": kind.lower(), **said, **({} if why is None else {"status": "Failed", "reason": why})}

    def _register(self, own: dict) -> dict:
        group = self.asked["pipeline"].removesuffix("-pipeline")
        if own["ModelPackageGroupName"] != group:
            return {"status": "Failed", "reason": f"ClientError: no group {own['ModelPackageGroupName']}, there is {group}"}
        numbers = [int(arn.rpartition("/")[2]) for arn in self.asked["packages"]]
        kept = {key: own[key] for key in ("InferenceSpecification", "CustomerMetadataProperties", "MetadataProperties", "ModelMetrics")
                if key in own}
        self.version = {"number": max(numbers, default=0) + 1, "approval": own["ModelApprovalStatus"], **kept}
        return {"registers": True}


def _before(step: dict) -> set[str]:
    own = {key: value for key, value in step["Arguments"].items() if key not in ("IfSteps", "ElseSteps")}
    inner = {one["Name"] for one in branches(step)}
    return ({text.split(".")[1] for text in gets(own) if text.startswith("Steps.")} | set(step.get("DependsOn", []))) - inner


if __name__ == "__main__":
    print(json.dumps(Execution(json.load(sys.stdin), json.loads(sys.argv[1])).run()))
