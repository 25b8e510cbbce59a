"""What holds for any data, tried with hypothesis. The same examples each time."""

import json
import math
import tempfile

import numpy as np
import pandas as pd
from evidently.legacy.calculations.stattests import registry
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import configuration_file
import methods
import workspace
from fault import Fault

QUICK = settings(
    derandomize=True, database=None, deadline=None, max_examples=150, suppress_health_check=list(HealthCheck)
)
SLOW = settings(QUICK, max_examples=40)
#: For what is rarely hit upon.
MANY = settings(QUICK, max_examples=300)
WINDOW = {"start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z"}
EVIDENTLY = {
    "psi": "psi",
    "jensen-shannon": "jensenshannon",
    "kolmogorov-smirnov": "ks",
    "wasserstein": "wasserstein",
    "chi-square": "chisquare",
}
PROPERTIES = {}

numbers = st.lists(st.one_of(st.integers(-5, 5).map(float), st.floats(-1e6, 1e6)), min_size=1, max_size=80)
words = st.lists(st.sampled_from(["a", "b", "c", "d", "ä"]), min_size=1, max_size=60)
cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.none(), max_size=2),
)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.floats(-3, 3), st.text(max_size=6)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=6,
)
#: What model servers are asked and answer, with anything in each place.
bodies = st.one_of(
    json_values,
    *(
        st.fixed_dictionaries({key: json_values})
        for key in ("instances", "inputs", "dataframe_records", "predictions", "outputs")
    ),
    st.fixed_dictionaries(
        {
            "dataframe_split": st.fixed_dictionaries(
                {
                    "columns": st.one_of(json_values, st.lists(json_values, min_size=1, max_size=2)),
                    "data": st.one_of(json_values, st.lists(st.lists(json_values, max_size=2), max_size=2)),
                }
            )
        }
    ),
)
payloads = st.one_of(bodies, bodies.map(json.dumps), st.text(max_size=12))
parts = st.one_of(
    json_values,
    st.fixed_dictionaries(
        {
            "data": payloads,
            "encoding": st.sampled_from(["CSV", "JSON", "BASE64", "?"]),
            "observedContentType": st.sampled_from(["text/csv", "application/json", ""]),
        }
    ),
)
events = st.one_of(json_values, st.fixed_dictionaries({"eventId": json_values, "inferenceTime": json_values}))
RECORDS = 12
#: More than all rows that so many records can have.
GOOD = 12 * RECORDS


def counterexample(name: str) -> str | None:
    try:
        PROPERTIES[name]()
        return None
    except Exception as error:
        notes = "\n".join(getattr(error, "__notes__", []))
        return f"{type(error).__name__}: {error}\n{notes}"[:3000]


def holds(test):
    PROPERTIES[test.__name__.replace("_", " ")] = test
    return test


@holds
@QUICK
@given(numbers, numbers, st.sampled_from(["psi", "jensen-shannon", "kolmogorov-smirnov", "wasserstein"]))
def figures_of_numbers_are_those_of_evidently(reference, current, method):
    agree(
        method,
        "num",
        reference,
        current,
        lambda: methods.compare_numbers(method, np.array(reference), np.array(current)),
    )


@holds
@QUICK
@given(words, words, st.sampled_from(["psi", "jensen-shannon", "chi-square"]))
def figures_of_categories_are_those_of_evidently(reference, current, method):
    names = sorted({*reference, *current})
    assume(method != "chi-square" or len(names) > 1)
    count = lambda part: np.array([part.count(name) for name in names])
    agree(method, "cat", reference, current, lambda: methods.compare_counts(method, count(reference), count(current)))


def agree(method, kind, reference, current, ours):
    theirs = registry.get_registered_stattest(EVIDENTLY[method], registry.ColumnType(kind))
    try:
        score = theirs(pd.Series(reference), pd.Series(current), kind, None).drift_score
    except ValueError as error:
        assume("Too many bins" not in str(error))
        raise
    figure = ours().score
    score = 0.0 if math.isnan(score) and method == "jensen-shannon" else float(score)
    # Where both are the same the root of a rounding error remains, which depends on the order of the bins.
    assert math.isclose(figure, score, rel_tol=1e-9, abs_tol=3e-8 if method == "jensen-shannon" else 1e-9), (
        figure,
        score,
    )


@holds
@QUICK
@given(numbers)
def nothing_differs_from_itself(sample):
    values = np.array(sample)
    for method in ("psi", "jensen-shannon", "wasserstein"):
        assert abs(methods.compare_numbers(method, values, values).score) < 1e-7, method
    assert methods.compare_numbers("kolmogorov-smirnov", values, values).score == 1
    count = np.bincount(values.astype(int) % 7 % 5) + 1
    assert methods.compare_counts("chi-square", count, count).score > 0.999 or len(count) == 1


@holds
@SLOW
@given(
    # What the model was trained on has a row.
    st.lists(st.tuples(cells, cells), min_size=1, max_size=30),
    st.lists(st.tuples(cells, cells), max_size=30),
    st.integers(1, 10),
)
def any_cells_give_a_status(reference, current, least):
    finished(rows_of(reference), rows_of(current), minRows=least)


@holds
@SLOW
@given(
    st.lists(st.tuples(cells, st.sampled_from(["x", "y", None])), min_size=2, max_size=30),
    st.randoms(use_true_random=False),
)
def neither_the_order_of_rows_nor_files_matters(rows, random):
    lines = rows_of(rows)
    mixed = lines[:]
    random.shuffle(mixed)
    parts = {"current/b.jsonl": {"lines": mixed[:1]}, "current/sub/a.jsonl": {"lines": mixed[1:]}}
    one, two = finished(lines, lines), finished(lines, None, parts)
    for key in ("status", "columns", "quality", "dataset", "rows"):
        assert close(one[key], two[key]), (key, one[key], two[key])


def close(one, two):
    if isinstance(one, float) and isinstance(two, float):
        return math.isclose(one, two, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(one, (list, tuple)):
        return len(one) == len(two) and all(map(close, one, two))
    if isinstance(one, dict):
        return one.keys() == two.keys() and all(close(one[key], two[key]) for key in one)
    return one == two


@holds
@MANY
@given(
    st.lists(
        st.one_of(
            json_values,
            st.fixed_dictionaries(
                {
                    "captureData": st.fixed_dictionaries({"endpointInput": parts, "endpointOutput": parts}),
                    "eventMetadata": events,
                }
            ),
        ),
        max_size=RECORDS,
    )
)
def any_captured_record_gives_a_status(records):
    data = {"encoding": "JSON", "data": json.dumps({"x": 1, "y": "a"})}
    good = {"captureData": {"endpointInput": data, "endpointOutput": {"encoding": "JSON", "data": "1"}}}
    beside_good_ones(records, {**good, "eventMetadata": {}}, "sagemaker-capture")


def beside_good_ones(records, good, format_):
    """Callers whose requests make sense are heard, whatever others send: most records can be read."""
    result = finished(
        [{"x": 1, "y": "a", "p": 1}],
        [*records, *[good] * GOOD],
        format=format_,
        prediction={"name": "p", "type": "numeric"},
    )
    assert result["rows"]["current"] >= GOOD


@holds
@MANY
@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "request_id": json_values,
                "logging_time": json_values,
                "request_payload": st.one_of(json_values, st.lists(bodies.map(json.dumps), max_size=3)),
                "response_payload": st.one_of(json_values, st.lists(bodies.map(json.dumps), max_size=3)),
            },
        ),
        max_size=RECORDS,
    )
)
def any_logged_row_gives_a_status(records):
    good = {"request_payload": [json.dumps({"x": 1, "y": "a"})], "response_payload": ["1"]}
    beside_good_ones(records, good, "vertex-bq-export")


@holds
@SLOW
@given(
    st.dictionaries(st.integers(0, 30), st.integers(0, 1), max_size=25),
    st.lists(st.integers(0, 40), min_size=1, max_size=30),
)
def labels_are_joined_as_by_a_dictionary(labels, requests):
    files = {
        "labels/a.jsonl": {"lines": [{"request_id": id_, "label": label} for id_, label in labels.items()]},
        "current/a.jsonl": {"lines": [{"request_id": str(id_), "x": 1, "y": "a", "p": "1"} for id_ in requests]},
    }
    known = [labels[id_] for id_ in requests if id_ in labels]
    result = finished(
        [{"x": 1, "y": "a", "p": "1"}],
        None,
        files,
        labels=True,
        minRows=1 if known else len(requests) + 1,
        target={"name": "label", "type": "categorical"},
        prediction={"name": "p", "type": "categorical"},
    )
    assert result["labels"]["matched"] == result["labelledRows"] == len(known)
    assert not known or math.isclose(result["performance"]["accuracy"], sum(known) / len(known))


@holds
@QUICK
@given(
    st.one_of(
        json_values,
        st.fixed_dictionaries({}, optional={key: json_values for key in configuration_file.KEYS}).map(
            lambda given: {**valid(), **given}
        ),
    )
)
def any_configuration_is_taken_or_refused(document):
    with tempfile.TemporaryDirectory() as folder:
        workspace.write(f"{folder}/config.json", {"json": document})
        try:
            configuration_file.load_configuration(f"{folder}/config.json")
        except Fault as fault:
            assert "fix: " in str(fault)


def valid(**more) -> dict:
    return {
        "schemaVersion": 1,
        "model": {"name": "m", "version": "1"},
        "window": WINDOW,
        "format": "jsonl",
        "minRows": 1,
        "features": [{"name": "x", "type": "numeric"}, {"name": "y", "type": "categorical"}],
        **more,
    }


def rows_of(pairs) -> list:
    return [{"x": x, "y": y} for x, y in pairs]


def finished(reference, current, files=None, labels=False, **more) -> dict:
    """The result of a job that must succeed, of data by which something can be told."""
    found = workspace.run(
        {
            "config.json": {"json": valid(**more)},
            "reference/a.jsonl": {"lines": reference},
            **({} if current is None else {"current/a.jsonl": {"lines": current}}),
            **(files or {}),
        },
        labels=labels,
    )
    assert found["code"] == 0, found["stderr"]
    assert found["result"]["status"] in ("OK", "DRIFT", "INSUFFICIENT_DATA")
    json.loads(found["text"], parse_constant=no_json)
    return found["result"]


def no_json(constant: str):
    raise AssertionError(f"{constant} is no JSON")
