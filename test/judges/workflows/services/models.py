from __future__ import annotations  # `list` is a method here

import re

from fake_google import GoogleError
from services.vertex import Vertex

ALIAS = re.compile(r"-?[a-z][a-zA-Z0-9-]{0,126}[a-z0-9]")
PER_VERSION = {"labels", "versionDescription", "description", "displayName", "explanationSpec"}
PER_MODEL = {"labels", "description", "displayName"}


class Models(Vertex):
    """Models and their versions. The organisation of the project asks for a key of everything that is made:
    Organization Policy, `constraints/gcp.restrictNonCmekServices`.

    State: models {"<id>": {displayName?, labels?, versions: {"<n>": {labels?, aliases?, fields?}}}}; aliases are a
    version's, `fields` what else the API shows of it. The first version has the alias `default` unless another has.
    A version is asked for by `@<number>`, `@<alias>` or, as the default one, without either; an update without either, or
    by `@-`, is one of the model. Labels of the model are shown with those of each version, which win.
    """

    at = "projects.locations.models"

    def get(self, params: dict, body: dict) -> dict:
        return self._shown(*self._version(params["name"]), named="@" in params["name"])

    def list(self, params: dict, body: dict) -> dict:
        self.here(params["parent"] + "/models")
        wanted = re.fullmatch(r'\s*(?:display_name|displayName)\s*=\s*"([^"]*)"\s*', params.get("filter", ""))
        if params.get("filter") and not wanted:
            raise NotImplementedError(f"filter {params['filter']}")
        found = [self._shown(model, self._resolve(model, "default")) for model, one in self.state["models"].items()
                 if not wanted or one.get("displayName", model) == wanted[1]]
        return self.page(params, "models", found)

    def list_versions(self, params: dict, body: dict) -> dict:
        model = self.here(params["name"]).split("@")[0]
        one = self.found(self.state["models"], model, "The Model")
        wanted = [re.fullmatch(r'\s*labels\.([\w-]+)\s*[=:]\s*"?([\w-]+)"?\s*', part)
                  for part in params.get("filter", "").split(" AND ") if part]
        if None in wanted:
            raise NotImplementedError(f"filter {params['filter']}")
        found = [self._shown(model, version) for version, kept in one["versions"].items()
                 if all({**one.get("labels", {}), **kept.get("labels", {})}.get(label[1]) == label[2] for label in wanted)]
        if params.get("orderBy", "") not in ("", "create_time desc"):
            raise NotImplementedError(f"orderBy {params['orderBy']}")
        return self.page(params, "models", found[::-1] if params.get("orderBy") else found)

    def patch(self, params: dict, body: dict) -> dict:
        asked, _, number = params["name"].partition("@")
        of_model = number in ("", "-")
        model, version = self._version(asked if of_model else params["name"])
        one, kept = self.state["models"][model], self.state["models"][model]["versions"][version]
        self.check_etag(kept, body)
        for path in self.masked(params, PER_MODEL if of_model else PER_VERSION):
            if path == "labels":
                (one if of_model else kept)["labels"] = body.get("labels", {})
            elif of_model and path == "displayName":
                one["displayName"] = body.get(path)
            else:
                kept.setdefault("fields", {})[path] = body.get(path)
        self.changed(kept)
        return self._shown(model, version, named=not of_model)

    def merge_version_aliases(self, params: dict, body: dict) -> dict:
        model, version = self._version(params["name"])
        given = body["versionAliases"]
        if wrong := [alias for alias in given if not ALIAS.fullmatch(alias)]:
            raise GoogleError(400, f"The aliases {wrong} do not match {ALIAS.pattern}.")
        kept = self.state["models"][model]["versions"][version]
        adds = [alias for alias in given if not alias.startswith("-") and "-" + alias not in given]
        drops = [alias[1:] for alias in given if alias.startswith("-") and alias[1:] not in given]
        if "default" in drops:
            raise GoogleError(400, "The default alias cannot be removed, only given to another version.")
        for other in self.state["models"][model]["versions"].values():
            other["aliases"] = [alias for alias in self._aliases(other) if alias not in adds]
        kept["aliases"] = [alias for alias in self._aliases(kept) if alias not in drops] + adds
        self.changed(kept)
        return self._shown(model, version, named="@" in params["name"])

    def upload(self, params: dict, body: dict) -> dict:
        if not body["model"].get("encryptionSpec", {}).get("kmsKeyName"):
            raise GoogleError(400, "The constraint constraints/gcp.restrictNonCmekServices does not allow a Model without a "
                                   "key of Cloud KMS.", "FAILED_PRECONDITION")
        parent = body.get("parentModel")
        model = self.here(parent).split("@")[0] if parent else body.get("modelId", str(9000 + len(self.state["models"])))
        if parent:
            self.found(self.state["models"], model, "The Model")
        elif model in self.state["models"]:
            raise GoogleError(409, f"The Model {model} already exists.", "ALREADY_EXISTS")
        return self.operation(f"{self.location()}/models/{model}", "upload", {"model": body["model"]})

    def apply_upload(self, of: str, effect: dict, at: str) -> dict:
        model, given = of.rsplit("/", 1)[-1], dict(effect["model"])
        one = self.state["models"].setdefault(model, {"displayName": given["displayName"], "versions": {}})
        number = str(max(map(int, one["versions"]), default=0) + 1)
        one["versions"][number] = {"labels": given.pop("labels", {}), "aliases": [], "created": at,
                                   "fields": {key: value for key, value in given.items() if key != "versionAliases"}}
        for alias in [*given.get("versionAliases", []), *(["default"] if number == "1" else [])]:
            self.merge_version_aliases({"name": f"{of}@{number}"}, {"versionAliases": [alias]})
        return {"@type": "UploadModelResponse", "model": of, "modelVersionId": number}

    def delete_version(self, params: dict, body: dict) -> dict:
        model, version = self._version(params["name"])
        if self._deployed(model, version):
            raise GoogleError(400, f"The version {version} is deployed.", "FAILED_PRECONDITION")
        if self._resolve(model, "default") == version:
            raise GoogleError(400, f"The default version {version} cannot be deleted.", "FAILED_PRECONDITION")
        return self.operation(f"{self.location()}/models/{model}", "delete", {"version": version})

    def delete(self, params: dict, body: dict) -> dict:
        model, _ = self._version(params["name"])
        if self._deployed(model):
            raise GoogleError(400, f"The Model {model} is deployed.", "FAILED_PRECONDITION")
        return self.operation(f"{self.location()}/models/{model}", "delete", {})

    def apply_delete(self, of: str, effect: dict, at: str) -> dict:
        model = of.rsplit("/", 1)[-1]
        gone = self.state["models"] if "version" not in effect else self.state["models"][model]["versions"]
        gone.pop(effect.get("version", model), None)
        return {"@type": "DeleteOperationMetadata"}

    def resolve(self, name: str) -> tuple[str, str]:
        """Model and version of `projects/…/models/x`, with or without `@`."""
        return self._version(name)

    def _version(self, name: str) -> tuple[str, str]:
        model, _, version = self.here(name).partition("@")
        self.found(self.state["models"], model, "The Model")
        found = self._resolve(model, version or "default")
        if found is None:
            raise GoogleError(404, f"The Model {model} has no version {version}.")
        return model, found

    def _resolve(self, model: str, asked: str) -> str | None:
        versions = self.state["models"][model]["versions"]
        if asked in versions:
            return asked
        held = next((number for number, one in versions.items() if asked in self._aliases(one)), None)
        return held or (next(iter(versions), None) if asked == "default" else None)

    def _aliases(self, version: dict) -> list[str]:
        return version.get("aliases", [])

    def _deployed(self, model: str, version: str | None = None) -> list[dict]:
        name = f"{self.location()}/models/{model}"
        return [{"endpoint": f"{self.location()}/endpoints/{endpoint}", "deployedModelId": deployed["id"]}
                for endpoint, one in self.state["endpoints"].items() for deployed in one.get("deployedModels", [])
                if self.own(deployed["model"]).split("@")[0] == name and version in (None, deployed["modelVersionId"])]

    def _shown(self, model: str, version: str, named: bool = True) -> dict:
        """With `@version` in its name where a version was asked for: compare names without it."""
        one, kept = self.state["models"][model], self.state["models"][model]["versions"][version]
        aliases = self._aliases(kept) + (["default"] if self._resolve(model, "default") == version
                                         and "default" not in self._aliases(kept) else [])
        deployed = self._deployed(model, version)
        labels = {**one.get("labels", {}), **kept.get("labels", {})}
        return {"displayName": one.get("displayName", model), **kept.get("fields", {}),
                "name": f"{self.location()}/models/{model}" + (f"@{version}" if named else ""), "versionId": version,
                "versionAliases": aliases, "etag": kept.setdefault("etag", "etag-1"),
                **({"labels": labels} if labels else {}),
                **({"deployedModels": deployed} if deployed else {}),
                **({"versionCreateTime": kept["created"]} if "created" in kept else {})}
