"""Trainings on the platform's batch cluster, as the launcher takes them: objects below a folder, and a message for each.

    <folder>/<name>/request.json   what is asked for; the training is wanted as long as this is there
    <folder>/<name>/state.json     {at, within} while it goes on: it is written again within so many seconds
                                   {ended: {outcome, reason, job?}} once it is over

The launcher's side of it is asked-steps.ts. Asking twice is asking once.
"""

from __future__ import annotations

import base64
import json
import urllib.parse

from client import Client, Refused

REQUEST, STATE = "request.json", "state.json"


class Launcher:
    def __init__(self, folder: str, topic: str):
        """`gs://BUCKET/FOLDER`, and `projects/P/topics/T`."""
        self._folder, self._topic = folder, topic
        self._bucket, _, self._prefix = folder.removeprefix("gs://").partition("/")
        self._storage = Client("Cloud Storage", "https://storage.googleapis.com")
        self._pubsub = Client("Pub/Sub", "https://pubsub.googleapis.com/v1")

    def uri(self, name: str) -> str:
        return f"{self._folder}/{name}"

    def ask(self, name: str, request: dict) -> None:
        query = {"uploadType": "media", "name": f"{self._prefix}/{name}/{REQUEST}"}
        self._storage.again("POST", f"upload/storage/v1/b/{self._bucket}/o", body=request, query=query)
        self.tell(name)

    def tell(self, name: str) -> None:
        """That there is something to do."""
        data = base64.b64encode(json.dumps({"training": name}).encode()).decode()
        self._pubsub.again("POST", f"{self._topic}:publish", body={"messages": [{"data": data}]})

    def take_back(self, name: str) -> None:
        try:
            self._storage.again("DELETE", self._object(name, REQUEST))
        except Refused as refused:
            if refused.code != 404:
                raise
        self.tell(name)

    def state(self, name: str) -> dict:
        """Empty while the launcher has not said anything."""
        return self._storage.found(self._object(name, STATE), {"alt": "media"}) or {}

    def _object(self, name: str, file: str) -> str:
        quoted = urllib.parse.quote(f"{self._prefix}/{name}/{file}", safe="")
        return f"storage/v1/b/{self._bucket}/o/{quoted}"
