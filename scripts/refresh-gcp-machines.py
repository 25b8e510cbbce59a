#!/usr/bin/env python3
"""Writes lib/plan/machines/gcp-machines.json: machine types, their accelerators, and where each exists per role.

Run by hand, when new machine types or regions are wanted; the review of the change is the diff of the JSON file:

    python3 -m venv "$VENV"        # any directory outside the repository
    "$VENV/bin/pip" install google-api-python-client==2.202.0
    "$VENV/bin/python" scripts/refresh-gcp-machines.py            # writes the file
    "$VENV/bin/python" scripts/refresh-gcp-machines.py --check    # exit 1 if the file is not what the sources say

No package says which machine Google has where, so that is transcribed from its documentation into gcp_machine_facts.py;
the package judges every name in it. To refresh, read the pages again, change the facts with their days, and raise the
version here and in PIN together. Nothing is fetched, and no account is needed. The date in the header changes only when
the data does.
"""

import argparse
import datetime
import json
import re
import sys
from importlib import metadata, resources
from pathlib import Path

import gcp_machine_facts as facts

PIN = ("google-api-python-client", "2.202.0", "Apache 2.0")
TARGET = Path(__file__).resolve().parent.parent / "lib/plan/machines/gcp-machines.json"

# Portable CPU sizes. N2 leads: it is in every region and boots from any disk. Custom training has no other machine of
# 2 CPUs than N4's.
SIZES = {
    size: [f"{series}-standard-{cpus}" for series in ("n2", "e2", "n4")]
    for size, cpus in (("small", 2), ("medium", 4), ("large", 16))
}

ON_DEMAND, ALL = ["on-demand"], ["on-demand", "spot", "flex-start", "reservation"]
# Processing is a custom job too. Inference could be had on spot machines, which the spec does not ask for.
ROLES = {
    "training": (ALL, "Vertex AI: regions and accelerators of custom training"),
    "processing": (ALL, "Vertex AI: a custom job, so as training"),
    "transform": (ON_DEMAND, "Vertex AI: regions and accelerators of inference"),
    "hosting": (ON_DEMAND, "Vertex AI: regions and accelerators of inference"),
    "batch": (
        ALL,
        "derived, because Compute Engine's page names series: regions of Batch where Compute Engine has the series,"
        " and, where the series has several chips, Vertex AI has the chip",
    ),
}
SERVICE = {"training": "training", "processing": "training", "transform": "serving", "hosting": "serving"}

VERTEX_REGIONS = sorted({*facts.VERTEX_ACCELERATORS, *facts.VERTEX_WITHOUT_ACCELERATORS})
# Series with one kind of chip: where Compute Engine has the series it has the chip.
ONE_CHIP = ("g2", "g4", "a4")


def discovery(api: str) -> dict:
    path = f"discovery_cache/documents/{api}.json"
    return json.loads(resources.files("googleapiclient").joinpath(path).read_text())


def check_facts() -> None:
    """Stops where a name is unknown to the APIs or two tables contradict each other."""
    package, version, licence = PIN
    declared = tuple(metadata.metadata(package)[key] for key in ("Version", "License"))
    if declared != (version, licence):
        sys.exit(f"{package} {version} under {licence} is pinned, not {' under '.join(declared)}")
    vertex, compute = discovery("aiplatform.v1"), discovery("compute.v1")
    accepted = vertex["schemas"]["GoogleCloudAiplatformV1MachineSpec"]["properties"]["acceleratorType"]["enum"]
    known = {endpoint["location"] for endpoint in compute["endpoints"]}
    tables = [*map(str.split, facts.SERIES_REGIONS.values()), facts.WITHOUT_N1, facts.WITHOUT_BATCH]
    unknown = {name for _, name, _, _ in facts.CHIPS.values()} - {*accepted}
    unknown |= {*VERTEX_REGIONS} - known
    unknown |= {region for table in tables for region in table} - {*VERTEX_REGIONS}
    unknown |= {*facts.NEVER_ON_DEMAND} - {row[0] for row in facts.GPU_MACHINES}
    if unknown:
        sys.exit(f"unknown: {', '.join(sorted(unknown))}")
    if {*facts.VERTEX_ACCELERATORS} & {*facts.VERTEX_WITHOUT_ACCELERATORS}:
        sys.exit("a region has accelerators and has none")


def vertex_regions(service: str, chip: str | None) -> list[str]:
    if chip is None:
        return VERTEX_REGIONS
    barred = {"training": "+", "serving": "*"}[service]
    return [
        region
        for region, row in facts.VERTEX_ACCELERATORS.items()
        for name, mark in re.findall(r"([A-Z0-9][\w-]*)([*+]?)", row)
        if name == chip and mark != barred
    ]


def compute_regions(series: str, chip: str | None) -> set[str]:
    if series == "n1":
        regions = {*VERTEX_REGIONS} - {*facts.WITHOUT_N1}
    else:
        regions = {*facts.SERIES_REGIONS.get(series, " ".join(VERTEX_REGIONS)).split()}
    if chip is None or series in ONE_CHIP:
        return regions
    return regions & {*vertex_regions("training", chip), *vertex_regions("serving", chip)}


def machine_of(
    machine_type: str, vcpu: int, gib: int, chip=None, count=0, ssd_gib=0, gbps=0, services=facts.BOTH
) -> dict:
    series = machine_type.split("-")[0]
    regions = {role: vertex_regions(service, chip) for role, service in SERVICE.items() if service in services}
    regions["batch"] = compute_regions(series, chip) - {*facts.WITHOUT_BATCH}
    accelerator = {}
    if chip:
        key, managed, compute, chip_gib = facts.CHIPS[chip]
        names = {"managed": managed, "compute": compute}
        accelerator = {"accelerator": {"type": key, "count": count, "memoryGib": chip_gib, "names": names}}
    return {
        "vcpu": vcpu,
        "memoryGib": gib,
        **accelerator,
        "localStorageGb": round(ssd_gib * 1024**3 / 1000**3),
        # The type is shared with AWS: there is no EFA, and 0 Gbit/s is a bandwidth that the pages do not give.
        "efa": {"interfaces": 0, "firstCard": 0, "gbps": gbps},
        **({"bootDisk": "hyperdisk-balanced"} if machine_type.startswith(facts.HYPERDISK_ONLY) else {}),
        **({"compact": True} if series in facts.COMPACT else {}),
        "buying": facts.NEVER_ON_DEMAND.get(machine_type, ["on-demand", "spot"]),
        "regions": regions,
    }


def machines() -> dict[str, dict]:
    found = {name: machine_of(name, vcpu, gib, services=services) for name, vcpu, gib, services in facts.CPU_MACHINES}
    for vcpu, gib, counts, services in facts.N1_WITH_T4:
        for count in counts:
            machine_type = f"n1-standard-{vcpu}"
            machine = machine_of(machine_type, vcpu, gib, "T4", count, services=services)
            found[f"{machine_type}+{count}xt4"] = {"machineType": machine_type, **machine}
    return found | {row[0]: machine_of(*row) for row in facts.GPU_MACHINES}


def collect() -> dict:
    found = machines()
    # A set is named after its first user, so that a new region in it is a one-line diff.
    sets: dict[tuple[str, ...], str] = {}
    for name, machine in found.items():
        machine["regions"] = {
            role: sets.setdefault(tuple(sorted(where)), f"{name} {role}")
            for role, where in machine["regions"].items()
            if where
        }
    package, version, licence = PIN
    gives = "names of chips and regions"
    judge = {"package": f"pypi:{package}", "version": version, "licence": licence, "gives": gives}
    pages = [
        {"package": page, "version": day, "licence": "CC-BY-4.0", "gives": gives}
        for page, (day, gives) in facts.PAGES.items()
    ]
    return {
        "header": {
            "cloud": "gcp",
            "generated": datetime.date.today().isoformat(),
            "by": "scripts/refresh-gcp-machines.py",
            "sources": [judge, *pages],
            "overrides": [],
        },
        "roles": {
            role: {"prefix": "", "buying": buying, "regionsFrom": source} for role, (buying, source) in ROLES.items()
        },
        "sizes": SIZES,
        "regionSets": {name: list(where) for where, name in sets.items()},
        "machines": found,
    }


def rendered(data: dict) -> str:
    """JSON with one machine, one set of regions, one role and one source a line."""

    def lines(value, depth: int) -> str:
        if depth == 0 or not isinstance(value, (dict, list)) or not value:
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        if isinstance(value, list):
            return "[\n" + ",\n".join(lines(item, depth - 1) for item in value) + "\n]"
        return "{\n" + ",\n".join(f"{json.dumps(key)}: {lines(item, depth - 1)}" for key, item in value.items()) + "\n}"

    parts = [f'"{key}": {lines(value, 2 if key == "header" else 1)}' for key, value in data.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the file is out of step")
    check_only = parser.parse_args().check
    check_facts()
    data = collect()
    before = TARGET.read_text() if TARGET.exists() else ""
    if before:
        old_date = json.loads(before)["header"]["generated"]
        if rendered({**data, "header": {**data["header"], "generated": old_date}}) == before:
            print(f"{TARGET.name}: unchanged since {old_date}")
            return
    if check_only:
        sys.exit(f"{TARGET.name} is not what the sources say: run without --check and review the diff")
    TARGET.write_text(rendered(data))
    print(f"{TARGET.name}: {len(data['machines'])} machines, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
