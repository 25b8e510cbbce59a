"""How AWS SDK integrations of Step Functions spell services, actions and errors.

They follow the AWS SDK for Java 2: `arn:aws:states:::aws-sdk:<service>:<action>` and `<Service>.<Exception>`.
Source: Step Functions developer guide, "Using AWS SDK integrations"; aws-sdk-java-v2 `DefaultNamingStrategy` and
`CodegenNamingUtils` for the spelling, for instance `Ssm.ParameterNotFoundException` of the shape `ParameterNotFound`
of the service with the id `SSM`.
"""

import functools
import re

import botocore.session
from botocore import xform_name
from botocore.errorfactory import ClientExceptionsFactory
from botocore.exceptions import ClientError
from botocore.model import OperationModel, ServiceModel

COMMON_ERRORS = frozenset({
    "AccessDenied", "AccessDeniedException", "ExpiredTokenException", "IncompleteSignature", "InternalFailure",
    "InternalServerError", "RequestExpired", "ServiceUnavailable", "Throttling", "ThrottlingException",
    "UnrecognizedClientException", "ValidationError", "ValidationException",
})
"""Errors any service may answer with, though its model does not list them. Source: "Common Errors" of API references."""

UNMODELLED_ERRORS = {("s3", "PutObject"): {"PreconditionFailed", "ConditionalRequestConflict"}, ("s3", "GetObject"): {"AccessDenied"}}
"""Errors of an operation that its documentation has and its model has not. Source: S3 user guide, "Conditional writes"."""

BOTO_NAMES = {"sfn": "stepfunctions", "eventbridge": "events", "cloudwatchlogs": "logs", "costexplorer": "ce",
              "elasticloadbalancingv2": "elbv2"}
"""SDK names whose models botocore files under another word; where only hyphens differ no entry is needed."""

_session = botocore.session.get_session()


class UnknownName(ValueError):
    """A service, an action or an error that AWS does not have under that name."""


class Service:
    """A service by its SDK name, for instance `sfn`, `eventbridge` or `applicationautoscaling`."""

    def __init__(self, name: str, boto_name: str, model: ServiceModel):
        self.name, self.boto_name, self.model = name, boto_name, model
        self.prefix = _class_name(model.service_id)
        self.exceptions = ClientExceptionsFactory().create_client_exceptions(model)
        self._by_method = {xform_name(operation): operation for operation in model.operation_names}

    def operation(self, operation: str) -> OperationModel:
        if operation not in self.model.operation_names:
            raise UnknownName(f"{self.name} has no operation {operation}")
        return self.model.operation_model(operation)

    def action(self, action: str) -> OperationModel:
        """The operation that a machine writes as `putParameter`."""
        operation = action[:1].upper() + action[1:]
        if action[:1].isupper() or operation not in self.model.operation_names:
            raise UnknownName(f"{self.name} has no action {action}")
        return self.model.operation_model(operation)

    def method(self, method: str) -> OperationModel:
        """The operation that Python writes as `put_parameter`."""
        if method not in self._by_method:
            raise UnknownName(f"{self.name} has no operation called {method}")
        return self.model.operation_model(self._by_method[method])

    def error_names(self) -> set[str]:
        """Every name a Catch can see of an SDK call of this service."""
        modelled = {exception_name(shape.name) for shape in self.model.error_shapes}
        return {f"{self.prefix}.{name}" for name in modelled | {f"{self.prefix}Exception", "SdkClientException"}}

    def client_error(self, operation: str, code: str, message: str) -> ClientError:
        """The error botocore raises for this code, of its modelled class if it has one."""
        shape = next((shape for shape in self.model.error_shapes if code in (shape.name, shape.error_code)), None)
        status = (shape.metadata.get("error", {}).get("httpStatusCode") if shape else None) or 400
        code = str(shape.error_code) if shape else code
        response = {"Error": {"Code": code, "Message": message},
                    "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "00000000-0000-0000-0000-000000000000"}}
        return self.exceptions.from_code(code)(response, operation)


@functools.cache
def service(name: str) -> Service:
    """Throws UnknownName for a service AWS does not have under that SDK name."""
    by_word = {boto.replace("-", ""): boto for boto in _session.get_available_services()}
    boto_name = BOTO_NAMES.get(name) or by_word.get(name)
    if boto_name is None:
        raise UnknownName(f"AWS SDK has no service {name} (or names.py does not know its model's name)")
    found = of_boto(boto_name)
    if found.name != name:
        raise UnknownName(f"AWS SDK integrations call the service {name} by the name {found.name}")
    return found


@functools.cache
def of_boto(boto_name: str) -> Service:
    model = _session.get_service_model(boto_name)
    return Service(_class_name(model.service_id).lower(), boto_name, model)


def exception_name(shape_name: str) -> str:
    stem = shape_name.removesuffix("Fault") if shape_name.endswith("Fault") else shape_name.removesuffix("Exception")
    return _pascal(stem) + "Exception"


def check_error_code(operation: OperationModel, code: str) -> None:
    """Throws UnknownName for an error that this operation never answers with."""
    modelled = {shape.error_code for shape in operation.error_shapes} | {shape.name for shape in operation.error_shapes}
    unmodelled = UNMODELLED_ERRORS.get((operation.service_model.service_name, operation.name), set())
    if code not in modelled | COMMON_ERRORS | unmodelled:
        raise UnknownName(f"{operation.name} has no error {code}; it has {sorted(modelled)} and the common errors")


def snake(camel: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", camel).lower()


def _class_name(service_id: str) -> str:
    return _pascal(service_id).removeprefix("Amazon").removeprefix("Aws").removesuffix("Service")


def _pascal(text: str) -> str:
    """Words capitalised and joined, as the SDK for Java names its classes: DynamoDB is DynamoDb, SFN is Sfn."""
    text = re.sub(r"[^A-Za-z0-9]+", " ", text)
    text = re.sub(r"([^a-z]{2,})v([0-9]+)", r"\1 v\2 ", text)
    text = re.sub(r"(?<=[a-z])(?=[A-Z][a-zA-Z0-9])", " ", text)
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", text)
    text = re.sub(r"([0-9])([a-zA-Z])", r"\1 \2", text)
    return "".join(word.capitalize() for word in text.split())
