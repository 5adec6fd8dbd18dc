"""LibreOffice, which opens what we write for Word and Excel, and saves it as what a test can look at.

A start takes most of the time, so give all files of a test, or of a module, at once. Measured on two cores: one
workbook 2.0 s the first time in a process (it makes the profile), 1.1 s afterwards; 100 of 960 texts each 8.6 s.
"""

import atexit
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

PATIENCE = 240
"""Seconds for one start with all its files, after which it is killed."""


def convert(files: Sequence[Path], to: str, folder: Path) -> list[Path]:
    """Save each file in `folder` as `to`, and return where they are, in the order of `files`.

    `to` is an ending ("pdf", "xlsx", "ods"), or one with a filter and its options ("csv:Text - txt - csv
    (StarCalc):44,34,76"). The files must have different stems and lie elsewhere than in `folder`, which is made if
    need be. Raises AssertionError, with what LibreOffice said, if one does not arrive: by itself it reports success.
    """
    assert len({path.stem for path in files}) == len(files), "two files would become one"
    assert folder.resolve() not in {path.resolve().parent for path in files}, "a file would be written over"
    folder.mkdir(parents=True, exist_ok=True)
    with _alone():
        said = _run(["--convert-to", to, "--outdir", str(folder), *map(str, files)])
    made = [folder / f"{path.stem}.{to.partition(':')[0]}" for path in files]
    missing = [path.name for path in made if not path.exists()]
    assert not missing, f"LibreOffice did not write {missing}: {said}"
    return made


def _run(arguments: Sequence[str]) -> str:
    """Run LibreOffice to its end; what overruns is killed with all that it started. Return what it said."""
    profile = _profile()
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nolockcheck"]
    process = subprocess.Popen(
        [*command, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | {"HOME": str(profile), "SAL_USE_VCLPLUGIN": "svp"},
        start_new_session=True,  # the command is a script, and what works is its child
    )
    try:
        return process.communicate(timeout=PATIENCE)[0].decode(errors="replace")
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


@cache
def _profile() -> Path:
    """A profile of this process's own, which nobody's open LibreOffice holds; it goes when the process ends."""
    profile = Path(tempfile.mkdtemp(prefix="office-"))
    atexit.register(shutil.rmtree, profile, ignore_errors=True)
    return profile


@contextmanager
def _alone() -> Iterator[None]:
    """One LibreOffice at a time on this machine, whichever test process asks: each takes 200 MB and a core."""
    with (Path(tempfile.gettempdir()) / f"office-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
