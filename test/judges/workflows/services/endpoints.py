from __future__ import annotations  # `list` is a method here

import re

from fake_google import GoogleError
from services.vertex import Vertex

MUTABLE = {"displayName", "description", "labels", "trafficSplit", "predictRequestResponseLoggingConfig"}
RESOURCES = ("dedicatedResources", "automaticResources", "sharedResources")
SCALING = {"minReplicaCount": "dedicatedResources", "maxReplicaCount": "dedicatedResources",
           "autoscalingMetricSpecs": "dedicatedResources", "requiredReplicaCount": "dedicatedResources"}


class Endpoints(Vertex):
    """Endpoints, what is deployed to them, and how their traffic is split.

    State: endpoints {"<id>": Endpoint of the API with deployedModels and trafficSplit, and `history`: [[instant, split]]};
    behaviours {"<model>@<version>": {deploys?: false | "<why not>"}} besides what served.py reads; seconds
    {deploy, undeploy, mutate}; `reuseIds: false` where an id must not be used twice; `versionedNames: true` where
    deployedModels name their model with its version. One operation at a time on an endpoint. Nothing scales by itself: as
    many machines are available as a model began with. Traffic changes when an operation is done, by PATCH at once. In a split, "0" stands for the model that is being deployed, as documented.
    """

    at = "projects.locations.endpoints"

    def get(self, params: dict, body: dict) -> dict:
        return self._shown(self._id(params["name"]))

    def list(self, params: dict, body: dict) -> dict:
        wanted = re.fullmatch(r'\s*(?:(endpoint)|display_name|displayName)\s*=\s*"?([^"]*)"?\s*', params.get("filter", ""))
        if params.get("filter") and not wanted:
            raise NotImplementedError(f"filter {params['filter']}")
        found = [self._shown(name) for name, one in self.state["endpoints"].items()
                 if not wanted or wanted[2] == (name if wanted[1] else one.get("displayName", name))]
        return self.page(params, "endpoints", found)

    def patch(self, params: dict, body: dict) -> dict:
        name = self._id(params["name"])
        one = self.state["endpoints"][name]
        self.check_etag(one, body)
        paths = self.masked(params, MUTABLE)
        if "trafficSplit" in paths:
            self._check_split(one, body.get("trafficSplit", {}))
        for path in paths:
            if path == "trafficSplit":
                self._route(one, body.get("trafficSplit", {}), self.clock.iso())
            else:
                one[path] = body.get(path)
        self.changed(one)
        return self._shown(name)

    def deploy_model(self, params: dict, body: dict) -> dict:
        name = self._id(params["endpoint"])
        one, given = self.state["endpoints"][name], dict(body["deployedModel"])
        self.busy(self._name(name))
        if "model" not in given:
            raise GoogleError(400, "The deployed model names no model.")
        model, version = self.world.service("aiplatform.v1", "projects.locations.models").resolve(given["model"])
        wanted = given.get("id", str(7000 + len(self.state["operations"])))
        if not re.fullmatch(r"[0-9]{1,10}", wanted) or wanted == "0":
            raise GoogleError(400, f"The id {wanted!r} of the deployed model must be 1 to 10 digits.")
        if wanted in self._ids(one) or (wanted in one.get("usedIds", []) and not self.state.get("reuseIds", True)):
            raise GoogleError(400, f"The id {wanted} is in use on {self._name(name)}.", "ALREADY_EXISTS")
        if sum(kind in given for kind in RESOURCES) != 1:
            raise GoogleError(400, f"The deployed model must have one of {RESOURCES}.")
        machine = given.get("dedicatedResources", {})
        if machine and machine["minReplicaCount"] > machine.get("maxReplicaCount", machine["minReplicaCount"]):
            raise GoogleError(400, "minReplicaCount is above maxReplicaCount.")
        if split := body.get("trafficSplit"):
            self._check_split(one, split, new="0")
        suffix = f"@{version}" if self.state.get("versionedNames") else ""
        deployed = {**given, "id": wanted, "modelVersionId": version, "model": f"{self.location()}/models/{model}{suffix}"}
        one.setdefault("usedIds", []).append(wanted)
        return self.operation(self._name(name), "deploy", {"model": f"{model}@{version}", "deployedModel": deployed,
                                                           "trafficSplit": split or {}})

    def apply_deploy(self, of: str, effect: dict, at: str) -> dict:
        one = self.state["endpoints"][of.rsplit("/", 1)[-1]]
        deploys = self.state["behaviours"].get(effect["model"], {}).get("deploys", True)
        if deploys is not True:
            why = deploys if isinstance(deploys, str) else "Model server terminated: exit_code: 1"
            raise GoogleError(400, why, "FAILED_PRECONDITION")
        least = effect["deployedModel"].get("dedicatedResources", {}).get("minReplicaCount", 1)
        deployed = {**effect["deployedModel"], "createTime": at, "status": {"availableReplicaCount": least}}
        one.setdefault("deployedModels", []).append(deployed)
        one.setdefault("served", {})[deployed["id"]] = effect["model"]
        if effect["trafficSplit"]:
            split = {deployed["id"] if key == "0" else key: share for key, share in effect["trafficSplit"].items()}
            self._check_split(one, split)
            self._route(one, split, at)
        self.changed(one)
        return {"@type": "DeployModelResponse", "deployedModel": deployed}

    def undeploy_model(self, params: dict, body: dict) -> dict:
        name, gone = self._id(params["endpoint"]), body["deployedModelId"]
        one = self.state["endpoints"][name]
        self.busy(self._name(name))
        if gone not in self._ids(one):
            raise GoogleError(404, f"The deployed model {gone} is not found on {self._name(name)}.")
        split = body.get("trafficSplit") or one.get("trafficSplit", {})
        if body.get("trafficSplit"):
            self._check_split(one, split)
        if split.get(gone) and len(self._ids(one)) > 1:
            raise GoogleError(400, f"The deployed model {gone} has traffic: {split}.", "FAILED_PRECONDITION")
        return self.operation(self._name(name), "undeploy", {"id": gone, "trafficSplit": body.get("trafficSplit") or {}})

    def apply_undeploy(self, of: str, effect: dict, at: str) -> dict:
        one, gone = self.state["endpoints"][of.rsplit("/", 1)[-1]], effect["id"]
        one["deployedModels"] = [deployed for deployed in one["deployedModels"] if deployed["id"] != gone]
        split = effect["trafficSplit"] or one.get("trafficSplit", {})
        self._route(one, {key: share for key, share in split.items() if key in self._ids(one)}, at)
        self.changed(one)
        return {"@type": "UndeployModelResponse"}

    def mutate_deployed_model(self, params: dict, body: dict) -> dict:
        name, given = self._id(params["endpoint"]), body["deployedModel"]
        self.busy(self._name(name))
        if given.get("id") not in self._ids(self.state["endpoints"][name]):
            raise GoogleError(404, f"The deployed model {given.get('id')} is not found on {self._name(name)}.")
        allowed = {f"{holder}.{field}" for field, holder in SCALING.items()} | {"disableContainerLogging"} | {
            "dedicated_resources." + re.sub("[A-Z]", lambda up: "_" + up[0].lower(), field) for field in SCALING}
        paths = self.masked({"updateMask": body["updateMask"]}, allowed)
        return self.operation(self._name(name), "mutate", {"deployedModel": given, "paths": paths})

    def apply_mutate(self, of: str, effect: dict, at: str) -> dict:
        one, given = self.state["endpoints"][of.rsplit("/", 1)[-1]], effect["deployedModel"]
        deployed = next(item for item in one["deployedModels"] if item["id"] == given["id"])
        for path in effect["paths"]:
            holder, _, field = re.sub(r"_([a-z])", lambda low: low[1].upper(), path).rpartition(".")
            source, kept = (given[holder], deployed[holder]) if holder else (given, deployed)
            kept[field] = source[field]
        self.changed(one)
        return {"@type": "MutateDeployedModelResponse", "deployedModel": deployed}

    def _id(self, name: str) -> str:
        found = self.here(name)
        self.found(self.state["endpoints"], found, "The Endpoint")
        return found

    def _name(self, endpoint: str) -> str:
        return f"{self.location()}/endpoints/{endpoint}"

    def _ids(self, one: dict) -> set[str]:
        return {deployed["id"] for deployed in one.get("deployedModels", [])}

    def _check_split(self, one: dict, split: dict, new: str | None = None) -> None:
        if unknown := split.keys() - self._ids(one) - {new}:
            raise GoogleError(400, f"The traffic split names {sorted(unknown)}, deployed are {sorted(self._ids(one))}.")
        if split and (sum(split.values()) != 100 or any(share < 0 for share in split.values())):
            raise GoogleError(400, f"The traffic split {split} must add up to 100.")

    def _route(self, one: dict, split: dict, at: str) -> None:
        one["trafficSplit"] = split
        history = one.setdefault("history", [])
        if not history or history[-1][1] != split:
            history.append([at, split])

    def _shown(self, name: str) -> dict:
        one = self.state["endpoints"][name]
        one.setdefault("etag", "etag-1")
        hidden = {"history", "usedIds", "privateMetrics", "served", "requestsPerMinute",
                  *(key for key in ("deployedModels", "trafficSplit") if not one.get(key))}
        return {"displayName": name, **{key: value for key, value in one.items() if key not in hidden},
                "name": self._name(name)}
