"""Jobs of SageMaker as processes of this machine: `/opt/ml` is a folder of it, and S3 is a state of JSON.

Source: SageMaker developer guide, "How Amazon SageMaker Processing Builds Your Processing Container", "Amazon SageMaker AI
Training Storage Folders", "How Amazon SageMaker AI Processes Training Output", "Checkpoints in Amazon SageMaker AI". What a
container prints is in its log alone. Of several nodes the first one is run.
"""

import base64
import io
import os
import pathlib
import subprocess
import tarfile
import tempfile
from typing import NamedTuple

LAST_WORDS = 1500
SECONDS = 240
CHECKPOINTS = "/opt/ml/checkpoints/"
"""Where checkpoints are, unless a job says. Source: service model of SageMaker, CheckpointConfig."""


class Source(NamedTuple):
    """What a node is given of what is below an address: all of it, or its share where `nodes` have one each."""

    uri: str
    local: str
    nodes: int = 1

    @classmethod
    def of(cls, place: dict, local: str, cluster: dict) -> "Source":
        shared = place.get("S3DataDistributionType", "FullyReplicated") == "ShardedByS3Key"
        return cls(place["S3Uri"], local, cluster["InstanceCount"] if shared else 1)


class Objects:
    """The state of S3: {<bucket>: {<key>: {text} or {base64}}}."""

    def __init__(self, buckets: dict):
        self.buckets = buckets

    def read(self, uri: str) -> bytes:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        found = self.buckets[bucket][key]
        return found["text"].encode() if "text" in found else base64.b64decode(found["base64"])

    def download(self, uri: str, folder: pathlib.Path, nodes: int = 1) -> int:
        """Copies everything whose address begins so, as S3Prefix does, or the first node's share; answers how many files."""
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        keys = sorted(key for key in self.buckets.get(bucket, {}) if key.startswith(prefix))[::nodes]
        for key in keys:
            file = folder / (key.removeprefix(prefix).lstrip("/") or key.rpartition("/")[2])
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(self.read(f"s3://{bucket}/{key}"))
        return len(keys)

    def upload(self, folder: pathlib.Path, uri: str) -> None:
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            self._put(bucket, f"{prefix.rstrip('/')}/{file.relative_to(folder)}", file.read_bytes())

    def archive(self, folder: pathlib.Path, uri: str) -> None:
        """Puts a folder there as one file, as a training does that was not told to compress nothing."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        with io.BytesIO() as packed:
            with tarfile.open(fileobj=packed, mode="w:gz") as archive:
                archive.add(folder, arcname=".")
            self._put(bucket, key, packed.getvalue())

    def _put(self, bucket: str, key: str, body: bytes) -> None:
        try:
            content = {"text": body.decode()}
        except UnicodeDecodeError:
            content = {"base64": base64.b64encode(body).decode()}
        self.buckets[bucket][key] = content


class Containers:
    """Images by address: {bin: folder with python, cwd?, entry?: words, in which {name} is the step}. `taken`, by step: how
    often its machine is taken away as it ends, so that its checkpoints are all that is left of it."""

    def __init__(self, images: dict, objects: Objects, taken: dict):
        self.images, self.objects, self.ran, self.taken = images, objects, [], dict(taken)
        self.messages: dict[str, str] = {}
        """By step: what its job wrote to /opt/ml/output/message."""

    def processing(self, name: str, job: dict) -> str | None:
        """Runs a processing job; answers why it failed, None if it did not."""
        app = job["AppSpecification"]
        cluster = job["ProcessingResources"]["ClusterConfig"]
        inputs = [Source.of(one["S3Input"], one["S3Input"]["LocalPath"], cluster) for one in job.get("ProcessingInputs", [])]
        outputs = [(one["S3Output"]["LocalPath"], one["S3Output"]["S3Uri"])
                   for one in job.get("ProcessingOutputConfig", {}).get("Outputs", [])]
        return self._run(name, app["ImageUri"], app, inputs, outputs, job.get("Environment", {}))

    def training(self, name: str, job: dict, artifacts: str) -> str | None:
        """`artifacts` is the address of a folder, or of an archive: it ends in .tar.gz."""
        spec = job["AlgorithmSpecification"]
        inputs = [Source.of(one["DataSource"]["S3DataSource"], f"/opt/ml/input/data/{one['ChannelName']}", job["ResourceConfig"])
                  for one in job.get("InputDataConfig", [])]
        kept = [(one.get("LocalPath", CHECKPOINTS), one["S3Uri"]) for one in [job.get("CheckpointConfig")] if one]
        return self._run(name, spec["TrainingImage"], spec, inputs, [("/opt/ml/model", artifacts)], job.get("Environment", {}),
                         "/opt/ml/output/failure", kept)

    def _run(self, name: str, image: str, app: dict, inputs: list, outputs: list, env: dict, told: str = "",
             kept: list | tuple = ()) -> str | None:
        """`told` is a file whose text is the reason of a failure; what is `kept` outlives the machine."""
        if image not in self.images:
            return f"ClientError: Failed to pull the image {image}. There are {sorted(self.images)}."
        has = self.images[image]
        entry = [word.replace("{name}", name) for word in has.get("entry", [])]
        words = [*app.get("ContainerEntrypoint", entry), *app.get("ContainerArguments", [])]
        with tempfile.TemporaryDirectory(prefix="job-") as root:
            here = lambda path: pathlib.Path(path.replace("/opt/ml", root))
            for uri, local, nodes in inputs:
                if self.objects.download(uri, here(local), nodes) == 0:
                    return f"ClientError: No S3 objects found under the S3 URL {uri}"
            for local, _ in (*outputs, *kept):
                here(local).mkdir(parents=True, exist_ok=True)
            for local, uri in kept:
                self.objects.download(uri, here(local))
            path = f"{has['bin']}{os.pathsep}{os.environ['PATH']}"
            done = subprocess.run([word.replace("/opt/ml", root) for word in words], cwd=has.get("cwd", root), capture_output=True,
                                  text=True, timeout=SECONDS, check=False,
                                  env={"PATH": path, "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1", **env})
            self.ran.append({"step": name, "image": image, "command": words, "inputs": [one.uri for one in inputs],
                             "outputs": [uri for _, uri in outputs], "code": done.returncode,
                             "log": (done.stdout + done.stderr)[-LAST_WORDS:].strip()})
            if (message := here("/opt/ml/output/message")).exists():
                self.messages[name] = message.read_bytes()[:1024].decode()
            for local, uri in kept:
                self.objects.upload(here(local), uri)
            if self.taken.get(name, 0) > 0:
                self.taken[name] -= 1
                return self._run(name, image, app, inputs, outputs, env, told, kept)
            if done.returncode != 0:
                why = here(told).read_text()[:1024] if told and here(told).exists() else ""
                return f"AlgorithmError: {why}, exit code: {done.returncode}"
            for local, uri in outputs:
                (self.objects.archive if uri.endswith(".tar.gz") else self.objects.upload)(here(local), uri)
        return None
