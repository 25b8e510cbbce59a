"""SageMaker: what serves. Models, configurations and endpoints, besides the registry.

Errors and their messages as SageMaker has them: one that is not modelled is a ValidationException, which a machine sees as
`SageMaker.SageMakerException` and tells apart by its cause. Stricter than SageMaker in two ways that no machine may rely
on: it refuses to delete what an endpoint uses, and machines with local storage are told by their name alone.
"""

import re

from instants import iso
from services import fleet
from services.sagemaker import SageMaker

ARN = "arn:aws:sagemaker:eu-central-1:111111111111:{kind}/{name}"
WORDS = {"model": "model", "endpoint-config": "endpoint configuration", "endpoint": "endpoint"}
LOCAL_STORAGE = re.compile(r"ml\.(g4dn|g5|g6e?|g7e|p4de?|p5e?n?|p6\w*|trn\w+|\w+\dd|\w+\dgd)\.")

HEALTHY = {"latency": 80_000, "errors": 0.001, "cpu": 120, "gpu": 40, "memory": 45, "disk": 30,
           "starts": True, "breaks": False, "rollsBack": True}
"""What a version does: p95 of its latency in microseconds, share of requests that it fails to answer, load (CPU and GPU as
sums over cores and GPUs, in percent); whether its container starts, whether an update to it breaks the endpoint, whether
the way back from it works."""


class Hosting(SageMaker):
    """State, besides that of the registry:

    models: {<name>: {Containers | PrimaryContainer, ExecutionRoleArn, VpcConfig, ..., created, tags: {}}}
    configs: {<name>: {ProductionVariants, DataCaptureConfig?, KmsKeyId?, ..., created, tags: {}}}
    endpoints: {<name>: see services/fleet.py}; `final()` adds `traffic`, {<config>: percent} by now
    behaviours: {"<version>": {...what differs from HEALTHY}}; requests: a minute, to each endpoint
    maintenance: [[from, to]], when each endpoint at rest is SystemUpdating, which changes its LastModifiedTime
    seconds: how long it takes to start, roll back and delete machines
    """

    empty = {**SageMaker.empty, "models": {}, "configs": {}, "endpoints": {}, "behaviours": {}, "requests": 600,
             "maintenance": [], "seconds": {"start": 240, "rollback": 120, "delete": 60}}

    def create_model(self, request: dict) -> dict:
        name = request["ModelName"]
        self._check_new("models", "model", name)
        for container in [*request.get("Containers", []), request.get("PrimaryContainer")]:
            if container and "ModelPackageName" in container:
                self._approval(container["ModelPackageName"])
        self.state["models"][name] = self._made(request, "ModelName")
        return {"ModelArn": self._arn("model", name)}

    def describe_model(self, request: dict) -> dict:
        found = self._existing("models", "model", request["ModelName"])
        return {"ModelName": request["ModelName"], "ModelArn": self._arn("model", request["ModelName"]),
                "CreationTime": found["created"], **self._as_made(found)}

    def delete_model(self, request: dict) -> dict:
        self._existing("models", "model", request["ModelName"])
        used = {variant["ModelName"] for config in self._used_configs()
                for variant in self.state["configs"].get(config, {"ProductionVariants": []})["ProductionVariants"]}
        self._check_unused(request["ModelName"], used, "model")
        del self.state["models"][request["ModelName"]]
        return {}

    def list_models(self, request: dict) -> dict:
        return self._page(request, "models", "Models", lambda name, one: {
            "ModelName": name, "ModelArn": self._arn("model", name), "CreationTime": one["created"]})

    def create_endpoint_config(self, request: dict) -> dict:
        name = request["EndpointConfigName"]
        self._check_new("configs", "endpoint-config", name)
        for variant in request["ProductionVariants"]:
            self._existing("models", "model", variant["ModelName"])
            if "KmsKeyId" in request and LOCAL_STORAGE.match(variant["InstanceType"]):
                raise self.error("ValidationException", "KmsKeyId is not supported for instance type "
                                                        f"{variant['InstanceType']}, which has local storage.")
        self.state["configs"][name] = self._made(request, "EndpointConfigName")
        return {"EndpointConfigArn": self._arn("endpoint-config", name)}

    def describe_endpoint_config(self, request: dict) -> dict:
        name = request["EndpointConfigName"]
        found = self._existing("configs", "endpoint-config", name)
        return {"EndpointConfigName": name, "EndpointConfigArn": self._arn("endpoint-config", name),
                "CreationTime": found["created"], **self._as_made(found), "EnableNetworkIsolation": False}

    def delete_endpoint_config(self, request: dict) -> dict:
        name = request["EndpointConfigName"]
        self._existing("configs", "endpoint-config", name)
        self._check_unused(name, self._used_configs(), "endpoint-config")
        del self.state["configs"][name]
        return {}

    def list_endpoint_configs(self, request: dict) -> dict:
        return self._page(request, "configs", "EndpointConfigs", lambda name, one: {
            "EndpointConfigName": name, "EndpointConfigArn": self._arn("endpoint-config", name),
            "CreationTime": one["created"]})

    def create_endpoint(self, request: dict) -> dict:
        name = request["EndpointName"]
        self._settle()
        self._check_new("endpoints", "endpoint", name)
        config = self._existing("configs", "endpoint-config", request["EndpointConfigName"])
        variant, now = config["ProductionVariants"][0], self.clock.iso()
        self.state["endpoints"][name] = {
            "config": request["EndpointConfigName"], "status": "Creating", "created": now, "modified": now,
            "variant": variant["VariantName"], "count": variant["InitialInstanceCount"], "history": [],
            "tags": _tags(request),
            "move": fleet.creation(request["EndpointConfigName"], self.clock.epoch(), self.state["seconds"])}
        return {"EndpointArn": self._arn("endpoint", name)}

    def describe_endpoint(self, request: dict) -> dict:
        name, one = request["EndpointName"], self._endpoint(request["EndpointName"])
        status = "SystemUpdating" if self._maintained(one) else one["status"]
        move = one.get("move", {})
        pending = {"PendingDeploymentSummary": {"EndpointConfigName": move["to"], "StartTime": move["since"]}} \
            if "to" in move else {}
        variants = [{"VariantName": one["variant"], "CurrentWeight": 1.0, "DesiredWeight": 1.0,
                     "CurrentInstanceCount": one["count"], "DesiredInstanceCount": one["count"]}]
        return {"EndpointName": name, "EndpointArn": self._arn("endpoint", name), "EndpointConfigName": one["config"],
                "EndpointStatus": status, "CreationTime": one["created"], "LastModifiedTime": one["modified"],
                **({"ProductionVariants": variants} if one["history"] else {}), **pending,
                **({"LastDeploymentConfig": one["deployment"]} if one.get("deployment") else {}),
                **({"FailureReason": one["failure"]} if "failure" in one else {})}

    def list_endpoints(self, request: dict) -> dict:
        self._settle()
        return self._page(request, "endpoints", "Endpoints", lambda name, one: {
            "EndpointName": name, "EndpointArn": self._arn("endpoint", name), "CreationTime": one["created"],
            "LastModifiedTime": one["modified"], "EndpointStatus": one["status"]})

    def update_endpoint(self, request: dict) -> dict:
        name, one = request["EndpointName"], self._endpoint(request["EndpointName"])
        self._check_at_rest(name, one)
        config = self._existing("configs", "endpoint-config", request["EndpointConfigName"])
        count = self._count(one, config, request)
        self._check_update(name, one, request, config, count)
        move = fleet.update(request["EndpointConfigName"], count, request.get("DeploymentConfig", {}),
                            self.clock.epoch(), self.state["seconds"])
        one.update({"status": "Updating", "modified": self.clock.iso(), "move": {**move, "count": count},
                    "deployment": request.get("DeploymentConfig")})
        return {"EndpointArn": self._arn("endpoint", name)}

    def delete_endpoint(self, request: dict) -> dict:
        one = self._endpoint(request["EndpointName"])
        self._check_at_rest(request["EndpointName"], one)
        now = self.clock.epoch()
        one["history"].append([iso(now), {}])
        one.update({"status": "Deleting", "modified": iso(now), "move": {
            "kind": "delete", "since": iso(now), "until": iso(now + self.state["seconds"]["delete"])}})
        return {}

    def list_tags(self, request: dict) -> dict:
        kind, name = request["ResourceArn"].split(":")[5].split("/")
        where = {"model": "models", "endpoint-config": "configs", "endpoint": "endpoints"}[kind]
        tags = self._existing(where, kind, name)["tags"]
        return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

    def final(self) -> dict:
        self._settle()
        now = self.clock.epoch()
        return {**self.state, "endpoints": {name: {**one, "traffic": fleet.traffic(one, now)}
                                            for name, one in self.state["endpoints"].items()}}

    def _settle(self) -> None:
        gone = [name for name, one in self.state["endpoints"].items()
                if not fleet.settle(one, self.world, self.clock.epoch())]
        for name in gone:
            del self.state["endpoints"][name]
        for one in self.state["endpoints"].values():
            if one["status"] == "InService":
                one["modified"] = max([one["modified"], *self._maintenance_so_far()])

    def _behaviour(self, config: str) -> dict:
        """What the version does that a configuration serves."""
        variants = self.state["configs"].get(config, {}).get("ProductionVariants", [{}])
        model = self.state["models"].get(variants[0].get("ModelName"), {})
        container = (model.get("Containers") or [model.get("PrimaryContainer", {})])[0]
        version = container.get("ModelPackageName", "").rsplit("/", 1)[-1]
        return {**HEALTHY, **self.state["behaviours"].get(version, {})}

    def _count(self, one: dict, config: dict, request: dict) -> int:
        excluded = {item["VariantPropertyType"] for item in request.get("ExcludeRetainedVariantProperties", [])}
        if request.get("RetainAllVariantProperties", False) and "DesiredInstanceCount" not in excluded:
            return one["count"]
        return config["ProductionVariants"][0]["InitialInstanceCount"]

    def _check_update(self, name: str, one: dict, request: dict, config: dict, count: int) -> None:
        deployment, [variant] = request.get("DeploymentConfig", {}), config["ProductionVariants"]
        policy = deployment.get("BlueGreenUpdatePolicy", {})
        first = fleet.shares(policy["TrafficRoutingConfiguration"], count)[0] if policy else 100
        routing = policy.get("TrafficRoutingConfiguration", {}).get("Type", "ALL_AT_ONCE")
        alarms = [alarm["AlarmName"] for alarm in deployment.get("AutoRollbackConfiguration", {}).get("Alarms", [])]
        missing = [alarm for alarm in alarms if alarm not in self.world["cloudwatch"].state["alarms"]]
        before = self.state["configs"].get(one["config"], config)["ProductionVariants"][0]
        scaled = f"endpoint/{name}/variant/{one['variant']}" in self.world["applicationautoscaling"].state["targets"]
        arn = self._arn("endpoint", name)
        for problem, found in (
            (f"Cannot update endpoint \"{arn}\": it is in status Failed.", one["status"] == "Failed"),
            ("A new endpoint configuration must have the variant of the old one", variant["VariantName"] != one["variant"]),
            ("MaximumExecutionTimeoutInSeconds must be larger than the total waiting time",
             policy.get("MaximumExecutionTimeoutInSeconds", 28_800) <= fleet.waits(deployment, count)),
            ("The size of the first step must be at most 50% of the fleet", routing != "ALL_AT_ONCE" and first > 50),
            (f"The specified alarms do not exist: {missing}", missing),
            (f'The variants "[{one["variant"]}]" in endpoint "{arn}" must be deregistered as scalable targets with AWS Auto '
             "Scaling before they can be removed or have their instance type updated.",
             scaled and before["InstanceType"] != variant["InstanceType"]),
        ):
            if found:
                raise self.error("ValidationException", problem)

    def _check_scalable(self, endpoint: str, variant: str) -> None:
        one = self.state["endpoints"].get(endpoint)
        self._settle()
        if one is None or endpoint not in self.state["endpoints"] or one["variant"] != variant:
            raise self.error("ValidationException", f"SageMaker variant not found: endpoint {endpoint}, variant {variant}")
        if one["status"] != "InService" or self._maintained(one):
            raise self.error("ValidationException", f"Endpoint {endpoint} is not InService and cannot be scaled.")

    def _check_at_rest(self, name: str, one: dict) -> None:
        if one["status"] in fleet.IN_PROGRESS or self._maintained(one):
            raise self.error("ValidationException", f'Cannot update in-progress endpoint "{self._arn("endpoint", name)}".')

    def _maintenance_so_far(self) -> list[str]:
        return [instant for span in self.state["maintenance"] for instant in span if instant <= self.clock.iso()]

    def _maintained(self, one: dict) -> bool:
        now = self.clock.iso()
        return one["status"] == "InService" and any(since <= now < until for since, until in self.state["maintenance"])

    def _used_configs(self) -> set[str]:
        self._settle()
        return {config for one in self.state["endpoints"].values()
                for config in (one["config"], one.get("move", {}).get("to"), one.get("move", {}).get("from")) if config}

    def _check_unused(self, name: str, used: set[str], kind: str) -> None:
        if name in used:
            raise self.error("ValidationException", f'Cannot delete {WORDS[kind]} "{self._arn(kind, name)}": it is in use.')

    def _check_new(self, where: str, kind: str, name: str) -> None:
        if name in self.state[where]:
            raise self.error("ValidationException",
                             f'Cannot create already existing {WORDS[kind]} "{self._arn(kind, name)}".')

    def _existing(self, where: str, kind: str, name: str) -> dict:
        if name not in self.state[where]:
            raise self.error("ValidationException", f'Could not find {WORDS[kind]} "{self._arn(kind, name)}".')
        return self.state[where][name]

    def _endpoint(self, name: str) -> dict:
        self._settle()
        return self._existing("endpoints", "endpoint", name)

    def _made(self, request: dict, name: str) -> dict:
        kept = {key: value for key, value in request.items() if key not in (name, "Tags")}
        return {**kept, "created": self.clock.iso(), "tags": _tags(request)}

    def _as_made(self, one: dict) -> dict:
        return {key: value for key, value in one.items() if key not in ("created", "tags")}

    def _page(self, request: dict, where: str, answer: str, summary) -> dict:
        """Newest first, ten at a time unless told otherwise, as SageMaker lists."""
        found = sorted(((name, one) for name, one in self.state[where].items()
                        if request.get("NameContains", "").lower() in name.lower()
                        and request.get("StatusEquals", one.get("status")) == one.get("status")),
                       key=lambda pair: (pair[1]["created"], pair[0]), reverse=request.get("SortOrder") != "Ascending")
        first, size = int(request.get("NextToken", "0")), request.get("MaxResults", 10)
        more = {"NextToken": str(first + size)} if len(found) > first + size else {}
        return {answer: [summary(name, one) for name, one in found[first:first + size]], **more}

    def _arn(self, kind: str, name: str) -> str:
        return ARN.format(kind=kind, name=name)


def _tags(request: dict) -> dict:
    return {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])}
