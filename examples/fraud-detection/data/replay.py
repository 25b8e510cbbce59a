"""Asks a model about the newest payments of a data set, and writes down the requests as each cloud captures them.

    python replay.py --data DIR --model DIR --out DIR [--days 7]

writes OUT/sagemaker-capture/<endpoint>/AllTraffic/yyyy/mm/dd/hh/*.jsonl, as SageMaker's data capture does, and
OUT/vertex-bq-export/*.json, as the request-response table of Vertex AI is exported. The drift job reads either.
Run it with the requirements of ../pipeline.
"""

from __future__ import annotations

import argparse
import json
import os
import uuid
from datetime import timezone

from newest import newest
from fraud.features import FEATURES, ID, TIME
from fraud.model import columns_of, load

ENDPOINT = "fraud-detector"
VERTEX_ENDPOINT, DEPLOYED_MODEL = "4208811310275264512", "1593042158"


def main() -> None:
    parser = argparse.ArgumentParser(description="Captures requests of a model.")
    parser.add_argument("--data", required=True, help="folder that generate.py wrote")
    parser.add_argument("--model", required=True, help="folder of the model that is asked")
    parser.add_argument("--out", required=True, help="folder for the captured requests")
    parser.add_argument("--days", type=int, default=7, help="newest days that are asked about")
    given = parser.parse_args()
    rows = newest(given.data, given.days)
    scores = load(given.model).scores(columns_of(rows))
    requests = list(zip(rows.select([ID, TIME, *FEATURES]).to_pylist(), scores))
    _sagemaker(requests, os.path.join(given.out, "sagemaker-capture", ENDPOINT, "AllTraffic"))
    _vertex(requests, os.path.join(given.out, "vertex-bq-export"))
    print(f"{len(requests)} requests of {given.days} days")


def _bodies(row: dict, score: float) -> tuple:
    instance = {name: row[name] for name in FEATURES}
    return json.dumps({"instances": [instance]}), json.dumps({"predictions": [float(score)]})


def _sagemaker(requests: list, folder: str) -> None:
    hours: dict = {}
    for row, score in requests:
        moment = row[TIME].astimezone(timezone.utc)
        request, answer = _bodies(row, score)
        part = lambda mode, data: {
            "observedContentType": "application/json",
            "mode": mode,
            "data": data,
            "encoding": "JSON",
        }
        record = {
            "captureData": {"endpointInput": part("INPUT", request), "endpointOutput": part("OUTPUT", answer)},
            # Who asks gives the payment's id, so that a chargeback finds the answer later.
            "eventMetadata": {
                "eventId": str(uuid.uuid5(uuid.NAMESPACE_OID, row[ID])),
                "inferenceId": row[ID],
                "inferenceTime": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
            "eventVersion": "0",
        }
        hours.setdefault(moment.strftime("%Y/%m/%d/%H"), []).append(record)
    for hour, records in hours.items():
        name = uuid.uuid5(uuid.NAMESPACE_OID, hour)
        _lines(records, os.path.join(folder, hour, f"00-00-000-{name}.jsonl"))


def _vertex(requests: list, folder: str) -> None:
    records = []
    for number, (row, score) in enumerate(requests, 1):
        request, answer = _bodies(row, score)
        records.append(
            {
                "endpoint": VERTEX_ENDPOINT,
                "deployed_model_id": DEPLOYED_MODEL,
                "logging_time": row[TIME].astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC"),
                "request_id": str(number),
                "request_payload": [request],
                "response_payload": [answer],
            }
        )
    _lines(records, os.path.join(folder, "000000000000.json"))


def _lines(records: list, path: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(record)}\n" for record in records)


if __name__ == "__main__":
    main()
