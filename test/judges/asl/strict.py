"""Where localstack's interpreter is more lenient than AWS, or not like it: as AWS."""

from localstack.services.stepfunctions.asl.component.common.assign.assign_decl import AssignDecl
from localstack.services.stepfunctions.asl.component.common.error_name.error_equals_decl import ErrorEqualsDecl
from localstack.services.stepfunctions.asl.component.common.error_name.failure_event import FailureEventException
from localstack.services.stepfunctions.asl.component.common.string.string_expression import (
    StringIntrinsicFunction,
    StringJSONata,
    StringVariableSample,
)
from localstack.services.stepfunctions.asl.component.program.program import Program
from localstack.services.stepfunctions.asl.component.state.state_choice.comparison.comparison_operator_type import (
    ComparisonOperatorType,
)
from localstack.services.stepfunctions.asl.component.state.state_choice.comparison.comparison_variable import (
    ComparisonVariable,
)
from localstack.services.stepfunctions.asl.component.state.state_choice.comparison.variable import NoSuchVariable
from localstack.services.stepfunctions.asl.component.state.state_choice.state_choice import StateChoice
from localstack.services.stepfunctions.asl.component.state.state_execution.execute_state import ExecutionState
from localstack.services.stepfunctions.asl.component.state.state_execution.state_map.iteration import iteration_worker
from localstack.services.stepfunctions.asl.component.state.state_execution.state_parallel import branches_decl
from localstack.services.stepfunctions.asl.utils.json_path import NoSuchJsonPathError
from localstack.services.stepfunctions.quotas import is_within_size_quota

import failures
import jsonata_eval
from run import Rejected


def install() -> None:
    ExecutionState._from_error = _known_failures(ExecutionState._from_error)
    ErrorEqualsDecl._eval_body = _documented_matches(ErrorEqualsDecl._eval_body)
    AssignDecl._eval_body = _bounded_variables
    ComparisonVariable._eval_body = _existing_variables
    StateChoice._eval_state = _some_choice(StateChoice._eval_state)
    Program._get_state = _existing_state
    StringIntrinsicFunction._eval_body = _intrinsic_failures(StringIntrinsicFunction._eval_body)
    StringJSONata._eval_body = lambda self, env: _evaluate(env, self.expression, {"states": env.states._states_data})
    StringVariableSample._eval_body = lambda self, env: _evaluate(env, self.expression, {})
    # A branch may end with a States.* error, which the interpreter's CustomErrorName would not take.
    branches_decl.CustomErrorName = iteration_worker.CustomErrorName = failures.error_name


def remember_variables(env) -> None:
    """At the entry of a state: what its expressions see. Source: developer guide, "Passing data between states with
    variables": Assign and Output are evaluated with values as of state entry."""
    env.variable_store.on_entry = _variables(env.variable_store)


def _evaluate(env, expression: str, variables: dict) -> None:
    """With values bound as they are, where the interpreter would write them into the expression's text."""
    known = getattr(env.variable_store, "on_entry", None)
    known = _variables(env.variable_store) if known is None else known
    try:
        env.stack.append(jsonata_eval.evaluate(expression, {**known, **variables}))
    except jsonata_eval.EvaluationError as error:
        raise failures.failed(env, "States.QueryEvaluationError", str(error)) from error


def _variables(store) -> dict:
    return {**store._outer_scope, **store._inner_scope}


def _known_failures(inherited):
    """What is neither a failure of the machine nor of a call is a fault of the machine's text or of this judge."""
    def from_error(self, env, ex):
        if not isinstance(ex, FailureEventException | NoSuchJsonPathError):
            raise Rejected([f"state {self.name}: {type(ex).__name__}: {ex}"]) from ex
        return inherited(self, env=env, ex=ex)
    return from_error


def _documented_matches(inherited):
    """Source: developer guide, "Handling errors in Step Functions workflows", error names."""
    def eval_body(self, env):
        error = env.stack[-1].error_name if env.stack[-1] else None
        listed = {name.error_name for name in self.error_names}
        if error == "States.Runtime" or (error == "States.DataLimitExceeded" and error not in listed):
            env.stack[-1] = False
        elif "States.TaskFailed" in listed and error != "States.Timeout":
            env.stack[-1] = True
        else:
            inherited(self, env)
    return eval_body


def _bounded_variables(self, env) -> None:
    """One Assign takes 256 KiB, as does a variable. Source: developer guide, "Passing data between states with variables",
    limits. That no `States.ALL` catches it is taken from results that are too large."""
    assigned: dict = {}
    for binding in self.declaration_bindings:
        binding.eval(env=env)
        assigned.update(env.stack.pop())
    if not is_within_size_quota(assigned):
        raise failures.failed(env, "States.DataLimitExceeded", f"{', '.join(assigned)}: more than an Assign takes")
    for name, value in assigned.items():
        env.variable_store.set(variable_identifier=name, variable_value=value)


def _existing_variables(self, env) -> None:
    """AWS fails where a Choice compares what is not there; the interpreter would go on to Default."""
    self.variable.eval(env)
    operator = getattr(self.comparison_function, "operator_type", None)
    if isinstance(env.stack[-1], NoSuchVariable) and operator is not ComparisonOperatorType.IsPresent:
        path = self.variable.string_sampler.literal_value
        raise failures.failed(env, "States.Runtime", f"Invalid path '{path}': The choice state's condition path "
                                                     "references an invalid value.")
    self.comparison_function.eval(env)


def _some_choice(inherited):
    def eval_state(self, env):
        try:
            inherited(self, env)
        except RuntimeError as error:
            if not str(error.args[0]).startswith("No branching option"):
                raise
            raise failures.failed(env, "States.NoChoiceMatched", f"no rule of {self.name} matched, and no Default") from error
    return eval_state


def _existing_state(self, name: str):
    if name not in self.states.states:
        raise Rejected([f"a transition leads to {name}, which is no state here; there are {', '.join(self.states.states)}"])
    return self.states.states[name]


def _intrinsic_failures(inherited):
    def eval_body(self, env):
        try:
            inherited(self, env)
        except (FailureEventException, NoSuchJsonPathError):
            raise
        except Exception as error:
            raise failures.failed(env, "States.IntrinsicFailure", f"{self.literal_value}: {error}") from error
    return eval_body
