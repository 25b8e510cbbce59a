"""Athena: queries that run for a while, and the part of its DDL that concerns Iceberg tables.

Behaviour measured by others on Athena and documented by AWS: syntax errors and a DESCRIBE of what is not there are
refused by StartQueryExecution itself; everything else fails the query; a ClientRequestToken starts a query once.
"""

import datetime

from services.athena_ddl import QueryFailed, run
from services.athena_dml import is_dml, orphan, run_dml
from services.athena_sql import Malformed, parse
from world import Service

SECONDS = 4


class Athena(Service):
    """State: workgroups: [name]; seconds: how long a query runs; failures: [{of: start of a statement, reason, times?}],
    without a reason the statement succeeds and does nothing; queries: {<id>: {query, workgroup, token, submitted, seconds,
    state, reason?, rows? (of DDL), answer? (of a question: columns and rows)}}.

    A query takes effect when its time is over, whether anybody looks or not: it outlives the execution that started it.
    """

    name = "athena"
    empty = {"workgroups": [], "seconds": SECONDS, "failures": [], "queries": {}}

    def start_query_execution(self, request: dict) -> dict:
        self._settle()
        if request.get("WorkGroup") not in self.state["workgroups"]:
            raise self.error("InvalidRequestException", f"WorkGroup {request.get('WorkGroup')} is not found.")
        token = request.get("ClientRequestToken")
        for name, query in self.state["queries"].items():
            if query["token"] == token:
                if query["query"] != request["QueryString"]:
                    raise self.error("InvalidRequestException", "Idempotent parameters do not match")
                return {"QueryExecutionId": name}
        self._check(request["QueryString"])
        name = f"00000000-0000-4000-8000-{len(self.state['queries']) + 1:012d}"  # one of its own, after a crash too
        self.state["queries"][name] = {"query": request["QueryString"], "workgroup": request["WorkGroup"], "token": token,
                                       "submitted": self.clock.iso(), "seconds": self.state["seconds"], "state": "QUEUED"}
        return {"QueryExecutionId": name}

    def get_query_execution(self, request: dict) -> dict:
        query = self._query(request["QueryExecutionId"])
        status = {"State": query["state"], "SubmissionDateTime": query["submitted"]}
        if "reason" in query:
            status |= {"StateChangeReason": query["reason"], "AthenaError": {
                "ErrorCategory": 2, "ErrorType": 1, "Retryable": False, "ErrorMessage": query["reason"]}}
        return {"QueryExecution": {"QueryExecutionId": request["QueryExecutionId"], "Query": query["query"],
                                   "WorkGroup": query["workgroup"], "Status": status}}

    def get_query_results(self, request: dict) -> dict:
        query = self._query(request["QueryExecutionId"])
        if query["state"] != "SUCCEEDED":
            raise self.error("InvalidRequestException", f"Query has not yet finished. Current state: {query['state']}")
        if "answer" in query:
            return {"ResultSet": _answer(query["answer"])}
        rows = query.get("rows", [])
        return {"ResultSet": {"Rows": [{"Data": [{"VarCharValue": row}]} for row in rows]}}

    def stop_query_execution(self, request: dict) -> dict:
        query = self._query(request["QueryExecutionId"])
        if query["state"] in ("QUEUED", "RUNNING"):
            query.update(state="CANCELLED", reason="Query cancelled by user")
        return {}

    def final(self) -> dict:
        self._settle()
        return self.state

    def _check(self, sql: str) -> None:
        """What is refused at once. Questions and UNLOAD are only read when they run."""
        if is_dml(sql):
            return
        try:
            statement = parse(sql)
        except Malformed as problem:
            raise self.error("InvalidRequestException", f"MALFORMED_QUERY: {problem}") from problem
        if statement.kind == "describe" and statement.table not in self.world["glue"].state["tables"]:
            raise self.error("InvalidRequestException", "Entity Not Found (Service: AmazonDataCatalog)")

    def _query(self, name: str) -> dict:
        self._settle()
        if name not in self.state["queries"]:
            raise self.error("InvalidRequestException", f"QueryExecution {name} was not found")
        return self.state["queries"][name]

    def _settle(self) -> None:
        """Lets time that has passed take its effect, query by query in the order of their starts."""
        for name, query in self.state["queries"].items():
            if query["state"] not in ("QUEUED", "RUNNING"):
                continue
            age = (self.clock.now - datetime.datetime.fromisoformat(query["submitted"])).total_seconds()
            if age >= query["seconds"]:
                self._end(name, query)
            elif age > 0:
                query["state"] = "RUNNING"

    def _end(self, name: str, query: dict) -> None:
        told = next((failure for failure in self.state["failures"]
                     if query["query"].startswith(failure["of"]) and failure.get("times", 1) > 0), None)
        try:
            if told is None and is_dml(query["query"]):
                query["answer"] = run_dml(query["query"], self.world["glue"].state, self._s3(), name)
            elif told is None:
                query["rows"] = run(parse(query["query"]), self.world["glue"].state)
            else:
                told["times"] = told.get("times", 1) - 1
                if "reason" in told:
                    orphan(query["query"], self._s3(), name)
                    raise QueryFailed(told["reason"])
            query["state"] = "SUCCEEDED"
        except QueryFailed as failure:
            query.update(state="FAILED", reason=str(failure))

    def _s3(self):
        """Where UNLOAD writes; None in a world without."""
        return self.world["s3"] if "s3" in {service.name for service in self.world.services} else None


def _answer(answer: dict) -> dict:
    """Rows of a question, of which the first has the names of the columns."""
    columns = answer["columns"]
    info = [{"CatalogName": "hive", "SchemaName": "", "TableName": "", "Name": one["name"], "Label": one["name"],
             "Type": one["type"], "Precision": 0, "Scale": 0, "Nullable": "UNKNOWN", "CaseSensitive": True}
            for one in columns]
    rows = [[one["name"] for one in columns], *answer["rows"]]
    return {"Rows": [{"Data": [{"VarCharValue": cell} for cell in row]} for row in rows],
            "ResultSetMetadata": {"ColumnInfo": info}}
