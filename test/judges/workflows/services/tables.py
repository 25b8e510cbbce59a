from __future__ import annotations

import re

from fake_google import GoogleError
from run import seconds
from world import Service

EXPORT = re.compile(
    r"EXPORT DATA OPTIONS\(uri='gs://(?P<bucket>[^/]+)/(?P<folder>[^*]+)\*\.parquet', format='PARQUET', "
    r"compression='SNAPPY'\) AS SELECT (?P<columns>\*|[\w, ]+) FROM `(?P<project>[^.`]+)\.(?P<database>\w+)\.(?P<table>\w+)`"
    r"(?: FOR SYSTEM_TIME AS OF TIMESTAMP_SECONDS\((?P<moment>\d+)\))?"
    r"(?: WHERE (?P<column>\w+) >= TIMESTAMP_SECONDS\((?P<begins>\d+)\) AND (?P=column) < TIMESTAMP_SECONDS\((?P<ends>\d+)\)"
    r"(?: AND \((?P<text>\w+) LIKE '(?P<pattern>[^']*)' OR (?P=text) = '(?P<exactly>[^']*)'\))?)?")

ASSERTED = re.compile(r"ASSERT EXISTS\(SELECT 1 FROM (?P<rows>.+?)\) AS '(?P<said>\w+)'; (?P<then>.+)")

AT_ONCE = "1970-01-01T00:00:00Z"


class Tables(Service):
    """Tables of BigQuery.

    State: tables {"<database>.<table>": [[changed, rows], …]}, every change of it, the last one last: when, ISO 8601, and
    what it holds from then on, any JSON. streamed {"<database>.<table>": [from, until]}: while rows are in the table's streaming
    buffer; what changes then is not its last change before.
    """

    api, at = "bigquery.v2", "tables"
    empty = {"tables": {}, "streamed": {}, "jobs": {}, "seconds": 60, "failing": []}

    def get(self, params: dict, body: dict) -> dict:
        table = f"{params['datasetId']}.{params['tableId']}"
        changes = self.found(self.state["tables"], table, "Table")
        begins, ends = map(seconds, self.state["streamed"].get(table, [AT_ONCE, AT_ONCE]))
        buffered = begins <= self.clock.seconds < ends
        changed = [when for when, _ in changes
                   if seconds(when) <= self.clock.seconds and not (buffered and seconds(when) >= begins)][-1]
        buffer = {"streamingBuffer": {"estimatedRows": "1", "oldestEntryTime": str(int(begins * 1000))}} if buffered else {}
        return {"kind": "bigquery#table", "type": "TABLE",
                "tableReference": {key: params[key] for key in ("projectId", "datasetId", "tableId")},
                "lastModifiedTime": str(int(seconds(changed) * 1000)), **buffer}


class QueryJobs(Service):
    """Jobs of BigQuery that export a table as it was at a moment.

    State, beside the tables: seconds that an export takes; failing, reasons that the next exports fail for, of which "" is
    none. An export writes one object, `000000000000.parquet`, which is what the table held then: JSON, or {"file": path}. Of
    rows that are objects those are left out whose text is neither LIKE what is asked nor that; any other choice of rows and
    columns is left to whoever reads it. An assertion before it fails where that is `[]`.
    """

    api, at = "bigquery.v2", "jobs"
    empty = Tables.empty

    def insert(self, params: dict, body: dict) -> dict:
        reference, query = body["jobReference"], body["configuration"]["query"]
        if query.get("useLegacySql", True):
            raise GoogleError(400, "EXPORT DATA is a statement of standard SQL.")
        asserted = ASSERTED.fullmatch(query["query"])
        asked = EXPORT.fullmatch(query["query"] if asserted is None else asserted["then"])
        if asked is None or asserted is not None and not asserted["then"].endswith(f" FROM {asserted['rows']}"):
            raise GoogleError(400, f"Syntax error in {query['query']}")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,1024}", reference["jobId"]):
            raise GoogleError(400, f"Invalid job ID {reference['jobId']!r}")
        if reference["jobId"] in self.state["jobs"]:
            raise GoogleError(409, f"Already Exists: Job {reference['jobId']}")
        if float(asked["moment"] or 0) > self.clock.seconds:
            raise GoogleError(400, "Cannot read the future of a table.")
        self.found(self.state["tables"], f"{asked['database']}.{asked['table']}", "Table")
        self.state["jobs"][reference["jobId"]] = {
            "ends": self.clock.seconds + self.state["seconds"], "location": reference["location"],
            "asked": {**{key: asked[key] for key in ("bucket", "folder", "database", "table", "text", "pattern", "exactly")},
                      "asserted": asserted and asserted["said"], "moment": float(asked["moment"] or self.clock.seconds)},
            "failed": (self.state["failing"].pop(0) if self.state["failing"] else "") or None, "done": False}
        return self._shown(reference["jobId"])

    def get(self, params: dict, body: dict) -> dict:
        if self.found(self.state["jobs"], params["jobId"], "Job")["location"] != params.get("location"):
            raise GoogleError(404, f"Not found: Job {params['jobId']}")
        return self._shown(params["jobId"])

    def settle(self) -> None:
        for job in self.state["jobs"].values():
            if not job["done"] and job["ends"] <= self.clock.seconds:
                job["done"] = True
                if job["failed"] is None:
                    job["failed"] = self._export(**job["asked"])

    def _export(self, bucket: str, folder: str, database: str, table: str, text: str | None, pattern: str | None,
                exactly: str | None, asserted: str | None, moment: float) -> str | None:
        held = [rows for when, rows in self.state["tables"][f"{database}.{table}"] if seconds(when) <= moment][-1]
        if asserted is not None and held == []:
            return f"Assertion failed: {asserted} at [1:1]"
        if pattern is not None and isinstance(held, list):
            like = re.compile("".join({"_": ".", "%": ".*"}.get(sign, re.escape(sign)) for sign in pattern), re.DOTALL)
            held = [row for row in held if not isinstance(row, dict) or row[text] == exactly or like.fullmatch(row[text])]
        self.world["storage"]["buckets"].setdefault(bucket, {})[f"{folder}000000000000.parquet"] = held
        return None

    def _shown(self, job_id: str) -> dict:
        job = self.state["jobs"][job_id]
        failed = {"errorResult": {"reason": "invalidQuery", "message": job["failed"]}} if job["done"] and job["failed"] else {}
        return {"kind": "bigquery#job", "jobReference": {"jobId": job_id, "location": job["location"]},
                "status": {"state": "DONE" if job["done"] else "RUNNING", **failed}}
