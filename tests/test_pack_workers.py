"""Workers as real processes on the database of the test: killed in the middle, two at once, told to stop."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.db.models import F

from assessments.models import Pack, PackItem, Place, StoredReport, User
from assessments.tasks.packs import look_round
from tests.factories import make_user
from tests.packs_cast import ask, place_of, states, work, worker_process, zipped

DONE = PackItem.State.DONE
PATIENCE = 120
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("files")]


@pytest.fixture
def asker() -> User:
    return make_user("Carys Beddoe")


@pytest.fixture
def places(asker: User) -> list[Place]:
    return [place_of(asker, f"Place {number}", number % 3) for number in range(4)]


@pytest.fixture
def started() -> Iterator[list["subprocess.Popen[bytes]"]]:
    """What a test has started, ended at its end."""
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        process.kill()
        process.wait(PATIENCE)


def until(what: Any) -> None:
    """Wait until it is so."""
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_over(pack: Pack) -> bool:
    pack.refresh_from_db()
    return pack.is_finished


def test_workers_that_are_killed_in_the_middle_leave_nothing_out_and_make_nothing_twice(
    asker: User, places: list[Place], tmp_path: Path, started: list["subprocess.Popen[bytes]"]
) -> None:
    """Killed at once after a claim, and again while a later file is printed; the third and fourth share the rest."""
    undisturbed = ask(asker, places)
    work()
    expected = zipped(undisturbed)
    StoredReport.objects.all().delete()
    pack = ask(asker, places)
    for begun, delay in ((1, 0.0), (3, 0.2)):
        worker = worker_process(tmp_path)
        started.append(worker)
        until(lambda: pack.items.filter(attempts__gt=0).count() >= begun)  # noqa: B023
        time.sleep(delay)
        worker.kill()
        assert worker.wait(PATIENCE) == -signal.SIGKILL
        held = PackItem.objects.filter(state=PackItem.State.MAKING)
        held.update(claimed_at=F("claimed_at") - timedelta(minutes=1))  # as if a minute had passed
    started += [worker_process(tmp_path), worker_process(tmp_path)]
    until(lambda: is_over(pack))
    assert states(pack) == [(place.name, DONE, "") for place in places]
    assert zipped(pack) == expected
    assert StoredReport.objects.count() == len(places)
    for worker in started[2:]:
        worker.send_signal(signal.SIGTERM)
    assert [worker.wait(PATIENCE) for worker in started[2:]] == [0, 0]


def test_a_worker_that_is_told_to_stop_ends_its_file_first(
    asker: User, places: list[Place], tmp_path: Path, started: list["subprocess.Popen[bytes]"]
) -> None:
    pack = ask(asker, places)
    worker = worker_process(tmp_path)
    started.append(worker)
    until(lambda: pack.items.filter(state=PackItem.State.MAKING).exists())
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0
    assert pack.items.filter(state=PackItem.State.MAKING).count() == 0
    assert pack.items.filter(state=DONE).count() in {1, 2}
    look_round()
    work()
    assert states(pack) == [(place.name, DONE, "") for place in places]


@pytest.mark.any_database
def test_a_web_server_and_a_worker_live_and_die_together(tmp_path: Path) -> None:
    """The web server here is a stand-in that ends by itself: the worker beside it must go, and the exit code come."""
    web = [sys.executable, "-c", "import time; time.sleep(3); raise SystemExit(7)"]
    command = [sys.executable, "scripts/together.py", sys.executable, *web]
    environment = {"PATH": "/usr/bin:/bin", "DATA_DIR": str(tmp_path), "LOG_LEVEL": "ERROR"}
    together = subprocess.Popen(command, cwd=project.BASE_DIR, env=environment)
    try:
        until(lambda: len(children(together.pid)) == 2)
        theirs = children(together.pid)
        assert together.wait(PATIENCE) == 7
        assert [pid for pid in theirs if Path(f"/proc/{pid}").exists()] == []
    finally:
        together.kill()
        together.wait(PATIENCE)


def children(pid: int) -> list[str]:
    """The processes that a process has started."""
    try:
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
