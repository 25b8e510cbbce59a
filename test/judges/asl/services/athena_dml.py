"""Athena's questions about Iceberg tables, and UNLOAD, which writes Parquet.

Of data only the statements that machines here make are known, letter by letter. Behaviour as others measured it: UNLOAD refuses
timestamps of microseconds, as Iceberg has them; wants an empty folder; leaves behind what it wrote when it fails; gives
files names without an ending. Columns are those of the snapshot that is asked for.
Source: Athena user guide, "UNLOAD", "Query Iceberg table metadata", "Perform time travel and version travel queries".
"""

import contextlib
import datetime
import decimal
import io
import re
import sqlite3

from services.athena_ddl import QueryFailed

NAME = r'"((?:[^"]|"")+)"'
METADATA = re.compile(r'"[^"]+\$(?:snapshots|history)"')
COLUMNS = re.compile(rf"SELECT \* FROM {NAME}\.{NAME} FOR VERSION AS OF (\d+) LIMIT 0")
UNLOAD = re.compile(rf"UNLOAD \(SELECT (.+) FROM {NAME}\.{NAME} FOR VERSION AS OF (\d+)\) TO '(s3://[^']+/)' "
                    r"WITH \(format = 'PARQUET', compression = 'SNAPPY'\)")
COLUMN = re.compile(rf"(?:CAST\({NAME} AS timestamp\(3\)\) AS {NAME}|{NAME})")
COLUMN_LIST = re.compile(rf"(?:{COLUMN.pattern}, )*{COLUMN.pattern}")
SHOWN = {"string": "varchar", "int": "integer", "float": "real", "binary": "varbinary"}
"""What Trino calls types that the catalog calls otherwise."""


def is_dml(sql: str) -> bool:
    return sql.startswith(("SELECT ", "UNLOAD "))


def run_dml(sql: str, catalog: dict, s3, query_id: str) -> dict:
    """Columns and rows of the answer. Throws QueryFailed."""
    if METADATA.search(sql):
        return _asked(sql, catalog)
    if found := COLUMNS.fullmatch(sql):
        table = _table(catalog, _unquoted(found[1]), _unquoted(found[2]))
        columns = _columns(table, _snapshot(table, found[3]))
        return {"columns": [{"name": one["name"], "type": SHOWN.get(one["type"], one["type"].split("(")[0])}
                            for one in columns], "rows": []}
    if found := UNLOAD.fullmatch(sql):
        table = _table(catalog, _unquoted(found[2]), _unquoted(found[3]))
        _unload(found[1], table, _snapshot(table, found[4]), s3, found[5], query_id)
        return {"columns": [], "rows": []}
    raise QueryFailed(f"SYNTAX_ERROR: this judge does not know the statement {sql}")


def orphan(sql: str, s3, query_id: str) -> None:
    """What an UNLOAD leaves behind that fails."""
    if found := UNLOAD.fullmatch(sql):
        bucket, prefix = s3._below(found[5])
        s3._write(bucket, f"{prefix}{query_id}_orphan", b"PAR1 torn off")


def _asked(sql: str, catalog: dict) -> dict:
    """Of the metadata of tables, and whether they have rows. SQLite takes what machines here ask as Athena does."""
    with contextlib.closing(sqlite3.connect(":memory:")) as answering:
        answering.create_function("IF", 3, lambda condition, yes, no: yes if condition else no)
        answering.create_function("to_iso8601", 1, lambda instant: instant)
        for database in catalog["databases"]:
            answering.execute(f"ATTACH ':memory:' AS \"{database}\"")
        for name, table in catalog["tables"].items():
            for kind, columns, rows in _metadata(table):
                answering.execute(f"CREATE TABLE {_quoted(name, kind)} ({', '.join(columns)})")
                answering.executemany(f"INSERT INTO {_quoted(name, kind)} VALUES ({', '.join('?' * len(columns))})", rows)
        try:
            rows = [[str(cell) for cell in row] for row in answering.execute(sql)]
        except sqlite3.Error as error:
            raise QueryFailed(f"SYNTAX_ERROR: {error}: {sql}") from error
    return {"columns": [{"name": "_col0", "type": "varchar"}, {"name": "_col1", "type": "varchar"}], "rows": rows}


def _metadata(table: dict) -> list[tuple[str, list[str], list]]:
    """By kind columns and rows. Source: Athena user guide, "Query Iceberg table metadata"."""
    snapshots = {str(one["id"]): one for one in table.get("snapshots", [])}
    parents = {name: one.get("parent", before) for before, (name, one) in zip([None, *snapshots], snapshots.items())}
    history = [str(one) for one in table.get("history", snapshots)]
    current = history[-1] if history else None
    ancestors = []
    while current is not None:
        ancestors.append(current)
        current = parents[current]
    # A compaction of the tests need not say again what rows there are.
    rows = next((one["rows"] for name in ancestors if "rows" in (one := snapshots[name])), [])
    return [
        ("", ["row"], [[number] for number, _ in enumerate(rows)]),
        ("$snapshots", ["committed_at", "snapshot_id", "parent_id", "operation"],
         [[one["committed"], name, parents[name], one["operation"]] for name, one in snapshots.items()]),
        ("$history", ["made_current_at", "snapshot_id", "parent_id", "is_current_ancestor"],
         [[snapshots[name]["committed"], name, parents[name], name in ancestors] for name in history]),
    ]


def _quoted(name: str, kind: str) -> str:
    database, table = name.split(".")
    return f'"{database}"."{table}{kind}"'


def _unload(selected: str, table: dict, snapshot: dict, s3, folder: str, query_id: str) -> None:
    import pyarrow  # takes a while, and few executions come here
    import pyarrow.parquet

    types = {one["name"]: one["type"] for one in _columns(table, snapshot)}
    if COLUMN_LIST.fullmatch(selected) is None:
        raise QueryFailed(f"SYNTAX_ERROR: mismatched input '{selected}'")
    fields = []
    for found in COLUMN.finditer(selected):
        name, cast = _unquoted(found[1] or found[3]), found[1] is not None
        if name not in types:
            raise QueryFailed(f"COLUMN_NOT_FOUND: line 1:1: Column '{name}' cannot be resolved")
        if types[name] == "timestamp" and not cast:
            raise QueryFailed("NOT_SUPPORTED: Incorrect timestamp precision for timestamp(6); the configured precision is "
                              f"MILLISECONDS; column name: {name}")
        fields.append(pyarrow.field(name, _arrow(pyarrow, types[name])))
    bucket, prefix = s3._below(folder)
    if any(key.startswith(prefix) for key in s3._bucket(bucket)):
        raise QueryFailed(f"HIVE_PATH_ALREADY_EXISTS: Target directory for table '{folder}' already exists")
    rows = snapshot.get("rows", [])
    if not rows:
        return
    columns = [pyarrow.array([_value(row.get(field.name), types[field.name]) for row in rows], field.type)
               for field in fields]
    written = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns, schema=pyarrow.schema(fields)), written, compression="snappy")
    s3._write(bucket, f"{prefix}20260101_000000_00001_{query_id[-12:]}", written.getvalue())


def _arrow(pyarrow, kind: str):
    if found := re.fullmatch(r"decimal\((\d+),(\d+)\)", kind):
        return pyarrow.decimal128(int(found[1]), int(found[2]))
    return {"boolean": pyarrow.bool_(), "int": pyarrow.int32(), "bigint": pyarrow.int64(), "float": pyarrow.float32(),
            "double": pyarrow.float64(), "date": pyarrow.date32(), "timestamp": pyarrow.timestamp("ms"),
            "string": pyarrow.string(), "binary": pyarrow.binary()}[kind]


def _value(value, kind: str):
    if value is None:
        return None
    if kind == "date":
        return datetime.date.fromisoformat(value)
    if kind == "timestamp":
        return datetime.datetime.fromisoformat(value).replace(tzinfo=None)
    return decimal.Decimal(str(value)) if kind.startswith("decimal") else value


def _table(catalog: dict, database: str, name: str) -> dict:
    found = catalog["tables"].get(f"{database}.{name}")
    if found is None:
        raise QueryFailed(f"TABLE_NOT_FOUND: line 1:1: Table 'awsdatacatalog.{database}.{name}' does not exist")
    return found


def _snapshot(table: dict, number: str) -> dict:
    found = next((one for one in table.get("snapshots", []) if str(one["id"]) == number), None)
    if found is None:
        raise QueryFailed(f"INVALID_ARGUMENTS: Iceberg snapshot ID does not exists: {number}")
    return found


def _columns(table: dict, snapshot: dict) -> list[dict]:
    return snapshot.get("columns") or [one for one in table["columns"] if one.get("current", True)]


def _unquoted(text: str) -> str:
    return text.replace('""', '"')
