from __future__ import annotations  # `list` is a method here

import base64
import hashlib
import json
import pathlib
import urllib.parse

from fake_google import GoogleError, Media
from world import Service


def is_file(given) -> bool:
    return isinstance(given, dict) and given.keys() == {"file"}


def content_of(held) -> bytes:
    """Of an object as the state has it, also one that nobody asked for yet."""
    if isinstance(held, dict) and "file" in held:
        return pathlib.Path(held["file"]).read_bytes()
    text = held["text"] if isinstance(held, dict) and "generation" in held else held
    return (text if isinstance(text, str) else json.dumps(text)).encode()


def _rolled(name: str, prefix: str, delimiter: str) -> str:
    """A name, or the prefix that a delimiter makes of it."""
    head, found, _ = name[len(prefix):].partition(delimiter) if delimiter else (name, "", "")
    return prefix + head + found if found else name


class Objects(Service):
    """Objects of Cloud Storage: strongly consistent, each write a new generation, preconditions on it.

    State: buckets {"<bucket>": {"<object>": content}}, where content is JSON or text, or as left by a run
    {text, contentType, generation, created}. What is no text is {"file": path}, a file of this machine. A bucket that is not
    there is not found. An object that is not there is refused to be read, as Google does to whoever may not list all of the
    bucket, which no workflow may; those that may are "listed": true. raced {"<object>": content} is what somebody else writes
    just before the first write of that name.
    """

    api, at = "storage.v1", "objects"
    empty = {"buckets": {}, "generation": 1000, "listed": False, "raced": {}}

    def insert(self, params: dict, body: dict | None = None, content: bytes = b"", content_type: str = "") -> dict:
        if body is not None:
            raise NotImplementedError("only uploads of content: /upload/storage/v1/b/…/o?uploadType=media")
        bucket, name = self._bucket(params), params["name"]
        if name in self.state["raced"]:
            bucket[name] = self.state["raced"].pop(name)
        self._check(params, self._held(bucket, name))
        self.state["generation"] += 1
        bucket[name] = {"text": content.decode(), "contentType": content_type, "generation": str(self.state["generation"]),
                        "created": self.clock.iso()}
        return self._shown(params["bucket"], name, bucket[name])

    def get(self, params: dict, body: dict):
        bucket, name = self._bucket(params), params["object"]
        held = self._held(bucket, name)
        if held is None:
            code, said = (404, "No such object") if self.state["listed"] else (403, "Permission 'storage.objects.get' denied")
            raise GoogleError(code, f"{said}: {params['bucket']}/{name}")
        self._check(params, held)
        if params.get("alt") == "media":
            return Media(content_of(held), held["contentType"])
        return self._shown(params["bucket"], name, held)

    def list(self, params: dict, body: dict) -> dict:
        bucket = self._bucket(params)
        if params.keys() - {"bucket", "prefix", "startOffset", "endOffset", "maxResults", "pageToken", "fields", "delimiter"}:
            raise NotImplementedError(f"objects.list with {sorted(params)}")
        prefix, size = params.get("prefix", ""), int(params.get("maxResults", 1000))
        held = [name for name in sorted(bucket) if name.startswith(prefix) and name >= params.get("startOffset", "")
                and name < params.get("endOffset", chr(0x10FFFF))]
        rolled = [_rolled(name, prefix, params.get("delimiter", "")) for name in held]
        # A token stands for the last name of a page, so that what is deleted meanwhile moves nothing.
        names = [name for name in dict.fromkeys(rolled) if name > params.get("pageToken", "")]
        page, more = names[:size], {"nextPageToken": names[size - 1]} if len(names) > size else {}
        items = [self._shown(params["bucket"], name, self._held(bucket, name)) for name in page if name in bucket]
        prefixes = [name for name in page if name not in bucket]
        return {"kind": "storage#objects", **({"prefixes": prefixes} if prefixes else {}),
                **({"items": items} if items else {}), **more}

    def delete(self, params: dict, body: dict) -> None:
        bucket, name = self._bucket(params), params["object"]
        held = self._held(bucket, name)
        if held is None:
            raise GoogleError(404, f"No such object: {params['bucket']}/{name}")
        self._check(params, held)
        del bucket[name]

    def _bucket(self, params: dict) -> dict:
        if params["bucket"] not in self.state["buckets"]:
            raise GoogleError(404, "The specified bucket does not exist.")
        return self.state["buckets"][params["bucket"]]

    def _held(self, bucket: dict, name: str) -> dict | None:
        given = bucket.get(name)
        if given is None or (isinstance(given, dict) and "generation" in given and given.keys() & {"text", "file"}):
            return given
        held = {"file": given["file"], "contentType": "application/octet-stream"} if is_file(given) else \
            {"text": given, "contentType": "text/plain"} if isinstance(given, str) else \
            {"text": json.dumps(given), "contentType": "application/json"}
        self.state["generation"] += 1
        bucket[name] = {**held, "generation": str(self.state["generation"]), "created": self.clock.iso()}
        return bucket[name]

    def _check(self, params: dict, held: dict | None) -> None:
        generation = held["generation"] if held else "0"
        if "ifGenerationMatch" in params and str(params["ifGenerationMatch"]) != generation:
            raise GoogleError(412, "At least one of the pre-conditions you specified did not hold.")
        if any(name.startswith("if") and name != "ifGenerationMatch" for name in params):
            raise NotImplementedError(f"preconditions of {sorted(params)}")

    def _shown(self, bucket: str, name: str, held: dict) -> dict:
        content = content_of(held)
        return {"kind": "storage#object", "name": name, "bucket": bucket, "generation": held["generation"],
                "metageneration": "1", "contentType": held["contentType"], "size": str(len(content)),
                "timeCreated": held["created"], "updated": held["created"], "etag": f"etag-{held['generation']}",
                "md5Hash": base64.b64encode(hashlib.md5(content).digest()).decode(),
                "mediaLink": f"https://storage.googleapis.com/download/storage/v1/b/{bucket}/o/"
                             f"{urllib.parse.quote(name, safe='')}?generation={held['generation']}&alt=media"}
