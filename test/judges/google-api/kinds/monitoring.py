"""Cloud Monitoring and the budgets of a billing account."""

import json

import agents
import policies
from call import Call
from failure import Failure
from rest import Kind, etag

CONDITIONS = {"conditionPrometheusQueryLanguage", "conditionMatchedLog", "conditionThreshold", "conditionAbsent",
              "conditionMonitoringQueryLanguage", "conditionSql"}


class AlertPolicies(Kind):
    at = ("monitoring.projects.alertPolicies",)

    def made(self, call: Call, name: str, resource: dict) -> None:
        stamp = {"mutateTime": self.world.now(), "mutatedBy": "deploy@example.com"}
        resource.update(creationRecord=stamp, mutationRecord=stamp)
        resource.setdefault("enabled", True)
        self._conditions(resource)

    def changed(self, call: Call, name: str, before: dict, after: dict) -> None:
        self._conditions(after)

    def _conditions(self, resource: dict) -> None:
        for condition in resource["conditions"]:
            kind = next(iter(CONDITIONS & condition.keys()))
            condition.setdefault("name", f"{resource['name']}/conditions/{self.world.number()}")
            if kind == "conditionMatchedLog":
                self._logs(resource)
            if kind == "conditionPrometheusQueryLanguage":
                self._query(condition[kind])

    def _logs(self, resource: dict) -> None:
        strategy = resource.get("alertStrategy", {})
        if "notificationRateLimit" not in strategy:
            raise Failure(400, "An alert of log entries needs alertStrategy.notificationRateLimit.")
        if "CLOSED" in strategy.get("notificationPrompts", []):
            raise Failure(400, "An alert of log entries tells only that it was opened.")
        if len(resource["conditions"]) > 1:
            raise Failure(400, "A condition on log entries is the only one of its policy.")

    def _query(self, query: dict) -> None:
        if not query.get("disableMetricValidation"):
            raise Failure(400, "No metric of that name was ever written.")
        if int(query.setdefault("evaluationInterval", "30s").removesuffix("s")) % 30:
            raise Failure(400, f"evaluationInterval {query['evaluationInterval']} is no multiple of 30 s")
        query.setdefault("duration", "0s")


class NotificationChannels(Kind):
    at = ("monitoring.projects.notificationChannels",)

    def made(self, call: Call, name: str, resource: dict) -> None:
        stamp = {"mutateTime": self.world.now()}
        resource.update(creationRecord=stamp, mutationRecords=[stamp])
        resource.setdefault("enabled", True)
        if resource["type"] == "pubsub":
            topic = call.world.own(f"pubsub/{resource['labels']['topic']}")
            agent = f"serviceAccount:{agents.address('monitoring', self.world.project(call.project))}"
            if topic not in self.world.resources:
                raise Failure(400, f"The topic {topic} does not exist, which {name} names")
            if not policies.allows(self.world, topic, agent, "roles/pubsub.publisher"):
                raise Failure(400, f"{agent} may not publish to {topic}, which {name} names")

    def leaves(self, call: Call, name: str) -> None:
        if call.params.get("force") == "true":
            return
        for other, resource in self.world.resources.items():
            if name.partition("/")[2] in resource.get("notificationChannels", []):
                raise Failure(400, f"Notification channel {name} is still used by {other}", "FAILED_PRECONDITION")


class Dashboards(Kind):
    """Google leaves out of a dashboard what is zero or false, and answers with the number of the project."""

    at = ("monitoring.projects.dashboards",)

    def made(self, call: Call, name: str, resource: dict) -> None:
        self._as_stored(call, resource)

    def changed(self, call: Call, name: str, before: dict, after: dict) -> None:
        self._as_stored(call, after)

    def _as_stored(self, call: Call, resource: dict) -> None:
        name = resource["name"]
        _fits(resource.get("mosaicLayout", {}))
        kept = _without_zeros(resource)
        resource.clear()
        number = self.world.project(call.project).number
        resource.update({**kept, "name": name.replace(f"projects/{call.project}", f"projects/{number}")})

    def replace(self, call: Call, name: str, before: dict, after: dict) -> dict:
        if call.body.get("etag") and call.body["etag"] != etag(before):
            raise Failure(409, "The dashboard was changed since it was read.", "ABORTED")
        return super().replace(call, name, before, {key: value for key, value in after.items() if key != "etag"})


class Budgets(Kind):
    at = ("billingbudgets.billingAccounts.budgets",)

    def id_of(self, call: Call, resource: dict) -> str:
        return f"{int(self.world.number()):08x}-0000-4000-8000-000000000000"

    def made(self, call: Call, name: str, resource: dict) -> None:
        if f"cloudbilling/{call.name.partition('/')[2].removesuffix('/budgets')}" not in self.world.resources:
            raise Failure(403, f"The caller does not have permission on {call.name}")
        topic = resource.get("notificationsRule", {}).get("pubsubTopic")
        publisher = "serviceAccount:billing-budget-alert@system.gserviceaccount.com"
        if topic and not policies.allows(self.world, call.world.own(f"pubsub/{topic}"), publisher, "roles/pubsub.publisher"):
            raise Failure(400, f"{publisher} may not publish to {topic}, which {name} names")
        self._normal(resource)

    def changed(self, call: Call, name: str, before: dict, after: dict) -> None:
        self._normal(after)

    def _normal(self, resource: dict) -> None:
        for rule in resource.get("thresholdRules", []):
            rule.setdefault("spendBasis", "CURRENT_SPEND")
        found = resource.setdefault("budgetFilter", {})
        found.setdefault("creditTypesTreatment", "INCLUDE_ALL_CREDITS")
        if "customPeriod" not in found:
            found.setdefault("calendarPeriod", "MONTH")
        # however a project was named, it is its number that is kept
        found["projects"] = [f"projects/{self.world.project(one.partition('/')[2]).number}" for one in found.get("projects", [])]


def _fits(layout: dict) -> None:
    """Tiles lie within the columns, and none on another."""
    taken: dict[tuple[int, int], str] = {}
    for tile in layout.get("tiles", []):
        left, top, title = tile.get("xPos", 0), tile.get("yPos", 0), tile["widget"].get("title", "")
        if left + tile["width"] > layout["columns"]:
            raise Failure(400, f"The tile {title!r} goes beyond {layout['columns']} columns")
        for place in ((x, y) for x in range(left, left + tile["width"]) for y in range(top, top + tile["height"])):
            if place in taken:
                raise Failure(400, f"The tile {title!r} lies on {taken[place]!r}")
            taken[place] = title


def _without_zeros(value):
    if isinstance(value, dict):
        return {key: _without_zeros(one) for key, one in value.items() if one not in (0, False, "", [], None)}
    return [_without_zeros(one) for one in value] if isinstance(value, list) else value


KINDS = (AlertPolicies, NotificationChannels, Dashboards, Budgets)
