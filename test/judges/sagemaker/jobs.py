"""What steps do: their arguments as requests of the service, and references into what it describes.

Arguments of a step are a Create…Request without the name of the job, and `Steps.<name>.<path>` is a path of the
Describe…Response of its job. Source: service model of SageMaker; SageMaker Python SDK, `sagemaker.workflow.properties`.
"""

import re

import botocore.session
from botocore.model import Shape
from botocore.validate import ParamValidator

from graph import flat

MODEL = botocore.session.Session().get_service_model("sagemaker")
KINDS = {"Processing": ("CreateProcessingJob", "ProcessingJobName", "DescribeProcessingJob"),
         "Training": ("CreateTrainingJob", "TrainingJobName", "DescribeTrainingJob"),
         "RegisterModel": ("CreateModelPackage", "ModelPackageName", "DescribeModelPackage")}
EXECUTION = {"StartDateTime", "CurrentDateTime", "PipelineName", "PipelineArn", "PipelineExecutionId",
             "PipelineExecutionArn", "TrainingJobName", "ProcessingJobName"}
NUMBERS = {"integer": 1, "long": 1, "float": 1.0, "double": 1.0, "boolean": True}
UNKNOWN = "\0known only when the pipeline runs"
"""Stands for a text of that kind, and is as long as the longest least length of an argument."""
WITH_STORAGE = re.compile(r"ml\.(g4dn|g5|g6|g6e|gr6|p3dn|p4d|p4de|p5|p5e|p5en|trn1|trn1n|trn2|[cmr]\dg?d)\.")
"""Instances that have storage of their own. Source: EC2 user guide, "Instance store volumes"."""
PROCESSING = "/opt/ml/processing/"
PROVIDED = "/sagemaker-"
"""In the address of an image of AWS, on which programs of the platform run. A parameter may be the whole of such an address;
that of an image of a user has a tag that the spec says."""


def problems(document: dict) -> list[str]:
    steps = {one["Name"]: one for one in flat(document)}
    parameters = {one["Name"] for one in document.get("Parameters", [])}
    references = References(steps, parameters)
    found: list[str] = []
    for name, step in steps.items():
        own = {key: value for key, value in step["Arguments"].items() if key not in ("IfSteps", "ElseSteps")}
        if step["Type"] not in KINDS:
            references.known(own, None, name)
            continue
        create, named, _ = KINDS[step["Type"]]
        shape = MODEL.operation_model(create).input_shape
        if named in own:
            found.append(f"{name}: {named} is given by the service")
        known = references.known(own, shape, name)
        request = known if step["Type"] == "RegisterModel" else {**known, named: "x"}
        report = ParamValidator().validate(request, shape)
        found += [f"{name}: {line}" for line in report.generate_report().splitlines() if line]
        found += _bounds(shape, known, name)
        found += [f"{name}: {text}" for text in _of_job(step, known)]
        if step["Type"] != "RegisterModel":
            found += [f"{name}: {text}" for text in _of_platform(step, known)]
    return [*references.found, *found]


class References:
    """Puts a value of the right type where a reference is, and notes those that lead nowhere."""

    def __init__(self, steps: dict[str, dict], parameters: set[str]):
        self.steps, self.parameters, self.found = steps, parameters, []

    def known(self, value: object, shape: Shape | None, at: str) -> object:
        if isinstance(value, list):
            return [self.known(item, getattr(shape, "member", None), f"{at}[{i}]") for i, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            match value:
                case {"Get": text}:
                    self._get(text, at)
                    return self._typed(shape)
                case {"Std:Join": {"On": str(on), "Values": list(values)}}:
                    return on.join(str(self.known(one, None, at)) for one in values)
                case {"Std:JsonGet": {"PropertyFile": {"Get": text}, "Path": str()}}:
                    self._check(re.fullmatch(r"Steps\.[\w-]+\.PropertyFiles\.[\w-]+", text), at, f"{text} is no property file")
                    self._get(text, at)
                    return self._typed(shape)
        members = getattr(shape, "members", {})
        return {key: self.known(item, members.get(key) or getattr(shape, "value", None), f"{at}.{key}")
                for key, item in value.items()}

    def _check(self, fine: object, at: str, text: str) -> None:
        if not fine:
            self.found.append(f"{at}: {text}")

    @staticmethod
    def _typed(shape: Shape | None) -> object:
        return NUMBERS.get(shape.type_name if shape else "", UNKNOWN)

    def _get(self, text: str, at: str) -> None:
        root, _, rest = text.partition(".")
        if root != "Steps":
            known = {"Parameters": self.parameters, "Execution": EXECUTION}.get(root, set())
            return self._check(rest in known, at, f"there is no {text}")
        name, dot, path = re.match(r"([\w-]+)(\.?)(.*)", rest).groups()
        step = self.steps[name]
        if path.startswith("PropertyFiles."):
            files = [one["PropertyFileName"] for one in step.get("PropertyFiles", [])]
            return self._check(path.removeprefix("PropertyFiles.") in files, at, f"no property file {text}")
        if step["Type"] == "Callback":
            given = [f"OutputParameters['{one['OutputName']}']" for one in step.get("OutputParameters", [])]
            return self._check(path in given, at, f"{name} answers no {path}")
        if step["Type"] not in KINDS or not dot:
            return self._check(False, at, f"{text} is described by nothing")
        shape = MODEL.operation_model(KINDS[step["Type"]][2]).output_shape
        for member, index, key in re.findall(r"(\w+)(?:\.|$|(?=\[))|\[(\d+)\]\.?|\['([^']+)'\]\.?", path):
            if not member and shape.type_name in ("list", "map"):
                shape = shape.member if shape.type_name == "list" else shape.value
                outputs = [one["OutputName"] for one in step["Arguments"].get("ProcessingOutputConfig", {}).get("Outputs", [])]
                self._check(not key or key in outputs, at, f"{name} has no output {key}")
            elif member and member in getattr(shape, "members", {}):
                shape = shape.members[member]
            else:
                return self._check(False, at, f"{text}: {shape.name} has no {member or index or key}")
        self._check(shape.type_name not in ("structure", "list", "map"), at, f"{text} is a {shape.type_name}")


def _bounds(shape: Shape, value: object, at: str) -> list[str]:
    """What botocore leaves to the service: enums, patterns and upper bounds."""
    match shape.type_name, value:
        case "structure", dict():
            return [text for key, item in value.items() if key in shape.members
                    for text in _bounds(shape.members[key], item, f"{at}.{key}")]
        case "map", dict():
            inner = [text for key, item in value.items()
                     for text in (*_bounds(shape.key, key, f"{at} {key}"), *_bounds(shape.value, item, f"{at}.{key}"))]
            return [*_size(shape, len(value), at), *inner]
        case "list", list():
            inner = [text for i, item in enumerate(value) for text in _bounds(shape.member, item, f"{at}[{i}]")]
            return [*_size(shape, len(value), at), *inner]
        case "string", str() if UNKNOWN not in value:
            pattern = shape.metadata.get("pattern")
            fits = pattern is None or "\\p{" in pattern or re.fullmatch(pattern, value)
            allowed = not shape.enum or value in shape.enum
            return [*_size(shape, len(value), at), *([] if fits and allowed else [f"{at}: {value!r} cannot be"])]
        case ("integer" | "long" | "float" | "double"), int() | float():
            return _size(shape, value, at)
    return []


def _size(shape: Shape, size: float, at: str) -> list[str]:
    most = shape.metadata.get("max")
    return [f"{at}: {size} are more than {most}"] if most is not None and size > most else []


def _of_platform(step: dict, known: dict) -> list[str]:
    """Rules of the platform, which the service does not have: data stays in the network and is encrypted with its key."""
    training = step["Type"] == "Training"
    network = known if training else known.get("NetworkConfig", {})
    into = known["OutputDataConfig"] if training else known.get("ProcessingOutputConfig", {"KmsKeyId": "nothing is written"})
    image = known["AlgorithmSpecification"]["TrainingImage"] if training else known["AppSpecification"]["ImageUri"]
    own = PROVIDED in image or ":" not in image
    found: list[str] = []
    say = lambda fine, text: None if fine else found.append(text)
    say("VpcConfig" in network, "runs outside of the network of the platform")
    say("KmsKeyId" in into, "what it writes is not encrypted with the key of the platform")
    say(network.get("EnableNetworkIsolation", False) == own,
        "code of the platform that needs no network has one" if own else "code of a user is cut off from what it may ask")
    several = training and known["ResourceConfig"].get("InstanceCount", 1) > 1
    say(not several or known.get("EnableInterContainerTrafficEncryption"), "nodes speak to one another in the open")
    return found


def _of_job(step: dict, known: dict) -> list[str]:
    """Rules of the service that its model has in words only."""
    found: list[str] = []
    say = lambda fine, text: None if fine else found.append(text)
    if step["Type"] == "RegisterModel":
        for one in known["InferenceSpecification"]["Containers"]:
            source = one.get("ModelDataSource", {}).get("S3DataSource", {})
            say(source.get("S3DataType") != "S3Prefix" or source["S3Uri"].endswith("/"), "a prefix of a model ends with a slash")
        return found
    cluster = known["ProcessingResources"]["ClusterConfig"] if step["Type"] == "Processing" else known["ResourceConfig"]
    say("VolumeKmsKeyId" not in cluster or not WITH_STORAGE.match(cluster["InstanceType"]),
        f"{cluster['InstanceType']} has storage of its own, and no key is taken for it")
    if step["Type"] == "Training":
        stop = known["StoppingCondition"]
        spot = known.get("EnableManagedSpotTraining", False)
        say(spot == ("MaxWaitTimeInSeconds" in stop), "waits for a spot machine, and for nothing else")
        say(stop.get("MaxWaitTimeInSeconds", 10**9) >= stop["MaxRuntimeInSeconds"], "waits less than it runs")
        channels = [one["ChannelName"] for one in known.get("InputDataConfig", [])]
        say(len(set(channels)) == len(channels), "two channels of one name")
        return found
    inputs, outputs = known.get("ProcessingInputs", []), known.get("ProcessingOutputConfig", {}).get("Outputs", [])
    for one, names in ((inputs, [x["InputName"] for x in inputs]), (outputs, [x["OutputName"] for x in outputs])):
        say(len(set(names)) == len(one), "two of one name")
    places = [x["S3Input"]["LocalPath"] for x in inputs] + [x["S3Output"]["LocalPath"] for x in outputs]
    say(len(set(places)) == len(places), "two in one folder")
    say(all(place.startswith(PROCESSING) for place in places), f"a folder that is not below {PROCESSING}")
    names = [one["OutputName"] for one in outputs]
    for one in step.get("PropertyFiles", []):
        say(one["OutputName"] in names, f"the property file {one['PropertyFileName']} is in no output")
    return found
