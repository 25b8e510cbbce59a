"""Fits the model, going on from the newest checkpoint where a spot machine was taken away."""

from __future__ import annotations

import argparse
import hashlib
import os

import joblib
import numpy as np
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier

from fraud.fault import Fault
from fraud.features import FEATURES, LABEL
from fraud.folders import data_files, read_table
from fraud.model import Model, columns_of, matrix, save

#: Rounds between two checkpoints.
EVERY = 50
CHECKPOINT = "checkpoint.joblib"
SEED = 7


def main(arguments: list) -> None:
    parser = argparse.ArgumentParser(prog="fraud train")
    parser.add_argument("--train", required=True, help="folder of features with labels")
    parser.add_argument("--model", required=True, help="folder to write")
    parser.add_argument("--checkpoints", help="folder that outlives the machine")
    parser.add_argument("--rounds", type=int, default=200, help="trees of the model")
    parser.add_argument("--learning-rate", type=float, default=0.05)
    given = parser.parse_args(arguments)
    if given.rounds < 1:
        raise Fault(f"--rounds {given.rounds} makes no model: give 1 or more.")

    table = read_table(given.train, "train", [*FEATURES, LABEL])
    columns, labels = columns_of(table), table[LABEL].to_numpy()
    if len(np.unique(labels)) < 2:
        raise Fault(f"--train {given.train} has {len(labels)} payments of one kind: nothing can be learned from them.")
    currencies = sorted({currency for currency in columns["currency"] if currency is not None})
    rows = matrix(columns, currencies)

    checkpoint = os.path.join(given.checkpoints, CHECKPOINT) if given.checkpoints else None
    key = _key(given)
    classifier = _resumed(checkpoint, key) or HistGradientBoostingClassifier(
        learning_rate=given.learning_rate,
        max_leaf_nodes=15,
        categorical_features=[len(FEATURES) - 1],
        early_stopping=False,
        warm_start=True,
        random_state=SEED,
    )
    done = getattr(classifier, "n_iter_", 0)
    while done < given.rounds:
        done = min(done + EVERY, given.rounds)
        classifier.set_params(max_iter=done).fit(rows, labels)
        print(f"{done} of {given.rounds} rounds")
        if checkpoint and done < given.rounds:
            _keep(checkpoint, key, classifier)
    save(
        Model(classifier, currencies),
        given.model,
        {"rows": len(labels), "disputed": int(labels.sum()), "rounds": given.rounds},
    )


def _key(given: argparse.Namespace) -> str:
    """Of all that a checkpoint hangs on: one of other data or other settings is not gone on from."""
    found = hashlib.sha256(f"{sklearn.__version__} {given.rounds} {given.learning_rate}".encode())
    for path in data_files(given.train):
        with open(path, "rb") as file:
            found.update(hashlib.file_digest(file, "sha256").digest())
    return found.hexdigest()


def _resumed(checkpoint: str | None, key: str) -> HistGradientBoostingClassifier | None:
    if checkpoint is None or not os.path.exists(checkpoint):
        return None
    found = joblib.load(checkpoint)
    if found["key"] != key:
        print("The checkpoint is of other data or settings: beginning anew")
        return None
    print(f"Going on after {found['classifier'].n_iter_} rounds")
    return found["classifier"]


def _keep(checkpoint: str, key: str, classifier: HistGradientBoostingClassifier) -> None:
    """Put in place whole: the machine may be taken away at any moment."""
    os.makedirs(os.path.dirname(checkpoint), exist_ok=True)
    draft = f"{checkpoint}.draft"
    joblib.dump({"key": key, "classifier": classifier}, draft)
    os.replace(draft, checkpoint)
