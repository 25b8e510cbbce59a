"""BigQuery: datasets, tables, and connections to files.

Source: BigQuery documentation, "Modifying table schemas" and "Troubleshoot schema errors".
"""

import math
import re

import agents
import policies
from call import Call
from failure import Failure
from rest import Kind

LEGACY_TYPES = {"INT64": "INTEGER", "FLOAT64": "FLOAT", "BOOL": "BOOLEAN", "STRUCT": "RECORD"}
"""BigQuery answers with the names of its older dialect."""
BASIC = {"roles/bigquery.dataOwner": "OWNER", "roles/bigquery.dataEditor": "WRITER", "roles/bigquery.dataViewer": "READER"}
"""What these roles are called in the access of a dataset, however they were given."""
GSERVICE = ".gserviceaccount.com"
READS_TABLES = ("roles/storage.objectUser", "roles/storage.objectAdmin", "roles/storage.admin")


class Datasets(Kind):
    at = ("bigquery.datasets",)

    def id_of(self, call: Call, resource: dict) -> str:
        return resource["datasetReference"]["datasetId"]

    def made(self, call: Call, name: str, resource: dict) -> None:
        dataset = resource["datasetReference"]["datasetId"]
        resource["datasetReference"]["projectId"] = call.project
        resource.update(id=f"{call.project}:{dataset}", type="DEFAULT", creationTime="1", lastModifiedTime="1")
        resource.setdefault("location", "US")
        resource.setdefault("maxTimeTravelHours", "168")
        # the access that a new dataset has when nobody says which
        resource.setdefault("access", [
            {"role": "WRITER", "specialGroup": "projectWriters"}, {"role": "OWNER", "specialGroup": "projectOwners"},
            {"role": "OWNER", "userByEmail": "deploy@example.com"}, {"role": "READER", "specialGroup": "projectReaders"}])

    def changed(self, call: Call, name: str, before: dict, after: dict) -> None:
        for one in after.get("access", []):
            one["role"] = BASIC.get(one.get("role"), one.get("role"))
            if "userByEmail" in one and one not in before.get("access", []) and one["userByEmail"].endswith(GSERVICE) \
                    and not agents.account_exists(self.world, one["userByEmail"]):
                raise Failure(400, f"IAM setPolicy failed for Dataset {name}: {one['userByEmail']} does not exist")

    def leaves(self, call: Call, name: str) -> None:
        if call.params.get("deleteContents") != "true" and self.world.within(name):
            raise Failure(400, f"Dataset {name} is still in use", reason="resourceInUse")


class Tables(Kind):
    at = ("bigquery.tables",)

    def id_of(self, call: Call, resource: dict) -> str:
        return resource["tableReference"]["tableId"]

    def made(self, call: Call, name: str, resource: dict) -> None:
        dataset = self.world.resources[name.rpartition("/tables/")[0]]
        table = resource["tableReference"]
        resource.update(id=f"{table['projectId']}:{table['datasetId']}.{table['tableId']}", type="TABLE", creationTime="1",
                        lastModifiedTime="1", location=dataset["location"], numBytes="0", numRows="0", numLongTermBytes="0")
        if "encryptionConfiguration" not in resource and "defaultEncryptionConfiguration" in dataset:
            resource["encryptionConfiguration"] = dataset["defaultEncryptionConfiguration"]
        self._normal(resource)
        if "biglakeConfiguration" in resource:
            self._files(call, name, resource["biglakeConfiguration"])

    def changed(self, call: Call, name: str, before: dict, after: dict) -> None:
        # What it is told of its size and age is nothing that a table can be changed by.
        for field in ("numBytes", "numRows", "numLongTermBytes", "creationTime", "lastModifiedTime", "type", "id"):
            after[field] = before[field]
        self._normal(after)
        was, new = _columns(before), _columns(after)
        for column, held in was.items():
            if wrong := "is missing in new schema" if column not in new else _not_wider(held, new[column]):
                raise Failure(400, f"Provided Schema does not match Table {name}. Field {column} {wrong}")
        if "schema" in after:  # a new column comes last, wherever it was written
            after["schema"]["fields"] = [new[one] for one in [*was, *(one for one in new if one not in was)]]

    def _normal(self, resource: dict) -> None:
        for column in resource.get("schema", {}).get("fields", []):
            column["type"] = LEGACY_TYPES.get(column["type"], column["type"])

    def _files(self, call: Call, name: str, config: dict) -> None:
        """A managed table reads and writes its bucket as the account of its connection, and tries at once."""
        project, location, connection = re.fullmatch(r"([^.]+)\.([^.]+)\.([^.]+)", config["connectionId"]).groups()
        held = f"bigqueryconnection/projects/{project}/locations/{location}/connections/{connection}"
        if held not in self.world.resources:
            raise Failure(404, f"Connection {held} does not exist, which {name} names")
        bucket = f"storage/b/{re.fullmatch(r'gs://([^/]+)/.*', config['storageUri'])[1]}"
        if bucket not in self.world.resources:
            raise Failure(404, f"Bucket {bucket} does not exist, which {name} names")
        member = f"serviceAccount:{self.world.resources[held]['cloudResource']['serviceAccountId']}"
        if not policies.allows(self.world, bucket, member, *READS_TABLES):
            raise Failure(403, f"{member} does not have storage.objects.create access to {bucket}, where {name} is to be")
        # as it was sent, but for the last slash, which stays
        config["connectionId"] = f"{project}.{location}.{connection}"


class Connections(Kind):
    at = ("bigqueryconnection.projects.locations.connections",)

    def made(self, call: Call, name: str, resource: dict) -> None:
        number = self.world.project(call.project).number
        resource["hasCredential"] = False
        if "cloudResource" in resource:
            email = f"bqcx-{number}-{self.world.number()[-4:]}@gcp-sa-bigquery-condel.iam.gserviceaccount.com"
            resource["cloudResource"] = {"serviceAccountId": email}
            self.world.project(call.project).agents.add(email)


def _columns(table: dict) -> dict[str, dict]:
    return {column["name"].lower(): column for column in table.get("schema", {}).get("fields", [])}


def _not_wider(before: dict, after: dict) -> str | None:
    """Why a column cannot become another: it keeps its type, and a decimal all its digits.

    Wider decimals are documented for ALTER TABLE. That `tables.update` takes them as well is assumed here.
    """
    if before["type"] != after["type"]:
        return f"has changed type from {before['type']} to {after['type']}"
    (whole, part), (wider, finer) = (_digits(column) for column in (before, after))
    return f"has fewer digits than {whole} before and {part} after the point" if wider < whole or finer < part else None


def _digits(column: dict) -> tuple[float, float]:
    """Before and after the point; as many as there are, where none are said."""
    if "precision" not in column:
        return math.inf, math.inf
    part = int(column.get("scale", 0))
    return int(column["precision"]) - part, part


KINDS = (Datasets, Tables, Connections)
