"""What tests of packs start from: places on a playbook so small that its report prints quickly, and a worker."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from assessments.interchange import Playbook
from assessments.models import Pack, PackItem, Place, User, Version
from assessments.services.assessing import start_assessment
from assessments.services.packing import Wish, ask_pack
from assessments.services.playbooks import import_playbook
from assessments.tasks.orders import Order
from assessments.tasks.packs import order_pack, top_up
from tests.factories import answer, make_place, playbook, submit

ENGLISH = "en-gb"


def small_book() -> Playbook:
    """Two criteria in one lesson."""
    book = playbook()
    criteria = tuple(replace(each, targets=each.targets) for each in book.lessons[0].criteria[:2])
    stages = tuple(replace(stage, gates={}) for stage in book.stages)
    return replace(book, key="small", lessons=(replace(book.lessons[0], criteria=criteria),), stages=stages)


def small_version() -> Version:
    found = Version.objects.filter(playbook__key="small").first()
    return found or import_playbook(document=small_book(), by=None, publish=True)


def place_of(owner: User, name: str, level: int | None = 2, *, submitted: bool = True) -> Place:
    """A place with an assessment at this level throughout; one without answers where the level is None."""
    place = make_place(name, owner=owner)
    assessment = start_assessment(place=place, version=small_version(), by=owner)
    if level is not None:
        for criterion in small_book().criteria():
            answer(assessment, criterion.key, min(level, criterion.top), by=owner)
    if submitted and level is not None:
        submit(assessment, owner)
    return place


def ask(by: User, places: Sequence[Place], *kinds: str, language: str = ENGLISH, overviews: bool = False) -> Pack:
    """A pack of these places, on the queue; without what tells of all of them, which takes long, unless wanted."""
    order = Order(kinds or ("funder",), language)
    if overviews:
        return order_pack(places=places, order=order, token=uuid4(), by=by)
    wishes = [Wish(kind, place) for place in places for kind in order.kinds]
    pack = ask_pack(wishes=wishes, options=order.freeze(), token=uuid4(), by=by)
    top_up()
    return pack


def work() -> None:
    """Work the queue off as a worker does, in this process and in the transaction of the test."""
    worker = Worker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="tests",
        excluded_queue_names=[],
    )
    while call := DBTaskResult.objects.ready().first():
        call.claim("tests")
        worker.run_task(call)
        call.refresh_from_db()
        assert (call.status, call.traceback) == ("SUCCESSFUL", "")


def states(pack: Pack) -> list[tuple[str, str, str]]:
    """What became of each file of the pack: its place, its state, and why it failed."""
    items = pack.items.exclude(phase=PackItem.TOGETHER)
    return [(item.place_name, item.state, item.problem) for item in items]


def zipped(pack: Pack) -> dict[str, bytes]:
    """The files in the ZIP of a pack that is ready, by name. No name is there twice."""
    pack.refresh_from_db()
    with zipfile.ZipFile(default_storage.path(str(pack.file))) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == len(set(archive.namelist()))
        return {name: archive.read(name) for name in archive.namelist()}


def worker_process(folder: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    """`manage.py worker` on the database of the test; its files lie in the folder's `files`."""
    return subprocess.Popen(
        [sys.executable, "manage.py", "worker", *arguments],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATA_DIR": str(folder), "DATABASE_URL": database_url(), "LOG_LEVEL": "WARNING"},
    )


def database_url() -> str:
    """Where the database of the test is."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    return f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
