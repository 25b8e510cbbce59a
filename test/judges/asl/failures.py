"""Failures as the interpreter passes them around, by the name that a Catch sees."""

from localstack.aws.api.stepfunctions import HistoryEventType, TaskFailedEventDetails
from localstack.services.stepfunctions.asl.component.common.error_name.custom_error_name import CustomErrorName
from localstack.services.stepfunctions.asl.component.common.error_name.error_name import ErrorName
from localstack.services.stepfunctions.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from localstack.services.stepfunctions.asl.component.common.error_name.states_error_name import StatesErrorName
from localstack.services.stepfunctions.asl.eval.environment import Environment
from localstack.services.stepfunctions.asl.eval.event.event_detail import EventDetails


def error_name(error_name: str) -> ErrorName:
    return StatesErrorName.from_name(error_name) if error_name.startswith("States.") else CustomErrorName(error_name)


def failure(env: Environment, error: str, cause: str) -> FailureEvent:
    return FailureEvent(env=env, error_name=error_name(error), event_type=HistoryEventType.TaskFailed,
                        event_details=EventDetails(
                            taskFailedEventDetails=TaskFailedEventDetails(error=error, cause=cause)))


def failed(env: Environment, error: str, cause: str) -> FailureEventException:
    return FailureEventException(failure_event=failure(env, error, cause))
