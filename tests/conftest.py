"""What every test may use: settings for tests, pages in a real Chromium, and marks set by what a test touches."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.factories import Cast, make_cast

DATABASE = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}
BROWSER = {"page", "new_page", "browser"}
# Chromium talks to nobody but the server under test: no updates, no sync, and every other name is unknown to it.
CHROMIUM_ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]

hypothesis.settings.register_profile("project", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("project")


def pytest_configure() -> None:
    """Adapt Django for tests: static files from their sources, passwords that are quick to check, no limits."""
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True
    nothing = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}  # counts no sign-ins
    settings.CACHES = dict.fromkeys(settings.CACHES, nothing)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if connection.vendor == "postgresql":
        empty_by_deleting(type(connection.ops))


def empty_by_deleting(operations: Any) -> None:
    """Empty PostgreSQL's tables after a test by DELETE, which takes 0.03 s for all of them; TRUNCATE takes a second."""
    truncating = operations.sql_flush

    def sql_flush(self: Any, style: Any, tables: list[str], *, reset_sequences: bool = False, **options: Any) -> Any:
        if reset_sequences:
            return truncating(self, style, tables, reset_sequences=True, **options)
        return [f"DELETE FROM {self.quote_name(table)}" for table in tables]  # noqa: S608 - names of our own

    operations.sql_flush = sql_flush


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by the fixtures that they use, so that no mark can be forgotten.

    Those marked `any_database` keep out of the second run: what they look at is made of rows that others read there.
    """
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        needs_one = fixtures & (DATABASE | BROWSER) or item.get_closest_marker("django_db")
        if needs_one and not item.get_closest_marker("any_database"):
            item.add_marker(pytest.mark.database)
        if fixtures & BROWSER:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Each test begins in English: a page that was asked for in another language leaves its thread in that one."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    """A place with somebody in each role."""
    return make_cast()


@pytest.fixture
def files(settings: Any, tmp_path: Path) -> Path:
    """What a test stores lies in a folder of its own, where `packs_cast.worker_process` finds it too."""
    location = {"location": tmp_path / "files", "base_url": None, "file_permissions_mode": 0o600}
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": location}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    return tmp_path / "files"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of this machine, started once for each test process; CHROMIUM names another one."""
    name = os.environ.get("CHROMIUM", "chromium")
    executable = shutil.which(name)
    assert executable, f"There is no {name} on this machine; `make test` installs one or says how."
    # Playwright keeps an event loop of its own on this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)


@pytest.fixture
def troubles() -> list[str]:
    """What went wrong in the browser so far. A test that provokes trouble checks it here, then clears it."""
    return []


@pytest.fixture
def new_page(browser: Browser, live_server: LiveServer, troubles: list[str]) -> Iterator[Callable[..., Page]]:
    """Open pages, each in a context of its own, as another person would: new_page(java_script_enabled=False).

    The test fails on any error in the console, exception in a script, or request to another host.
    """
    contexts: list[BrowserContext] = []

    def open_page(**options: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        watch(context, urlsplit(live_server.url).netloc, troubles)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """One page of a desktop's size, with JavaScript, on the server under test."""
    return new_page()


def watch(context: BrowserContext, host: str, troubles: list[str]) -> None:
    """Note in `troubles` every error of the console, exception and request to a host other than `host`."""

    def note_message(message: ConsoleMessage) -> None:
        source = message.location["url"]
        by_itself = source.endswith("/favicon.ico")  # which Chromium asks for where a page names no icon
        if message.type == "error" and not by_itself:
            troubles.append(f"console: {message.text} ({source})")

    def note_request(request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme in {"http", "https", "ws", "wss"} and url.netloc != host:
            troubles.append(f"request to another host: {request.url}")

    context.on("console", note_message)
    context.on("weberror", lambda error: troubles.append(f"exception: {error.error}"))
    context.on("request", note_request)
