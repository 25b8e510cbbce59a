"""What a machine acts on in a test: fakes of AWS services over one state that is plain JSON.

To add a service, write `services/<name>.py` with a class

    class Ssm(Service):
        name = "ssm"                                   # as in arn:aws:states:::aws-sdk:ssm:getParameter
        empty = {"parameters": {}}                     # state of this service when the test gives none

        def get_parameter(self, request: dict) -> dict:    # snake case of the operation, nothing else is public
            found = self.state["parameters"].get(request["Name"])
            if found is None:
                raise self.error("ParameterNotFound")      # a code the service model lists for this operation
            return {"Parameter": {"Name": request["Name"], ...}}   # exactly the members of the service model

and to add a kind of world write `worlds/<kind>.py` with one class

    class TablesWorld(World):
        services = (DynamoDb, Ssm, Glue, Athena)

Requests arrive validated. Replies and error codes are held against the service model: a fake that answers what AWS
cannot answer is reported like a faulty machine. Timestamps in replies are datetimes, ISO 8601 or seconds since 1970.
`self.clock` is the virtual time, `self.uuid()` a reproducible id, `self.world["dynamodb"]` another service's fake.
A method may call `self.clock.advance(seconds)` to be slow. `initial()` and `final()` may be overridden by a fake that
keeps its state elsewhere while an execution runs. A change that AWS tells EventBridge of is told by `self.world.tell`.
"""

import copy
import functools
import importlib
import inspect
import re

import names
from run import Clock, current


class ServiceError(Exception):
    """An error a service answers with, by the code of its model, such as ConditionalCheckFailedException."""

    def __init__(self, code: str, message: str):
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


class Service:
    name: str
    empty: dict = {}

    def __init__(self, world: "World", state: dict):
        self.world, self.state = world, state
        self.initial()

    @property
    def clock(self) -> Clock:
        return self.world.clock

    def initial(self) -> None:
        """Prepares the fake for `self.state`."""

    def final(self) -> dict:
        """The state to hand back, plain JSON."""
        return self.state

    def fake(self, method: str):
        """The fake of an operation, None if there is none."""
        return getattr(self, method, None) if method in self.operations() else None

    @classmethod
    @functools.cache
    def operations(cls) -> set[str]:
        """Snake-case names of the faked operations. Throws UnknownName for a method that is no operation."""
        not_calls = {name for name, _ in inspect.getmembers(Service)}
        methods = {name for name, _ in inspect.getmembers(cls, inspect.isfunction)
                   if not name.startswith("_") and name not in not_calls}
        for method in methods:
            names.service(cls.name).method(method)
        return methods

    def error(self, code: str, message: str = "") -> ServiceError:
        return ServiceError(code, message or code)

    def uuid(self) -> str:
        return current().uuid()


class World:
    services: tuple[type[Service], ...] = ()

    def __init__(self, state: dict, clock: Clock):
        self.clock = clock
        unknown = state.keys() - {service.name for service in self.services} - self.other_state()
        if unknown:
            raise ValueError(f"{type(self).__name__} has no {sorted(unknown)} in its state; "
                             f"it has {sorted(service.name for service in self.services)}")
        self._given = copy.deepcopy(state)
        self._fakes = {service.name: service(self, {**copy.deepcopy(service.empty), **self._given.get(service.name, {})})
                       for service in self.services}

    @classmethod
    def other_state(cls) -> set[str]:
        """Keys of the state that belong to no service."""
        return set()

    def __getitem__(self, service: str) -> Service:
        return self._fakes[service]

    def fake(self, service: str, method: str):
        """The fake of a call, None if this world has none."""
        return self._fakes[service].fake(method) if service in self._fakes else None

    def tell(self, source: str, kind: str, resource: str, detail: dict) -> None:
        """What a service tells EventBridge, where the world has that."""
        if "eventbridge" in self._fakes:
            self["eventbridge"]._tell(source, kind, resource, detail)

    def outside(self, do: str, **arguments) -> None:
        """What others do than machines: `outside_<do>` of the world."""
        getattr(self, f"outside_{do}")(**arguments)

    def final(self) -> dict:
        return {**self._given, **{name: fake.final() for name, fake in self._fakes.items()}}


def make(kind: str, state: dict, clock: Clock) -> World:
    """The world of `worlds/<kind>.py` in this state."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", kind):
        raise ValueError(f"{kind!r} is no kind of world")
    module = importlib.import_module(f"worlds.{kind}")
    found = [item for item in vars(module).values()
             if inspect.isclass(item) and issubclass(item, World) and item.__module__ == module.__name__]
    if len(found) != 1:
        raise ValueError(f"worlds/{kind}.py has {len(found)} worlds instead of one")
    for service in found[0].services:
        service.operations()
    return found[0](state, clock)
