"""The CloudFormation resource schemas that cfn-lint ships, read without importing cfn-lint (which takes two seconds)."""

import functools
import json
from importlib.util import find_spec
from pathlib import Path

_SCHEMAS = Path(find_spec("cfnlint").origin).parent / "data" / "schemas"


@functools.cache
def _types(region):
    return json.loads((_SCHEMAS / "providers" / f"{region}.json").read_text())


@functools.cache
def primary_identifier(resource_type, region):
    """The properties or attributes that identify a resource of the type, as paths; empty for an unknown type."""
    digest = _types(region).get(resource_type)
    schema = json.loads((_SCHEMAS / "resources" / f"{digest}.json").read_text()) if digest else {}
    return [pointer.removeprefix("/properties/") for pointer in schema.get("primaryIdentifier", [])]


def lookup(properties, path):
    """The value at a path such as TableInput/Name, or None."""
    for part in path.split("/"):
        properties = properties.get(part) if isinstance(properties, dict) else None
    return properties


def identity(resource_type, region, properties):
    """The values of the type's primary identifier where the template sets all of them, otherwise None."""
    values = tuple(lookup(properties, path) for path in primary_identifier(resource_type, region))
    return values if values and all(isinstance(value, str) for value in values) else None
