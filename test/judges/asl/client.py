"""Stands where the interpreter takes its boto3 client: real validation in, the world's fake, real validation out."""

import copy
import functools
import traceback

from botocore.model import OperationModel

import names
import shapes
from run import Crashed, Rejected, current
from world import ServiceError


class Client:
    """A service as the interpreter calls it: one method per operation, in snake case."""

    def __init__(self, boto_name: str, instant):
        self._service = names.of_boto(boto_name)
        self._instant = instant

    def __getattr__(self, method: str):
        return functools.partial(self._call, method, self._service.method(method))

    def _call(self, method: str, operation: OperationModel, **params) -> dict:
        run = current()
        call = run.called(self._service.name, operation.name, params)
        what = f"{self._service.name}:{operation.name} in state {call['state']}"
        if problems := shapes.request_problems(operation, params):
            raise Rejected([f"{what}: {problem}" for problem in problems])
        fake = run.world.fake(self._service.name, method)
        if fake is None:
            raise Rejected([f"{what}: the world has no fake of it"])
        fault = next((fault for fault in run.faults if fault.hits(run.calls)), None)
        try:
            if fault and not fault.after_effect:
                raise ServiceError(fault.code, fault.message)
            reply = fake(copy.deepcopy(params))
            if problems := shapes.reply_problems(operation, reply):
                raise Rejected([f"{what}: the fake answers what AWS cannot: {problem}" for problem in problems])
            if fault:
                raise ServiceError(fault.code, fault.message)
        except ServiceError as error:
            self._check(operation, error, what)
            call["error"] = error.code
            self._cut(run)
            raise self._service.client_error(operation.name, error.code, error.message) from error
        except TimeoutError:
            raise  # the fake took longer than the task may
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            raise Rejected([f"{what}: the fake broke at {where.filename}:{where.lineno}: {error!r}"]) from error
        self._cut(run)
        return shapes.as_json(operation.output_shape, reply, self._instant) if operation.output_shape else {}

    def _check(self, operation: OperationModel, error: ServiceError, what: str) -> None:
        try:
            names.check_error_code(operation, error.code)
        except names.UnknownName as unknown:
            raise Rejected([f"{what}: the fake answers what AWS cannot: {unknown}"]) from error

    def _cut(self, run) -> None:
        if any(fault.cuts_after(run.calls) for fault in run.faults):
            raise Crashed(f"after call {len(run.calls)}")


@functools.cache
def sdk_client(boto_name: str) -> Client:
    """For `aws-sdk` integrations."""
    return Client(boto_name, shapes.iso_instant)


@functools.cache
def optimised_client(boto_name: str) -> Client:
    """For optimised integrations, such as `states:::sns:publish`."""
    return Client(boto_name, shapes.epoch_instant)
