"""Template functions and dynamic references that moto (5.2.5) resolves wrongly or not at all."""

import inspect
import ipaddress
import json
import re

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.ec2 import ec2_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.ssm.models import ssm_backends

_of_moto = parsing.clean_json
_known_to_moto = set(re.findall(r'"(Fn::\w+)" in resource_json', inspect.getsource(_of_moto)))


def clean_json(value, resources):
    """moto's resolution of a template value; its recursion comes back here, so that every level is mended."""
    if isinstance(value, str):
        return _dynamic_references(value, resources)
    if isinstance(value, list):
        # moto leaves a None in lists for AWS::NoValue, CloudFormation drops the element
        return [item for item in (clean_json(item, resources) for item in value) if item is not None]
    if isinstance(value, dict) and len(value) == 1:
        name, argument = next(iter(value.items()))
        if name in _mended:
            return _mended[name](argument, resources)
        # moto passes a function it does not know on to the resource as if it were a plain object
        if name.startswith("Fn::") and name not in _known_to_moto:
            raise ValidationError(message=f"moto does not know the function {name}")
    result = _of_moto(value, resources)
    return _dynamic_references(result, resources) if isinstance(result, str) else result


def _get_att(argument, resources):
    """moto fails the stack for an unknown type, and hands on the raw function where a known type's model lacks it."""
    logical_id, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
    resource, attribute = resources[logical_id], clean_json(attribute, resources)
    if resource is None:
        raise ValidationError(message=f"Fn::GetAtt of {logical_id}, which the template's conditions leave out")
    try:
        value = resource.get_cfn_attribute(attribute)
    except Exception:  # noqa: BLE001  the models signal a missing attribute in half a dozen ways
        value = None
    return resources.attribute(logical_id, attribute) if value is None else value


def _get_azs(argument, resources):
    """moto answers with the zones of us-east-1 wherever the stack is, and does not resolve its argument."""
    region = clean_json(argument, resources) or resources["AWS::Region"]
    return [zone.name for zone in ec2_backends[resources["AWS::AccountId"]][region].describe_availability_zones()]


def _cidr(argument, resources):
    """Unknown to moto."""
    block, count, *bits = clean_json(argument, resources)
    network = ipaddress.ip_network(block)
    subnets = network.subnets(new_prefix=network.max_prefixlen - int(bits[0] if bits else 8))
    return [str(subnet) for subnet, _ in zip(subnets, range(int(count)))]


_mended = {
    "Fn::GetAtt": _get_att,
    "Fn::GetAZs": _get_azs,
    "Fn::Cidr": _cidr,
    "Fn::Length": lambda argument, resources: len(clean_json(argument, resources)),
}


def _dynamic_references(text, resources):
    """moto leaves {{resolve:...}} in place."""
    if "{{resolve:" not in text:
        return text
    # one that still has a ${...} in it is the text of an Fn::Sub, whose turn comes first
    pattern = r"\{\{resolve:(ssm|ssm-secure|secretsmanager):([^}$]+)\}\}"
    return re.sub(pattern, lambda found: _resolve(*found.groups(), resources), text)


def _resolve(service, reference, resources):
    account_id, region = resources["AWS::AccountId"], resources["AWS::Region"]
    if service != "secretsmanager":
        parameter = ssm_backends[account_id][region].get_parameter(reference)
        if parameter is None:
            raise ValidationError(message=f"Unable to fetch parameters [{reference}] from parameter store")
        return parameter.value
    secret_id, _, rest = reference.partition(":SecretString")
    for resource in resources.stand_ins():
        if resource.physical_resource_id == secret_id:
            return f"value-of-{resource.logical_resource_id}"
    _, key, stage, version = (rest.split(":") + ["", "", "", ""])[:4]
    secret = secretsmanager_backends[account_id][region].get_secret_value(secret_id, version, stage)["SecretString"]
    return json.loads(secret)[key] if key else secret


def parse_ssm_parameter(resource_map, value, value_type):
    """A missing parameter is a crash in moto, an error message in CloudFormation."""
    backend = ssm_backends[resource_map["AWS::AccountId"]][resource_map["AWS::Region"]]
    if backend.get_parameter(value) is None:
        message = f"Unable to fetch parameters [{value}] from parameter store for this account."
        raise ValidationError(message=message)
    return _parse_ssm_parameter_of_moto(resource_map, value, value_type)


_parse_ssm_parameter_of_moto = parsing.ResourceMap.parse_ssm_parameter


def install():
    parsing.clean_json = clean_json
    parsing.ResourceMap.parse_ssm_parameter = parse_ssm_parameter
