"""What references in a definition come to while a run is under way.

Source: SageMaker Python SDK, `sagemaker.workflow` (`functions`, `properties`), whose local mode resolves them alike.
"""

import json
import re


class Values:
    """Parameters, the run itself, and what each step so far is described as."""

    def __init__(self, parameters: dict, execution: dict, read):
        self.parameters, self.execution, self.read = parameters, execution, read
        self.described: dict[str, dict] = {}
        self.files: dict[str, dict[str, str]] = {}
        """Addresses of property files by step."""

    def of(self, value: object) -> object:
        if isinstance(value, list):
            return [self.of(item) for item in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            match value:
                case {"Get": text}:
                    return self._get(text)
                case {"Std:Join": {"On": on, "Values": values}}:
                    return on.join(str(self.of(one)) for one in values)
                case {"Std:JsonGet": {"PropertyFile": {"Get": text}, "Path": path}}:
                    _, step, _, file = text.split(".")
                    return _in(json.loads(self.read(self.files[step][file])), path)
        return {key: self.of(item) for key, item in value.items()}

    def _get(self, text: str) -> object:
        root, name, path = (*text.split(".", 2), "")[:3]
        if root == "Parameters":
            return self.parameters[name]
        return self.execution[name] if root == "Execution" else _at(self.described[name], path)


def _at(described: object, path: str) -> object:
    """`ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri`, where outputs are found by their names."""
    for member, name in re.findall(r"(\w+)(?=\.|\[|$)|\['([^']+)'\]", path):
        described = next(one for one in described if one["OutputName"] == name) if name else described[member]
    return described


def _in(json_value: object, path: str) -> object:
    for quoted, bare in re.findall(r"\['([^']+)'\]|(\w+)", path):
        json_value = json_value[bare or quoted]
    return json_value
