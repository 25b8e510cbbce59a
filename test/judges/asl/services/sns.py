"""SNS: records what is published."""

from world import Service


class Sns(Service):
    """State: published: [request with its time `at`]; topics: [ARN], any if absent."""

    name = "sns"
    empty = {"published": []}

    def publish(self, request: dict) -> dict:
        arn = request.get("TopicArn") or request.get("TargetArn")
        if arn not in self.state.get("topics", [arn]):
            raise self.error("NotFound", "Topic does not exist")
        self.state["published"].append({**request, "at": self.clock.iso()})
        return {"MessageId": self.uuid()}
