"""The graph of a definition: names, parameters, what waits for what, conditions, limits of the service.

Sources: SageMaker developer guide, "Pipelines steps" (nested conditions, property files), "Turn on step caching";
SageMaker Python SDK, `sagemaker.workflow`, whose output is the form of the service; service model of SageMaker,
PipelineDefinition, ParameterList; AWS General Reference, "Amazon SageMaker AI endpoints and quotas" (steps in a pipeline).
"""

import json
import re

MOST_STEPS = 50
LONGEST_DEFINITION = 1_048_576
MOST_PARAMETERS = 200
TIE = "document-"
"""How the parameter begins that only says whose run it is."""
NAME = re.compile(r"[A-Za-z0-9\-_]{1,64}")
DURATION = re.compile(r"P(\d+[YMWD])*(T(\d+[HM])+)?", re.IGNORECASE)
TYPES = {"String", "Integer", "Float", "Boolean"}
COMPARISONS = {"Equals", "GreaterThan", "GreaterThanOrEqualTo", "LessThan", "LessThanOrEqualTo"}
ALWAYS = {"Name", "Type", "Arguments", "DependsOn", "DisplayName", "Description"}
JOB = ALWAYS | {"CacheConfig", "RetryPolicies"}
MEMBERS = {"Processing": JOB | {"PropertyFiles"}, "Training": JOB, "RegisterModel": ALWAYS | {"RetryPolicies"},
           "Callback": ALWAYS | {"SqsQueueUrl", "OutputParameters"}, "Condition": ALWAYS, "Fail": ALWAYS}
"""Steps of a type that is neither cached nor tried again have no word for that: developer guide, "Caching pipeline steps",
"Retry policy for pipeline steps"."""
QUEUE = re.compile(r"https://(sqs\.[a-z0-9-]+\.amazonaws\.com(\.cn)?)/\d{12}/[A-Za-z0-9_-]{1,80}")
OF_STEPS = {"Step.SERVICE_FAULT", "Step.THROTTLING"}
OF_JOBS = {"SageMaker.JOB_INTERNAL_ERROR", "SageMaker.CAPACITY_ERROR", "SageMaker.RESOURCE_LIMIT"}


def branches(step: dict) -> list[dict]:
    return [*step["Arguments"].get("IfSteps", []), *step["Arguments"].get("ElseSteps", [])] \
        if step["Type"] == "Condition" else []


def flat(document: dict) -> list[dict]:
    """Every step, those within conditions after their condition."""
    return [one for step in document["Steps"] for one in (step, *branches(step))]


def gets(value: object) -> list[str]:
    """Every reference within a value."""
    if isinstance(value, dict):
        if set(value) == {"Get"}:
            return [value["Get"]]
        return [found for item in value.values() for found in gets(item)]
    return [found for item in value for found in gets(item)] if isinstance(value, list) else []


def problems(document: dict) -> list[str]:
    found: list[str] = []
    say = lambda fine, text: None if fine else found.append(text)
    say(document.get("Version") == "2020-12-01", "Version is not 2020-12-01")
    say(document.keys() <= {"Version", "Metadata", "Parameters", "PipelineExperimentConfig", "Steps"}, "unknown members")
    say(len(json.dumps(document)) <= LONGEST_DEFINITION, "too long")
    steps = flat(document)
    say(1 <= len(steps) <= MOST_STEPS, f"{len(steps)} steps, and a pipeline has 1 to {MOST_STEPS}")
    names = [one["Name"] for one in steps]
    say(len(set(names)) == len(names), f"two steps of one name: {sorted({n for n in names if names.count(n) > 1})}")
    parameters = {one["Name"]: one["Type"] for one in document.get("Parameters", [])}
    say(len(parameters) == len(document.get("Parameters", [])), "two parameters of one name")
    registers = any(one["Type"] == "RegisterModel" for one in steps)
    say(len(parameters) <= MOST_PARAMETERS, f"{len(parameters)} parameters, and a run is given {MOST_PARAMETERS}")
    for name, kind in parameters.items():
        say(NAME.fullmatch(name), f"parameter {name}: no name")
        say(kind in TYPES, f"parameter {name}: no type {kind}")
        used = f"Parameters.{name}" in gets(document["Steps"])
        say(not registers or used or name.startswith(TIE), f"parameter {name} is used nowhere")
    for step in steps:
        found += [f"{step['Name']}: {text}" for text in _of_step(step, parameters)]
    for step in document["Steps"]:
        for inner in branches(step):
            say(inner["Type"] != "Condition", f"{inner['Name']}: a condition within the condition {step['Name']}")
    return found or _order(document)


def _of_step(step: dict, parameters: dict) -> list[str]:
    found: list[str] = []
    say = lambda fine, text: None if fine else found.append(text)
    say(NAME.fullmatch(step["Name"]), "no name")
    if step["Type"] not in MEMBERS:
        return [*found, f"no type {step['Type']}"]
    unknown = step.keys() - MEMBERS[step["Type"]]
    say(not unknown, f"a step of this type has no {sorted(unknown)}")
    if "CacheConfig" in step:
        cache = step["CacheConfig"]
        say(cache.keys() == {"Enabled", "ExpireAfter"} and DURATION.fullmatch(cache["ExpireAfter"]),
            f"caches for {cache.get('ExpireAfter')}: years to minutes are counted")
    for policy in step.get("RetryPolicies", []):
        kinds = set(policy["ExceptionType"])
        say(kinds <= OF_STEPS or kinds <= OF_JOBS and step["Type"] != "RegisterModel", f"retries {sorted(kinds)} together")
        say(("MaxAttempts" in policy) != ("ExpireAfterMin" in policy), "retries either so often or so long")
        say(1 <= policy.get("MaxAttempts", 1) <= 20, "retries 1 to 20 times")
    if step["Type"] == "Condition":
        say(step["Arguments"].keys() == {"Conditions", "IfSteps", "ElseSteps"}, "members of a condition")
        for test in step["Arguments"]["Conditions"]:
            say(test.get("Type") in COMPARISONS and test.keys() == {"Type", "LeftValue", "RightValue"}, "no comparison")
            for side in (test.get("LeftValue"), test.get("RightValue")):
                for one in gets(side):
                    kind = parameters.get(one.removeprefix("Parameters."), "Float")
                    say(kind in ("Float", "Integer"), f"compares the text {one} with a number")
    if step["Type"] == "Callback":
        say(QUEUE.fullmatch(step.get("SqsQueueUrl", "")), f"is handed over to no queue: {step.get('SqsQueueUrl')}")
        say(all(isinstance(value, (str, int, float)) or gets(value) for value in step["Arguments"].values()),
            "hands over something nested")
        for one in step.get("OutputParameters", []):
            say(one.keys() == {"OutputName", "OutputType"} and one["OutputType"] in TYPES, "no output parameter")
    if step["Type"] == "Fail":
        say(step["Arguments"].keys() == {"ErrorMessage"}, "a failure has an ErrorMessage and nothing else")
    return found


def _order(document: dict) -> list[str]:
    """That every step can be reached: what waits for what has no circle, and nobody waits for what may never run."""
    steps = {one["Name"]: one for one in flat(document)}
    within = {inner["Name"]: step["Name"] for step in document["Steps"] for inner in branches(step)}
    found: list[str] = []
    waits: dict[str, set[str]] = {}
    for name, step in steps.items():
        own = {key: value for key, value in step["Arguments"].items() if key not in ("IfSteps", "ElseSteps")}
        before = set(step.get("DependsOn", []))
        for reference in gets(own):
            if reference.startswith("Steps."):
                before.add(reference.split(".")[1])
        for other in sorted(before):
            if other not in steps:
                found.append(f"{name}: waits for {other}, which is no step")
            elif within.get(other, within.get(name)) != within.get(name):
                found.append(f"{name}: waits for {other}, which may not run")
        waits[name] = (before & steps.keys()) | ({within[name]} if name in within else set())
    if found:
        return found
    done: set[str] = set()
    while ready := {name for name in waits if name not in done and waits[name] <= done}:
        done |= ready
    return [f"{name}: waits for itself" for name in waits if name not in done]
