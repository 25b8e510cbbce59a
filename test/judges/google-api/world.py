"""What there is at Google: projects with their APIs, resources by name, policies, and the day."""

import collections
import dataclasses
import datetime
import itertools
import re
import threading

ALWAYS_ON = ("cloudresourcemanager.googleapis.com", "serviceusage.googleapis.com")
"""On in a project from which Terraform is to turn others on."""
START = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


@dataclasses.dataclass
class Project:
    id: str
    number: str
    enabled: set[str] = dataclasses.field(default_factory=lambda: set(ALWAYS_ON))
    asked_for: set[str] = dataclasses.field(default_factory=set)
    """APIs that were turned on and that nobody has looked for since: not every server knows of them yet."""
    agents: set[str] = dataclasses.field(default_factory=set)
    """Addresses of service agents that were made."""


class World:
    """Resources are named as in the path of their API, after its short name: `compute/projects/p/global/networks/n`."""

    def __init__(self):
        self.lock = threading.RLock()
        self.projects: dict[str, Project] = {}
        self.resources: dict[str, dict] = {}
        self.policies: dict[str, dict] = {}
        self.seen: collections.Counter[tuple] = collections.Counter()
        """How often a grant or an account was read since it was made: only then every server knows of it."""
        self.operations: dict[str, dict] = {}
        self.findings: list[str] = []
        """What no Google API would have taken, or what this fake lacks: a judge fails by it, whatever Terraform makes of it."""
        self.passed = datetime.timedelta()
        self._ids = itertools.count(1_000_000_001)

    def number(self) -> str:
        """The next of the numbers that Google gives."""
        return str(next(self._ids))

    def now(self) -> str:
        # A change at the same second as another one is a change as well: what is shown must not say when this ran.
        return (START + self.passed).strftime("%Y-%m-%dT%H:%M:%SZ")

    def project(self, name: str) -> Project | None:
        return self.projects.get(name) or next((one for one in self.projects.values() if one.number == name), None)

    def own(self, name: str) -> str:
        """A name with the project's id where it had its number."""
        def written(found: re.Match) -> str:
            project = self.project(found[1])
            return f"projects/{project.id}" if project else found[0]
        return re.sub(r"(?<![\w-])projects/([^/]+)", written, name, count=1)

    def within(self, name: str) -> list[str]:
        """Names of what a resource holds."""
        return [one for one in self.resources if one.startswith(f"{name}/")]

    def forget(self, name: str) -> None:
        """Takes a resource away, and what was granted on it."""
        self.resources.pop(name, None)
        self.policies.pop(name, None)
        for one in [one for one in self.seen if one[0] == name]:
            del self.seen[one]
