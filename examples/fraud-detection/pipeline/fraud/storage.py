"""Fetches a model from Cloud Storage, as the identity that the container runs as. Vertex AI does not lay it down itself."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.parse
import urllib.request

from fraud.fault import Fault

SECONDS = 60
#: Both as Google's own clients read them, for tests and emulators.
METADATA = os.environ.get("GCE_METADATA_HOST", "metadata.google.internal")
STORAGE = os.environ.get("STORAGE_EMULATOR_HOST", "https://storage.googleapis.com")


def download(uri: str, folder: str) -> None:
    """Everything under `gs://bucket/prefix`, by its path below it."""
    bucket, _, prefix = uri.removeprefix("gs://").partition("/")
    prefix = f"{prefix.rstrip('/')}/" if prefix else ""
    headers = {"Authorization": f"Bearer {_token()}"}
    names = list(_names(bucket, prefix, headers))
    if not names:
        raise Fault(f"There is nothing under {uri}: the model is gone, or this service account may not list it.")
    for name in names:
        path = os.path.normpath(os.path.join(folder, name.removeprefix(prefix)))
        if not path.startswith(os.path.join(folder, "")):
            raise Fault(f"{name} in {bucket} would lie outside the folder of the model.")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        quoted = urllib.parse.quote(name, safe="")
        with _get(f"{STORAGE}/storage/v1/b/{bucket}/o/{quoted}?alt=media", headers) as source, open(path, "wb") as file:
            while block := source.read(1 << 20):
                file.write(block)


def _names(bucket: str, prefix: str, headers: dict):
    page = ""
    while True:
        query = urllib.parse.urlencode({"prefix": prefix, **({"pageToken": page} if page else {})})
        with _get(f"{STORAGE}/storage/v1/b/{bucket}/o?{query}", headers) as answer:
            found = json.load(answer)
        # An object whose name ends with a slash is how consoles draw a folder.
        yield from (item["name"] for item in found.get("items", []) if not item["name"].endswith("/"))
        page = found.get("nextPageToken", "")
        if not page:
            return


def _token() -> str:
    url = f"http://{METADATA}/computeMetadata/v1/instance/service-accounts/default/token"
    with _get(url, {"Metadata-Flavor": "Google"}) as answer:
        return json.load(answer)["access_token"]


def _get(url: str, headers: dict):
    try:
        return urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=SECONDS)
    except (urllib.error.URLError, TimeoutError) as error:
        raise Fault(f"{url.partition('?')[0]} cannot be read: {error}") from error
