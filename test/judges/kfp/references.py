"""Whether everything in a pipeline specification that is named is there, and of the type that is asked for: kfp does not look."""

import re

import celpy

VALUE = re.compile(r"parameter_values\['([^']+)'\]")
PLACEHOLDER = re.compile(r"\{\{\$\.(inputs|outputs)\.(parameters|artifacts)\['([^']+)'\]\.?(\w*)\}\}")
TYPES = {"parameters": "parameterType", "artifacts": "artifactType"}


def problems(document: dict) -> list[str]:
    components, executors = document["components"], document["deploymentSpec"]["executors"]
    used = {component["executorLabel"] for component in components.values() if "executorLabel" in component}
    found = [f"{name}: executor {component['executorLabel']} missing" for name, component in components.items()
             if "executorLabel" in component and component["executorLabel"] not in executors]
    found += [f"executor {name}: nothing runs it" for name in executors if name not in used]
    for name, component in components.items():
        executor = executors.get(component.get("executorLabel"), {})
        found += _placeholders(name, component, executor.get("container", {}))
    placed = [task["componentRef"]["name"] for part in (document["root"], *components.values())
              for task in part.get("dag", {}).get("tasks", {}).values()]
    found += [f"component {name}: no task is one" for name in components if name not in placed]
    for name, part in (("root", document["root"]), *components.items()):
        found += _graph(name, part, components)
    return found


def _placeholders(at: str, component: dict, container: dict) -> list[str]:
    text = " ".join([*container.get("command", []), *container.get("args", [])])
    found = []
    for direction, kind, name, _ in PLACEHOLDER.findall(text):
        if name not in component.get(f"{direction[:-1]}Definitions", {}).get(kind, {}):
            found.append(f"{at}: a placeholder names {direction} {name}, which is not declared")
    return found + [f"{at}: {one} is no placeholder" for one in re.findall(r"\{\{.*?\}\}", text)
                    if not PLACEHOLDER.fullmatch(one) and one not in ("{{$.pipeline_root}}", "{{$}}")]


def _graph(name: str, part: dict, components: dict) -> list[str]:
    tasks, found = part.get("dag", {}).get("tasks", {}), []
    for task, spec in tasks.items():
        at, reference = f"{name}/{task}", spec["componentRef"]["name"]
        if reference not in components:
            found.append(f"{at}: component {reference} missing")
            continue
        waits = spec.get("dependentTasks", [])
        found += [f"{at}: dependentTasks names {other}" for other in waits if other not in tasks]
        for kind in ("parameters", "artifacts"):
            given = spec.get("inputs", {}).get(kind, {})
            wanted = components[reference].get("inputDefinitions", {}).get(kind, {})
            found += [f"{at}: input {one} is not declared by {reference}" for one in given if one not in wanted]
            found += [f"{at}: input {one} is not given" for one, how in wanted.items()
                      if one not in given and not how.get("isOptional") and "defaultValue" not in how]
            for one, source in given.items():
                found += _source(f"{at}.{one}", source, wanted.get(one, {}), kind, part, components, waits)
        found += _condition(at, spec)
    return found + _circle(name, tasks)


def _source(at: str, source: dict, wanted: dict, kind: str, part: dict, components: dict, waits: list[str]) -> list[str]:
    tasks = part["dag"]["tasks"]
    if final := source.get("taskFinalStatus"):
        return [] if final["producerTask"] in waits else [f"{at}: {final['producerTask']} is not in dependentTasks"]
    if output := source.get("taskOutputParameter") or source.get("taskOutputArtifact"):
        producer, key = output["producerTask"], output.get("outputParameterKey") or output.get("outputArtifactKey")
        if producer not in tasks:
            return [f"{at}: producer {producer} missing"]
        given = components.get(tasks[producer]["componentRef"]["name"], {}).get("outputDefinitions", {}).get(kind, {})
        if key not in given:
            return [f"{at}: {producer} has no output {key}"]
        return _alike(at, given[key], wanted, kind) + \
            ([] if producer in waits else [f"{at}: {producer} is not in dependentTasks"])
    outer = source.get("componentInputParameter") or source.get("componentInputArtifact")
    given = part.get("inputDefinitions", {}).get(kind, {})
    if outer not in given:
        return [f"{at}: component input {outer} missing"]
    return _alike(at, given[outer], wanted, kind)


def _alike(at: str, given: dict, wanted: dict, kind: str) -> list[str]:
    has, asked = given.get(TYPES[kind]), wanted.get(TYPES[kind])
    return [] if has == asked else [f"{at}: is {has}, declared as {asked}"]


def _condition(at: str, spec: dict) -> list[str]:
    condition = spec.get("triggerPolicy", {}).get("condition")
    if condition is None:
        return []
    try:
        celpy.Environment().compile(condition)
    except celpy.CELParseError as error:
        return [f"{at}: the condition is no CEL: {error}"]
    given = spec.get("inputs", {}).get("parameters", {})
    return [f"{at}: the condition uses {one}, which is not an input" for one in VALUE.findall(condition) if one not in given]


def _circle(name: str, tasks: dict) -> list[str]:
    left = {task: set(spec.get("dependentTasks", [])) & tasks.keys() for task, spec in tasks.items()}
    while free := [task for task, waits in left.items() if not waits]:
        left = {task: waits - set(free) for task, waits in left.items() if task not in free}
    return [f"{name}: {sorted(left)} wait for one another"] if left else []
