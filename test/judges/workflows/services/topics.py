import base64
import binascii
import json

from fake_google import GoogleError
from world import Service


class Topics(Service):
    """Topics of Pub/Sub. State: topics ["projects/…/topics/…"], by the project's id or number; published, decoded."""

    api, at = "pubsub.v1", "projects.topics"
    empty = {"topics": [], "published": []}

    def publish(self, params: dict, body: dict) -> dict:
        if self.own(params["topic"]) not in {self.own(topic) for topic in self.state["topics"]}:
            raise GoogleError(404, f"Resource not found (resource={params['topic'].rsplit('/', 1)[-1]}).")
        ids = []
        for message in body["messages"]:
            if not message.get("data") and not message.get("attributes"):
                raise GoogleError(400, "One or more messages in the publish request is empty.")
            ids.append(str(1 + len(self.state["published"])))
            self.state["published"].append({"topic": params["topic"], "messageId": ids[-1], "at": self.clock.iso(),
                                            "attributes": message.get("attributes", {}),
                                            "data": _decoded(message.get("data", ""))})
        return {"messageIds": ids}


def _decoded(data: str):
    """JSON where it is JSON."""
    try:
        text = base64.b64decode(data, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as wrong:
        raise GoogleError(400, f"Invalid value at data: {wrong}") from wrong
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
