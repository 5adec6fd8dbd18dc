"""Playbooks go in whole or not at all, whatever interrupts them, and come out as they went in."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assessments.comparing.origins import KINDS, NEW, SAME
from assessments.interchange import Playbook, documents, dump_playbook, read_playbook
from assessments.models import DraftChange, Version
from assessments.selectors.playbooks import playbook_document
from assessments.services.playbooks import import_playbook
from tests import factories
from tests.admin_pages import form_of
from tests.strategies import playbooks

FIXTURES = sorted((settings.BASE_DIR / "fixtures").glob("*.yaml"))
RIGHT = settings.BASE_DIR / "tests/uploads/right.yaml"
UPLOAD = reverse("admin:assessments_version_upload")


class Interrupted(DatabaseError):
    """What a test has its database say in the middle of the writes."""


@contextmanager
def failing_at(write: int) -> Iterator[list[str]]:
    """Let the database fail at this write, counted from 1; the list holds the writes that were sent to it."""
    writes: list[str] = []

    def execute(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            writes.append(sql)
            if len(writes) == write:
                raise Interrupted
        return execute(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield writes


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written here is taken back at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rows() -> dict[str, int]:
    """How many rows each table holds, but for those of sign-in."""
    return {model.__name__: model._default_manager.count() for model in apps.get_app_config("assessments").get_models()}


@pytest.mark.django_db(transaction=True)
def test_an_import_that_fails_at_any_write_leaves_nothing() -> None:
    before = rows()
    with failing_at(0) as writes, undone():
        call_command("playbook", "import", str(RIGHT), verbosity=0)
    assert (len(writes) > 8, rows()) == (True, before)
    for write in range(1, len(writes) + 1):
        with failing_at(write), pytest.raises(Interrupted):
            call_command("playbook", "import", str(RIGHT), verbosity=0)
        assert (write, rows()) == (write, before)
    call_command("playbook", "import", str(RIGHT), verbosity=0)
    assert Version.objects.count() == 1


def upload(admin: Client, text: str) -> dict[str, str]:
    """What the page that shows the difference would send."""
    shown = admin.post(UPLOAD, {"file": SimpleUploadedFile("hubs.yaml", text.encode())})
    return form_of(shown, "store_form")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("over_a_draft", [False, True], ids=["a new draft", "over a draft"])
def test_an_upload_that_fails_at_any_write_leaves_all_as_it_was(over_a_draft: bool) -> None:
    admin = Client()
    admin.force_login(factories.make_user("Ada Admin", is_admin=True))
    text = RIGHT.read_text()
    if over_a_draft:
        import_playbook(document=read_playbook(text), by=None)
        text = text.replace("signed a vision", "signed one vision").replace("weight: 40", "weight: 45")
        text = text.replace("local-jobs", "local-work").replace("key: council", "key: town-council")
    data = upload(admin, text)
    before = rows(), [dump_playbook(playbook_document(each)) for each in Version.objects.select_related("playbook")]
    write, reached = 1, True
    while reached:
        with failing_at(write) as writes:
            try:
                response = admin.post(UPLOAD, data)
            except Interrupted:
                now = [dump_playbook(playbook_document(each)) for each in Version.objects.select_related("playbook")]
                assert (write, rows(), now) == (write, *before)
        reached = len(writes) >= write
        write += 1
    assert (write > 8, response.status_code) == (True, 302)
    stored = Version.objects.select_related("playbook").get()
    assert playbook_document(stored) == read_playbook(text)
    assert DraftChange.objects.filter(version=stored).count() == (2 if over_a_draft else 1)


# --- a process that is killed -------------------------------------------------------------------------------------


def large_playbook() -> Playbook:
    """So large that its import takes a while: the first playbook, each criterion eight times."""
    book = factories.playbook()
    lessons = tuple(
        replace(
            lesson, criteria=tuple(replace(each, key=f"{each.key}-{n}") for each in lesson.criteria for n in range(8))
        )
        for lesson in book.lessons
    )
    return replace(book, lessons=lessons, stages=tuple(replace(stage, gates={}) for stage in book.stages))


def wait_for_the_write_lock(database: Path, importing: "subprocess.Popen[bytes]") -> bool:
    """Until the import writes: then nobody else may begin to. False where it ended before that was seen."""
    while importing.poll() is None:
        probe = sqlite3.connect(database, timeout=0, isolation_level=None)
        try:
            probe.execute("BEGIN IMMEDIATE")
            probe.execute("ROLLBACK")
        except sqlite3.OperationalError:
            return True
        finally:
            probe.close()
        time.sleep(0.002)
    return False


def test_an_import_that_is_killed_leaves_nothing(tmp_path: Path) -> None:
    """A real process on SQLite, killed while it holds the write lock, at once and later."""
    file, database = tmp_path / "large.yaml", tmp_path / "hubplaybook.sqlite3"
    file.write_text(dump_playbook(large_playbook()))
    environment = {**os.environ, "DATA_DIR": str(tmp_path), "DATABASE_URL": ""}
    environment.pop("DATABASE_URL")
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "-v0"], cwd=settings.BASE_DIR, env=environment, check=True, timeout=120)
    command = [*manage, "playbook", "import", str(file)]
    for delay in (0.0, 0.1):
        importing = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.DEVNULL)
        assert wait_for_the_write_lock(database, importing)
        time.sleep(delay)
        importing.kill()
        assert importing.wait(30) == -9
        assert left_in(database) == (0, 0, 0, "ok")
    subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=True, timeout=120, stdout=subprocess.DEVNULL)
    assert left_in(database) == (1, 1, 216, "ok")


def left_in(database: Path) -> tuple[int, int, int, str]:
    """Playbooks, versions, criteria, and whether the file is sound."""
    tables = ("playbook", "version", "criterion")
    found = sqlite3.connect(database, timeout=10)
    counts = [found.execute(f"SELECT count(*) FROM assessments_{table}").fetchone()[0] for table in tables]  # noqa: S608
    sound = found.execute("PRAGMA integrity_check").fetchone()[0]
    found.close()
    return counts[0], counts[1], counts[2], sound


# --- out as they went in --------------------------------------------------------------------------------------------


def exported(text: str) -> str:
    """What the database gives back of a file."""
    with undone():
        version = import_playbook(document=read_playbook(text), by=None)
        return dump_playbook(playbook_document(Version.objects.select_related("playbook").get(pk=version.pk)))


@st.composite
def with_origins(draw: st.DrawFn) -> Playbook:
    """A playbook that may say which version it follows, and what became of some of its criteria."""
    book = draw(playbooks())
    if draw(st.booleans()):
        return book
    kinds = st.sampled_from([kind for kind in KINDS if kind != SAME])
    told = {}
    for key in draw(st.sets(st.sampled_from(sorted(book.criterion)))):
        kind = draw(kinds)
        sources = () if kind == NEW else tuple(draw(st.lists(st.sampled_from("uvwxyz"), min_size=1, unique=True)))
        told[key] = documents.Origin(kind, sources, draw(st.booleans()))
    retired = tuple(draw(st.lists(st.sampled_from(["no-more", "gone", "old"]), unique=True)))
    return replace(book, follows=documents.Follows(f"{book.version} before", told, retired))


@pytest.mark.any_database
@pytest.mark.django_db
@given(with_origins())
@hypothesis_settings(
    max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_export_import_export_gives_the_same_bytes_for_generated_playbooks(book: Playbook) -> None:
    text = dump_playbook(book)
    first = exported(text)
    assert first == text
    assert exported(first) == first


@pytest.mark.django_db
@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_export_import_export_gives_the_same_bytes_for_the_playbooks(path: Path) -> None:
    first = exported(path.read_text())
    assert exported(first) == first
    assert read_playbook(first) == read_playbook(path.read_bytes())
