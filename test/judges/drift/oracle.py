"""Figures of the whole job, from Parquet to drift.json, beside those of scipy and of Evidently on the same data."""

import functools
import tempfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from evidently import DataDefinition, Dataset, Report
from evidently.metrics import ValueDrift
from scipy import stats
from scipy.spatial import distance
from sklearn import metrics

import workspace

EVIDENTLY = {
    "psi": "psi",
    "jensen-shannon": "jensenshannon",
    "kolmogorov-smirnov": "ks",
    "wasserstein": "wasserstein",
    "chi-square": "chisquare",
}
NUMERIC = ("psi", "jensen-shannon", "kolmogorov-smirnov", "wasserstein")
CATEGORICAL = ("psi", "jensen-shannon", "chi-square")
WINDOW = {"start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z"}
SIZES = (3000, 1700)


@functools.cache
def frames() -> tuple:
    """Every kind of column twice: as it was, and as it is now."""
    return tuple(
        _frame(np.random.default_rng(seed), size, now)
        for seed, size, now in ((1, SIZES[0], False), (2, SIZES[1], True))
    )


def _frame(random, size: int, now: bool) -> pd.DataFrame:
    holes = random.random(size) < (0.3 if now else 0.1)
    pick = lambda names, shares=None: random.choice(names, size, p=shares)
    ends = np.where(
        random.random(size) < 0.01, np.where(random.random(size) < 0.5, np.inf, -np.inf), random.normal(0, 1, size)
    )
    return pd.DataFrame(
        {
            "same": random.normal(0, 1, size),
            "shifted": random.normal(0.4 if now else 0, 1, size),
            "wider": random.normal(0, 2 if now else 1, size),
            "heavy": random.lognormal(0, 1.5, size) * (1.3 if now else 1),
            "apart": random.uniform(5, 6, size) if now else random.uniform(0, 1, size),
            "counts": random.poisson(3, size).astype(float),
            "many_counts": random.poisson(40, size).astype(float),
            "two": random.integers(0, 2, size).astype(float),
            "uneven": pick([0.0, 0.1, 0.2, 100.0], [0.4, 0.3, 0.2, 0.1] if now else [0.3, 0.3, 0.3, 0.1]),
            "tiny": random.normal(0, 1e-9, size),
            "large": random.normal(1e12, 1e9, size),
            "outlier": np.where(np.arange(size) == 7, 1e9, random.normal(0, 1, size)),
            "constant": np.full(size, 3.0),
            "holes": np.where(holes, np.nan, random.normal(0.2 if now else 0, 1, size)),
            "infinite": ends,
            "colour": pick(["red", "green", "blue"], [0.5, 0.3, 0.2] if now else [0.4, 0.35, 0.25]),
            "new": pick(["a", "b", "c"] if now else ["a", "b"]),
            "gone": pick(["a", "b"] if now else ["a", "b", "c"]),
            "rare": pick([f"v{index}" for index in range(300)]),
            "one": np.full(size, "same"),
            "yes": pick([True, False]),
            "unset": pd.Series(np.where(holes, None, pick(["x", "y", "z"])), dtype=object),
        }
    )


@functools.cache
def expected() -> tuple:
    """Column, type and method with scipy's figure and Evidently's: None where they define none."""
    reference, current = frames()
    found = []
    for method in EVIDENTLY:
        kinds = _kinds(reference, method)
        theirs = _theirs(reference, current, kinds, method)
        for name, kind in kinds.items():
            scipys = _scipys(method, _clean(reference[name]), _clean(current[name]), kind)
            found.append((name, kind, method, scipys, theirs[name] if np.isfinite(theirs[name]) else None))
    return tuple(found)


def beside(expected: tuple) -> list:
    """The job's scores beside what is expected."""
    reference, current = frames()
    ours = {method: _ours(reference, current, _kinds(reference, method), method) for method in EVIDENTLY}
    return [
        {"column": name, "method": method, "ours": ours[method].get(name), "scipy": scipys, "evidently": evidentlys}
        for name, _, method, scipys, evidentlys in expected
    ]


def _kinds(frame: pd.DataFrame, method: str) -> dict:
    kinds = {name: "numeric" if frame[name].dtype == float else "categorical" for name in frame}
    return {name: kind for name, kind in kinds.items() if method in (NUMERIC if kind == "numeric" else CATEGORICAL)}


def _ours(reference, current, kinds: dict, method: str) -> dict:
    columns = [{"name": name, "type": kind} for name, kind in kinds.items()]
    configuration = {
        "schemaVersion": 1,
        "model": {"name": "m", "version": "1"},
        "window": WINDOW,
        "format": "parquet",
        "features": columns,
        "methods": {name: method for name in kinds},
        "minRows": 1,
    }
    with tempfile.TemporaryDirectory() as folder:
        workspace.write(f"{folder}/config.json", {"json": configuration})
        for name, frame in (("reference", reference), ("current", current)):
            workspace.write(f"{folder}/{name}/x", "")
            pq.write_table(pa.Table.from_pandas(frame), f"{folder}/{name}/data.parquet", row_group_size=500)
        result = workspace.run_in(folder)["result"]
    return {column["name"]: column["score"] for column in result["columns"]}


def _theirs(reference, current, kinds: dict, method: str) -> dict:
    of = lambda kind: [name for name, found in kinds.items() if found == kind]
    definition = DataDefinition(numerical_columns=of("numeric"), categorical_columns=of("categorical"))
    data = [Dataset.from_pandas(frame[list(kinds)], data_definition=definition) for frame in (current, reference)]
    run = Report([ValueDrift(column=name, method=EVIDENTLY[method]) for name in kinds]).run(*data)
    return {entry["config"]["column"]: float(entry["value"]) for entry in run.dict()["metrics"]}


def _clean(column: pd.Series) -> np.ndarray:
    column = column.replace([np.inf, -np.inf], np.nan).dropna()
    return column.to_numpy() if column.dtype == float else column.astype(str).to_numpy()


def _scipys(method: str, reference: np.ndarray, current: np.ndarray, kind: str) -> float | None:
    """Written from the definitions, and not as the job is."""
    if method == "kolmogorov-smirnov":
        return float(stats.ks_2samp(reference, current).pvalue)
    if method == "wasserstein":
        return float(stats.wasserstein_distance(reference, current) / max(reference.std(), 0.001))
    if kind == "numeric" and len(set(reference)) > 20:
        every = np.concatenate([reference, current])
        width = np.ceil(np.log2(len(every)) + 1)
        edges = np.linspace(every.min(), every.max(), int(width) + 1)
        one, two = (np.histogram(part, edges)[0] for part in (reference, current))
    else:
        values = sorted(set(reference) | set(current))
        one, two = (np.array([(part == value).sum() for value in values]) for part in (reference, current))
    if method == "chi-square":
        found = float(stats.chisquare(two, one * len(current) / len(reference)).pvalue)
        return found if np.isfinite(found) else None
    p, q = one / len(reference), two / len(current)
    if method == "jensen-shannon":
        return float(distance.jensenshannon(p, q))
    fill = lambda x: np.array([y or (min(x[x > 0]) / 1e6 if min(x[x > 0]) <= 1e-4 else 1e-4) for y in x])
    return float(sum((a - b) * (np.log(a) - np.log(b)) for a, b in zip(fill(p), fill(q))))


def performance() -> dict:
    """By kind of answer: metrics of the job and of scikit-learn."""
    random = np.random.default_rng(5)
    size = 800
    truth = random.integers(0, 2, size)
    scores = np.clip(np.round(truth * 0.2 + random.random(size) * 0.8, 2), 0, 1)  # rounded: many ties
    names = np.array(["a", "b", "c"])
    labels, called = names[random.integers(0, 3, size)], names[random.integers(0, 3, size)]
    called = np.where(random.random(size) < 0.5, labels, called)
    values = random.normal(10, 3, size)
    guesses = values + random.normal(0.5, 1, size)
    over = scores >= 0.5
    zero = {"zero_division": 0}
    theirs = {
        "probability": {
            "auc": metrics.roc_auc_score(truth, scores),
            "logLoss": metrics.log_loss(truth, scores),
            "accuracy": metrics.accuracy_score(truth, over),
            "precision": metrics.precision_score(truth, over, **zero),
            "recall": metrics.recall_score(truth, over, **zero),
            "f1": metrics.f1_score(truth, over, **zero),
        },
        "category": {
            "accuracy": metrics.accuracy_score(labels, called),
            "f1Macro": metrics.f1_score(labels, called, average="macro"),
            "precision": metrics.precision_score(labels == "a", called == "a"),
            "recall": metrics.recall_score(labels == "a", called == "a"),
            "f1": metrics.f1_score(labels == "a", called == "a"),
        },
        "number": {
            "mae": metrics.mean_absolute_error(values, guesses),
            "rmse": metrics.mean_squared_error(values, guesses) ** 0.5,
            "bias": float(np.mean(guesses - values)),
            "r2": metrics.r2_score(values, guesses),
        },
    }
    ours = {
        "probability": _measured(truth.tolist(), scores.tolist(), {"type": "categorical", "positive": 1}, "numeric"),
        "category": _measured(
            labels.tolist(), called.tolist(), {"type": "categorical", "positive": "a"}, "categorical"
        ),
        "number": _measured(values.tolist(), guesses.tolist(), {"type": "numeric"}, "numeric"),
    }
    return {
        "ours": ours,
        "theirs": {kind: {name: float(value) for name, value in found.items()} for kind, found in theirs.items()},
    }


def _measured(labels: list, predicted: list, target: dict, type_: str) -> dict:
    """Labels arrive late, in another order, and not by row."""
    configuration = {
        "schemaVersion": 1,
        "model": {"name": "m", "version": "1"},
        "window": WINDOW,
        "format": "parquet",
        "minRows": 1,
        "features": [{"name": "x", "type": "numeric"}],
        "target": {"name": "label", **target},
        "prediction": {"name": "answer", "type": type_},
    }
    rows = range(len(labels))
    files = {
        "config.json": {"json": configuration},
        "reference/a.parquet": {"parquet": {"x": [1.0, 2.0, 3.0]}},
        "current/a.parquet": {
            "parquet": {
                "x": [float(row) for row in rows],
                "request_id": [f"r{row}" for row in rows],
                "answer": predicted,
            }
        },
        "labels/late.jsonl": {"lines": [{"request_id": f"r{row}", "label": labels[row]} for row in reversed(rows)]},
    }
    return workspace.run(files, labels=True)["result"]["performance"]
