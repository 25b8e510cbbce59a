"""Executes a pipeline's document with Kubeflow's local runner, its containers as processes of this machine.

The runner itself takes no containers, knows no mounted buckets, and decides conditions by the names of outputs. These three
are put right here; the graph, its order, retries, caching, conditions and the exit task are its own.
"""

import contextlib
import io
import json
import logging
import os
import pathlib
import re
import types

from google.protobuf import json_format
from kfp import components, local
from kfp.local import executor_input_utils, executor_output_utils, importer_handler, placeholder_utils, status
from kfp.local import config as local_config
from kfp.local import subprocess_task_handler
from kfp.local.orchestrator import enhanced_dag_orchestrator, task_executor

import conditions

URI = re.compile(r"\{\{\$\.(inputs|outputs)\.artifacts\['([^']+)'\]\.uri\}\}")
ROOT = "{{$.pipeline_root}}"


class LocalRun:
    """One run: `tasks` is every attempt of a task in order, `skipped` the conditions that did not hold."""

    def __init__(self, document: dict, root: str, containers, env: dict, cache: str | None = None):
        self.document, self.root, self.containers, self.env = document, root, containers, env
        self.cache = cache or os.path.join(root, ".cache")
        self.tasks: list[dict] = []
        self.skipped: list[str] = []
        self.slept: list[float] = []
        self.task = ""
        self.conditions = {
            task["triggerPolicy"]["condition"]: (name, task.get("inputs", {}).get("parameters", {}))
            for part in (document["root"], *document["components"].values())
            for name, task in part.get("dag", {}).get("tasks", {}).items() if "condition" in task.get("triggerPolicy", {})}

    def execute(self, folder: str, parameters: dict) -> str:
        """SUCCEEDED or FAILED. `folder` is the run's own, as `gs://…`."""
        local.init(runner=local.SubprocessRunner(use_venv=False), pipeline_root=self.here(folder), raise_on_error=True,
                   enable_caching=True, cache_root=self.cache)
        with self._instead(), contextlib.redirect_stdout(io.StringIO()):
            logging.disable(logging.CRITICAL)
            try:
                components.load_component_from_text(json.dumps(self.document))(**self._typed(parameters))
                return "SUCCEEDED"
            except RuntimeError:
                return "FAILED"
            finally:
                logging.disable(logging.NOTSET)

    def _typed(self, parameters: dict) -> dict:
        """Numbers of JSON are doubles to the service; Python knows two kinds."""
        declared = self.document["root"].get("inputDefinitions", {}).get("parameters", {})
        return {name: float(value) if declared.get(name, {}).get("parameterType") == "NUMBER_DOUBLE" else value
                for name, value in parameters.items()}

    def here(self, uri: str) -> str:
        return os.path.join(self.root, uri.removeprefix("gs://")).rstrip("/")

    def there(self, path: str) -> str:
        return "gs://" + os.path.relpath(path, self.root)

    @contextlib.contextmanager
    def _instead(self):
        single, dispatch = task_executor.execute_single_task, placeholder_utils.replace_placeholders
        given, sleeping = importer_handler.get_importer_uri, task_executor.time
        outputs, decide = executor_output_utils.get_outputs_for_task, enhanced_dag_orchestrator.ConditionEvaluator.evaluate_condition
        handler, named = subprocess_task_handler.SubprocessTaskHandler, executor_input_utils.get_local_pipeline_resource_name
        try:
            task_executor.execute_single_task = self._named(single)
            placeholder_utils.replace_placeholders = self._with_addresses(dispatch)
            importer_handler.get_importer_uri = lambda **arguments: self.here(given(**arguments))
            task_executor.time = types.SimpleNamespace(sleep=self.slept.append)
            executor_output_utils.get_outputs_for_task = _with_artifacts(outputs)
            enhanced_dag_orchestrator.ConditionEvaluator.evaluate_condition = staticmethod(self._holds)
            subprocess_task_handler.SubprocessTaskHandler = self._handler()
            executor_input_utils.get_local_pipeline_resource_name = lambda name: name
            yield
        finally:
            task_executor.execute_single_task, placeholder_utils.replace_placeholders = single, dispatch
            importer_handler.get_importer_uri, task_executor.time = given, sleeping
            executor_output_utils.get_outputs_for_task = outputs
            enhanced_dag_orchestrator.ConditionEvaluator.evaluate_condition = decide
            subprocess_task_handler.SubprocessTaskHandler = handler
            executor_input_utils.get_local_pipeline_resource_name = named

    def _named(self, single):
        def execute(*, task_name, **arguments):
            self.task, before = task_name, len(self.tasks)
            result = single(task_name=task_name, **arguments)
            if len(self.tasks) == before:  # an importer, or what was made before is used again
                kind = arguments["executors"][arguments["components"][
                    arguments["task_spec"].component_ref.name].executor_label].WhichOneof("spec")
                self.tasks.append({"task": task_name, "state": "SUCCEEDED" if kind == "importer" else "SKIPPED"})
            return result
        return execute

    def _with_addresses(self, replace):
        """Artifacts have paths here; what asks for an address gets one."""
        def placeholders(*, full_command, executor_input_dict, **arguments):
            def address(found: re.Match) -> str:
                return self.there(executor_input_dict[found[1]]["artifacts"][found[2]]["artifacts"][0]["uri"])
            root = self.there(local_config.LocalExecutionConfig.instance.pipeline_root)
            resolved = [URI.sub(address, part).replace(ROOT, root) for part in full_command]
            return replace(full_command=resolved, executor_input_dict=executor_input_dict, **arguments)
        return placeholders

    def _holds(self, condition: str, io_store) -> bool:
        name, inputs = self.conditions[condition]
        values = {key: _value(source, io_store) for key, source in inputs.items()}
        if not (holds := conditions.holds(condition, values)):
            self.skipped.append(name)
        return holds

    def _handler(self):
        this = self

        class Handler:
            def __init__(self, image, full_command, pipeline_root, runner, env_vars=None):
                self.image, self.command = image, full_command

            def run(self):
                attempt = sum(1 for one in this.tasks if one["task"] == this.task) + 1
                code, words = this.containers.run(this.task, {"imageUri": self.image, "command": self.command}, this.env)
                state = "SUCCEEDED" if code == 0 else "FAILED"
                this.tasks.append({"task": this.task, "attempt": attempt, "state": state, "said": words})
                return status.Status.SUCCESS if code == 0 else status.Status.FAILURE

        return Handler


def _value(source: dict, io_store):
    if output := source.get("taskOutputParameter"):
        return io_store.get_task_output(output["producerTask"], output["outputParameterKey"])
    return io_store.get_parent_input(source["componentInputParameter"])


def _with_artifacts(outputs):
    """The service registers the artifacts of a container whatever it says of them; the local runner takes them from a file."""
    def get(executor_input, component_spec):
        file = pathlib.Path(executor_input.outputs.output_file)
        if not file.exists():
            told = {key: {"artifacts": [json_format.MessageToDict(one) for one in value.artifacts]}
                    for key, value in executor_input.outputs.artifacts.items()}
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps({"artifacts": told}))
        return outputs(executor_input=executor_input, component_spec=component_spec)
    return get


