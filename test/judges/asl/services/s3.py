"""S3: objects, and writes that only the first may do.

Of an object that is not there a role of these machines is told AccessDenied: it may list below prefixes only.

Source: S3 API reference, PutObject (If-None-Match), GetObject (permissions), ListObjectsV2 (a page counts objects and common prefixes),
DeleteObjects; user guide, "Conditional writes".
"""

import base64
import hashlib

from world import Service

PAGE = 1000


class S3(Service):
    """State: buckets: {<name>: {<key>: {text} or {base64}, modified?}}; raced: {<key>: {text}}, objects that somebody else
    writes just before the first conditional write of that key; locked: [<key>], objects that nobody may delete.
    """

    name = "s3"
    empty = {"buckets": {}, "raced": {}, "locked": []}

    def get_object(self, request: dict) -> dict:
        body = self._read(request["Bucket"], request["Key"])
        if body is None:
            raise self.error("AccessDenied", "Access Denied")
        return {"Body": body, "ContentLength": len(body), "ETag": _etag(body)}

    def put_object(self, request: dict) -> dict:
        bucket, key = self._bucket(request["Bucket"]), request["Key"]
        if "IfNoneMatch" in request:
            if key in self.state["raced"]:
                bucket[key] = self.state["raced"].pop(key)
            if key in bucket:
                raise self.error("PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
        body = request.get("Body", b"")
        body = body if isinstance(body, bytes) else str(body).encode()
        self._write(request["Bucket"], key, body)
        return {"ETag": _etag(body)}

    def delete_object(self, request: dict) -> dict:
        self._bucket(request["Bucket"]).pop(request["Key"], None)
        return {}

    def delete_objects(self, request: dict) -> dict:
        bucket = self._bucket(request["Bucket"])
        keys = [one["Key"] for one in request["Delete"]["Objects"]]
        if not 1 <= len(keys) <= PAGE:
            raise self.error("MalformedXML", "The XML you provided was not well-formed")
        locked = [key for key in keys if key in self.state["locked"]]
        deleted = [key for key in keys if key not in locked]
        for key in deleted:
            bucket.pop(key, None)
        errors = [{"Key": key, "Code": "AccessDenied", "Message": "Access Denied"} for key in locked]
        quiet = request["Delete"].get("Quiet")
        return {**({"Errors": errors} if errors else {}), **({} if quiet else {"Deleted": [{"Key": key} for key in deleted]})}

    def list_objects_v2(self, request: dict) -> dict:
        bucket, prefix = self._bucket(request["Bucket"]), request.get("Prefix", "")
        after = request.get("ContinuationToken", request.get("StartAfter", ""))
        rolled = [_rolled(key, prefix, request.get("Delimiter", "")) for key in sorted(bucket) if key.startswith(prefix)]
        keys = [key for key in dict.fromkeys(rolled) if key > after]
        page = keys[:min(request.get("MaxKeys", PAGE), PAGE)]
        more = len(keys) > len(page)
        contents = [{"Key": key, "Size": len(self._read(request["Bucket"], key) or b""),
                     "LastModified": bucket[key].get("modified", self.clock.iso())} for key in page if key in bucket]
        folders = [{"Prefix": key} for key in page if key not in bucket]
        return {"Name": request["Bucket"], "Prefix": prefix, "KeyCount": len(page), "IsTruncated": more,
                **({"Contents": contents} if contents else {}), **({"CommonPrefixes": folders} if folders else {}),
                **({"NextContinuationToken": page[-1]} if more else {})}

    def _bucket(self, name: str) -> dict:
        if name not in self.state["buckets"]:
            raise self.error("NoSuchBucket", "The specified bucket does not exist")
        return self.state["buckets"][name]

    def _read(self, bucket: str, key: str) -> bytes | None:
        found = self._bucket(bucket).get(key)
        if found is None:
            return None
        return found["text"].encode() if "text" in found else base64.b64decode(found["base64"])

    def _write(self, bucket: str, key: str, body: bytes) -> None:
        """Text where it is text, so that the state can be read."""
        try:
            content = {"text": body.decode()}
        except UnicodeDecodeError:
            content = {"base64": base64.b64encode(body).decode()}
        self._bucket(bucket)[key] = {**content, "modified": self.clock.iso()}

    def _below(self, uri: str) -> tuple[str, str]:
        """Bucket and prefix of an address."""
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        return bucket, prefix


def _rolled(key: str, prefix: str, delimiter: str) -> str:
    """A key, or the common prefix that a delimiter makes of it."""
    head, found, _ = key[len(prefix):].partition(delimiter) if delimiter else (key, "", "")
    return prefix + head + found if found else key


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
