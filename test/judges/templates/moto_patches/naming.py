"""What moto's own map of CloudFormation types says about a type, and the names that resources get."""

from moto.cloudformation import parsing

from .resource_schemas import identity

_generate_name_of_moto = parsing.generate_resource_name


def model_of(resource_type):
    """moto's model of a type, or None where moto cannot make it: its own map decides, there is no list here."""
    model = None if resource_type in parsing.NULL_MODELS else parsing.get_model_map().get(resource_type)
    if resource_type.startswith("Custom::"):
        model = parsing.CustomModel
    return model if model and implements(model.create_from_cloudformation_json) else None


def implements(method):
    return not hasattr(method, "__isabstractmethod__")


def name_property(resource_type):
    return model_of(resource_type) and parsing.resource_name_property_from_type(resource_type)


def generated_name(resource_type, stack_name, logical_id):
    """CloudFormation cuts a generated name to the type's limit and letters; moto's own services refuse some of moto's."""
    name = _generate_name_of_moto(resource_type, stack_name, logical_id)
    if len(name) > 63:
        name = f"{name[:50]}{name[-13:]}"
    return name.lower() if resource_type == "AWS::ECR::Repository" else name


def held_name(resource_type, account_id, region, properties):
    """The key under which AWS lets only one such resource exist, if the template fixes it."""
    values = identity(resource_type, region, properties)
    return values and (account_id, region, resource_type, values)


def names_in(value):
    """Every name in a definition that may be a logical id: in Ref, Fn::GetAtt, Fn::Sub and DependsOn."""
    if isinstance(value, list):
        return [name for item in value for name in names_in(item)]
    if not isinstance(value, dict):
        return _substituted(value) if isinstance(value, str) else []
    named = [value[key] for key in ("Ref", "DependsOn", "Fn::GetAtt") if key in value]
    flat = [item for name in named for item in (name if isinstance(name, list) else [name])]
    return [item.split(".")[0] for item in flat if isinstance(item, str)] + names_in(list(value.values()))


def _substituted(text):
    return [part.split("}")[0].split(".")[0] for part in text.split("${")[1:]]


def dependency_order(definitions):
    """Logical ids so that each comes after all it refers to."""
    order, entered = [], set()

    def enter(logical_id):
        if logical_id in entered or logical_id not in definitions:
            return
        entered.add(logical_id)
        for name in names_in(definitions[logical_id]):
            enter(name)
        order.append(logical_id)

    for logical_id in definitions:
        enter(logical_id)
    return order
