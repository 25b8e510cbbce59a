"""What the machines act on that decide which version of a model serves, retire it, and look after all endpoints.

State by service, everything optional; the classes say more:

- sagemaker (services/hosting.py): versions {<ARN>: approval}, decisions, models, configs, endpoints, behaviours
  {"<version>": {latency, errors, starts, breaks, rollsBack, ...}}, requests a minute, seconds {start, rollback, delete}
- cloudwatch (services/cloudwatch.py): alarms, published
- applicationautoscaling (services/autoscaling.py): targets, policies
- ssm: parameters; sns: published; dynamodb: tables; sfn: executions

Time makes things happen: an endpoint that is created or updated gets on whenever somebody asks for anything, up to the
virtual time. An alarm is in the state that its metric, its threshold in the metric's own unit and its missing data make of
it, at any time; a version that errs from 'behaviours' makes the alarms that see its machines go off, which takes an
update back that names such an alarm. The state left behind says who serves how much (`endpoints.<name>.traffic`), how it
came to that (`history`), and which state each alarm is in.

A world to begin with, where a version serves: `served(...)` of test/judges/rollout-machine.ts.
"""

from services.autoscaling import ApplicationAutoScaling
from services.cloudwatch import CloudWatch
from services.dynamodb import DynamoDb
from services.endpoint_metrics import measured
from services.hosting import Hosting
from services.sfn import Sfn
from services.sns import Sns
from services.ssm import Ssm
from world import World


class EndpointsWorld(World):
    services = (DynamoDb, Ssm, Sns, Sfn, Hosting, CloudWatch, ApplicationAutoScaling)

    def measured(self, metric: dict, at: float) -> float | None:
        """What CloudWatch asks: the value of a metric over the period that begins at `at`, None without data."""
        return measured(self["sagemaker"], metric, at)
