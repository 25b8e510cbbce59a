"""What takes the place of a resource whose type moto's CloudFormation does not know."""

from .resource_schemas import identity, lookup, primary_identifier


class StandIn:
    """Answers Ref and Fn::GetAtt so that the rest of the stack can be made. It makes nothing and is never counted as made."""

    def __init__(self, resource_type, logical_id, properties, stack_name, account_id, region):
        self.cf_resource_type, self.logical_resource_id, self.properties = resource_type, logical_id, properties
        self._stack_name, self._account_id, self._region = stack_name, account_id, region

    @property
    def _name(self):
        given = identity(self.cf_resource_type, self._region, self.properties)
        return "|".join(given) if given else f"{self._stack_name}-{self.logical_resource_id}"

    @property
    def _arn(self):
        _, service, kind = (self.cf_resource_type.split("::") + ["", ""])[:3]
        return f"arn:aws:{service.lower()}:{self._region}:{self._account_id}:{kind.lower()}/{self._name}"

    @property
    def physical_resource_id(self):
        path = primary_identifier(self.cf_resource_type, self._region)
        return self._arn if len(path) == 1 and path[0].endswith("Arn") else self._name

    def get_cfn_attribute(self, attribute):
        given = lookup(self.properties, attribute.replace(".", "/"))
        return given or (self._arn if attribute.endswith("Arn") else f"{self._name}.{attribute}")

    def is_created(self):
        return True
