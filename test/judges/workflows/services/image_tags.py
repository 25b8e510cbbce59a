from world import Service


class ImageTags(Service):
    """Tags of images in Artifact Registry. State: tags {"<tag>": "sha256:…"}, of every repository."""

    api, at = "artifactregistry.v1", "projects.locations.repositories.packages.tags"
    empty = {"tags": {}}

    def get(self, params: dict, body: dict) -> dict:
        package, tag = params["name"].split("/tags/")
        return {"name": params["name"], "version": f"{package}/versions/{self.found(self.state['tags'], tag, 'Tag')}"}
