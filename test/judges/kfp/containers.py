"""Containers as processes: an image is the command that it would run, and `/gcs` is a folder of this machine."""

import os
import re
import subprocess
import sys

MOUNT = re.compile(r"(?<![\w/.-])/gcs(?=/|$)")
PYTHONS = ("python", "python3")
NAME = "{name}"
"""In the command of an image: the name of the job that runs it."""
LAST_WORDS = 2000
SECONDS = 300


class Containers:
    """An image is its entry point, or {command?, python?, env?}: which Python it has, and what its environment is."""

    def __init__(self, root: str, images: dict):
        self.root, self.ran = root, []
        self.images = {image: has if isinstance(has, dict) else {"command": has} for image, has in images.items()}

    def run(self, name: str, spec: dict, env: dict | None = None) -> tuple[int, str]:
        image = spec["imageUri"]
        has = self.images.get(image, {})
        entry = spec.get("command") or has.get("command")
        if entry is None:
            return 127, f"The image {image} is not there. There are {sorted(self.images)}."
        command = [self._here(part.replace(NAME, name)) for part in (*entry, *spec.get("args", []))]
        python = [has.get("python", sys.executable)] if command[0] in PYTHONS else [command[0]]
        done = subprocess.run([*python, *command[1:]], capture_output=True, text=True, timeout=SECONDS, check=False,
                              env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **has.get("env", {}), **(env or {})})
        words = (done.stdout + done.stderr)[-LAST_WORDS:].strip()
        self.ran.append({"name": name, "image": image, "command": command, "code": done.returncode, "said": words})
        return done.returncode, words

    def _here(self, part: str) -> str:
        return MOUNT.sub(lambda _: self.root, part)
