"""A lock table, parameters, and records of what was published, put on a bus and started."""

from services.dynamodb import DynamoDb
from services.eventbridge import EventBridge
from services.sfn import Sfn
from services.sns import Sns
from services.ssm import Ssm
from world import World


class BasicWorld(World):
    services = (DynamoDb, Ssm, Sns, EventBridge, Sfn)
