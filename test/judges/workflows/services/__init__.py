"""The fakes, one resource each."""

from services.addresses import Addresses, ForwardingRules
from services.custom_jobs import CustomJobs
from services.endpoints import Endpoints
from services.executions import Executions
from services.image_tags import ImageTags
from services.jobs import BatchOperations, Jobs
from services.log_entries import LogEntries
from services.models import Models
from services.objects import Objects
from services.operations import EndpointOperations, LocationOperations, ModelOperations
from services.pipeline_jobs import PipelineJobs
from services.prometheus import Prometheus
from services.region_operations import RegionOperations
from services.secrets import SecretVersions
from services.tables import QueryJobs, Tables
from services.time_series import TimeSeries
from services.topics import Topics

SERVICES = (Models, Endpoints, ModelOperations, EndpointOperations, LocationOperations, Objects, TimeSeries, Prometheus,
            LogEntries, Executions, ForwardingRules, Addresses, RegionOperations, Jobs, BatchOperations, SecretVersions,
            Topics, PipelineJobs, Tables, QueryJobs, ImageTags, CustomJobs)
