"""Batch prediction: what the model thinks of many payments at once."""

from __future__ import annotations

import argparse

import pyarrow as pa

from fraud.features import FEATURES, ID
from fraud.folders import read_table, write_table
from fraud.model import columns_of, load


def main(arguments: list) -> None:
    parser = argparse.ArgumentParser(prog="fraud score")
    parser.add_argument("--model", required=True, help="folder of the model")
    parser.add_argument("--payments", required=True, help="folder of features")
    parser.add_argument("--scores", required=True, help="folder to write")
    given = parser.parse_args(arguments)

    table = read_table(given.payments, "payments", [ID, *FEATURES])
    scores = load(given.model).scores(columns_of(table))
    write_table(pa.table({ID: table[ID], "score": scores}), given.scores)
    print(f"{len(scores)} payments scored")
