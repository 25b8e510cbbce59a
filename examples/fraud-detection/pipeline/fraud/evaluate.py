"""Measures the model on payments that it has not seen: metrics.json, one flat object of numbers."""

from __future__ import annotations

import argparse
import json
import os

from sklearn.metrics import average_precision_score, roc_auc_score

from fraud.features import FEATURES, LABEL
from fraud.folders import read_table
from fraud.model import columns_of, load

#: Where the step contract expects the metrics, within the folder of --metrics.
METRICS = "metrics.json"


def main(arguments: list) -> None:
    parser = argparse.ArgumentParser(prog="fraud evaluate")
    parser.add_argument("--model", required=True, help="folder of the model")
    parser.add_argument("--test", required=True, help="folder of features with labels")
    parser.add_argument("--metrics", required=True, help="folder to write metrics.json to")
    given = parser.parse_args(arguments)

    table = read_table(given.test, "test", [*FEATURES, LABEL])
    scores, labels = load(given.model).scores(columns_of(table)), table[LABEL].to_numpy()
    metrics = {
        "auc": float(roc_auc_score(labels, scores)),
        "average_precision": float(average_precision_score(labels, scores)),
    }
    os.makedirs(given.metrics, exist_ok=True)
    with open(os.path.join(given.metrics, METRICS), "w", encoding="utf-8") as file:
        json.dump(metrics, file)
    print(", ".join(f"{name} {value:.4f}" for name, value in metrics.items()))
