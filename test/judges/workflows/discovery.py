"""Google's discovery documents: which method a request is, and what is wrong with it."""

import dataclasses
import functools
import json
import pathlib
import re
import urllib.parse

import googleapiclient

import shapes

DOCUMENTS = pathlib.Path(googleapiclient.__file__).parent / "discovery_cache/documents"
APIS = ("aiplatform.v1", "batch.v1", "compute.v1", "logging.v2", "monitoring.v1", "monitoring.v3", "pubsub.v1",
        "secretmanager.v1", "storage.v1", "workflowexecutions.v1", "bigquery.v2", "cloudbuild.v1", "cloudscheduler.v1",
        "dataflow.v1b3", "eventarc.v1", "firestore.v1", "iam.v1", "run.v2", "artifactregistry.v1")
"""Those that a workflow may call. A fake is needed besides."""
PARAMETER = re.compile(r"\{(\+?)(\w+)\}")


@dataclasses.dataclass(frozen=True)
class Method:
    api: str
    """aiplatform.v1"""
    path: str
    """projects.locations.endpoints.deployModel"""
    verb: str
    spec: dict = dataclasses.field(hash=False, compare=False)
    media: bool = False
    """Whether the request is the content of an upload."""

    @property
    def name(self) -> str:
        """aiplatform.projects.locations.endpoints.deployModel"""
        return f"{self.api.split('.')[0]}.{self.path}"


@functools.cache
def document(api: str) -> dict:
    return json.loads((DOCUMENTS / f"{api}.json").read_text())


@functools.cache
def methods(api: str) -> list[tuple[re.Pattern, Method]]:
    """Every method with what its path looks like, those with the most of it fixed first."""
    described = document(api)
    found = []
    for path, spec in _walk(described):
        found.append((f"/{described['servicePath']}{spec['path']}", Method(api, path, spec["httpMethod"], spec)))
        upload = spec.get("mediaUpload", {}).get("protocols", {}).get("simple", {}).get("path")
        if upload:
            found.append((upload, Method(api, path, spec["httpMethod"], spec, media=True)))
    found.sort(key=lambda one: -len(PARAMETER.sub("", one[0])))
    return [(_pattern(template, method.spec), method) for template, method in found]


def find(host: str, verb: str, path: str, apis: tuple[str, ...] = APIS) -> tuple[Method, dict] | None:
    """The method of a request, with the parameters in its path."""
    for api in apis:
        if not _serves(document(api), host):
            continue
        for pattern, method in methods(api):
            if method.verb == verb and (match := pattern.fullmatch(path)):
                return method, {name: urllib.parse.unquote(value) for name, value in match.groupdict().items()}
    return None


def region_of(host: str) -> str | None:
    """`europe-west4` of europe-west4-aiplatform.googleapis.com."""
    found = re.fullmatch(r"([a-z]+-[a-z]+\d+)-aiplatform\.googleapis\.com", host)
    return found and found[1]


def problems(method: Method, params: dict, query: dict, body, content: bytes | None) -> list[str]:
    described, spec = document(method.api), method.spec
    known = {**described.get("parameters", {}), **spec.get("parameters", {})}
    found = [f"query {name}: unknown, {method.path} has {sorted(_queries(spec))}" for name in query
             if name not in known or known[name]["location"] != "query"]
    found += [f"query {name}: required" for name, one in spec.get("parameters", {}).items()
              if one.get("required") and name not in params and name not in query]
    for name, value in query.items():
        for one in value if isinstance(value, list) else [value]:
            found += shapes.parameter_problems(known.get(name, {}), one, f"query {name}")
    if method.media:
        return found + (["the upload has no content"] if content is None else []) + \
            ([] if query.get("uploadType") == "media" else ["query uploadType: must be media"])
    if content is not None:
        return [*found, "the body is text: pass a map, which is sent as JSON"]
    if "request" not in spec:
        return found + (["the method takes no body"] if body is not None else [])
    required = method.verb != "PATCH"
    return found + shapes.problems(described, spec["request"], body if body is not None else {}, "body", required=required)


def answer_problems(method: Method, answer) -> list[str]:
    schema = method.spec.get("response")
    if schema is None or schema["$ref"] == "HttpBody":
        return []
    return shapes.problems(document(method.api), schema, answer, "answer", required=False, output=True)


def _walk(node: dict, path: tuple[str, ...] = ()):
    for name, method in node.get("methods", {}).items():
        yield ".".join((*path, name)), method
    for name, resource in node.get("resources", {}).items():
        yield from _walk(resource, (*path, name))


def _pattern(template: str, spec: dict) -> re.Pattern:
    parts, end = [], 0
    for found in PARAMETER.finditer(template):
        rule = spec["parameters"][found[2]].get("pattern", "").removeprefix("^").removesuffix("$")
        inner = rule if rule and found[1] else r".+" if found[1] else r"[^/]+"
        parts += [re.escape(template[end:found.start()]), f"(?P<{found[2]}>{inner.replace('[^/]', '[^/:]')})"]
        end = found.end()
    return re.compile("".join(parts) + re.escape(template[end:]))


def _serves(described: dict, host: str) -> bool:
    own = urllib.parse.urlsplit(described["rootUrl"]).netloc
    return host == own or any(host == urllib.parse.urlsplit(one["endpointUrl"]).netloc
                              for one in described.get("endpoints", []))


def _queries(spec: dict) -> list[str]:
    return [name for name, one in spec.get("parameters", {}).items() if one["location"] == "query"]
