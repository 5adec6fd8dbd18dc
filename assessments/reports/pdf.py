"""HTML to PDF without risk to the web process: a child process prints, within limits, and is killed when it overruns.

This is the web side; `pdf_process.py` is the other. Nothing here imports WeasyPrint.
"""

import atexit
import collections
import contextlib
import functools
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

HERE = Path(__file__).resolve().parent
# What the printing process may know of the environment: no secrets.
ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_CACHE_HOME", "LD_LIBRARY_PATH", "PYTHONPATH")
START_SECONDS = 60  # loading takes two; a machine that swaps may need many more
MOST_LOGGED = 1000  # letters of a complaint: it may name a picture by all of its bytes
MOST_COMPLAINTS = 20  # of one document: a logo that somebody sends may give rise to thousands
MOST_EACH = 2  # documents that one person may have printed, or wait for, at once in one process
asker: ContextVar[object] = ContextVar("asker", default=None)
"""Who asks for what is printed: pages set it, so that nobody who asks for much takes every thread. None: no limit."""
logger = logging.getLogger(__name__)


class ReportBusy(Exception):
    """As many reports as may be printed at once are being printed; try again in a moment."""


class ReportTooSlow(Exception):
    """The report took longer than its limit and was stopped."""


class ReportFailed(Exception):
    """The report could not be printed; `log` says why, for the operator and not for the reader."""

    def __init__(self, message: str, log: str = "") -> None:
        super().__init__(f"{message}\n{log}".strip())
        self.log = log


@dataclass(frozen=True)
class Limits:
    """What one document may take. The defaults fit 300 pages; 80 need 3 seconds and 310 MB."""

    seconds: float = 45  # by the wall clock, in the child; the wait for a place comes on top
    cpu_seconds: int = 30
    memory_bytes: int = 1024**3  # of address space, of which 230 MB are there before the first word


LIMITS = Limits()


def render_pdf(html: str, *, identifier: str, strict: bool = False, limits: Limits = LIMITS) -> bytes:
    """Return the document as PDF/UA-1: tagged, with the language and title that its HTML gives.

    The same `html` and `identifier` (any text that names the report) give the same bytes at any time. Dates come
    from `<meta name="dcterms.created">` alone. Nothing is fetched but `data:`, the shipped fonts and the style
    sheets of this package (`<link rel="stylesheet" href="asset:report.css">`). What WeasyPrint complains of is
    logged as a warning, or raised if `strict`.

    Takes about 50 ms a page; the first call in a process two seconds more. Raises ReportBusy, ReportTooSlow and
    ReportFailed.
    """
    return press().print(html, identifier=identifier, strict=strict, limits=limits)


@functools.cache
def press() -> "Press":
    """Return this process's press; it starts at the first print, or with `press().start()`."""
    return Press(Path(settings.REPORT_FONTS))


os.register_at_fork(after_in_child=press.cache_clear)  # a forked worker must not share its parent's sockets


class Press:
    """One printing process and the queue before it: `at_once` documents print, others wait `patience` seconds."""

    def __init__(self, fonts: Path, *, at_once: int = 2, patience: float = 5) -> None:
        self.fonts, self.at_once, self.patience = fonts, at_once, patience
        self._places = threading.BoundedSemaphore(at_once)
        self._asked: collections.Counter[object] = collections.Counter()
        self._lock, self._counting = threading.Lock(), threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def print(self, html: str, *, identifier: str, strict: bool = False, limits: Limits = LIMITS) -> bytes:
        """Print one document, as `render_pdf` says."""
        with self._turn(asker.get()):
            return self._print(html, identifier, strict, limits)

    @contextlib.contextmanager
    def _turn(self, who: object) -> Iterator[None]:
        """Whoever has MOST_EACH documents here already does not even wait: others need the thread."""
        with self._counting:
            if who is not None and self._asked[who] >= MOST_EACH:
                raise ReportBusy(f"The same person has {MOST_EACH} reports printed just now.")
            self._asked[who] += 1
        try:
            yield
        finally:
            with self._counting:
                self._asked[who] -= 1
                self._asked += collections.Counter()  # forgets who has none left

    def _print(self, html: str, identifier: str, strict: bool, limits: Limits) -> bytes:
        if not self._places.acquire(timeout=self.patience):
            raise ReportBusy(f"{self.at_once} reports are being printed; none ended within {self.patience:g} s.")
        try:
            request = {"html": html, "identifier": identifier, "limits": asdict(limits)}
            pdf, complaints = self._exchange(json.dumps(request).encode(), limits)
        finally:
            self._places.release()
        if complaints and strict:
            raise ReportFailed("The report was printed, but not without complaint.", "\n".join(complaints))
        for complaint in complaints[:MOST_COMPLAINTS]:
            logger.warning("Report %s: %s", identifier, " ".join(complaint[:MOST_LOGGED].split()))
        if len(complaints) > MOST_COMPLAINTS:
            logger.warning("Report %s: and %d more complaints", identifier, len(complaints) - MOST_COMPLAINTS)
        return pdf

    def start(self) -> None:
        """Start the printing process unless it runs: two seconds. Raises ReportFailed if it cannot start."""
        with self._lock:
            self._running()

    def stop(self) -> None:
        """End the printing process and whatever it prints; the next document starts another."""
        with self._lock:
            if self._process is not None and self._control is not None:
                self._control.close()
                self._process.wait()
                self._process = self._control = None
                atexit.unregister(self.stop)

    def _running(self) -> socket.socket:
        """Return the socket to the printing process, started now if there is none or it has died."""
        if self._process is None or self._control is None or self._process.poll() is not None:
            if self._control is not None:
                self._control.close()
            self._process, self._control = _started(self.fonts)
            atexit.register(self.stop)
        return self._control

    def _exchange(self, request: bytes, limits: Limits) -> tuple[bytes, list[str]]:
        """Have one request printed; once more if the printing process itself died, as when memory ran out."""
        reply, code, log = self._attempt(request, limits)
        if reply == b"" and code is None:
            with self._lock, contextlib.suppress(subprocess.TimeoutExpired):
                if self._process is not None:
                    self._process.wait(1)
            reply, code, log = self._attempt(request, limits)
        return _understood(reply, code, log, limits)

    def _attempt(self, request: bytes, limits: Limits) -> tuple[bytes | None, int | None, str]:
        """Hand the request to a new child; return its reply, its exit code and what it wrote on standard error."""
        job, their_job = socket.socketpair()
        lifeline, their_lifeline = socket.socketpair()
        with job, lifeline, tempfile.TemporaryFile() as log:
            descriptors = [their_job.fileno(), their_lifeline.fileno(), log.fileno()]
            with their_job, their_lifeline, self._lock, contextlib.suppress(ConnectionError):
                socket.send_fds(self._running(), [b"p"], descriptors)
            reply = _converse(job, request, time.monotonic() + limits.seconds)
            code = _hang_up(lifeline)
            log.seek(0)
            return reply, code, log.read().decode(errors="replace")


def _started(fonts: Path) -> tuple[subprocess.Popen[bytes], socket.socket]:
    control, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - our own file
            [sys.executable, "-P", str(HERE / "pdf_process.py"), str(fonts)],
            stdin=theirs.fileno(),
            env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
            | {"FONTCONFIG_FILE": str(HERE / "fonts.conf")},
            start_new_session=True,  # Ctrl-C is for the web process, which then hangs up
        )
    control.settimeout(START_SECONDS)
    try:
        with control.makefile("rb") as answers:
            answer = json.loads(answers.readline())
    except (TimeoutError, ValueError) as error:
        answer = {"error": f"It did not say that it was ready: {error!r}"}
    if answer["error"]:
        control.close()
        process.kill()
        process.wait()
        raise ReportFailed("The printing process did not start.", answer["error"])
    return process, control


def _hang_up(lifeline: socket.socket) -> int | None:
    """Have the child killed if it still runs; return its exit code (negative: a signal), None if nobody knows it."""
    lifeline.settimeout(START_SECONDS)
    with contextlib.suppress(OSError):
        lifeline.shutdown(socket.SHUT_WR)
        if answer := lifeline.recv(16):
            return int(answer)
    return None


def _converse(job: socket.socket, request: bytes, deadline: float) -> bytes | None:
    """Send the request and return all of the reply, empty if the child dies; None at the deadline."""
    parts: list[bytes] = []
    try:
        job.settimeout(max(0.001, deadline - time.monotonic()))
        job.sendall(request)
        job.shutdown(socket.SHUT_WR)
        while part := job.recv(1 << 20):
            parts.append(part)
            job.settimeout(max(0.001, deadline - time.monotonic()))
    except TimeoutError:
        return None
    except ConnectionError:
        pass
    return b"".join(parts)


def _understood(reply: bytes | None, code: int | None, log: str, limits: Limits) -> tuple[bytes, list[str]]:
    if reply is None or code == -signal.SIGXCPU:
        allowed = f"{limits.seconds:g} s ({limits.cpu_seconds} s of computing)"
        raise ReportTooSlow(f"The report was not printed within {allowed} and was stopped.")
    head, line_end, pdf = reply.partition(b"\n")
    if not line_end:
        raise ReportFailed(f"The child that printed the report died with exit code {code}.", log)
    answer: dict[str, Any] = json.loads(head)
    if answer["error"]:
        raise ReportFailed("The report could not be printed.", f"{answer['error']}\n{log}".strip())
    return pdf, answer["complaints"] + log.splitlines()
