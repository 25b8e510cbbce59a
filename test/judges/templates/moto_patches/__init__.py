"""Every change this suite makes to moto, above all to its CloudFormation, each with the defect of moto 5.2.5 that it mends.

moto's own models still make, change and delete every resource that counts as made; what changes is the life cycle around
them and how templates are resolved. What moto cannot do goes on record in the stack's journal.
"""

import json
import os

import yaml
from moto.cloudformation import models

from . import functions, lifecycle, pipelines, types
from .lifecycle import text_of

_delete_stack_of_moto = models.CloudFormationBackend.delete_stack
_update_of_moto = models.Stack.update


def reset():
    lifecycle.retained.clear()


def import_existing(wanted):
    lifecycle.options["import_existing"] = wanted


def _failed(stack, status, error):
    stack.status = status
    stack._add_stack_event(status, resource_status_reason=text_of(error))


def create_resources(stack):
    """moto leaves a stack whose creation failed in progress for ever, with half of its resources."""
    stack.status = "CREATE_IN_PROGRESS"
    try:
        if stack.resource_map.create(stack.template_dict):
            stack.mark_creation_complete()
    except Exception as error:
        _failed(stack, "ROLLBACK_FAILED", error)
        stack.resource_map.roll_back()
        _failed(stack, "ROLLBACK_COMPLETE", error)


def update(stack, *args, **kwargs):
    """CloudFormation would roll back; here the stack stays as it is, with the reason."""
    try:
        _update_of_moto(stack, *args, **kwargs)
    except Exception as error:
        _failed(stack, "UPDATE_FAILED", error)


def delete(stack):
    """As in moto, but a failure is a status with a reason."""
    try:
        stack.resource_map.delete()
        stack.status = "DELETE_COMPLETE"
        stack._add_stack_event("DELETE_COMPLETE")
    except Exception as error:
        _failed(stack, "DELETE_FAILED", error)


def delete_stack(backend, name_or_stack_id):
    """moto forgets a stack whose deletion failed, CloudFormation keeps it to be tried again."""
    stacks = [stack for stack in backend.stacks.values() if name_or_stack_id in (stack.name, stack.stack_id)]
    _delete_stack_of_moto(backend, name_or_stack_id)
    for stack in stacks:
        if stack.status == "DELETE_FAILED" and stack.stack_id in backend.deleted_stacks:
            backend.stacks[stack.stack_id] = backend.deleted_stacks.pop(stack.stack_id)


def parse_template(template):
    """moto reads JSON with a YAML parser, which is far slower and stumbles over tabs."""
    try:
        return json.loads(template)
    except ValueError:
        yaml.add_multi_constructor("", models.yaml_tag_constructor)
        return yaml.load(template, Loader=yaml.Loader)


def install():
    # read when the first role is made: without it no role can have a policy that AWS manages
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    functions.install()
    pipelines.install()
    types.install()
    models.ResourceMap = lifecycle.ResourceMap
    models.CloudFormationBackend.delete_stack = delete_stack
    models.Stack.create_resources, models.Stack.update, models.Stack.delete = create_resources, update, delete
    models.Stack.parse_template = staticmethod(parse_template)
    # moto lists a nameless row for each resource that it did not make, and then fails to describe the stack
    models.Stack.stack_resources = property(lambda stack: stack.resource_map.made())
