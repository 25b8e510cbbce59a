"""ECR: what the tags of images are. Source: ECR API reference, DescribeImages."""

from world import Service


class Ecr(Service):
    """State: images: {<repository>: {<tag>: <digest>}}."""

    name = "ecr"
    empty = {"images": {}}

    def describe_images(self, request: dict) -> dict:
        name = request["repositoryName"]
        if name not in self.state["images"]:
            raise self.error("RepositoryNotFoundException", f"The repository with name '{name}' does not exist")
        tags = self.state["images"][name]
        asked = [image["imageTag"] for image in request.get("imageIds", [])] or list(tags)
        for tag in asked:
            if tag not in tags:
                raise self.error("ImageNotFoundException",
                                 f"The image with imageId {{imageDigest:'null', imageTag:'{tag}'}} does not exist within "
                                 f"the repository with name '{name}'")
        digests = list(dict.fromkeys(tags[tag] for tag in asked))
        return {"imageDetails": [{"repositoryName": name, "imageDigest": digest,
                                  "imageTags": [tag for tag, one in tags.items() if one == digest]} for digest in digests]}
