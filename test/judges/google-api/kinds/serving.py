"""Endpoints of Vertex AI, and repositories of images."""

from call import Call
from failure import Failure
from rest import Kind, operation


class Endpoints(Kind):
    at = ("aiplatform.projects.locations.endpoints",)

    def id_of(self, call: Call, resource: dict) -> str:
        chosen = call.params.get("endpointId") or self.world.number()
        if not (chosen.isdigit() and len(chosen) <= 10 and chosen[0] != "0"):
            raise Failure(400, f"endpointId {chosen}: up to 10 digits, the first of them not 0")
        return chosen

    def made(self, call: Call, name: str, resource: dict) -> None:
        logging = resource.get("predictRequestResponseLoggingConfig", {})
        uri = logging.get("bigqueryDestination", {}).get("outputUri", "")
        if uri:
            project, dataset, *_ = uri.removeprefix("bq://").split(".")
            if f"bigquery/projects/{project}/datasets/{dataset}" not in self.world.resources:
                raise Failure(400, f"The dataset {project}.{dataset} does not exist, which {name} names")

    def deploy_model(self, call: Call) -> dict:
        endpoint = self.world.resources[self.held(call)]
        number = self.world.number()
        endpoint.setdefault("deployedModels", []).append({**call.body["deployedModel"], "id": number})
        endpoint["trafficSplit"] = {number: 100}
        return operation(call, call.name, {})

    def undeploy_model(self, call: Call) -> dict:
        endpoint = self.world.resources[self.held(call)]
        gone = call.body["deployedModelId"]
        endpoint["deployedModels"] = [one for one in endpoint["deployedModels"] if one["id"] != gone]
        endpoint["trafficSplit"].pop(gone, None)
        return operation(call, call.name, {})

    def leaves(self, call: Call, name: str) -> None:
        if self.world.resources[name].get("deployedModels"):
            raise Failure(400, f"Endpoint {name} has deployed or being deployed Models.", "FAILED_PRECONDITION")


class Repositories(Kind):
    at = ("artifactregistry.projects.locations.repositories",)

    def made(self, call: Call, name: str, resource: dict) -> None:
        location, repository = name.split("/")[4], name.rpartition("/")[2]
        resource.setdefault("mode", "STANDARD_REPOSITORY")
        resource["registryUri"] = f"{location}-docker.pkg.dev/{call.project}/{repository}"
        scanning = resource.setdefault("vulnerabilityScanningConfig", {})
        scanning.setdefault("enablementConfig", "INHERITED")
        scanning.update(enablementState="SCANNING_ACTIVE", enablementStateReason="")


KINDS = (Endpoints, Repositories)
