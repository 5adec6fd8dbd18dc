"""A pack of fifty places: reports a second with one worker and two, memory over time, a worker killed in the middle.

Everything is real: a web server whose progress page is asked every two seconds and which then gives the ZIP away,
workers as processes, and a database file of their own. Memory is PSS: what is shared is counted once.
"""

import http.client
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import django

PLACES = 50
ROUNDS = 3
KILL_AT = 20
MEGABYTE = 1024


def main(arguments: list[str]) -> None:
    django.setup()
    from django.core.management import call_command

    rounds = int(arguments[0]) if arguments else ROUNDS
    call_command("migrate", verbosity=0)
    begun = time.perf_counter()
    bench = Bench()
    print(f"  {PLACES} places were made in {time.perf_counter() - begun:.0f} s")
    with web_server() as web:
        bench.web = web
        speed(bench, rounds)
        disturbed(bench)


def speed(bench: "Bench", rounds: int) -> None:
    """One worker and two by turns, of the shortest kind and of the longest."""
    from benchmarks.measure import table

    rows = []
    for kind, times in (("funder", rounds), ("full", 1)):
        runs: dict[int, list[Run]] = {1: [], 2: []}
        for _ in range(times):
            for workers in runs:
                bench.forget()
                runs[workers].append(bench.run(kind, workers))
        rows += [summary(kind, workers, runs[workers]) for workers in runs]
        if kind == "full":
            memory("Memory while one worker makes 50 full reports, MB (PSS)", runs[1][0])
            bench.expected = runs[1][0].files
        again = bench.run(kind, 1)
        rows.append([f"{kind}, all from the store, 1 worker", "1", f"{again.rate:.2f}", f"{again.seconds:.1f}"])
    table("Pack of 50 places", ["kind and workers", "runs", "reports a second", "whole pack, s"], rows)


def summary(kind: str, workers: int, runs: list["Run"]) -> list[str]:
    rate = statistics.median(run.rate for run in runs)
    seconds = statistics.median(run.seconds for run in runs)
    return [f"{kind}, {workers} worker{'s' * (workers > 1)}", str(len(runs)), f"{rate:.2f}", f"{seconds:.1f}"]


def disturbed(bench: "Bench") -> None:
    """The same pack with a worker killed after twenty files, and another started a second later."""
    bench.forget()
    run = bench.run("full", 1, kill_at=KILL_AT)
    memory(f"The same with the worker killed after {KILL_AT} files and another started, MB (PSS)", run)
    same = run.files == bench.expected
    print(f"  Killed and started again: {run.seconds:.1f} s; {len(run.files)} files, as undisturbed: {same}\n")
    assert same


def memory(title: str, run: "Run") -> None:
    from benchmarks.measure import table

    tenth = max(1, len(run.samples) // 10)
    rows = []
    for column, name in enumerate(("web server", "worker", "its printing process")):
        found = [sample[column] / MEGABYTE for sample in run.samples]
        first, last = statistics.median(found[:tenth]), statistics.median(found[-tenth:])
        rows.append([name, f"{first:.0f}", f"{last:.0f}", f"{max(found):.0f}"])
    table(title, ["process", "first tenth", "last tenth", "peak"], rows)


@dataclass
class Run:
    """One pack: how long its reports took, and the whole of it; its files; memory, four times a second."""

    report_seconds: float = 0.0
    seconds: float = 0.0
    files: dict[str, bytes] = field(default_factory=dict)
    samples: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return PLACES / self.report_seconds


class Bench:
    """Fifty places with 27 answers and 27 pieces of evidence each, of one consultant."""

    web: "Web"
    expected: dict[str, bytes]

    def __init__(self) -> None:
        from benchmarks.data import person, place_with

        self.person = person("consultant")
        made = [
            place_with(self.person, f"Place {number}", answered=27, submitted=True, evidence=True)
            for number in range(PLACES)
        ]
        self.places = [assessment.place for assessment in made]

    def forget(self) -> None:
        """Nothing is in the store."""
        from assessments.models import StoredReport

        StoredReport.objects.all().delete()

    def run(self, kind: str, workers: int, kill_at: int = 0) -> Run:
        from assessments.models import PackItem
        from assessments.tasks.orders import Order
        from assessments.tasks.packs import order_pack

        run, running = Run(), [Worker() for _ in range(workers)]
        until(lambda: all(worker.is_ready for worker in running))
        pack = order_pack(places=self.places, order=Order((kind,), "en-gb"), token=uuid4(), by=self.person)
        begun = time.perf_counter()
        reports = pack.items.filter(phase=PackItem.REPORTS)
        with sampled(run, self.web, running), self.web.watching(self.person, pack.pk):
            if kill_at:
                until(lambda: reports.filter(state="done").count() >= kill_at)
                running[0].kill()
                time.sleep(1)
                running[0] = Worker()
            until(lambda: not reports.filter(state__in=["waiting", "making"]).exists())
            run.report_seconds = time.perf_counter() - begun
            until(lambda: ended(pack))
            run.seconds = time.perf_counter() - begun
            run.files = self.web.download(self.person, pack.pk)
        for worker in running:
            worker.stop()
        return run


def ended(pack: "object") -> bool:
    pack.refresh_from_db()  # type: ignore[attr-defined]
    return bool(pack.is_finished)  # type: ignore[attr-defined]


def until(what: Callable[[], bool]) -> None:
    while not what():
        time.sleep(0.05)


class Worker:
    """`manage.py worker` as a process."""

    def __init__(self) -> None:
        environment = {**os.environ, "LOG_LEVEL": "INFO"}
        command = [sys.executable, "manage.py", "worker"]
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
        self.is_ready = False
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stderr or ():
            self.is_ready = self.is_ready or b"ready" in line

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


@dataclass
class Web:
    """gunicorn on a free port."""

    pid: int
    port: int

    def cookie(self, person: object) -> str:
        from django.conf import settings
        from django.test import Client

        client = Client()
        client.force_login(person)  # type: ignore[arg-type]
        return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"

    @contextmanager
    def watching(self, person: object, pack: int) -> Iterator[None]:
        """Ask for the progress every two seconds, as the page does."""
        over, cookie = threading.Event(), self.cookie(person)

        def watch() -> None:
            while not over.wait(2):
                self.get(f"/portfolio/packs/{pack}/", cookie, {"HX-Request": "true"}).read()

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def get(self, address: str, cookie: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        asked = http.client.HTTPConnection("127.0.0.1", self.port)
        asked.request("GET", address, headers={"Cookie": cookie, **headers})
        reply = asked.getresponse()
        assert reply.status == 200, reply.status
        return reply

    def download(self, person: object, pack: int) -> dict[str, bytes]:
        """The files of the ZIP by name, as a browser gets them."""
        file = Path(os.environ["DATA_DIR"]) / "download.zip"
        file.write_bytes(self.get(f"/portfolio/packs/{pack}/pack.zip", self.cookie(person), {}).read())
        with zipfile.ZipFile(file) as archive:
            return {name: archive.read(name) for name in archive.namelist()}


@contextmanager
def web_server() -> Iterator[Web]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"], check=True)
    environment = {**os.environ, "PORT": str(port), "WEB_CONCURRENCY": "1"}
    server = subprocess.Popen([sys.executable, "-m", "gunicorn"], env=environment)
    try:
        time.sleep(5)
        yield Web(server.pid, port)
    finally:
        server.terminate()
        server.wait()


# --- memory ---------------------------------------------------------------------------------------------------------


@contextmanager
def sampled(run: Run, web: Web, workers: list[Worker]) -> Iterator[None]:
    """Note the memory of the web server, of the first worker and of what it prints with, four times a second."""
    over = threading.Event()

    def sample() -> None:
        while not over.wait(0.25):
            worker = workers[0].process.pid
            printing = sum(tree(child) for child in children(worker))
            run.samples.append((tree(web.pid), pss(worker), printing))

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def tree(pid: int) -> int:
    """Kilobytes of a process and all its descendants."""
    return pss(pid) + sum(tree(child) for child in children(pid))


def children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


if __name__ == "__main__":
    main(sys.argv[1:])
