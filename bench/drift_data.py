"""Writes a reference and current data for the benchmark of the drift job: Parquet, and captured requests of SageMaker.

python drift_data.py DIR ROWS COLUMNS CAPTURED
"""

import json
import os
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

CHUNK = 100_000


def columns_of(count: int) -> dict:
    """Of ten columns eight are numbers and two categories."""
    return {f"column_{index}": "categorical" if index % 10 >= 8 else "numeric" for index in range(count)}


def rows_of(random, rows: int, columns: dict, shift: float) -> dict:
    made = {}
    for index, (name, kind) in enumerate(columns.items()):
        if kind == "numeric":
            made[name] = random.normal(index, 1 + index / 10, rows) + (shift if index % 3 == 0 else 0)
        else:
            made[name] = np.array([f"value-{number}" for number in range(50)], dtype=object)[
                random.integers(0, 50, rows)
            ]
    return made


def write_parquet(folder: str, rows: int, columns: dict, shift: float, seed: int) -> None:
    os.makedirs(folder)
    random, writer = np.random.default_rng(seed), None
    for start in range(0, rows, CHUNK):
        table = pa.table(rows_of(random, min(CHUNK, rows - start), columns, shift))
        writer = writer or pq.ParquetWriter(os.path.join(folder, "data.parquet"), table.schema)
        writer.write_table(table)
    writer.close()


def write_captured(folder: str, rows: int, columns: dict, seed: int) -> None:
    os.makedirs(folder)
    random = np.random.default_rng(seed)
    cells = rows_of(random, rows, columns, 1.0)
    with open(os.path.join(folder, "capture.jsonl"), "w", encoding="utf-8") as file:
        for index in range(rows):
            data = ",".join(str(values[index]) for values in cells.values())
            record = {
                "captureData": {
                    "endpointInput": {
                        "observedContentType": "text/csv",
                        "mode": "INPUT",
                        "data": data,
                        "encoding": "CSV",
                    }
                },
                "eventMetadata": {"eventId": f"{index:036d}", "inferenceTime": "2026-01-01T10:00:00Z"},
                "eventVersion": "0",
            }
            file.write(json.dumps(record) + "\n")


def main() -> None:
    folder, rows, count, captured = sys.argv[1], *map(int, sys.argv[2:5])
    columns = columns_of(count)
    write_parquet(os.path.join(folder, "reference"), rows, columns, 0.0, 1)
    write_parquet(os.path.join(folder, "parquet"), rows, columns, 1.0, 2)
    write_captured(os.path.join(folder, "sagemaker-capture"), captured, columns, 3)
    for format_ in ("parquet", "sagemaker-capture"):
        configuration = {
            "schemaVersion": 1,
            "model": {"name": "bench", "version": "1"},
            "format": format_,
            "window": {"start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z"},
            "features": [{"name": name, "type": kind} for name, kind in columns.items()],
        }
        with open(os.path.join(folder, f"{format_}.json"), "w", encoding="utf-8") as file:
            json.dump(configuration, file)


if __name__ == "__main__":
    main()
