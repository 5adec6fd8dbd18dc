"""Files in the storage: kept under names of ours, counted, and cleared up where no row names them."""

import logging
from collections.abc import Iterator, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import IO
from uuid import uuid4

from django.core.files import File as DjangoFile
from django.core.files.storage import default_storage
from django.utils import timezone

log = logging.getLogger(__name__)


class FilesAway(Exception):
    """The store of files does not answer, or does not let us in. Waiting may help; nothing was read or written."""


@dataclass(frozen=True)
class File:
    """A file that may be kept: its harmless name, what it is (a suffix), bytes, SHA-256, and what is in it."""

    name: str
    kind: str
    size: int
    hash: str
    content: IO[bytes]


@contextmanager
def stored(folder: str, file: File | None) -> Iterator[str]:
    """Store a file for the time of a transaction inside, which keeps it by naming it; empty where there is none.

    It is stored before the transaction begins, so that nobody waits for a slow disk or a bucket far away, and deleted
    where that fails. Raises FilesAway.
    """
    if file is None:
        yield ""
        return
    file.content.seek(0)
    name = default_storage.save(f"{folder}/{timezone.now():%Y/%m}/{uuid4().hex}.{file.kind}", DjangoFile(file.content))
    try:
        yield name
    except BaseException:
        discard(name)
        raise


def discard(name: str) -> None:
    """Delete a file that no row names any more. If that cannot be just now, workers do it when they clear up: what was
    decided about the rows stands.
    """
    try:
        default_storage.delete(name)
    except FilesAway as error:
        log.warning("%s could not be deleted yet: %s", name, error)


def files_in(folder: str) -> list[str]:
    """The names of all files in a folder, at any depth."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    return [f"{folder}/{name}" for name in files] + [path for each in folders for path in files_in(f"{folder}/{each}")]


def remove_unnamed(folder: str, named: Set[str]) -> None:
    """Delete files that no row names. Only those that are an hour old, since a row follows its file in a moment."""
    young = timezone.now() - timedelta(hours=1)
    for name in files_in(folder):
        with suppress(FileNotFoundError):  # another worker clears up in the same moment
            if name not in named and default_storage.get_modified_time(name) < young:
                default_storage.delete(name)
