"""Athena's DDL for Iceberg tables, carried out on the catalog's state.

Sources: Athena user guide, "Create Iceberg tables", "Supported data types for Iceberg tables in Athena", "DESCRIBE";
Iceberg specification, "Schema evolution", "Partition transforms".
"""

import re

from services.athena_sql import Statement

TYPE = re.compile(r"boolean|int|bigint|float|double|date|timestamp|string|binary|decimal\((\d+),(\d+)\)")
PROPERTIES = {"table_type", "format", "write_compression", "vacuum_min_snapshots_to_keep",
              "vacuum_max_snapshot_age_seconds", "vacuum_max_metadata_files_to_keep", "optimize_rewrite_data_file_threshold",
              "optimize_rewrite_delete_file_threshold", "write_data_path_enabled"}
TIMES = {"year": ("date", "timestamp"), "month": ("date", "timestamp"), "day": ("date", "timestamp"), "hour": ("timestamp",)}


class QueryFailed(Exception):
    """What fails a query that was started."""


def run(statement: Statement, catalog: dict) -> list[str]:
    """Rows of the result. Throws QueryFailed."""
    return {"create": _create, "add": _add, "change": _change, "describe": _describe}[statement.kind](statement, catalog)


def _create(statement: Statement, catalog: dict) -> list[str]:
    database = statement.table.split(".")[0]
    if database not in catalog["databases"]:
        raise QueryFailed(f"FAILED: SemanticException [Error 10072]: Database does not exist: {database}")
    if statement.table in catalog["tables"]:
        if statement.if_not_exists:
            return []
        raise QueryFailed(f"FAILED: Execution Error. AlreadyExistsException(message:Table {statement.table} already exists)")
    if statement.properties.get("table_type", "").upper() != "ICEBERG":
        raise QueryFailed("this judge creates Iceberg tables only")
    if unknown := statement.properties.keys() - PROPERTIES:
        raise QueryFailed(f"Unsupported table property key: {sorted(unknown)[0]}")
    table = {"columns": [], "location": statement.location.rstrip("/"), "partitionBy": statement.partition_by}
    _add_columns(table, statement.columns)
    for partition in statement.partition_by:
        _check_partition(table, partition)
    catalog["tables"][statement.table] = table
    return []


def _check_partition(table: dict, partition: dict) -> None:
    source = _current(table, partition["column"])
    if source is None:
        raise QueryFailed(f"Cannot find source column: {partition['column']}")
    transform = partition["transform"].split("[")[0]
    allowed = TIMES.get(transform, (source["type"],))
    if source["type"] not in allowed or (transform == "bucket" and source["type"] in ("float", "double", "boolean")):
        raise QueryFailed(f"Invalid source type {source['type']} for transform: {partition['transform']}")
    if transform != "identity" and _current(table, partition["field"]):
        raise QueryFailed(f"Cannot create partition from name that exists in schema: {partition['field']}")


def _add(statement: Statement, catalog: dict) -> list[str]:
    _add_columns(_existing(statement, catalog), statement.columns)
    return []


def _change(statement: Statement, catalog: dict) -> list[str]:
    table, (wanted,) = _existing(statement, catalog), statement.columns
    column = _current(table, statement.old)
    if column is None:
        raise QueryFailed(f"Cannot find column: {statement.old}")
    _check_type(wanted["type"])
    if wanted["type"] != column["type"] and not _promotes(column["type"], wanted["type"]):
        raise QueryFailed(f"Cannot change column type: {statement.old}: {column['type']} -> {wanted['type']}")
    column.update(wanted)
    return []


def _describe(statement: Statement, catalog: dict) -> list[str]:
    table = _existing(statement, catalog)
    return ["# Table schema:\t\t", "# col_name\tdata_type\tcomment",
            *(f"{column['name']}\t{column['type']}\t" for column in table["columns"] if column.get("current", True)),
            "\t\t", "# Partition spec:\t\t", "# field_name\tfield_transform\tcolumn_name",
            *(f"{part['field']}\t{part['transform']}\t{part['column']}" for part in table.get("partitionBy", []))]


def _existing(statement: Statement, catalog: dict) -> dict:
    if statement.table not in catalog["tables"]:
        raise QueryFailed(f"FAILED: SemanticException [Error 10001]: Table not found {statement.table}")
    return catalog["tables"][statement.table]


def _current(table: dict, name: str) -> dict | None:
    return next((one for one in table["columns"] if one["name"] == name and one.get("current", True)), None)


def _add_columns(table: dict, columns: list[dict]) -> None:
    for column in columns:
        _check_type(column["type"])
        if _current(table, column["name"]) or [one["name"] for one in columns].count(column["name"]) > 1:
            raise QueryFailed(f"Cannot add column, name already exists: {column['name']}")
    table["columns"] += columns


def _check_type(type_: str) -> None:
    found = TYPE.fullmatch(type_)
    if found is None or (found[1] and not int(found[2]) <= int(found[1]) <= 38):
        raise QueryFailed(f"Cannot parse type: {type_}")


def _promotes(old: str, new: str) -> bool:
    if (old, new) in (("int", "bigint"), ("float", "double")):
        return True
    narrow, wide = TYPE.fullmatch(old), TYPE.fullmatch(new)
    return bool(narrow[1] and wide[1]) and narrow[2] == wide[2] and int(narrow[1]) < int(wide[1])
