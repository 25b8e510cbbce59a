from run import Rejected, seconds
from services import promql
from world import Service


class Prometheus(Service):
    """Instant queries in PromQL over the metrics of endpoints."""

    api, at = "monitoring.v1", "projects.location.prometheus.api.v1"

    def query(self, params: dict, body: dict) -> dict:
        if params["location"] != "global" or not body.get("query"):
            raise Rejected(f"PromQL is asked at location global, with a query: {params} {body}")
        at = self.clock.seconds
        if given := body.get("time"):
            at = float(given) if given.replace(".", "", 1).isdigit() else seconds(given)
        try:
            found = promql.evaluate(body["query"], self.world, at)
        except promql.CannotEvaluate as wrong:
            raise Rejected(f"PromQL {body['query']!r}: {wrong}") from wrong
        if not isinstance(found, dict):
            return {"status": "success", "data": {"resultType": "scalar", "result": [at, _text(found)]}}
        return {"status": "success", "data": {"resultType": "vector", "result": [
            {"metric": dict(labels), "value": [at, _text(value)]} for labels, value in found.items()]}}


def _text(value: float) -> str:
    return "NaN" if value != value else f"{value:.12g}"
