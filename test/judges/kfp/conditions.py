"""Conditions of a pipeline, by an interpreter of the Common Expression Language."""

import celpy


def holds(condition: str, values: dict) -> bool:
    """Numbers are doubles, as they are in a pipeline's messages."""
    environment = celpy.Environment()
    given = {name: float(value) if isinstance(value, int) and not isinstance(value, bool) else value
             for name, value in values.items()}
    program = environment.program(environment.compile(condition))
    return bool(program.evaluate({"inputs": celpy.json_to_cel({"parameter_values": given})}))
