"""Cloud Logging: what goes elsewhere, what is counted, what is left out.

Source: Logging documentation, "Configure log sinks": a sink writes as an agent of the project, which comes with the first
one; nothing arrives before that agent may write to the destination.
"""

from __future__ import annotations

import agents
from call import Call
from failure import Failure
from rest import Kind

TOPIC = "pubsub.googleapis.com/"
DATASET = "bigquery.googleapis.com/"
BUCKET = "storage.googleapis.com/"


class Sinks(Kind):
    at = ("logging.projects.sinks",)

    def named(self, call: Call, name: str) -> dict:
        return {"name": name.rpartition("/")[2]}

    def made(self, call: Call, name: str, resource: dict) -> None:
        project = self.world.project(call.project)
        agent = agents.address("logging", project)
        project.agents.add(agent)
        resource.update(writerIdentity=f"serviceAccount:{agent}", resourceName=name.partition("/")[2])
        self._need_destination(call, name, resource["destination"])

    def changed(self, call: Call, name: str, before: dict, after: dict) -> None:
        self._need_destination(call, name, after["destination"])

    def _need_destination(self, call: Call, name: str, destination: str) -> None:
        for start, holder in ((TOPIC, "pubsub/"), (DATASET, "bigquery/"), (BUCKET, "storage/b/")):
            if destination.startswith(start):
                held = self.world.own(holder + destination.removeprefix(start))
                if held not in self.world.resources:
                    raise Failure(404, f"The destination {held} does not exist, which {name} names")


class Others(Kind):
    at = ("logging.projects.metrics", "logging.projects.exclusions")

    def named(self, call: Call, name: str) -> dict:
        return {"name": name.rpartition("/")[2]}


KINDS = (Sinks, Others)
