"""A Google for Terraform: orders as JSON on stdin, a line each, answers on stdout; its APIs over HTTP.

Orders: {project: {id, number, secrets, agents, billingAccount}} makes a project as `mlops bootstrap` leaves it,
        {pass: days} lets time pass, {list: {id, number}} names what there is in a project, {held: {id, number}} tells all
        of it by name, {resource, policy} each, {findings: true} tells what no API of Google would have taken so far.
An answer is {result} or {error: {code, message}}. The first one comes unasked: the port.
"""

import datetime
import json
import pathlib
import re
import sys
import traceback

# the discovery documents, and what holds requests against them
sys.path.append(str(pathlib.Path(__file__).parent.parent / "workflows"))

import agents  # noqa: E402
import policies  # noqa: E402
from apis import Google  # noqa: E402
from server import serve  # noqa: E402
from world import Project, World  # noqa: E402


def obey(world: World, order: dict):
    if "project" in order:
        return _project(world, order["project"])
    if "pass" in order:
        world.passed += datetime.timedelta(days=order["pass"])
        return world.now()
    if "list" in order:
        return _inside(world, order["list"])
    if "held" in order:
        return {one: {"resource": world.resources[one], "policy": world.policies.get(one, {}).get("bindings", [])}
                for one in _inside(world, order["held"])}
    if "findings" in order:
        return world.findings
    raise ValueError(f"no such order: {sorted(order)}")


def _inside(world: World, project: dict) -> list[str]:
    inside = re.compile(rf"\w+/projects/{project['id']}(/|$)|storage/b/[^/]+-{project['number']}(/|$)")
    return sorted(one for one in world.resources if inside.match(one))


def _project(world: World, given: dict) -> str:
    project = world.projects[given["id"]] = Project(given["id"], str(given["number"]))
    project.agents.update(agents.address(service, project) for service in given.get("agents", []))
    holder = f"cloudresourcemanager/projects/{project.id}"
    world.resources[holder] = {"projectId": project.id, "projectNumber": project.number, "lifecycleState": "ACTIVE"}
    policies.begin(world, holder, [{"role": role, "members": [member]} for member, role in given.get("grants", [])])
    for secret in given.get("secrets", []):
        world.resources[f"secretmanager/projects/{project.id}/secrets/{secret}"] = {
            "name": f"projects/{project.number}/secrets/{secret}", "createTime": world.now()}
    if given.get("billingAccount"):
        world.resources[f"cloudbilling/billingAccounts/{given['billingAccount']}"] = {}
    return project.id


def main() -> None:
    answers, sys.stdout = sys.stdout, sys.stderr

    def answer(message: dict) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    world = World()
    answer({"result": serve(Google(world))})
    for line in sys.stdin:
        try:
            with world.lock:
                answer({"result": obey(world, json.loads(line))})
        except Exception as error:
            answer({"error": {"code": type(error).__name__, "message": "".join(traceback.format_exception(error)[-3:])}})


if __name__ == "__main__":
    main()
