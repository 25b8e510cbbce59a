"""The order in which a stack's resources are made, changed and deleted."""

import copy
import inspect

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError

from .naming import dependency_order, generated_name, held_name, implements, model_of, name_property
from .resource_schemas import primary_identifier
from .stand_in import StandIn
from .watched import Watched

RETAIN = ("Retain", "RetainExceptOnCreate")
STEPS = ("created", "updated", "stale", "imported", "deleted", "retained", "left")

retained = {}
"""Resources that outlived their stack, by the name they hold."""

options = {"import_existing": False}
"""CreateChangeSet's ImportExistingResources, which moto lacks: adopt retained resources that hold the same name."""


class ResourceFailed(ValidationError):
    pass


def text_of(error):
    return getattr(error, "message", None) or f"{type(error).__name__}: {error}"


class Deployed:
    """One resource as last deployed: its definition, resolved properties, and the name it was made with."""

    def __init__(self, definition, properties, name):
        self.definition, self.properties, self.name, self.unread = definition, properties, name, []


class ResourceMap(parsing.ResourceMap):
    """CloudFormation's order of work, with moto's models doing it.

    moto (5.2.5) removes before it adds and so hides name clashes, ignores DeletionPolicy when a resource leaves the
    template and knows no RetainExceptOnCreate, compares unresolved templates and so misses changes that come through a
    Ref, gives every unnamed resource a new name on update, and forgets a resource whose type it cannot update (which it
    then never deletes).
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.deployed, self.guessed, self._settled, self._settling = {}, set(), set(), set()
        self.start()

    def start(self):
        """Empties the journal of what one operation did: see STEPS. `stale` and `left` are what moto could not do."""
        self.journal = {step: [] for step in STEPS}

    def _note(self, step, logical_id, resource):
        if not isinstance(resource, StandIn) or step in ("imported", "retained"):
            physical_id = getattr(resource, "physical_resource_id", None)
            entry = {"logicalId": logical_id, "type": resource.cf_resource_type, "physicalId": physical_id}
            self.journal[step].append(entry)

    def resource(self, logical_id):
        return self._parsed_resources[logical_id]

    def made(self):
        return [self.resource(i) for i in self.deployed if not isinstance(self.resource(i), StandIn)]

    def stand_ins(self):
        return [self.resource(i) for i in self.deployed if isinstance(self.resource(i), StandIn)]

    def _stand_in(self, logical_id, resource_type, properties):
        name = self["AWS::StackName"]
        return StandIn(resource_type, logical_id, properties, name, self._account_id, self._region_name)

    def attribute(self, logical_id, attribute):
        """An attribute that moto's model does not answer: what the schema calls the resource's id, its ARN, or a guess."""
        resource = self.resource(logical_id)
        if primary_identifier(resource.cf_resource_type, self._region_name) == [attribute]:
            return resource.physical_resource_id
        if attribute.endswith("Arn") and hasattr(resource, "arn"):
            return resource.arn
        self.guessed.add(f"{logical_id}.{attribute}")
        properties = self.deployed[logical_id].properties
        return self._stand_in(logical_id, resource.cf_resource_type, properties).get_cfn_attribute(attribute)

    def validate_outputs(self):
        """moto refuses outputs of attributes that its models lack; whether AWS has them is cfn-lint's to judge."""

    def __getitem__(self, key):
        if key not in self._resource_json_map:
            return super().__getitem__(key)
        if key not in self._settled:
            self._settle(key)
        return self._parsed_resources.get(key)

    def _wanted(self, key):
        condition = self._resource_json_map[key].get("Condition")
        return not condition or self.lazy_condition_map[condition]

    def _settle(self, key):
        """Makes one resource what the template wants, after all it depends on."""
        definition = self._resource_json_map[key]
        if key in self._settling:
            raise ValidationError(message=f"Circular dependency between resources: {sorted(self._settling)}")
        self._settling.add(key)
        try:
            if self._wanted(key):
                depends_on = definition.get("DependsOn", [])
                for dependency in [depends_on] if isinstance(depends_on, str) else depends_on:
                    self[dependency]
                self._make_or_update(key, definition)
            self._settled.add(key)
        except ResourceFailed:
            raise
        except Exception as error:
            raise ResourceFailed(message=f"{key} ({definition['Type']}): {text_of(error)}") from error
        finally:
            self._settling.discard(key)

    def _make_or_update(self, key, definition):
        resource_type, before = definition["Type"], self.deployed.get(key)
        properties, named_by = parsing.clean_json(definition.get("Properties", {}), self), name_property(resource_type)
        old_name = before.name if before else generated_name(resource_type, self["AWS::StackName"], key)
        now = Deployed(definition, properties, properties.get(named_by) or old_name)
        if before and before.properties == properties:
            now.unread = before.unread
        else:
            # models alter what they are given, and many look for a generated name among the properties
            watched = Watched(copy.deepcopy(properties) | ({named_by: now.name} if named_by else {}))
            given = {**definition, "Properties": watched}
            resource = self._update(key, given, now) if before else self._make(key, given, now)
            resource.logical_resource_id, resource.cf_resource_type = key, resource_type
            self._parsed_resources[key] = resource
            now.unread = [] if isinstance(resource, StandIn) else sorted(set(properties) - watched.read)
        self.deployed[key] = now

    def _make(self, key, given, now):
        resource_type, model, step = given["Type"], model_of(given["Type"]), "created"
        held = held_name(resource_type, self._account_id, self._region_name, now.properties)
        if held in retained and options["import_existing"]:
            resource, step = retained.pop(held), "imported"
        elif model:
            ids = {"LogicalId": key, "StackId": self.stack_id, "ResourceType": resource_type}
            create = model.create_from_cloudformation_json
            resource = create(now.name, given, self._account_id, self._region_name, **ids)
        elif held in retained:
            raise ValidationError(message=f"{'|'.join(held[3])} already exists: an earlier stack retained it")
        else:
            resource = self._stand_in(key, resource_type, now.properties)
        resource.cf_resource_type = resource_type
        self._note(step, key, resource)
        return resource

    def _update(self, key, given, now):
        resource, model = self.resource(key), model_of(given["Type"])
        if isinstance(resource, StandIn):
            return self._stand_in(key, given["Type"], now.properties)
        if not implements(model.update_from_cloudformation_json):
            self._note("stale", key, resource)
            return resource
        resource = model.update_from_cloudformation_json(
            original_resource=resource,
            new_resource_name=now.name,
            cloudformation_json=given,
            account_id=self._account_id,
            region_name=self._region_name,
        )
        resource.cf_resource_type = given["Type"]
        self._note("updated", key, resource)
        return resource

    def _remove(self, key, retain=RETAIN):
        deployed, resource = self.deployed[key], self.resource(key)
        if deployed.definition.get("DeletionPolicy") in retain:
            held = held_name(resource.cf_resource_type, self._account_id, self._region_name, deployed.properties)
            if held:
                retained[held] = resource
            self._note("retained", key, resource)
        elif not isinstance(resource, StandIn):
            try:
                self._note("deleted" if self._delete(resource, deployed) else "left", key, resource)
            except Exception as error:
                raise ResourceFailed(message=f"{key} ({resource.cf_resource_type}): {text_of(error)}") from error
        del self.deployed[key], self._parsed_resources[key]
        self._settled.discard(key)

    def _delete(self, resource, deployed):
        place, delete = (self._account_id, self._region_name), getattr(resource, "delete", None)
        if delete and list(inspect.signature(delete).parameters) == ["account_id", "region_name"]:
            delete(*place)
        elif implements(resource.delete_from_cloudformation_json):
            given = {**deployed.definition, "Properties": copy.deepcopy(deployed.properties)}
            resource.delete_from_cloudformation_json(resource.physical_resource_id, given, *place)
        else:
            return False
        return True

    def _last_to_first(self):
        return dependency_order({key: deployed.definition for key, deployed in self.deployed.items()})[::-1]

    def create(self, template):
        self._template, self._resource_json_map = template, template["Resources"]
        for key in dependency_order(self._resource_json_map):
            self[key]
        return super().create(template)

    def roll_back(self):
        """A failed creation takes away what it made; RetainExceptOnCreate, unlike Retain, lets go here."""
        for key in self._last_to_first():
            self._remove(key, retain=("Retain",))

    def update(self, template, parameters=None):
        self.start()
        wanted = template["Resources"]
        types = {key: deployed.definition["Type"] for key, deployed in self.deployed.items()}
        retyped = [key for key in wanted if wanted[key]["Type"] != types.get(key, wanted[key]["Type"])]
        if retyped:
            message = "Update of resource type is not permitted. The new template modifies resource type of the following"
            raise ValidationError(message=f"{message} resources: {retyped}")
        self._template, self.input_parameters, self.resolved_parameters = template, parameters or {}, {}
        self.load_mapping()
        self.load_parameters()
        self.load_conditions()
        self._resource_json_map, self._settled = wanted, set()
        for key in dependency_order(wanted):
            self[key]
        for key in self._last_to_first():
            if key not in wanted or not self._wanted(key):
                self._remove(key)

    def delete(self):
        self.start()
        for key in self._last_to_first():
            self._remove(key)
        self._resource_json_map = {}
