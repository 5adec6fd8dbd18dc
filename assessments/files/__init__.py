"""Files that people send: judged by their content, never by their names, and made harmless."""

from assessments.files.judging import ACCEPTED, KINDS, MOST_BYTES, FileRefused, judge, media_type

__all__ = ["ACCEPTED", "KINDS", "MOST_BYTES", "FileRefused", "judge", "media_type"]
