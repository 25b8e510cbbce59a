"""The basic world plus calls that answer what the test wrote down."""

import names
from world import ServiceError
from worlds.basic import BasicWorld


class ScriptedWorld(BasicWorld):
    """State, besides that of the basic world: replies: {"<service>:<Operation>": [reply or {error: {code, message?}}]}.

    The replies of a call are used up one by one; the last one stays.
    """

    def __init__(self, state: dict, clock):
        super().__init__(state, clock)
        self._replies = self._given.setdefault("replies", {})
        for call in self._replies:
            service, _, operation = call.partition(":")
            names.service(service).operation(operation)

    @classmethod
    def other_state(cls) -> set[str]:
        return {"replies"}

    def fake(self, service: str, method: str):
        script = self._replies.get(f"{service}:{names.service(service).method(method).name}")
        return super().fake(service, method) if script is None else lambda _: self._next(script)

    def _next(self, script: list[dict]) -> dict:
        reply = script.pop(0) if len(script) > 1 else script[0]
        if reply.keys() == {"error"}:
            raise ServiceError(reply["error"]["code"], reply["error"].get("message", "scripted"))
        return reply
