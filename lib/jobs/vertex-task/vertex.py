"""Requests to Vertex AI."""

from client import Client


class Vertex(Client):
    def __init__(self, project: str, location: str):
        super().__init__("Vertex AI", f"https://{location}-aiplatform.googleapis.com/v1")
        self.parent = f"projects/{project}/locations/{location}"
