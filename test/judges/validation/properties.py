"""What holds for any data, tried with hypothesis. The same examples each time."""

import os
import tempfile
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from unittest import mock

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import configuration
import key_store
import oracle
import snapshot
import workspace
from fault import Fault

MANY = settings(
    derandomize=True, database=None, deadline=None, max_examples=150, suppress_health_check=list(HealthCheck)
)
PROPERTIES = {}
TYPES = {
    "id": "string",
    "flag": "boolean",
    "n": "bigint",
    "amount": "decimal(12,2)",
    "x": "double",
    "f": "float",
    "day": "date",
    "ts": "timestamp",
}
NOW = datetime(2026, 2, 1, tzinfo=timezone.utc)
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
#: What nanoseconds of 64 bits hold.
NARROW = (datetime(1700, 1, 1, tzinfo=timezone.utc), datetime(2260, 1, 1, tzinfo=timezone.utc))

moments = st.one_of(
    st.integers(-3, 3).map(lambda days: NOW + timedelta(days=days)),
    st.integers(-9_000_000_000_000, 9_000_000_000_000).map(lambda ms: EPOCH + timedelta(milliseconds=ms)),
    st.sampled_from([datetime(year, 1, 1, tzinfo=timezone.utc) for year in (1500, 1600, 2500)]),
)
CELLS = {
    "id": st.sampled_from(["a", "b", "ab", "ä", "", "a\n", "aa"]),
    "flag": st.booleans(),
    "n": st.one_of(st.integers(-3, 3), st.sampled_from([2**53 - 1, -(2**63), 2**63 - 1])),
    "amount": st.integers(-300, 300).map(lambda cents: Decimal(cents) / 100),
    "x": st.one_of(
        st.floats(-3, 3),
        st.sampled_from([0.0, -0.0]),
        st.sampled_from([0.1, float("inf"), -float("inf"), float("nan")]),
    ),
    "f": st.one_of(st.floats(-3, 3, width=32), st.sampled_from([0.1, 0.3]).map(lambda x: oracle.bound_of(x, "float"))),
    "day": st.one_of(st.dates(date(2026, 1, 28), date(2026, 2, 3)), st.dates(date(1500, 1, 1), date(2900, 1, 1))),
    "ts": moments,
}
row = st.fixed_dictionaries({name: st.one_of(st.none(), cells, cells, cells) for name, cells in CELLS.items()})
rows = st.one_of(st.lists(row, max_size=4), st.lists(row, min_size=8, max_size=20))


def bounds(column: str):
    if column == "day":
        return CELLS["day"].map(date.isoformat)
    if column == "ts":
        return moments.map(lambda moment: moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"))
    if column == "n":
        return st.one_of(st.integers(-3, 3), st.sampled_from([0.5, -1.5]), st.sampled_from([1e30, -1e30, 2**53 - 1]))
    if column == "amount":
        return st.sampled_from([0, 1, -1, 0.01, 0.005, -0.005, 1.25, 1e12, -1e30])
    return st.sampled_from([0, 0.1, 0.3, 1e300 if column == "x" else -1])


ORDERED = ["n", "amount", "x", "f", "day", "ts"]
PARTS = [
    *(
        st.sampled_from([0, 20, 25, 33.3, 50, 100]).map(
            lambda percent, column=column: {"kind": "nulls", "column": column, "atMostPercent": percent}
        )
        for column in TYPES
    ),
    *(
        bounds(column).map(lambda bound, kind=kind, column=column: {"kind": kind, "column": column, "bound": bound})
        for column in ORDERED
        for kind in ("min", "max")
    ),
    *(
        values.map(lambda allowed, column=column: {"kind": "values", "column": column, "allowed": allowed})
        for column, values in {
            "id": st.lists(CELLS["id"], min_size=1, max_size=3),
            "n": st.lists(st.integers(-3, 3), min_size=1, max_size=3),
            "flag": st.booleans().map(lambda value: [value]),
        }.items()
    ),
    st.sampled_from(["a", "a|b", "a+", "[^a]*", "b?", "(a)(b)?"]).map(
        lambda pattern: {"kind": "pattern", "column": "id", "pattern": pattern}
    ),
    *(st.just({"kind": "unique", "columns": [column]}) for column in TYPES),
    st.lists(st.sampled_from(list(TYPES)), min_size=2, max_size=3, unique=True).map(
        lambda columns: {"kind": "unique", "columns": columns}
    ),
    *(
        st.integers(1, 4).map(lambda n, column=column: {"kind": "age", "column": column, "atMostSeconds": n * 86_400})
        for column in ("day", "ts")
    ),
]
#: One of every kind for every column that it can be of.
rules = st.tuples(*PARTS).map(lambda made: [{"name": f"rule-{index}", **one} for index, one in enumerate(made)])
#: How a file has what a column holds.
files = st.fixed_dictionaries(
    {
        "ts": st.sampled_from(["ms", "us", "us+UTC", "us+Europe/Berlin", "ns", "int96"]),
        "amount": st.sampled_from([pa.decimal128(12, 2), pa.decimal128(38, 9)]),
        "n": st.just(pa.int64()),
        "id": st.sampled_from([pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())]),
    }
)


def counterexample(name: str, simplest: bool = True) -> str | None:
    """Finding the simplest takes minutes: where a fault was seeded, any will do."""
    test, strategies = PROPERTIES[name]
    phases = [Phase.generate, Phase.shrink] if simplest else [Phase.generate]
    try:
        settings(MANY, phases=phases)(given(*strategies)(test))()
        return None
    except Exception as error:
        notes = "\n".join(getattr(error, "__notes__", []))
        return f"{type(error).__name__}: {error}\n{notes}"[:3000]


def holds(*strategies):
    def keep(test):
        PROPERTIES[test.__name__.replace("_", " ")] = test, strategies
        return test

    return keep


@holds(rows, rules, st.lists(files, min_size=1, max_size=3), st.integers(1, 9), st.booleans())
def rules_break_as_often_as_by_counting(data, given_rules, forms, batch, spills):
    with (
        mock.patch.object(snapshot, "ROWS", batch),
        mock.patch.object(key_store, "BUFFER", 4 if spills else 1 << 20),
        tempfile.TemporaryDirectory() as folder,
    ):
        share = -(-len(data) // len(forms))
        for index, form in enumerate(forms):
            write_parquet(f"{folder}/data/{index}", data[index * share : (index + 1) * share], form)
        workspace.write(f"{folder}/rules/rules.json", {"json": document(given_rules)})
        found = workspace.run_in(folder, NOW.isoformat())
    assert found["result"], found["stderr"]
    assert found["result"]["rows"] == len(data)
    types_, judged = found["result"]["rules"][: len(TYPES)], found["result"]["rules"][len(TYPES) :]
    assert all(one["status"] == "holds" for one in types_), types_
    for one, said in zip(given_rules, judged):
        agrees(one, said, data)
    assert found["code"] == (3 if any(one["status"] == "violated" for one in judged) else 0)


def agrees(one: dict, said: dict, data: list) -> None:
    if one["kind"] == "age":
        expected = oracle.too_old(one, data, TYPES[one["column"]], NOW)
        assert (said["status"] == "violated") == expected, (one, said)
        return
    broken = oracle.broken_rows(one, data, TYPES)
    assert said["rows"] == broken, (one, said, broken)
    assert said["status"] == ("violated" if broken else "holds"), (one, said)
    assert len(said["examples"]) <= 5
    told = one["kind"] in ("min", "max", "values", "pattern") or (one["kind"] == "unique" and len(one["columns"]) == 1)
    assert bool(said["examples"]) == (told and broken > 0), (one, said)


def document(given_rules: list) -> dict:
    types_ = [{"name": f"columns.{name}", "kind": "type", "column": name, "type": type_} for name, type_ in TYPES.items()]
    return {"schemaVersion": 1, "dataset": "t", "ageAt": "run", "rules": [*types_, *given_rules]}


def write_parquet(path: str, data: list, form: dict) -> None:
    kinds = {"flag": pa.bool_(), "x": pa.float64(), "f": pa.float32(), "day": pa.date32()}
    column = lambda name: [row[name] for row in data]
    unit, _, zone = form["ts"].partition("+")
    if unit == "ns" and any(cell and not NARROW[0] < cell < NARROW[1] for cell in column("ts")):
        unit = "us"
    ms = [None if cell is None else round((cell - EPOCH) / timedelta(milliseconds=1)) for cell in column("ts")]
    times = pa.array(ms, pa.int64()).cast(pa.timestamp("ms")).cast(pa.timestamp("us" if unit == "int96" else unit))
    cells = {name: pa.array(column(name), form.get(name) or kinds[name]) for name in TYPES if name != "ts"}
    os.makedirs(os.path.dirname(path), exist_ok=True)
    pq.write_table(
        pa.table({**cells, "ts": times.cast(pa.timestamp(times.type.unit, zone)) if zone else times}),
        path,
        row_group_size=7,
        use_deprecated_int96_timestamps=unit == "int96",
    )


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.floats(-3, 3), st.text(max_size=6)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=6,
)


@holds(
    st.one_of(
        json_values,
        st.lists(
            st.one_of(
                json_values,
                st.fixed_dictionaries(
                    {"kind": st.sampled_from(list(configuration.KINDS))},
                    optional={
                        "name": json_values,
                        "column": st.one_of(json_values, st.sampled_from(list(TYPES))),
                        **{key: json_values for keys in configuration.KINDS.values() for key in keys if key != "column"},
                    },
                ),
            ),
            max_size=4,
        ).map(document),
    )
)
def any_rules_are_taken_or_refused(written):
    with tempfile.TemporaryDirectory() as folder:
        workspace.write(f"{folder}/rules.json", {"json": written})
        try:
            configuration.load_configuration(folder)
        except Fault as fault:
            assert "fix: " in str(fault)
