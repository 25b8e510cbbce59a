"""The job's configuration: config.json in version 1 of its schema, completed with defaults.

schemaVersion    1
model            name, version: what is watched
window           start (included), end (excluded): rows of current outside it are left out, where rows have a time
format           of current: sagemaker-capture, vertex-bq-export, csv, parquet or jsonl
referenceFormat  of the reference; without it the endings of its files tell
features         [{name, type: numeric or categorical}]: the columns that are compared
columns          names in the order of payloads that have none (CSV, arrays); default: the features
target           {name, type, positive}: what the model predicts, as the labels tell it later
prediction       {name, type, index}: what the model answered; index where a row is answered with several values
metric           what of the performance is watched: where it cannot be told, the status says so
requestId        column of the request's id in csv, parquet and jsonl, and in labels; default: request_id
requestField     field of each row of captured requests with its id; default: the id of the request
timeColumn       column of the request's time in csv, parquet and jsonl
methods          {column: method}
thresholds       share: of drifted columns, at which the data has drifted; perColumn: {column: threshold}
minRows          fewer than that are not compared; default: 500
segments         columns by whose values the rows are also compared apart
maxCategories    more than that are compared as the most frequent of the reference and the others; default: 1000
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

SCHEMA_VERSION = 1
FLAT = ("csv", "parquet", "jsonl")
FORMATS = ("sagemaker-capture", "vertex-bq-export", *FLAT)
DEFAULT_SHARE = 0.5
DEFAULT_MIN_ROWS = 500
DEFAULT_MAX_CATEGORIES = 1000
DEFAULT_REQUEST_ID = "request_id"


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    method: str = ""
    threshold: float = 0.0
    positive: str | None = None
    index: int | None = None


@dataclass(frozen=True)
class Configuration:
    model: dict
    window: dict
    start: datetime
    end: datetime
    format: str
    reference_format: str | None
    features: tuple
    columns: tuple
    target: Column | None
    prediction: Column | None
    metric: str | None
    request_id: str
    request_field: str | None
    time_column: str | None
    share: float
    min_rows: int
    segments: tuple
    max_categories: int

    def read_columns(self) -> list[Column]:
        """Every column that is read: what is compared, the target and what rows are told apart by."""
        found = {column.name: column for column in (*self.features, self.prediction, self.target) if column}
        for name in self.segments:
            found.setdefault(name, Column(name, "categorical"))
        return list(found.values())
