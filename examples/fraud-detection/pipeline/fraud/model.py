"""A trained model and how it is kept in a folder: model.joblib for machines, model.json for people."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass

import joblib
import numpy as np
import pyarrow as pa
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier

from fraud.fault import Fault
from fraud.features import CATEGORICAL, FEATURES, NUMERIC

MODEL = "model.joblib"
CARD = "model.json"


@dataclass
class Model:
    classifier: HistGradientBoostingClassifier
    #: Currencies in training. Any other is, to the model, a missing one.
    currencies: list

    def scores(self, columns: dict) -> np.ndarray:
        """Probability of fraud of each row, from a sequence of values for each of FEATURES."""
        return self.classifier.predict_proba(matrix(columns, self.currencies))[:, 1]


def matrix(columns: dict, currencies: list) -> np.ndarray:
    numbers = {currency: float(index) for index, currency in enumerate(currencies)}
    encoded = [numbers.get(currency, np.nan) for currency in columns[CATEGORICAL[0]]]
    return np.column_stack([*(np.asarray(columns[name], dtype=np.float64) for name in NUMERIC), encoded])


def columns_of(table: pa.Table) -> dict:
    return {
        **{name: table[name].to_numpy() for name in NUMERIC},
        **{name: table[name].to_pylist() for name in CATEGORICAL},
    }


def save(model: Model, folder: str, card: dict) -> None:
    """Always the same names, over what is there: a spot machine that was taken away may have left half of a file."""
    os.makedirs(folder, exist_ok=True)
    joblib.dump(model, os.path.join(folder, MODEL))
    with open(os.path.join(folder, CARD), "w", encoding="utf-8") as file:
        json.dump({"features": FEATURES, "scikitLearn": sklearn.__version__, **card}, file, indent=2)


def load(folder: str) -> Model:
    """Unpickles: only what the training step of this very code wrote is ever read here."""
    path = os.path.join(folder, MODEL)
    if not os.path.exists(path):
        raise Fault(f"There is no {MODEL} in {folder}. Give the folder that the step train wrote.")
    with open(os.path.join(folder, CARD), encoding="utf-8") as file:
        made_with = json.load(file)["scikitLearn"]
    if made_with != sklearn.__version__:
        raise Fault(
            f"{path} was made with scikit-learn {made_with}, and this is {sklearn.__version__}. "
            "Serve a model with the image that it was trained with, or train it anew."
        )
    return joblib.load(path)
