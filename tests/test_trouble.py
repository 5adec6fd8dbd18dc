"""Trouble that strangers and databases make: what another site sends is never offered; a 503 is for what will pass."""

import logging
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.contrib.messages import add_message, storage
from django.contrib.messages import constants as level
from django.db import DatabaseError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from assessments.views.trouble import NothingTypedIsLost, csrf_failure

TOKEN = "CSRF token missing."
OURS = {"Origin": "http://testserver"}
SENT = {"note": "Typed with care", "is_superuser": "on", "password": "secret"}


def refused(
    rf: RequestFactory, headers: dict[str, str], *, address: str = "/assessments/1/criteria/3/", reason: str = TOKEN
) -> str:
    response = csrf_failure(rf.post(address, SENT, headers=headers), reason)
    assert response.status_code == 403
    return response.content.decode()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        OURS,
        {"Referer": "http://testserver/assessments/1/criteria/3/"},
    ],
    ids=["the browser says so", "its origin", "the page it came from"],
)
def test_a_form_of_our_own_that_is_too_old_can_be_sent_again(rf: RequestFactory, headers: dict[str, str]) -> None:
    page = refused(rf, headers)
    assert page.count("<form") == page.count("Save again</button>") == 1
    assert 'name="is_superuser" value="on"' in page


@pytest.mark.parametrize(
    ("headers", "options"),
    [
        ({}, {}),
        ({"Sec-Fetch-Site": "cross-site"} | OURS, {}),
        ({"Sec-Fetch-Site": "same-site"} | OURS, {}),
        ({"Sec-Fetch-Site": "none"} | OURS, {}),
        ({"Origin": "https://evil.example"}, {}),
        ({"Origin": "null"}, {}),
        ({"Origin": "null", "Referer": "http://testserver/"}, {}),
        ({"Referer": "https://evil.example/?http://testserver/"}, {}),
        ({"Referer": "http://testserver.evil.example/"}, {}),
        ({"Referer": "http://[broken"}, {}),
        ({"Sec-Fetch-Site": "same-origin"}, {"reason": "Origin checking failed - null does not match any."}),
        ({"Sec-Fetch-Site": "same-origin"}, {"reason": "Referer checking failed - no Referer."}),
        (OURS, {"address": "/admin/assessments/user/1/change/"}),
        (OURS, {"address": "/accounts/email/"}),
    ],
    ids=[
        "nothing is known",
        "another site",
        "a neighbour",
        "typed",
        "another origin",
        "a hidden origin",
        "a hidden origin, our referer",
        "another page",
        "a host that begins like ours",
        "a broken referer",
        "the origin was refused",
        "the referer was refused",
        "the admin",
        "an account",
    ],
)
def test_what_may_come_from_another_site_is_shown_but_never_offered(
    rf: RequestFactory, headers: dict[str, str], options: dict[str, str]
) -> None:
    page = refused(rf, headers, **options)
    found = [part for part in ("<form", "<button", "<input", "<textarea", "is_superuser", "secret") if part in page]
    assert found == []
    assert "Typed with care" in page
    assert "Nothing was changed" in page


def test_the_admin_page_of_a_stranger_is_refused_without_a_button(client: Client) -> None:
    """Through every middleware, as a browser would send it from another site."""
    strict = Client(
        enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    )
    response = strict.post("/admin/assessments/user/1/change/", SENT)
    assert (response.status_code, b"<form" in response.content) == (403, False)


def test_long_texts_of_the_admin_are_shown_to_be_copied(rf: RequestFactory) -> None:
    long = "A level as somebody wrote it for half an hour, word by word."
    request = rf.post("/admin/assessments/criterion/1/change/", {"levels-0-text": long}, headers=OURS)
    assert long in csrf_failure(request, TOKEN).content.decode()


# --- The database -----------------------------------------------------------------------------------------------


def met(error: Exception, request: HttpRequest | None = None) -> HttpResponse | None:
    watch = NothingTypedIsLost(lambda request: pytest.fail("not called"))
    return watch.process_exception(request or RequestFactory().post("/", SENT), error)


@pytest.mark.parametrize(
    "said",
    [
        "database is locked",
        "database table is locked: assessments_answer",
        "database is busy",
        "database or disk is full",
        "unable to open database file",
        "canceling statement due to lock timeout",
        "canceling statement due to statement timeout",
        'could not obtain lock on row in relation "assessments_answer"',
        "deadlock detected",
        'connection failed: connection to server at "127.0.0.1", port 5432 failed: Connection refused',
        "could not connect to server",
        "connection timeout expired",
        "server closed the connection unexpectedly",
        "the connection is closed",
        "FATAL:  sorry, too many clients already",
        "the database system is shutting down",
        "could not extend file: No space left on device",
    ],
)
def test_a_database_that_will_answer_later_gives_503(said: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        response = met(OperationalError(said))
    assert response is not None
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert [record.exc_info[1].args for record in caplog.records if record.exc_info and record.exc_info[1]] == [(said,)]


@pytest.mark.parametrize("code", ["55P03", "57014", "57P01", "08006", "53300", "40P01"])
def test_a_code_of_postgresql_is_known_in_every_language(code: str) -> None:
    error = OperationalError("in einer anderen Sprache")
    error.__cause__ = Exception()
    error.__cause__.sqlstate = code  # type: ignore[attr-defined]
    assert getattr(met(error), "status_code", None) == 503


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("no such table: assessments_answer"),
        OperationalError("no such column: timeout"),
        OperationalError("RIGHT and FULL OUTER JOINs are not currently supported"),
        OperationalError("too many SQL variables"),
        DatabaseError("syntax error"),
        ValueError("database is locked"),
    ],
    ids=str,
)
def test_a_fault_that_waiting_does_not_mend_is_left_to_the_failure_page(error: Exception) -> None:
    assert met(error) is None


@pytest.mark.parametrize("method", ["post", "get"])
def test_a_page_on_which_nothing_happened_says_nothing_else(method: str) -> None:
    request: Any = getattr(RequestFactory(), method)("/accounts/logout/")
    request._messages = storage.default_storage(request)
    add_message(request, level.INFO, "You are signed out.")
    response = met(OperationalError("database is locked"), request)
    assert response is not None
    assert "You are signed out" not in response.content.decode()
    request._messages.update(response)
    kept_for_later = "messages" in response.cookies and bool(response.cookies["messages"].value)
    assert kept_for_later == (method == "get")  # what was said before a page was asked for is still true


# --- What watches the server ------------------------------------------------------------------------------------


def test_a_plain_probe_is_answered_on_a_site_that_redirects_to_https(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    found = {address: Client().get(address).status_code for address in ("/health/live/", "/how-it-works/")}
    assert found == {"/health/live/": 200, "/how-it-works/": 301}


def test_only_probes_may_go_without_https() -> None:
    assert project.SECURE_REDIRECT_EXEMPT == [r"^health/"]


def test_operations_tell_what_a_server_needs() -> None:
    told = (Path(project.BASE_DIR) / "docs" / "operations.md").read_text()
    probes = [reverse("live"), reverse("ready")]
    example = ["proxy_set_header X-Forwarded-For $remote_addr;", "UMask=0077", "EMAIL_VERIFICATION=mandatory"]
    assert [part for part in [*probes, *example, "manage.py clearsessions"] if part not in told] == []
