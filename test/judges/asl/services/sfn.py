"""Step Functions: records executions that are started. They end at once, as the state says."""

import json

from world import Service


class Sfn(Service):
    """State: executions: [{executionArn, stateMachineArn, name, input, status, output?, at}];

    outcomes: {<state machine ARN>: {status, output?}}, SUCCEEDED with {} where absent.
    """

    name = "sfn"
    empty = {"executions": [], "outcomes": {}}

    def start_execution(self, request: dict) -> dict:
        machine, name = request["stateMachineArn"], request.get("name") or self.uuid()
        text = request.get("input", "{}")
        try:
            json.loads(text)
        except ValueError as error:
            raise self.error("InvalidExecutionInput", f"Invalid State Machine Execution Input: {error}") from error
        arn = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
        before = self._find(arn)
        if before and (before["status"] != "RUNNING" or before["input"] != text):
            raise self.error("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")
        if not before:
            outcome = self.state["outcomes"].get(machine, {"status": "SUCCEEDED", "output": "{}"})
            before = {"executionArn": arn, "stateMachineArn": machine, "name": name, "input": text,
                      "at": self.clock.iso(), **outcome}
            self.state["executions"].append(before)
        return {"executionArn": arn, "startDate": before["at"]}

    def describe_execution(self, request: dict) -> dict:
        found = self._find(request["executionArn"])
        if found is None:
            raise self.error("ExecutionDoesNotExist", f"Execution Does Not Exist: '{request['executionArn']}'")
        return {"startDate": found["at"], **{key: value for key, value in found.items() if key != "at"}}

    def _find(self, arn: str) -> dict | None:
        return next((one for one in self.state["executions"] if one["executionArn"] == arn), None)
