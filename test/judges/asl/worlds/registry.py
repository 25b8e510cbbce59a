"""The registry of models, and a record of what was published."""

from services.sagemaker import SageMaker
from services.sns import Sns
from world import World


class RegistryWorld(World):
    services = (SageMaker, Sns)
