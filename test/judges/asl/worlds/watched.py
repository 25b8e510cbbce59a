"""What the machine acts on that watches a model: that of `lifecycle`, and processing jobs (services/processing.py)."""

from services.pipelines import Pipelines
from services.processing import Processing
from worlds.lifecycle import LifecycleWorld


class WatchedWorld(LifecycleWorld):
    services = tuple(Processing if one is Pipelines else one for one in LifecycleWorld.services)
