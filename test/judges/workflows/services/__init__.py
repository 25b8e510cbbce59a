"""The fakes, one resource each."""

from services.endpoints import Endpoints
from services.executions import Executions
from services.log_entries import LogEntries
from services.models import Models
from services.objects import Objects
from services.operations import EndpointOperations, LocationOperations, ModelOperations
from services.secrets import SecretVersions
from services.topics import Topics

SERVICES = (Models, Endpoints, ModelOperations, EndpointOperations, LocationOperations, Objects, LogEntries, Executions,
            SecretVersions, Topics)
