"""Names of files as people sent them → names that no system stumbles over, with the suffix of what the file is."""

import re

from assessments.reports.file_names import file_name

MOST_READ = 1000
"""Letters of a name that are looked at: no file system takes as many."""
SUFFIX = re.compile(r"\.([A-Za-z0-9]{1,8})$")
SAME = {"jpeg": "jpg", "jpe": "jpg"}


def suffix_of(name: str) -> str:
    """What its name says it is, in small letters; empty where it says nothing."""
    found = SUFFIX.search(_bare(name).strip())
    suffix = found[1].lower() if found else ""
    return SAME.get(suffix, suffix)


def safe_name(name: str, suffix: str) -> str:
    """The name without folders and tricks, and with this suffix in place of the one that it had."""
    return file_name([SUFFIX.sub("", _bare(name).strip())], suffix)


def _bare(name: str) -> str:
    """Without folders; of a name that is far too long, its beginning and its end."""
    bare = re.split(r"[/\\]", name)[-1]
    return bare if len(bare) <= MOST_READ else bare[: MOST_READ - 10] + bare[-10:]
