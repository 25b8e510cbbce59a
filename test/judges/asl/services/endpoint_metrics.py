"""What SageMaker measures of endpoints, from who serves how much and what each version does.

Source: SageMaker developer guide, "Amazon SageMaker AI metrics in Amazon CloudWatch".
"""

from services import fleet

METRICS = {("AWS/SageMaker", "ModelLatency"): "latency", ("AWS/SageMaker", "Invocation5XXErrors"): "errors",
           ("/aws/sagemaker/Endpoints", "CPUUtilization"): "cpu", ("/aws/sagemaker/Endpoints", "GPUUtilization"): "gpu",
           ("/aws/sagemaker/Endpoints", "MemoryUtilization"): "memory",
           ("/aws/sagemaker/Endpoints", "DiskUtilization"): "disk"}
TAIL = 5
"""Percent of the traffic from which on a fleet makes the p95."""


def measured(hosting, metric: dict, at: float) -> float | None:
    """A metric over the period that begins at an instant, None without data: there are none without requests or machines."""
    dimensions, state = metric["dimensions"], hosting.state
    one = state["endpoints"].get(dimensions.get("EndpointName"))
    if one is None or one["variant"] != dimensions.get("VariantName"):
        return None
    only = dimensions.get("EndpointConfigName")
    fleets = {config: share for config, share in fleet.traffic(one, at + metric["period"] / 2).items()
              if share > 0 and only in (None, config)}
    load = metric["namespace"] == "/aws/sagemaker/Endpoints"
    if not fleets or (state["requests"] == 0 and not load):
        return None
    requests = state["requests"] * metric["period"] / 60 * sum(fleets.values()) / 100
    if metric["name"] == "Invocations" and metric["statistic"] == "Sum":
        return requests
    if metric["name"] == "InvocationsPerInstance" and metric["statistic"] == "Sum":
        return requests / one["count"]
    return _statistic(hosting, metric, fleets, requests)


def _statistic(hosting, metric: dict, fleets: dict, requests: float) -> float:
    what, statistic = METRICS[metric["namespace"], metric["name"]], metric["statistic"]
    values = {config: hosting._behaviour(config)[what] for config in fleets}
    average = sum(values[config] * share for config, share in fleets.items()) / sum(fleets.values())
    if statistic == "Maximum":
        return max(values.values())
    if statistic == "p95":
        return max((values[config] for config, share in fleets.items() if share >= TAIL), default=average)
    if statistic == "Sum" and what == "errors":
        return average * requests
    if statistic == "Average":
        return average
    raise ValueError(f"this world does not know the {statistic} of {metric['name']}")
