"""Reads config.json, from one file or from several with its parts: a configuration, or all problems it has at once."""

from __future__ import annotations

import json

from cells import category
from checks import Checks, at
from configuration import (
    DEFAULT_MAX_CATEGORIES,
    DEFAULT_MIN_ROWS,
    DEFAULT_REQUEST_ID,
    DEFAULT_SHARE,
    FORMATS,
    SCHEMA_VERSION,
    Column,
    Configuration,
)
from fault import Fault
from methods import BOTH, DEFAULT_METHOD, METHODS
from performance import metrics_of

KEYS = (
    "schemaVersion",
    "model",
    "window",
    "format",
    "referenceFormat",
    "features",
    "columns",
    "target",
    "prediction",
    "metric",
    "requestId",
    "requestField",
    "timeColumn",
    "methods",
    "thresholds",
    "minRows",
    "segments",
    "maxCategories",
)
REQUIRED = ("schemaVersion", "model", "window", "format", "features")


def load_configuration(*paths: str) -> Configuration:
    """What a later file says goes before. Throws Fault with all problems at once."""
    checks = Checks()
    found = _configuration(_joined([_document(path) for path in paths]), checks)
    if checks.problems or found is None:
        count = len(checks.problems)
        lines = "\n".join(f"  {problem}" for problem in checks.problems)
        raise Fault(f"The configuration {' + '.join(paths)} has {count} problem{'' if count == 1 else 's'}:\n{lines}")
    return found


def _document(path: str) -> object:
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError) as error:
        raise Fault(f"The configuration {path} cannot be read as JSON: {error}") from error


def _joined(parts: list) -> object:
    """The first part that is no object, if there is one: it is the problem."""
    others = [part for part in parts if not isinstance(part, dict)]
    return others[0] if others else {key: value for part in parts for key, value in part.items()}


def _configuration(document: object, checks: Checks) -> Configuration | None:
    if not isinstance(document, dict):
        checks.problem("config", document, "an object with " + ", ".join(KEYS), "write { … }")
        return None
    root = checks.mapping(document, "", KEYS, REQUIRED)
    if "schemaVersion" in root and (root["schemaVersion"] != SCHEMA_VERSION or root["schemaVersion"] is True):
        checks.problem(
            "schemaVersion",
            root["schemaVersion"],
            str(SCHEMA_VERSION),
            "use the job and the configuration of one release",
        )
    model = _part(root, "model", ("name", "version"), checks)
    for key in ("name", "version"):
        if key in model:
            checks.text(model[key], at("model", key))
    start, end, window = _window(root, checks)
    features = _features(root, checks)
    target = _answer(root, "target", ("name", "type", "positive"), checks)
    prediction = _answer(root, "prediction", ("name", "type", "index"), checks)
    _positive(target, prediction, checks)
    names = [column.name for column in (*features, target, prediction) if column]
    for index, name in enumerate(names):
        if name in names[:index]:
            checks.problem(
                "features", name, "each column once, among features, target and prediction", "rename or remove one"
            )
    compared = {column.name: column for column in (*features, prediction) if column}
    share, methods, thresholds = _decisions(root, compared, checks)
    complete = lambda column: column and _complete(column, methods, thresholds)
    columns = checks.names(root["columns"], "columns") if "columns" in root else [column.name for column in features]
    return Configuration(
        model=model,
        window=window,
        start=start,
        end=end,
        format=checks.one_of(root.get("format"), "format", FORMATS) if "format" in root else None,
        reference_format=(
            checks.one_of(root["referenceFormat"], "referenceFormat", FORMATS) if "referenceFormat" in root else None
        ),
        features=tuple(complete(column) for column in features),
        columns=tuple(columns),
        target=target,
        prediction=complete(prediction),
        metric=_metric(root, target, prediction, checks),
        request_id=_text(root, "requestId", DEFAULT_REQUEST_ID, checks),
        request_field=_text(root, "requestField", None, checks),
        time_column=_text(root, "timeColumn", None, checks),
        share=share,
        min_rows=_number(root, "minRows", 1, DEFAULT_MIN_ROWS, checks),
        segments=_segments(root, compared, target, checks),
        max_categories=_number(root, "maxCategories", 2, DEFAULT_MAX_CATEGORIES, checks),
    )


def _part(root: dict, key: str, keys: tuple, checks: Checks, required: bool = True) -> dict:
    return (checks.mapping(root[key], key, keys, keys if required else ()) or {}) if key in root else {}


def _text(root: dict, key: str, default: str | None, checks: Checks) -> str | None:
    return checks.text(root[key], key) if key in root else default


def _number(root: dict, key: str, low: int, default: int, checks: Checks) -> int | None:
    return checks.number(root[key], key, low, whole=True) if key in root else default


def _window(root: dict, checks: Checks) -> tuple:
    window = _part(root, "window", ("start", "end"), checks)
    start, end = (checks.instant(window[key], at("window", key)) if key in window else None for key in ("start", "end"))
    if start and end and end <= start:
        checks.problem(
            "window.end", window["end"], f"an instant after {window['start']}", "write the end of the window"
        )
    return start, end, window


def _features(root: dict, checks: Checks) -> list[Column]:
    found = []
    for index, item in enumerate(checks.items(root["features"], "features", 1) if "features" in root else []):
        column = _column(item, f"features[{index}]", ("name", "type"), checks)
        if column:
            found.append(column)
    return found


def _answer(root: dict, key: str, keys: tuple, checks: Checks) -> Column | None:
    return _column(root[key], key, keys, checks) if key in root else None


def _column(item: object, path: str, keys: tuple, checks: Checks) -> Column | None:
    given = checks.mapping(item, path, keys, ("name", "type"))
    if given is None or "name" not in given or "type" not in given:
        return None
    name, type_ = checks.text(given["name"], at(path, "name")), checks.one_of(given["type"], at(path, "type"), BOTH)
    positive = _category(given["positive"], at(path, "positive"), checks) if "positive" in given else None
    index = checks.number(given["index"], at(path, "index"), 0, whole=True) if "index" in given else None
    return Column(name, type_, positive=positive, index=index) if name and type_ else None


def _category(value: object, path: str, checks: Checks) -> str | None:
    """Spelt as in the data: 1.0 is 1."""
    found = category(value)
    if isinstance(found, str):
        return found
    checks.problem(path, value, "text, a number or true or false", 'write "1"')
    return None


def _positive(target: Column | None, prediction: Column | None, checks: Checks) -> None:
    if target is None or prediction is None:
        return
    if target.type == "numeric" and prediction.type == "categorical":
        checks.problem("prediction.type", "categorical", "numeric, as the target is", "write numeric")
    if target.type == "categorical" and prediction.type == "numeric" and target.positive is None:
        checks.missing("target.positive", "the value that the prediction is the probability of", 'add it, such as "1"')


def _metric(root: dict, target: Column | None, prediction: Column | None, checks: Checks) -> str | None:
    if "metric" in root and target is not None and prediction is not None:
        return checks.one_of(root["metric"], "metric", metrics_of(target, prediction))
    if "metric" in root:
        checks.problem("metric", root["metric"], "a metric beside target and prediction", "add both, or remove it")
    return None


def _decisions(root: dict, compared: dict, checks: Checks) -> tuple:
    methods = {}
    for name, method in _named(root.get("methods", {}), "methods", compared, checks):
        fitting = tuple(found.name for found in METHODS.values() if compared[name].type in found.types)
        methods[name] = checks.one_of(method, at("methods", name), fitting)
    given = _part(root, "thresholds", ("share", "perColumn"), checks, required=False)
    share = checks.number(given["share"], "thresholds.share", 0, 1) if "share" in given else DEFAULT_SHARE
    thresholds = {}
    for name, value in _named(given.get("perColumn", {}), "thresholds.perColumn", compared, checks):
        method = METHODS.get(methods.get(name) or DEFAULT_METHOD[compared[name].type])
        high = 1 if method.is_test else float("inf")
        thresholds[name] = checks.number(value, at("thresholds.perColumn", name), 0, high)
    return share, methods, thresholds


def _named(value: object, path: str, compared: dict, checks: Checks) -> list:
    """Entries for columns that are compared. With a problem for each other one."""
    if not isinstance(value, dict):
        checks.problem(path, value, "an object by column", "write { … }")
        return []
    for name in value:
        if name not in compared:
            checks.unknown(at(path, name), name, compared)
    return [(name, item) for name, item in value.items() if name in compared]


def _complete(column: Column, methods: dict, thresholds: dict) -> Column:
    method = METHODS[methods.get(column.name) or DEFAULT_METHOD[column.type]]
    threshold = thresholds.get(column.name)
    return Column(
        column.name,
        column.type,
        method.name,
        method.default_threshold if threshold is None else threshold,
        column.positive,
        column.index,
    )


def _segments(root: dict, compared: dict, target: Column | None, checks: Checks) -> tuple:
    names = checks.names(root["segments"], "segments") if "segments" in root else []
    for index, name in enumerate(names):
        if target is not None and name == target.name:
            checks.problem(
                f"segments[{index}]", name, "a column that is not the target", "name a column that requests have"
            )
        elif name in compared and compared[name].type != "categorical":
            checks.problem(f"segments[{index}]", name, "a column that is not numeric", "name a categorical column")
    return tuple(names)
