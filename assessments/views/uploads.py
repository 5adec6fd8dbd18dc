"""Uploads as they arrive: what is larger than any file that is taken fills neither memory nor the disk."""

from django.core.files.uploadhandler import FileUploadHandler

from assessments.files import MOST_BYTES


class CutOff(FileUploadHandler):
    """Stands before the others, and keeps from them what comes after the most that is taken and a little more.

    What they keep is then too large by its size, and the form that gets it says so.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start <= MOST_BYTES else None

    def file_complete(self, file_size: int) -> None:
        return None
