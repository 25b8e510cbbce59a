"""Glue's catalog as far as a machine sees it: Iceberg tables and their optimizers."""

from world import Service

DEFAULTS = {
    "compaction": ("compactionConfiguration", {"strategy": "binpack", "minInputFiles": 100, "deleteFileThreshold": 1}),
    "retention": ("retentionConfiguration", {"snapshotRetentionPeriodInDays": 5, "numberOfSnapshotsToRetain": 1,
                                             "cleanExpiredFiles": True, "runRateInHours": 24}),
    "orphan_file_deletion": ("orphanFileDeletionConfiguration", {"orphanFileRetentionPeriodInDays": 3, "runRateInHours": 24}),
}
"""Settings Glue adds by itself. Source: AWS Glue API reference, table optimizers."""


class Glue(Service):
    """State: databases: [name]; tables: {<database>.<table>: {columns: [{name, type, current?}], location,
    type? = ICEBERG, partitionBy?: [{field, transform, column}], snapshots?: [{id, committed: ISO 8601, operation, rows?: [{}],
    columns?: those at that time, parent? = that before it}], history?: the ids that were the table's own one after the other, the
    last of which is so now = all of them}}; optimizers: {<database>.<table>: {<type>: configuration}}.

    The catalog shows columns of earlier schemas too (`current: false`) and nothing of an Iceberg table's partitioning,
    which is in the table's own metadata and thus here for Athena only.
    """

    name = "glue"
    empty = {"databases": [], "tables": {}, "optimizers": {}}

    def get_table(self, request: dict) -> dict:
        database, name = request["DatabaseName"], request["Name"]
        table = self._table(database, name)
        return {"Table": {
            "Name": name,
            "DatabaseName": database,
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {"table_type": table.get("type", "ICEBERG"),
                           "metadata_location": f"{table['location']}/metadata/00000.metadata.json"},
            "StorageDescriptor": {
                "Location": table["location"],
                "Columns": [{"Name": column["name"], "Type": column["type"],
                             "Parameters": {"iceberg.field.id": str(number), "iceberg.field.optional": "true",
                                            "iceberg.field.current": str(column.get("current", True)).lower()}}
                            for number, column in enumerate(table["columns"], 1)],
            },
            "PartitionKeys": [],
        }}

    def get_table_optimizer(self, request: dict) -> dict:
        found = self._optimizers(request).get(request["Type"])
        if found is None:
            raise self.error("EntityNotFoundException", f"Optimizer {request['Type']} not found")
        return {"CatalogId": request["CatalogId"], "DatabaseName": request["DatabaseName"],
                "TableName": request["TableName"], "TableOptimizer": {"type": request["Type"], "configuration": found}}

    def create_table_optimizer(self, request: dict) -> dict:
        optimizers = self._optimizers(request)
        if request["Type"] in optimizers:
            raise self.error("AlreadyExistsException", f"Optimizer {request['Type']} already exists")
        optimizers[request["Type"]] = self._configuration(request)
        return {}

    def update_table_optimizer(self, request: dict) -> dict:
        optimizers = self._optimizers(request)
        if request["Type"] not in optimizers:
            raise self.error("EntityNotFoundException", f"Optimizer {request['Type']} not found")
        optimizers[request["Type"]] = self._configuration(request)
        return {}

    def _commit(self, table: str, snapshot: dict) -> None:
        """What a writer of an Iceberg table does: a new pointer to its metadata."""
        found = self.state["tables"][table]
        if "history" in found:
            snapshot = {**snapshot, "parent": found["history"][-1]}
            found["history"].append(snapshot["id"])
        found.setdefault("snapshots", []).append({**snapshot, "committed": self.clock.iso()})
        database, name = table.split(".")
        self.world.tell("aws.glue", "Glue Data Catalog Table State Change",
                        f"arn:aws:glue:eu-central-1:111111111111:table/{database}/{name}",
                        {"databaseName": database, "tableName": name, "typeOfChange": "UpdateTable", "changedPartitions": []})

    def _table(self, database: str, name: str) -> dict:
        self.world["athena"]._settle()
        if database not in self.state["databases"]:
            raise self.error("EntityNotFoundException", f"Database {database} not found.")
        table = self.state["tables"].get(f"{database}.{name}")
        if table is None:
            raise self.error("EntityNotFoundException", f"Table {name} not found.")
        return table

    def _optimizers(self, request: dict) -> dict:
        table = self._table(request["DatabaseName"], request["TableName"])
        if table.get("type", "ICEBERG") != "ICEBERG":
            raise self.error("InvalidInputException", "Table optimizers need a table of type ICEBERG")
        return self.state["optimizers"].setdefault(f"{request['DatabaseName']}.{request['TableName']}", {})

    def _configuration(self, request: dict) -> dict:
        """What was asked for, completed by Glue."""
        asked = request["TableOptimizerConfiguration"]
        if not {"roleArn", "enabled"} <= asked.keys():
            raise self.error("InvalidInputException", "roleArn and enabled are required")
        key, defaults = DEFAULTS[request["Type"]]
        if foreign := asked.keys() - {"roleArn", "enabled", "vpcConfiguration", key}:
            raise self.error("InvalidInputException", f"{sorted(foreign)} do not belong to {request['Type']}")
        settings = asked.get(key, {}).get("icebergConfiguration", {})
        return {**asked, key: {"icebergConfiguration": {**defaults, **settings}}}
