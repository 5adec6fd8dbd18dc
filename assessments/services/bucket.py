"""Files in an S3-compatible bucket instead of on a disk: what STORAGES names where FILES_S3_BUCKET is set.

Nothing else imports this module, and with it boto3, which takes time and memory. It talks to the endpoint that was set
and to nobody else: its keys are given, never looked for, and no address of a file is ever made for a browser.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from django.core.files import File
from storages.backends.s3 import S3Storage

from assessments.services.storing import FilesAway

GONE = {"404", "NotFound", "NoSuchKey"}
CONNECT, READ, TRIES = 3, 20, 2
"""Seconds to wait for a connection and for an answer, and how often: a page of ours waits for it."""
REGION = "us-east-1"
"""What signatures name where no region is set: stores that are not Amazon's take it."""


@contextmanager
def told(name: str) -> Iterator[None]:
    """Tell what is wrong as a disk would, or as FilesAway, so that nobody else has to know boto3."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in GONE:
            raise FileNotFoundError(name) from error
        raise FilesAway(str(error)) from error
    except (BotoCoreError, HTTPClientError, Boto3Error) as error:
        raise FilesAway(str(error)) from error


class Arriving(File):
    """A file of the bucket as it arrives: read once from its beginning to its end, and never whole in memory."""

    def __init__(self, name: str, found: dict[str, Any]) -> None:
        super().__init__(found["Body"], name)
        self.size = found["ContentLength"]
        self._body = found["Body"]

    def read(self, size: int = -1) -> bytes:
        with told(str(self.name)):
            data: bytes = self._body.read(None if size < 0 else size)
            return data


class Bucket(S3Storage):
    """The bucket that was set, private, and none of its files ever written over."""

    def __init__(self, **options: Any) -> None:
        endpoint, region = options.get("endpoint_url") or None, options.get("region_name") or REGION
        fixed = {
            "endpoint_url": endpoint,
            "region_name": region,
            "client_config": configured(endpoint),
            "transfer_config": TransferConfig(use_threads=False),  # a piece in memory at a time, not ten
            "file_overwrite": False,
            "default_acl": None,  # what the bucket says: many stores know no other
            "security_token": None,
            "session_profile": None,
        }
        super().__init__(**(options | fixed))

    def exists(self, name: str) -> bool:
        with told(name):
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        with told(name):
            return int(super().size(name))

    def get_modified_time(self, name: str) -> datetime:
        with told(name):
            moment: datetime = super().get_modified_time(name)
            return moment

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with told(path):
            folders, files = super().listdir(path)
            return folders, files

    def delete(self, name: str) -> None:
        with told(name):
            super().delete(name)

    def url(self, name: str | None, *args: Any, **options: Any) -> str:
        raise ValueError("Files have no address: views serve them to those who may have them.")

    def _save(self, name: str, content: File) -> str:
        with told(name):
            return str(super()._save(name, content))

    def _open(self, name: str, mode: str = "rb") -> Arriving:
        if mode != "rb":
            raise ValueError("Files in the bucket are read, or saved whole.")
        key = self._normalize_name(name)
        with told(name):
            return Arriving(name, self.connection.meta.client.get_object(Bucket=self.bucket_name, Key=key))


def configured(endpoint: str | None) -> Config:
    """What any store understands: its own address with the bucket in the path, and no checksums that only some know."""
    return Config(
        connect_timeout=CONNECT,
        read_timeout=READ,
        retries={"mode": "standard", "total_max_attempts": TRIES},
        s3={"addressing_style": "path" if endpoint else "auto"},
        signature_version="s3v4",
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        ignore_configured_endpoint_urls=True,
    )
