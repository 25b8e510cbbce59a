"""Jobs of SageMaker as processes of this machine: `/opt/ml` is a folder of it, and S3 is a state of JSON.

Source: SageMaker developer guide, "How Amazon SageMaker Processing Builds Your Processing Container", "Amazon SageMaker AI
Training Storage Folders", "How Amazon SageMaker AI Processes Training Output". What a container prints is in its log alone.
"""

import base64
import os
import pathlib
import subprocess
import tempfile

LAST_WORDS = 1500
SECONDS = 240


class Objects:
    """The state of S3: {<bucket>: {<key>: {text} or {base64}}}."""

    def __init__(self, buckets: dict):
        self.buckets = buckets

    def read(self, uri: str) -> bytes:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        found = self.buckets[bucket][key]
        return found["text"].encode() if "text" in found else base64.b64decode(found["base64"])

    def download(self, uri: str, folder: pathlib.Path) -> int:
        """Copies everything whose address begins so, as S3Prefix does; answers how many files that were."""
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        keys = [key for key in self.buckets.get(bucket, {}) if key.startswith(prefix)]
        for key in keys:
            file = folder / (key.removeprefix(prefix).lstrip("/") or key.rpartition("/")[2])
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(self.read(f"s3://{bucket}/{key}"))
        return len(keys)

    def upload(self, folder: pathlib.Path, uri: str) -> None:
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            body = file.read_bytes()
            try:
                content = {"text": body.decode()}
            except UnicodeDecodeError:
                content = {"base64": base64.b64encode(body).decode()}
            self.buckets[bucket][f"{prefix.rstrip('/')}/{file.relative_to(folder)}"] = content


class Containers:
    """Images by address: {bin: folder with python, cwd?}."""

    def __init__(self, images: dict, objects: Objects):
        self.images, self.objects, self.ran = images, objects, []
        self.messages: dict[str, str] = {}
        """By step: what its job wrote to /opt/ml/output/message."""

    def processing(self, name: str, job: dict) -> str | None:
        """Runs a processing job; answers why it failed, None if it did not."""
        app = job["AppSpecification"]
        words = [*app.get("ContainerEntrypoint", []), *app.get("ContainerArguments", [])]
        inputs = [(one["S3Input"]["S3Uri"], one["S3Input"]["LocalPath"]) for one in job.get("ProcessingInputs", [])]
        outputs = [(one["S3Output"]["LocalPath"], one["S3Output"]["S3Uri"])
                   for one in job.get("ProcessingOutputConfig", {}).get("Outputs", [])]
        return self._run(name, app["ImageUri"], words, inputs, outputs, job.get("Environment", {}))

    def training(self, name: str, job: dict, artifacts: str) -> str | None:
        spec = job["AlgorithmSpecification"]
        words = [*spec.get("ContainerEntrypoint", []), *spec.get("ContainerArguments", [])]
        inputs = [(one["DataSource"]["S3DataSource"]["S3Uri"], f"/opt/ml/input/data/{one['ChannelName']}")
                  for one in job.get("InputDataConfig", [])]
        outputs = [("/opt/ml/model", artifacts)]
        if "CheckpointConfig" in job:
            outputs.append((job["CheckpointConfig"]["LocalPath"], job["CheckpointConfig"]["S3Uri"]))
        return self._run(name, spec["TrainingImage"], words, inputs, outputs, job.get("Environment", {}), "/opt/ml/output/failure")

    def _run(self, name: str, image: str, words: list, inputs: list, outputs: list, env: dict, told: str = "") -> str | None:
        """`told` is a file whose text is the reason of a failure."""
        if image not in self.images:
            return f"ClientError: Failed to pull the image {image}. There are {sorted(self.images)}."
        has = self.images[image]
        with tempfile.TemporaryDirectory(prefix="job-") as root:
            here = lambda path: pathlib.Path(path.replace("/opt/ml", root))
            for uri, local in inputs:
                if self.objects.download(uri, here(local)) == 0:
                    return f"ClientError: No S3 objects found under the S3 URL {uri}"
            for local, _ in outputs:
                here(local).mkdir(parents=True, exist_ok=True)
            path = f"{has['bin']}{os.pathsep}{os.environ['PATH']}"
            done = subprocess.run([word.replace("/opt/ml", root) for word in words], cwd=has.get("cwd", root), capture_output=True,
                                  text=True, timeout=SECONDS, check=False,
                                  env={"PATH": path, "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1", **env})
            self.ran.append({"step": name, "image": image, "command": words, "inputs": [uri for uri, _ in inputs],
                             "outputs": [uri for _, uri in outputs], "code": done.returncode,
                             "log": (done.stdout + done.stderr)[-LAST_WORDS:].strip()})
            if (message := here("/opt/ml/output/message")).exists():
                self.messages[name] = message.read_bytes()[:1024].decode()
            if done.returncode != 0:
                why = here(told).read_text()[:1024] if told and here(told).exists() else ""
                return f"AlgorithmError: {why}, exit code: {done.returncode}"
            for local, uri in outputs:
                self.objects.upload(here(local), uri)
        return None
