"""Folders of S3 and of this machine."""

from __future__ import annotations

import os

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from fault import Fault


class Bucket:
    """What is asked of S3. Everything below an address is meant, whether it ends in `/` or not.

    What S3 refuses is a Fault.
    """

    def __init__(self, client=None):
        self._s3 = client or boto3.client("s3")

    def download(self, uri: str, folder: str) -> int:
        """Copies everything below an address; answers how many files that were."""
        files = self.list(uri)
        for name in files:
            path = os.path.normpath(os.path.join(folder, name))
            if not path.startswith(os.path.join(folder, "")):
                raise Fault(f"{uri} has an object {name!r}, which is no path within a folder.")
            os.makedirs(os.path.dirname(path), exist_ok=True)
            bucket, key = split(uri)
            self._asked(self._s3.download_file, bucket, key + name, path)
        return len(files)

    def upload(self, path: str, uri: str, name: str) -> None:
        bucket, key = split(uri)
        self._asked(self._s3.upload_file, path, bucket, key + name)

    def delete(self, uri: str, name: str) -> None:
        bucket, key = split(uri)
        self._asked(self._s3.delete_object, Bucket=bucket, Key=key + name)

    def list(self, uri: str) -> list:
        """Names of files below an address, as paths from there."""
        bucket, key = split(uri)
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key)
        found = self._asked(lambda: [one["Key"] for page in pages for one in page.get("Contents", [])])
        # Consoles make objects that end in `/` to show a folder.
        return [name[len(key) :] for name in found if not name.endswith("/")]

    def _asked(self, call, *args, **kwargs):
        try:
            return call(*args, **kwargs)
        except (ClientError, BotoCoreError, boto3.exceptions.Boto3Error) as error:
            raise Fault(f"S3 did not do what it was asked: {error}") from error


def split(uri: str) -> tuple:
    """Bucket, and prefix with a `/` at its end."""
    bucket, _, key = uri[len("s3://") :].partition("/")
    return bucket, key.rstrip("/") + "/"


def files_below(folder: str) -> dict:
    """Size, time and inode of all files below a folder, by their paths from there, in order."""
    found = {}
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            try:
                status = os.stat(path)
            except FileNotFoundError:
                continue  # renamed or removed since it was listed
            found[os.path.relpath(path, folder)] = [status.st_size, status.st_mtime_ns, status.st_ino]
    return dict(sorted(found.items()))
