"""What the machine that owns the columns of tables acts on."""

from services.athena import Athena
from services.dynamodb import DynamoDb
from services.glue import Glue
from services.sns import Sns
from services.ssm import Ssm
from world import World


class TablesWorld(World):
    services = (DynamoDb, Ssm, Sns, Glue, Athena)
