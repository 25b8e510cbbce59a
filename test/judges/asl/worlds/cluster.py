"""What the machine acts on that runs steps of a pipeline on the batch cluster: that of `lifecycle`, and batch
(services/batch.py)."""

from services.batch import Batch
from worlds.lifecycle import LifecycleWorld


class ClusterWorld(LifecycleWorld):
    services = (*LifecycleWorld.services, Batch)
