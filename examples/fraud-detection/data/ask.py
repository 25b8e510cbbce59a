"""Writes down the newest payments of a data set as the shop asks an endpoint about them.

    python ask.py --data DIR --out DIR [--days 30] [--rows 50]

writes OUT/00000.json and so on, each {"instances": [{"amount": 12.5, …}]} of so many payments.
Run it with the requirements of ../pipeline; ask-aws.sh and ask-gcp.sh send what it wrote.
"""

from __future__ import annotations

import argparse
import json
import os

from newest import newest
from fraud.features import FEATURES


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes requests for an endpoint.")
    parser.add_argument("--data", required=True, help="folder that generate.py wrote")
    parser.add_argument("--out", required=True, help="folder for the requests")
    parser.add_argument("--days", type=int, default=30, help="newest days that are asked about")
    parser.add_argument("--rows", type=int, default=50, help="payments of a request")
    given = parser.parse_args()
    if given.rows < 1:
        parser.error("--rows must be 1 or more")
    rows = newest(given.data, given.days).select(FEATURES).to_pylist()
    os.makedirs(given.out, exist_ok=True)
    starts = range(0, len(rows), given.rows)
    for number, start in enumerate(starts):
        with open(os.path.join(given.out, f"{number:05d}.json"), "w", encoding="utf-8") as file:
            json.dump({"instances": rows[start : start + given.rows]}, file)
    print(f"{len(starts)} requests about {len(rows)} payments of {given.days} days")


if __name__ == "__main__":
    main()
