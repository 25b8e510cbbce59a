#!/usr/bin/env python3
"""Writes lib/plan/machines/aws-machines.json: machine types, their accelerators, and where each exists per role.

Run by hand, when new machine types or regions are wanted; the review of the change is the diff of the JSON file:

    python3 -m venv "$VENV"        # any directory outside the repository
    "$VENV/bin/pip" install cfn-lint==1.58.0 moto==5.2.5 botocore==1.44.5
    "$VENV/bin/python" scripts/refresh-machines.py            # writes the file
    "$VENV/bin/python" scripts/refresh-machines.py --check    # exit 1 if the file is not what the sources say

To refresh, raise the versions here and in PINS together. Everything is read from data inside these packages; nothing
is fetched, and no account is needed. The date in the header changes only when the data does.
"""

import argparse
import datetime
import gzip
import json
import sys
from importlib import metadata, resources
from pathlib import Path

import botocore.session

PINS = {
    "cfn-lint": ("1.58.0", "MIT-0", "regions that have a price per SageMaker role and per EC2 instance type"),
    "moto": ("5.2.5", "Apache-2.0", "EC2 DescribeInstanceTypes and DescribeInstanceTypeOfferings"),
    "botocore": ("1.44.5", "Apache-2.0", "instance types that each SageMaker API accepts; regions of AWS Batch"),
}
TARGET = Path(__file__).resolve().parent.parent / "lib/plan/machines/aws-machines.json"

CPU_FAMILIES = ("m5", "m6i", "m7i", "c5", "c6i", "c7i", "r5", "r6i", "r7i")
ACCELERATED_FAMILIES = (
    *("g4dn", "g5", "g6", "g6e", "g7e", "p4d", "p4de", "p5", "p5e", "p5en", "p6-b200", "p6-b300"),
    *("trn1", "trn1n", "trn2", "inf2"),
)
FAMILIES = (*CPU_FAMILIES, *ACCELERATED_FAMILIES)
# EC2's name and memory in MiB -> portable key. Two A100s share a name, so the memory tells them apart.
ACCELERATOR_KEYS = {
    ("T4", 16384): "t4",
    ("L4", 22888): "l4",
    ("A10G", 22888): "a10g",
    ("L40S", 45776): "l40s",
    ("RTX PRO Server 6000", 98304): "rtx-pro-6000",
    ("A100", 40960): "a100-40",
    ("A100", 81920): "a100-80",
    ("H100", 81920): "h100",
    ("H200", 144384): "h200",
    ("B200", 183359): "b200",
    ("B300", 275040): "b300",
    ("Trainium", 32768): "trainium1",
    ("Trainium2", 524288): "trainium2",
    ("Inferentia2", 32768): "inferentia2",
}
# Wrong in the sources. The script stops when a source no longer says `was`, so that no correction outlives its fault.
OVERRIDES = [
    {
        "machines": ["trn2.3xlarge", "trn2.48xlarge"],
        "field": "accelerator.memoryGib",
        "was": 512,
        "is": 96,
        "reason": "the EC2 API says 512 GiB for a Trainium2 chip, which has 96 GiB of device memory (1.5 TiB for 16)",
    },
]

# Portable CPU sizes. m5 leads because it exists nearly everywhere; the others, of the same shape, stand in for it.
SIZES = {
    size: [f"{family}.{suffix}" for family in ("m5", "m7i", "m6i")]
    for size, suffix in (("small", "large"), ("medium", "xlarge"), ("large", "4xlarge"))
}

# The enum of the SageMaker service model that a role's types must be in, and what can be bought in the role: only
# training jobs have EnableManagedSpotTraining.
ROLES = {
    "training": {
        "enum": "TrainingInstanceType",
        "buying": ["on-demand", "spot"],
        "regionsFrom": "derived, because no source names it: regions with a processing price, and regions where EC2 has"
        " the type and hosting, transform or HyperPod clusters have a price",
    },
    "processing": {"enum": "ProcessingInstanceType", "buying": ["on-demand"]},
    "transform": {"enum": "TransformInstanceType", "buying": ["on-demand"]},
    "hosting": {"enum": "ProductionVariantInstanceType", "buying": ["on-demand"]},
    "batch": {
        "enum": None,
        "buying": ["on-demand", "spot", "capacity-block"],
        "regionsFrom": "moto: EC2 offerings; cfn-lint: EC2 prices in regions without offerings data",
    },
}


def gunzipped(file):
    return json.loads(gzip.decompress(file.read_bytes()))


def check_versions() -> None:
    for package, (version, licence, _) in PINS.items():
        declared = metadata.metadata(package)
        if declared["Version"] != version:
            sys.exit(f"{package} {version} is pinned, not {declared['Version']}: change PINS or the environment")
        if licence not in (declared["License"], declared["License-Expression"]):
            sys.exit(f"{package} {version} is no longer under {licence}: review before its data is shipped")


def priced(extension: str) -> dict[str, set[str]]:
    """Region -> instance types with a price, from the files cfn-lint validates instance types with."""
    path = f"data/schemas/extensions/{extension}/instancetype_enum.json"
    data = json.loads(resources.files("cfnlint").joinpath(path).read_text())
    return {
        region: {name.removeprefix("ml.") for name in schema["enum"]}
        for region, schema in data.items()
        if region != "all" and isinstance(schema, dict)
    }


def ec2_offerings() -> dict[str, set[str]]:
    folder = resources.files("moto.ec2").joinpath("resources/instance_type_offerings/region")
    return {
        file.name.split(".")[0]: {row["InstanceType"] for row in gunzipped(file)}
        for file in folder.iterdir()
        if file.name.endswith(".json.gz")
    }


def regions_by_role(session: botocore.session.Session):
    """The function machine name -> role -> regions where the role has the machine."""
    model = session.get_service_model("sagemaker")
    accepted = {
        role: {name.removeprefix("ml.") for name in model.shape_for(spec["enum"]).enum}
        for role, spec in ROLES.items()
        if spec["enum"]
    }
    sold = {role: priced(f"aws_sagemaker_{role}") for role in ("processing", "transform", "hosting", "cluster")}
    ec2_priced, offered = priced("aws_ec2_instance"), ec2_offerings()
    ec2 = {region: names for region, names in ec2_priced.items() if region not in offered} | offered
    batch_regions = {
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("batch", partition_name=partition)
    }

    def regions(machine: str) -> dict[str, set[str]]:
        def where(table: dict[str, set[str]]) -> set[str]:
            return {region for region, names in table.items() if machine in names}

        here = {role: where(table) for role, table in sold.items()}
        in_ec2 = where(ec2) | where(ec2_priced)
        jobs = here["processing"] | ((here["hosting"] | here["transform"] | here["cluster"]) & in_ec2)
        found = {"training": jobs, **{role: here[role] for role in ("processing", "transform", "hosting")}}
        found = {role: places if machine in accepted[role] else set() for role, places in found.items()}
        return found | {"batch": where(ec2) & batch_regions}

    return regions


def network_gbps(text: str) -> float:
    """Total bandwidth from EC2's words: 'Up to 25 Gigabit', '8x 100 Gigabit', '37.5 Gigabit'.

    The sum over network cards is no substitute: a card may be faster than its share of the total.
    """
    cards, _, each = text.removeprefix("Up to ").rpartition("x ")
    return int(cards or 1) * float(each.removesuffix(" Gigabit"))


def tidy(value: float) -> int | float:
    return int(value) if value == int(value) else round(value, 2)


def accelerator_of(described: dict) -> dict | None:
    devices = described.get("GpuInfo", {}).get("Gpus", []) + described.get("NeuronInfo", {}).get("NeuronDevices", [])
    if not devices:
        return None
    (device,) = devices
    mib = device["MemoryInfo"]["SizeInMiB"]
    key = ACCELERATOR_KEYS.get((device["Name"], mib))
    if key is None:
        sys.exit(f"{described['InstanceType']}: no portable key for {device['Name']} with {mib} MiB")
    return {"type": key, "count": device["Count"], "memoryGib": tidy(round(mib / 1024, 1))}


def efa_of(network: dict) -> dict:
    cards = [card["NetworkCardIndex"] for card in network["NetworkCards"] if "efa" in card.get("InterfaceTypes", [])]
    interfaces = network.get("EfaInfo", {}).get("MaximumEfaInterfaces", 0)
    if interfaces and cards != list(range(cards[0], cards[0] + interfaces)):
        sys.exit(f"EFA is not one interface per card from the first on: {interfaces} on cards {cards}")
    gbps = tidy(network_gbps(network["NetworkPerformance"]))
    return {"interfaces": interfaces, "firstCard": cards[0] if interfaces else 0, "gbps": gbps}


def machine_of(described: dict) -> dict:
    accelerator = accelerator_of(described)
    return {
        "vcpu": described["VCpuInfo"]["DefaultVCpus"],
        "memoryGib": tidy(described["MemoryInfo"]["SizeInMiB"] / 1024),
        **({"accelerator": accelerator} if accelerator else {}),
        "localStorageGb": described.get("InstanceStorageInfo", {}).get("TotalSizeInGB", 0),
        "efa": efa_of(described["NetworkInfo"]),
        "buying": sorted(described["SupportedUsageClasses"], key=["on-demand", "spot", "capacity-block"].index),
    }


def family_of(described: dict) -> str:
    return described["InstanceType"].split(".")[0]


def wanted(described: dict) -> bool:
    # Bare metal CPU machines repeat the largest size; g4dn.metal is the only machine with eight T4.
    return family_of(described) in (ACCELERATED_FAMILIES if described["BareMetal"] else FAMILIES)


def correct(machines: dict[str, dict]) -> None:
    for override in OVERRIDES:
        part, field = override["field"].split(".")
        for name in override["machines"]:
            if machines[name][part][field] != override["was"]:
                sys.exit(f"{name}: {override['field']} is no longer {override['was']}: remove or renew the override")
            machines[name][part][field] = override["is"]


def collect() -> dict:
    described = gunzipped(resources.files("moto.ec2").joinpath("resources/instance_types.json.gz")).values()
    chosen = sorted(
        filter(wanted, described),
        key=lambda row: (FAMILIES.index(family_of(row)), row["VCpuInfo"]["DefaultVCpus"], row["InstanceType"]),
    )
    machines = {row["InstanceType"]: machine_of(row) for row in chosen}
    missing = set(FAMILIES) - set(map(family_of, chosen))
    if missing:
        sys.exit(f"no machine of the families {sorted(missing)}: drop them here or find out why")
    correct(machines)
    regions = regions_by_role(botocore.session.Session())
    # A set is named after its first user, so that a new region in it is a one-line diff.
    sets: dict[tuple[str, ...], str] = {}
    for name, machine in machines.items():
        machine["regions"] = {
            role: sets.setdefault(tuple(sorted(where)), f"{name} {role}")
            for role, where in regions(name).items()
            if where
        }
    return {
        "header": {
            "cloud": "aws",
            "generated": datetime.date.today().isoformat(),
            "by": "scripts/refresh-machines.py",
            "sources": [
                {"package": f"pypi:{package}", "version": version, "licence": licence, "gives": gives}
                for package, (version, licence, gives) in PINS.items()
            ],
            "overrides": OVERRIDES,
        },
        "roles": {
            role: {
                "prefix": "ml." if spec["enum"] else "",
                "buying": spec["buying"],
                "regionsFrom": spec.get("regionsFrom", f"cfn-lint: {role} prices; botocore: {spec['enum']}"),
            }
            for role, spec in ROLES.items()
        },
        "sizes": SIZES,
        "regionSets": {name: list(where) for where, name in sets.items()},
        "machines": {name: machine for name, machine in machines.items() if machine["regions"]},
    }


def rendered(data: dict) -> str:
    """JSON with one machine, one set of regions, one role and one source a line."""

    def lines(value, depth: int) -> str:
        if depth == 0 or not isinstance(value, (dict, list)):
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
    check_versions()
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
