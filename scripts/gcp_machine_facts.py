"""Facts of Google Cloud that no package ships, transcribed from its documentation.

A page counts as a source with the day of its text. Google prints machine memory in GB and means GiB.
"""

# Page -> day of its text (month it was read, where the page has no date), and what it gives.
DOCS = "https://docs.cloud.google.com/"
AGENT_PLATFORM = DOCS + "gemini-enterprise-agent-platform/machine-learning/"
PAGES = {
    DOCS + "compute/docs/gpus": (
        "2026-04-14",
        "CPUs, memory, GPUs, local SSD and network of accelerated machines; which are never on demand",
    ),
    DOCS + "compute/docs/regions-zones": ("2026-11", "machine series of each zone"),
    DOCS + "compute/docs/instances/placement-policies-overview": ("2026-11", "series with compact placement"),
    DOCS + "ai-hypercomputer/docs/placement-policy-and-workload-policy": ("2026-11", "the same of machines with GPUs"),
    DOCS + "batch/docs/locations": ("2026-04-08", "regions of Batch; one zone with A3 that the list of zones lacks"),
    AGENT_PLATFORM + "general/locations": ("2026-08-20", "regions of Vertex AI, and the accelerators of each"),
    AGENT_PLATFORM + "training/configure-compute": ("2026-08-20", "machine types and boot disks of custom training"),
    AGENT_PLATFORM + "predictions/configure-compute": ("2026-08-20", "machine types of inference, CPUs and memory"),
}

# Chip: portable key, Vertex AI's name, Compute Engine's name, GiB. A3 Mega has H100s of its own name.
CHIPS = {
    "T4": ("t4", "NVIDIA_TESLA_T4", "nvidia-tesla-t4", 16),
    "L4": ("l4", "NVIDIA_L4", "nvidia-l4", 24),
    "RTX": ("rtx-pro-6000", "NVIDIA_RTX_PRO_6000", "nvidia-rtx-pro-6000", 96),
    "A100-40": ("a100-40", "NVIDIA_TESLA_A100", "nvidia-tesla-a100", 40),
    "A100-80": ("a100-80", "NVIDIA_A100_80GB", "nvidia-a100-80gb", 80),
    "H100": ("h100", "NVIDIA_H100_80GB", "nvidia-h100-80gb", 80),
    "H100-Mega": ("h100", "NVIDIA_H100_MEGA_80GB", "nvidia-h100-mega-80gb", 80),
    "H200": ("h200", "NVIDIA_H200_141GB", "nvidia-h200-141gb", 141),
    "B200": ("b200", "NVIDIA_B200", "nvidia-b200", 180),
}

# Which of Vertex AI's services have a machine type: training, inference (serving), or both.
BOTH, TRAINING, SERVING = ("training", "serving"), ("training",), ("serving",)

# Machines without accelerators: name, CPUs, GiB, services.
CPU_MACHINES = [
    *[(f"n2-standard-{n}", n, 4 * n, SERVING if n == 2 else BOTH) for n in (2, 4, 16)],
    *[(f"e2-standard-{n}", n, 4 * n, SERVING if n == 2 else BOTH) for n in (2, 4, 16)],
    *[(f"n4-standard-{n}", n, 4 * n, TRAINING) for n in (2, 4, 16)],
]

# N1 machines that T4s are attached to: CPUs, GiB, possible numbers of T4s, services.
N1_WITH_T4 = [
    (4, 15, (1, 2, 4), BOTH),
    (8, 30, (1, 2, 4), BOTH),
    (16, 60, (1, 2, 4), BOTH),
    (32, 120, (2, 4), BOTH),
    (64, 240, (4,), TRAINING),
    (96, 360, (4,), TRAINING),
]

# Machines with built-in GPUs: name, CPUs, GiB, chip, chips, GiB of local SSD that always comes with it, Gbit/s.
GPU_MACHINES = [
    ("g2-standard-4", 4, 16, "L4", 1, 0, 10),
    ("g2-standard-8", 8, 32, "L4", 1, 0, 16),
    ("g2-standard-12", 12, 48, "L4", 1, 0, 16),
    ("g2-standard-16", 16, 64, "L4", 1, 0, 32),
    ("g2-standard-24", 24, 96, "L4", 2, 0, 32),
    ("g2-standard-32", 32, 128, "L4", 1, 0, 32),
    ("g2-standard-48", 48, 192, "L4", 4, 0, 50),
    ("g2-standard-96", 96, 384, "L4", 8, 0, 100),
    ("g4-standard-48", 48, 180, "RTX", 1, 0, 50),
    ("g4-standard-96", 96, 360, "RTX", 2, 0, 100),
    ("g4-standard-192", 192, 720, "RTX", 4, 0, 200),
    ("g4-standard-384", 384, 1440, "RTX", 8, 0, 400),
    ("a2-highgpu-1g", 12, 85, "A100-40", 1, 0, 24),
    ("a2-highgpu-2g", 24, 170, "A100-40", 2, 0, 32),
    ("a2-highgpu-4g", 48, 340, "A100-40", 4, 0, 50),
    ("a2-highgpu-8g", 96, 680, "A100-40", 8, 0, 100),
    ("a2-megagpu-16g", 96, 1360, "A100-40", 16, 0, 100),
    ("a2-ultragpu-1g", 12, 170, "A100-80", 1, 375, 24),
    ("a2-ultragpu-2g", 24, 340, "A100-80", 2, 750, 32),
    ("a2-ultragpu-4g", 48, 680, "A100-80", 4, 1500, 50),
    ("a2-ultragpu-8g", 96, 1360, "A100-80", 8, 3000, 100),
    ("a3-highgpu-1g", 26, 234, "H100", 1, 750, 25),
    ("a3-highgpu-2g", 52, 468, "H100", 2, 1500, 50),
    ("a3-highgpu-4g", 104, 936, "H100", 4, 3000, 100),
    ("a3-highgpu-8g", 208, 1872, "H100", 8, 6000, 1000),
    ("a3-megagpu-8g", 208, 1872, "H100-Mega", 8, 6000, 1800),
    ("a3-ultragpu-8g", 224, 2952, "H200", 8, 12000, 3600),
    ("a4-highgpu-8g", 224, 3968, "B200", 8, 12000, 3600),
]

# Machines that Google never sells on demand, and how it does.
NEVER_ON_DEMAND = {
    **dict.fromkeys(("a3-highgpu-1g", "a3-highgpu-2g", "a3-highgpu-4g"), ["spot", "flex-start"]),
    **dict.fromkeys(("a3-ultragpu-8g", "a4-highgpu-8g"), ["spot", "flex-start", "reservation"]),
}

# Series that boot from no Persistent Disk. Vertex AI's page says so of A3 Ultra and A4 only.
HYPERDISK_ONLY = ("n4-", "g4-", "a3-ultragpu-", "a4-")

# Series whose machines can be placed close together, with a compact placement policy. E2, N1 and N4 cannot.
COMPACT = ("n2", "g2", "g4", "a2", "a3", "a4")

# Accelerators of Vertex AI by region, and every other region that it is in. As on the page, * means not for inference;
# +, which is a dagger there, not for training.
VERTEX_ACCELERATORS = {
    "asia-east1": "L4+ T4 H100-Mega*",
    "asia-east2": "T4",
    "asia-northeast1": "A100-40+ H100 H100-Mega B200* L4+ T4",
    "asia-northeast3": "A100-40 H100 L4 T4",
    "asia-south1": "H100 L4 T4 H200",
    "asia-south2": "H200 RTX",
    "asia-southeast1": "A100-40 A100-80 B200 H100 H100-Mega L4 T4 RTX",
    "asia-southeast2": "T4",
    "australia-southeast1": "H100-Mega T4",
    "europe-central2": "T4",
    "europe-north1": "H100-Mega*",
    "europe-west1": "H100+ H100-Mega H200 L4+ T4",
    "europe-west2": "H100+ L4 T4",
    "europe-west3": "H100 H100-Mega* L4+ T4",
    "europe-west4": "A100-40 A100-80 H100 H100-Mega H200 B200* L4 T4 RTX",
    "europe-west6": "L4+",
    "me-central2": "L4",
    "me-west1": "A100-40 A100-80+ T4+",
    "northamerica-northeast1": "T4",
    "northamerica-northeast2": "H100 L4",
    "southamerica-east1": "T4",
    "southamerica-west1": "T4+",
    "us-central1": "A100-40 A100-80 B200 H100 H100-Mega H200 L4 T4 RTX",
    "us-east1": "A100-40* B200* L4 T4 RTX",
    "us-east4": "A100-80 H100 H100-Mega H200 B200* L4 T4 RTX",
    "us-east5": "A100-80 H100 H100-Mega H200*",
    "us-south1": "B200* H200",
    "us-west1": "H100-Mega H200 L4 T4 H100",
    "us-west2": "T4 B200",
    "us-west3": "A100-40 B200*",
    "us-west4": "A100-40* H100 H100-Mega L4+ T4",
}
VERTEX_WITHOUT_ACCELERATORS = (
    *("africa-south1", "asia-northeast2", "australia-southeast2", "europe-southwest1", "europe-west8"),
    *("europe-west9", "europe-west12", "me-central1"),
)

# Regions of Vertex AI in which Compute Engine has a series in some zone. E2, N2 and N4 are in all of them; N1 in
# me-west1 only with T4s. A3 in asia-east1 is from the page of Batch.
SERIES_REGIONS = {
    "g2": "asia-east1 asia-northeast1 asia-northeast3 asia-south1 asia-southeast1 europe-west1 europe-west2"
    " europe-west3 europe-west4 europe-west6 me-central2 northamerica-northeast1 northamerica-northeast2 us-central1"
    " us-east1 us-east4 us-west1 us-west4",
    "g4": "asia-east1 asia-south1 asia-south2 asia-southeast1 asia-southeast2 europe-north1 europe-west1 europe-west2"
    " europe-west4 europe-west8 us-central1 us-east1 us-east4 us-east5 us-south1 us-west1 us-west3 us-west4",
    "a2": "asia-northeast1 asia-northeast3 asia-southeast1 europe-west4 me-west1 us-central1 us-east1 us-east4 us-east5"
    " us-west1 us-west3 us-west4",
    "a3": "asia-east1 asia-northeast1 asia-northeast3 asia-south1 asia-south2 asia-southeast1 australia-southeast1"
    " europe-west1 europe-west3 europe-west4 northamerica-northeast2 us-central1 us-east4 us-east5 us-south1 us-west1"
    " us-west4",
    "a4": "asia-northeast1 asia-southeast1 europe-north1 europe-west4 us-central1 us-east1 us-east4 us-south1 us-west2"
    " us-west3",
}
WITHOUT_N1 = (
    *("africa-south1", "europe-southwest1", "europe-west8", "europe-west9", "europe-west12", "me-central1"),
    *("me-central2", "southamerica-west1", "us-east5", "us-south1"),
)

# Regions of Vertex AI that Batch is not in.
WITHOUT_BATCH = ("africa-south1",)
