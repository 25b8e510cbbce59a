"""Application Auto Scaling: targets and policies of endpoint variants. It scales nothing here.

Source: Application Auto Scaling API reference; SageMaker developer guide, "Automatic scaling of models".
"""

import re

from world import Service

RESOURCE = re.compile(r"endpoint/(?P<endpoint>[^/]+)/variant/(?P<variant>[^/]+)")
DIMENSION = "sagemaker:variant:DesiredInstanceCount"


class ApplicationAutoScaling(Service):
    """State: targets: {<resource id>: {min, max}}; policies: {<resource id>: {<name>: target tracking configuration}}.

    A policy has two alarms of CloudWatch, which go with it, as the policies of a target go with the target.
    """

    name = "applicationautoscaling"
    empty = {"targets": {}, "policies": {}}

    def register_scalable_target(self, request: dict) -> dict:
        resource = self._resource(request)
        self.world["sagemaker"]._check_scalable(*resource)
        before = self.state["targets"].get(request["ResourceId"], {})
        low, high = request.get("MinCapacity", before.get("min")), request.get("MaxCapacity", before.get("max"))
        if low is None or high is None or low > high:
            raise self.error("ValidationException", "Both minimum and maximum capacity are required, and in this order")
        self.state["targets"][request["ResourceId"]] = {"min": low, "max": high}
        return {"ScalableTargetARN": self._arn("scalable-target", request["ResourceId"])}

    def deregister_scalable_target(self, request: dict) -> dict:
        self._target(request)
        del self.state["targets"][request["ResourceId"]]
        for policy in self.state["policies"].pop(request["ResourceId"], {}):
            for alarm in self._alarms(request["ResourceId"], policy):
                self.world["cloudwatch"].state["alarms"].pop(alarm, None)
        return {}

    def put_scaling_policy(self, request: dict) -> dict:
        self._target(request)
        resource, policy = request["ResourceId"], request["PolicyName"]
        if request.get("PolicyType") != "TargetTrackingScaling":
            raise self.error("ValidationException", "This fake knows target tracking only")
        self.state["policies"].setdefault(resource, {})[policy] = request["TargetTrackingScalingPolicyConfiguration"]
        alarms = self._alarms(resource, policy)
        for alarm in alarms:
            self.world["cloudwatch"].state["alarms"].setdefault(alarm, self._alarm(resource))
        arn = "arn:aws:cloudwatch:eu-central-1:111111111111:alarm:"
        return {"PolicyARN": self._arn("scalingPolicy", f"{resource}:policyName/{policy}"),
                "Alarms": [{"AlarmName": alarm, "AlarmARN": arn + alarm} for alarm in alarms]}

    def describe_scalable_targets(self, request: dict) -> dict:
        wanted = request.get("ResourceIds", [*self.state["targets"]])
        return {"ScalableTargets": [
            {"ServiceNamespace": "sagemaker", "ResourceId": resource, "ScalableDimension": DIMENSION,
             "MinCapacity": target["min"], "MaxCapacity": target["max"], "RoleARN": "arn:aws:iam::111111111111:role/scaling",
             "CreationTime": "2026-01-01T00:00:00Z", "ScalableTargetARN": self._arn("scalable-target", resource)}
            for resource, target in sorted(self.state["targets"].items()) if resource in wanted]}

    def _resource(self, request: dict) -> tuple[str, str]:
        found = RESOURCE.fullmatch(request["ResourceId"])
        if request["ServiceNamespace"] != "sagemaker" or request["ScalableDimension"] != DIMENSION or not found:
            raise self.error("ValidationException", f"Unsupported service namespace, resource type or scalable dimension: "
                                                    f"{request['ResourceId']}, {request['ScalableDimension']}")
        return found["endpoint"], found["variant"]

    def _target(self, request: dict) -> dict:
        self._resource(request)
        if request["ResourceId"] not in self.state["targets"]:
            raise self.error("ObjectNotFoundException", "No scalable target registered for service namespace: sagemaker, "
                                                        f"resource ID: {request['ResourceId']}, dimension: {DIMENSION}")
        return self.state["targets"][request["ResourceId"]]

    def _alarms(self, resource: str, policy: str) -> list[str]:
        return [f"TargetTracking-{resource}-Alarm{side}-{policy}" for side in ("High", "Low")]

    def _alarm(self, resource: str) -> dict:
        """One that never goes off: nothing scales here."""
        endpoint, variant = RESOURCE.fullmatch(resource).groups()
        return {"Namespace": "AWS/SageMaker", "MetricName": "InvocationsPerInstance", "Statistic": "Sum", "Period": 60,
                "EvaluationPeriods": 3, "Threshold": 1e12, "ComparisonOperator": "GreaterThanThreshold",
                "Dimensions": [{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": variant}],
                "TreatMissingData": "notBreaching", "created": self.clock.iso(), "tags": {}}

    def _arn(self, kind: str, rest: str) -> str:
        return f"arn:aws:application-autoscaling:eu-central-1:111111111111:{kind}/{rest}"
