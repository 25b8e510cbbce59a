"""What all machines of a model's life act on: its data, its pipeline, the registry, and what serves.

State by service, everything optional: that of `endpoints`, and

- glue (services/glue.py): databases, tables with their snapshots and rows
- athena (services/athena.py): workgroups, failures; UNLOAD really writes Parquet files to s3
- s3 (services/s3.py): buckets and their objects
- ecr (services/ecr.py): images
- sagemaker (services/pipelines.py): pipelines, executions, packages, besides what `endpoints` has of it
"""

from services.athena import Athena
from services.ecr import Ecr
from services.eventbridge import EventBridge
from services.glue import Glue
from services.hosting import Hosting
from services.pipelines import Pipelines
from services.s3 import S3
from worlds.endpoints import EndpointsWorld


class LifecycleWorld(EndpointsWorld):
    services = (*(Pipelines if one is Hosting else one for one in EndpointsWorld.services),
                EventBridge, Glue, S3, Athena, Ecr)
