"""Which service integrations machines may use here, and what the interpreter gets wrong or lacks about them.

Source: Step Functions developer guide, "Optimized service integrations" and the page of each service.
"""

import json

from botocore.exceptions import ClientError
from localstack.services.stepfunctions.asl.component.state.state_execution.state_task.service import (
    state_task_service as base,
    state_task_service_aws_sdk as aws_sdk,
    state_task_service_callback as callback,
    state_task_service_dynamodb as dynamodb,
    state_task_service_events as events,
    state_task_service_unsupported as forwarded,
)
from localstack.services.stepfunctions.asl.component.state.state_execution.state_task.service.resource import (
    ResourceCondition,
)

import names
import shapes
from client import optimised_client
from failures import failed, failure
from run import Rejected, current

OPTIMISED = {
    "athena": {"startQueryExecution": {"", "sync"}, "stopQueryExecution": {""}, "getQueryExecution": {""},
               "getQueryResults": {""}},
    "dynamodb": {"getItem": {""}, "putItem": {""}, "updateItem": {""}, "deleteItem": {""}},
    "events": {"putEvents": {""}},
    "glue": {"startJobRun": {"", "sync"}},
    "sagemaker": {"createEndpoint": {""}, "createEndpointConfig": {""}, "createModel": {""}, "updateEndpoint": {""},
                  "createProcessingJob": {"", "sync"}, "createTrainingJob": {"", "sync"},
                  "createTransformJob": {"", "sync"}},
    "sns": {"publish": {""}},
    "states": {"startExecution": {"", "sync", "sync:2"}},
}
"""Service in the ARN -> action -> patterns that run here. What is missing is reported, not ignored."""

BOTO_NAMES = {"states": "stepfunctions"}

SDK1_BASE_ERRORS = {"athena": "Athena.AmazonAthenaException", "sagemaker": "SageMaker.AmazonSageMakerException",
                    "events": "EventBridge.AmazonEventBridgeException"}
"""Optimised integrations name errors as the AWS SDK for Java 1 does; these of services the interpreter only forwards to."""

JOBS = {
    ("athena", "startQueryExecution"): ("get_query_execution", "QueryExecutionId", ("QueryExecution", "Status", "State")),
    ("sagemaker", "createProcessingJob"): ("describe_processing_job", "ProcessingJobName", ("ProcessingJobStatus",)),
    ("sagemaker", "createTrainingJob"): ("describe_training_job", "TrainingJobName", ("TrainingJobStatus",)),
    ("sagemaker", "createTransformJob"): ("describe_transform_job", "TransformJobName", ("TransformJobStatus",)),
}
"""Jobs the interpreter cannot wait for -> how to look at one, the parameter that names it, where its status is."""

DONE, NOT_DONE = {"SUCCEEDED", "Completed"}, {"FAILED", "CANCELLED", "Failed", "Stopped"}


def install() -> None:
    base.StateTaskService._get_boto_service_name = _boto_name
    aws_sdk.StateTaskServiceAwsSdk._normalise_service_error_name = staticmethod(lambda name: names.service(name).prefix)
    aws_sdk.StateTaskServiceAwsSdk._normalise_exception_name = staticmethod(_sdk_error_name)
    aws_sdk.StateTaskServiceAwsSdk._eval_parameters = _refuse_unspellable(aws_sdk.StateTaskServiceAwsSdk._eval_parameters)
    callback.StateTaskServiceCallback._eval_sync = _wait_for_job
    forwarded._SUPPORTED_INTEGRATION_PATTERNS.add(ResourceCondition.Sync)
    forwarded.StateTaskServiceUnsupported._build_sync_resolver = _look_at_job
    dynamodb.StateTaskServiceDynamoDB._from_error = _client_errors_only(dynamodb.StateTaskServiceDynamoDB._from_error)
    for service in (forwarded.StateTaskServiceUnsupported, events.StateTaskServiceEvents):
        service._from_error = _sdk1_error(service._from_error)
    base.StateTaskService._eval_parameters = _refuse_dropped(base.StateTaskService._eval_parameters)


def _boto_name(self, boto_service_name: str | None = None) -> str:
    name = boto_service_name or self.resource.api_name
    if self.resource.service_name == "aws-sdk" and boto_service_name is None:
        return names.service(name).boto_name
    return BOTO_NAMES.get(name, name)


def _sdk_error_name(prefix: str, error: ClientError) -> str:
    if type(error) is ClientError:
        return f"{prefix}.{prefix}Exception"
    return f"{prefix}.{names.exception_name(type(error).__name__)}"


def _sdk1_error(inherited):
    def from_error(self, env, ex):
        if not isinstance(ex, ClientError):
            return inherited(self, env=env, ex=ex)
        base_error = SDK1_BASE_ERRORS[self.resource.api_name]
        error = base_error if type(ex) is ClientError else f"{base_error.split('.')[0]}.{type(ex).__name__}"
        return failure(env, error, ex.response["Error"]["Message"])
    return from_error


def _client_errors_only(inherited):
    """The interpreter would call everything that fails an optimised DynamoDB task an error of DynamoDB."""
    def from_error(self, env, ex):
        handler = inherited if isinstance(ex, ClientError) else base.StateTask._from_error
        return handler(self, env=env, ex=ex)
    return from_error


def _refuse_dropped(inherited):
    """The interpreter drops parameters that an optimised integration does not take; AWS refuses the machine."""
    def eval_parameters(self, env):
        supported = self._get_supported_parameters()
        self._get_supported_parameters = lambda: None  # hides the class's, so that none is dropped
        try:
            parameters = inherited(self, env)
        finally:
            del self._get_supported_parameters
        if dropped := sorted(parameters.keys() - supported) if supported else []:
            raise Rejected([f"{self.resource.resource_arn} does not take {', '.join(dropped)}; "
                            f"it takes {', '.join(sorted(supported))}"])
        return parameters
    return eval_parameters


def _refuse_unspellable(inherited):
    """The interpreter takes members in any case and turns everything into text where text is due."""
    def eval_parameters(self, env):
        parameters = inherited(self, env)
        service = names.service(self.resource.api_name)
        shape = service.action(self.resource.api_action).input_shape
        at = f"{self.resource.api_name}:{self.resource.api_action}"
        if problems := shapes.argument_problems(shape, parameters, at, converts=False):
            raise Rejected(problems)
        return parameters
    return eval_parameters


def _wait_for_job(self, env, sync_resolver, **_):
    while not (outcome := sync_resolver()):
        current().poll()
    return outcome


def _look_at_job(self, env, normalised_parameters: dict, **_):
    service = self.resource.api_name
    look, key, path = JOBS[service, self.resource.api_action]
    submitted = env.stack.pop()
    name = submitted.get(key, normalised_parameters.get(key))

    def outcome():
        job = getattr(optimised_client(service), look)(**{key: name})
        status = job
        for step in path:
            status = status[step]
        if status in NOT_DONE:
            raise failed(env, "States.TaskFailed", json.dumps(job))
        return job if status in DONE else None
    return outcome
