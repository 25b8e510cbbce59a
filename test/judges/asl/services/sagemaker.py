"""SageMaker: versions of models in the registry."""

from world import Service


class SageMaker(Service):
    """State: versions: {<ARN>: <approval status>}; decisions: [{arn, at, approval}], what people do at a time."""

    name = "sagemaker"
    empty = {"versions": {}, "decisions": []}

    def describe_model_package(self, request: dict) -> dict:
        arn = request["ModelPackageName"]
        approval = self._approval(arn)
        group, version = arn.split("/")[1:]
        container = {"Image": f"111111111111.dkr.ecr.eu-central-1.amazonaws.com/training:{version}",
                     "ModelDataUrl": f"s3://artifacts/training/artifacts/{version}/model.tar.gz"}
        return {"ModelPackageName": group, "ModelPackageGroupName": group,
                "ModelPackageVersion": int(version), "ModelPackageArn": arn,
                "CreationTime": "2026-01-01T00:00:00Z", "ModelPackageStatus": "Completed",
                "InferenceSpecification": {"Containers": [container]},
                "ModelPackageStatusDetails": {"ValidationStatuses": []}, "ModelApprovalStatus": approval}

    def update_model_package(self, request: dict) -> dict:
        arn = request["ModelPackageArn"]
        self._approve(arn, request.get("ModelApprovalStatus", self._approval(arn)))
        return {"ModelPackageArn": arn}

    def _approval(self, arn: str) -> str:
        due = [decision for decision in self.state["decisions"] if decision["at"] <= self.clock.iso()]
        self.state["decisions"] = [decision for decision in self.state["decisions"] if decision not in due]
        for decision in due:
            self._approve(decision["arn"], decision["approval"])
        if arn not in self.state["versions"]:
            raise self.error("ValidationException", f"ModelPackage {arn} does not exist.")
        return self.state["versions"][arn]

    def _approve(self, arn: str, approval: str) -> None:
        """A version that comes, or that is decided on."""
        before = self.state["versions"].get(arn)
        self.state["versions"][arn] = approval
        if before != approval:
            group, version = arn.split("/")[1:]
            self.world.tell("aws.sagemaker", "SageMaker Model Package State Change", arn, {
                "ModelPackageGroupName": group, "ModelPackageVersion": int(version), "ModelPackageArn": arn,
                "ModelPackageStatus": "Completed", "ModelApprovalStatus": approval,
                "LastModifiedTime": self.clock.iso()[:19] + "Z",
                **({} if before is None else {"UpdatedModelPackageFields": ["ModelApprovalStatus"]})})
