"""What workflows act on in a test: fakes of Google's services over one state that is plain JSON.

To add a resource, write `services/<name>.py` with a class

    class Topics(Service):
        api = "pubsub.v1"                          # a discovery document
        at = "projects.topics"                     # the resource in it
        empty = {"published": []}                  # state of the API when the test gives none

        def publish(self, params: dict, body: dict) -> dict:     # a method of the resource in snake case
            if params["topic"] not in ...:
                raise GoogleError(404, "Resource not found")
            return {"messageIds": [...]}

and name it in SERVICES below. Requests arrive checked; `params` are those of the path and the query. Replies are held
against the discovery document: a fake that answers what Google cannot is reported like a faulty workflow. Methods of an
upload take `content: bytes, content_type: str` instead of a body. `self.state` is shared by the classes of one API,
`self.clock` is the virtual time, `self.uuid()` a reproducible id, `self.world["aiplatform"]` the state of another API.
"""

import copy
import re

from fake_google import Google, GoogleError
from run import Clock, Run, current

PROJECT = {"id": "fraud-prod", "number": "123456789012", "region": "europe-west4"}


class Service:
    api: str
    at: str
    empty: dict = {}

    def __init__(self, world: "World"):
        self.world = world

    @property
    def name(self) -> str:
        return self.api.split(".")[0]

    @property
    def state(self) -> dict:
        return self.world[self.name]

    @property
    def clock(self) -> Clock:
        return self.world.clock

    def uuid(self) -> str:
        return current().uuid()

    def settle(self) -> None:
        """Brings the state up to the virtual time."""

    def own(self, name: str) -> str:
        """A resource name with the project's number, as Google answers, whichever of both it had."""
        project = self.world.project
        return re.sub(rf"^projects/{project['id']}(?=/|$)", f"projects/{project['number']}", name)

    def found(self, of: dict, key: str, what: str):
        if key not in of:
            raise GoogleError(404, f"{what} {key} is not found.")
        return of[key]


class World:
    def __init__(self, given: dict, run: Run):
        from receivers import Receivers  # they import this module
        from services import SERVICES
        self.run, self.clock = run, run.clock
        self.project = {**PROJECT, **given.get("project", {})}
        self._fakes = {(kind.api, kind.at): kind(self) for kind in (*SERVICES, Receivers)}
        names = {fake.name for fake in self._fakes.values()}
        state = copy.deepcopy(given.get("state", {}))
        self._replies = state.pop("replies", {})
        if unknown := state.keys() - names:
            raise ValueError(f"the world has no {sorted(unknown)}; it has {sorted(names)}")
        self._state = {name: state.get(name, {}) for name in names}
        for fake in self._fakes.values():
            for key, value in fake.empty.items():
                self._state[fake.name].setdefault(key, copy.deepcopy(value))
        self.google = Google(self)

    def __getitem__(self, api: str) -> dict:
        """The state of an API, by its name without version."""
        return self._state[api]

    def service(self, api: str, at: str) -> Service:
        return self._fakes[(api, at)]

    def fake(self, method):
        """The fake of a method, None if there is none: what the test wrote down, or a service's."""
        self.settle()
        if (script := self._replies.get(method.name)) is not None:
            return lambda params, **_: self._scripted(script)
        at, _, last = method.path.rpartition(".")
        fake = self._fakes.get((method.api, at))
        return getattr(fake, re.sub(r"[A-Z]", lambda upper: "_" + upper[0].lower(), last), None) if fake else None

    def settle(self) -> None:
        for fake in self._fakes.values():
            fake.settle()

    def ended(self, execution) -> None:
        """Tells Workflows' own fake of an execution's end."""
        self.service("workflowexecutions.v1", "projects.locations.workflows.executions").ended(execution)

    def final(self) -> dict:
        self.settle()
        return {"project": self.project, "now": self.clock.iso(),
                "state": {**self._state, **({"replies": self._replies} if self._replies else {})}}

    def _scripted(self, script: list):
        """Replies are used up one by one; the last one stays."""
        reply = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(reply, dict) and reply.keys() == {"error"}:
            raise GoogleError(reply["error"]["code"], reply["error"].get("message", "scripted"))
        return reply
