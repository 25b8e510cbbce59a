"""localstack's interpreter of the Amazon States Language on one thread and in virtual time.

The changes are to the pinned release: see requirements.txt. Branches of a Parallel state and items of a Map state run
one after the other in their order, each beginning when the one before has ended.
"""

import datetime
import functools
import importlib
import logging
import threading
import types

from localstack.services.stepfunctions import asl
from localstack.services.stepfunctions.asl.component.common.error_name.failure_event import FailureEventException
from localstack.services.stepfunctions.asl.component.common.retry.retrier_decl import RetrierDecl
from localstack.services.stepfunctions.asl.component.common.timeouts.timeout import EvalTimeoutError, TimeoutSeconds
from localstack.services.stepfunctions.asl.component.program.program import Program
from localstack.services.stepfunctions.asl.component.state.state import CommonStateField
from localstack.services.stepfunctions.asl.component.state.state_execution.execute_state import ExecutionState
from localstack.services.stepfunctions.asl.component.state.state_execution.state_task.service.state_task_service import (
    StateTaskService,
)
from localstack.services.stepfunctions.asl.component.state.state_wait.wait_function.wait_function import WaitFunction
from localstack.services.stepfunctions.asl.eval.environment import Environment
from localstack.services.stepfunctions.asl.eval.evaluation_details import AWSExecutionDetails
from localstack.services.stepfunctions.asl.eval.event.event_manager import EventHistoryContext
from localstack.services.stepfunctions.asl.eval.program_state import ProgramEnded, ProgramError
from localstack.services.stepfunctions.asl.parse.asl_parser import AmazonStateLanguageParser, ASLParserException
from localstack.utils.threads import TMP_THREADS

import client
import integrations
import strict
from run import Rejected, Run, TimedOut, current

STATE = "component.state."
EXECUTION = STATE + "state_execution."


class InlineThread:
    """A thread that has ended when start() returns."""

    native_id = 0

    def __init__(self, *_, target, args=(), **__):
        self._target, self._args = target, args

    def start(self) -> None:
        self._target(*self._args)

    def join(self, timeout=None) -> None: ...

    def is_alive(self) -> bool:
        return False


class VirtualDatetime(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        now = current().clock.now
        return cls.fromisoformat((now if tz else now.replace(tzinfo=None)).isoformat())

    def isoformat(self, *_, **__) -> str:
        """Only `State.EnteredTime` is written with it, and AWS writes it like this."""
        return self.strftime("%Y-%m-%dT%H:%M:%S.") + f"{self.microsecond // 1000:03d}Z"


def parse(definition: str) -> Program:
    """Throws Rejected for what the interpreter's grammar refuses."""
    try:
        return _parse(definition)
    except ASLParserException as error:
        raise Rejected([str(error)]) from error
    except Exception as error:
        raise Rejected([f"{type(error).__name__}: {error}"]) from error


def execute(program: Program, run: Run, context: dict) -> dict:
    """Runs to the end: status, output, error and cause. Throws Stop where the run was ended otherwise."""
    env = Environment(
        aws_execution_details=AWSExecutionDetails(account=context["account"], region=context["region"],
                                                  role_arn=context["Execution"]["RoleArn"]),
        execution_type="STANDARD",
        context={"Execution": context["Execution"], "StateMachine": context["StateMachine"]},
        event_history_context=EventHistoryContext.of_program_start(),
        cloud_watch_logging_session=None,
        activity_store={},
    )
    limit = program.timeout_seconds.timeout_seconds if program.timeout_seconds else TimeoutSeconds.DEFAULT_TIMEOUT_SECONDS
    try:
        with run.clock.deadline(limit, TimedOut):
            program.eval(env)
    finally:
        TMP_THREADS.clear()
    end = env.program_state()
    if isinstance(end, ProgramEnded):
        return {"status": "SUCCEEDED", "output": env.states.get_input()}
    if isinstance(end, ProgramError):
        return {"status": "FAILED", "error": end.error.get("error"), "cause": end.error.get("cause")}
    raise RuntimeError(f"the interpreter ended in {type(end).__name__}")


def install() -> None:
    """Changes the interpreter, once in a process."""
    logging.disable(logging.CRITICAL)
    _one_thread()
    _virtual_time()
    _observers()
    _fakes()
    _parsed_once()
    integrations.install()
    strict.install()


def _one_thread() -> None:
    inline = types.SimpleNamespace(**{**vars(threading), "Thread": InlineThread})
    for name in ("component.program.program", EXECUTION + "state_parallel.branch_worker",
                 EXECUTION + "state_map.iteration.inline_iteration_component"):
        _module(name).threading = inline
    _module(EXECUTION + "execute_state").Thread = InlineThread


def _virtual_time() -> None:
    virtual = types.SimpleNamespace(datetime=VirtualDatetime, UTC=datetime.UTC)
    for name in (STATE + "state", STATE + "state_wait.wait_function.timestamp"):
        _module(name).datetime = virtual
    _module("component.common.retry.retrier_decl").time = types.SimpleNamespace(sleep=lambda s: current().retry(s))
    _module("component.common.retry.jitter_strategy_decl").random = types.SimpleNamespace(uniform=lambda _, longest: longest)
    _module("component.intrinsic.function.statesfunction.unique_id_generation.uuid").long_uid = lambda: current().uuid()
    WaitFunction._wait_interval = lambda self, env, wait_seconds: current().wait(wait_seconds)
    ExecutionState._evaluate_with_timeout = _with_deadline(ExecutionState._evaluate_with_timeout)


def _observers() -> None:
    CommonStateField._eval_body = _observed(CommonStateField._eval_body)
    RetrierDecl._eval_body = _observed_retry(RetrierDecl._eval_body)


def _fakes() -> None:
    for name in ("aws_sdk", "dynamodb", "events", "glue", "sfn", "sns", "unsupported"):
        make = client.sdk_client if name == "aws_sdk" else client.optimised_client
        module = _module(EXECUTION + "state_task.service.state_task_service_" + name)
        module.boto_client_for = lambda service, make=make, **_: make(service)


def _parsed_once() -> None:
    """jsonpath-ng builds its grammar anew for every path it reads, and the interpreter spells every operation of a
    service for every call: four fifths of an execution's time."""
    for name in ("component.common.path.result_path", "utils.json_path"):
        module = _module(name)
        module.parse = functools.lru_cache(maxsize=1000)(module.parse)
    StateTaskService._get_boto_operation_model = staticmethod(functools.cache(StateTaskService._get_boto_operation_model))


def _module(name: str):
    return importlib.import_module(f"{asl.__name__}.{name}")


@functools.lru_cache(maxsize=32)
def _parse(definition: str) -> Program:
    return AmazonStateLanguageParser.parse(definition)[0]


def _with_deadline(inherited):
    def evaluate(self, env):
        self.timeout.eval(env=env)
        with current().clock.deadline(env.stack.pop(), EvalTimeoutError):
            inherited(self, env)
    return evaluate


def _observed(inherited):
    def eval_body(self, env):
        current().enter(self.name, events_so_far=env.event_manager._event_id_gen._next_id)
        strict.remember_variables(env)
        try:
            inherited(self, env)
        except (FailureEventException, TimeoutError):
            raise
        except Exception as error:
            raise Rejected([f"state {self.name}: {type(error).__name__}: {error}"]) from error
    return eval_body


def _observed_retry(inherited):
    def eval_body(self, env):
        current().retrying = {"state": env.next_state_name, "error": env.stack[-1].error_name}
        inherited(self, env)
    return eval_body
