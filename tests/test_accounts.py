"""Accounts as people meet them: signing up and in, a closed sign-up, a forgotten password; and pages that are valid."""

import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import tinyhtml5
from allauth.account.models import EmailAddress
from django.conf import settings as project
from django.core import mail
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.defaults import server_error
from pytest_django import DjangoAssertNumQueries, Settings

from assessments.models import User
from tests.pages import tree, words

PASSWORD = "correct-horse-7"
NEW_PASSWORD = "battery-staple-8"
LOCAL = "django.core.cache.backends.locmem.LocMemCache"
VNU = Path(project.BASE_DIR) / "node_modules/vnu-jar/build/dist/vnu.jar"
ANYBODY = ["login", "signup", "reset_password", "reset_password_done", "inactive", "email_verification_sent"]
SIGNED_IN = ["logout", "email", "change_password", "reauthenticate"]


@pytest.fixture(autouse=True)
def plain_settings(settings: Settings) -> None:
    settings.SIGN_UP_OPEN = True
    settings.ACCOUNT_EMAIL_VERIFICATION = "none"
    settings.ACCOUNT_RATE_LIMITS = False


@pytest.fixture
def ann(db: None) -> User:
    user = User.objects.create_user("ann@example.org", PASSWORD, name="Ann Example")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def address(name: str) -> str:
    return reverse(f"account_{name}")


def sign_up(client: Client, **typed: str) -> Any:
    filled = {"name": "Bo Example", "email": "Bo@Example.org", "password1": PASSWORD}
    return client.post(address("signup"), filled | typed)


def sign_in(client: Client, email: str, password: str) -> Any:
    return client.post(address("login"), {"login": email, "password": password})


def who(client: Client) -> str | None:
    """The e-mail address of whoever is signed in."""
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key).email if key else None


def problems(response: Any) -> list[tuple[str | None, str]]:
    """The error summary: where each of its links leads, and its words."""
    links = tree(response).findall(".//div[@role='alert']//a")
    return [(link.get("href"), words(link)) for link in links]


# --- Signing up -------------------------------------------------------------------------------------------------


def test_signing_up_makes_an_account_and_signs_in(client: Client, db: None) -> None:
    response = sign_up(client)

    assert (response.status_code, response["Location"]) == (302, reverse(project.LOGIN_REDIRECT_URL))
    assert list(User.objects.values_list("email", "name")) == [("bo@example.org", "Bo Example")]
    assert who(client) == "bo@example.org"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"name": ""}, ("#id_name", "Enter your name.")),
        ({"email": ""}, ("#id_email", "Enter your e-mail address.")),
        (
            {"email": "bo"},
            ("#id_email", "Enter an e-mail address in the right form, such as name@example.org."),
        ),
        (
            {"email": "ANN@example.org"},
            ("#id_email", "There is already an account with this e-mail address. Sign in instead."),
        ),
        ({"password1": ""}, ("#id_password1", "Enter a password.")),
    ],
    ids=["no name", "no address", "a wrong address", "an address that is taken", "no password"],
)
def test_a_sign_up_that_fails_says_what_to_do(
    client: Client, ann: User, typed: dict[str, str], expected: tuple[str, str]
) -> None:
    response = sign_up(client, **typed)

    assert problems(response) == [expected]
    assert words(tree(response).find(".//title")) == "Error: Create an account – Hub Playbook"
    assert (User.objects.count(), who(client)) == (1, None)


def test_an_error_stands_beside_its_field_and_is_joined_to_it(client: Client, db: None) -> None:
    page = tree(sign_up(client, email="bo"))
    field = page.find(".//input[@id='id_email']")

    assert field is not None
    assert field.get("aria-describedby") == "id_email_helptext id_email_error"
    assert field.get("aria-invalid") == "true"
    assert field.get("value") == "bo"
    assert words(page.find(".//div[@id='id_email_error']")) == (
        "Error: Enter an e-mail address in the right form, such as name@example.org."
    )


def test_a_short_password_is_refused(client: Client, db: None) -> None:
    assert [link for link, _ in problems(sign_up(client, password1="short-1"))] == ["#id_password1"]


def test_a_closed_sign_up_makes_no_account(client: Client, db: None, settings: Settings) -> None:
    settings.SIGN_UP_OPEN = False

    for response in (client.get(address("signup")), sign_up(client)):
        assert words(tree(response).find(".//h1")) == "Sign-up is closed"
        assert tree(response).find(".//main//form") is None
    assert User.objects.count() == 0


# --- Signing in and out -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("email", ["ann@example.org", " Ann@Example.ORG "])
def test_signing_in(client: Client, ann: User, email: str) -> None:
    response = sign_in(client, email, PASSWORD)

    assert (response.status_code, response["Location"]) == (302, reverse(project.LOGIN_REDIRECT_URL))
    assert who(client) == "ann@example.org"


@pytest.mark.parametrize(
    ("email", "password"),
    [("ann@example.org", "wrong-horse-7"), ("nobody@example.org", PASSWORD)],
    ids=["a wrong password", "an unknown address"],
)
def test_a_sign_in_that_fails_does_not_say_which_part_was_wrong(
    client: Client, ann: User, email: str, password: str
) -> None:
    response = sign_in(client, email, password)

    assert problems(response) == [("#id_login", "The e-mail address or the password is not right.")]
    assert who(client) is None


def test_signing_in_leads_to_the_page_that_was_asked_for(client: Client, ann: User) -> None:
    asked = client.get(address("change_password"))
    response = client.post(asked["Location"], {"login": ann.email, "password": PASSWORD})

    assert response["Location"] == address("change_password")


def test_signing_out_asks_first(client: Client, ann: User) -> None:
    client.force_login(ann)

    client.get(address("logout"))
    assert who(client) == ann.email
    client.post(address("logout"))
    assert who(client) is None


# --- A forgotten password ---------------------------------------------------------------------------------------


def reset_link(client: Client, email: str) -> str:
    client.post(address("reset_password"), {"email": email})
    found = re.findall(r"http://testserver(/\S+)", str(mail.outbox[-1].body))
    assert len(found) == 1
    return str(found[0])


def test_a_forgotten_password_is_changed_by_a_link(client: Client, ann: User) -> None:
    link = reset_link(client, ann.email)
    form = client.get(link, follow=True)
    response = client.post(form.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})

    assert [(m.subject, m.to) for m in mail.outbox] == [("Choose a new password", ["ann@example.org"])]
    assert response["Location"] == address("reset_password_from_key_done")
    client.logout()
    sign_in(client, ann.email, PASSWORD)
    assert who(client) is None
    sign_in(client, ann.email, NEW_PASSWORD)
    assert who(client) == ann.email


def test_a_link_works_once(client: Client, ann: User) -> None:
    link = reset_link(client, ann.email)
    form = client.get(link, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})

    again = Client().get(link)
    assert words(tree(again).find(".//h1")) == "This link no longer works"


def test_an_unknown_address_gets_a_letter_but_the_page_tells_nothing(client: Client, ann: User) -> None:
    unknown = client.post(address("reset_password"), {"email": "nobody@example.org"})
    known = client.post(address("reset_password"), {"email": ann.email})

    assert unknown["Location"] == known["Location"] == address("reset_password_done")
    assert [m.subject for m in mail.outbox] == ["No account with this address", "Choose a new password"]


def test_letters_are_plain_text_in_our_own_words(client: Client, ann: User, settings: Settings) -> None:
    settings.ACCOUNT_EMAIL_NOTIFICATIONS = True
    client.force_login(ann)
    passwords = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post(address("change_password"), passwords)
    client.post(address("reset_password"), {"email": "x'y&z@example.org"})

    assert [(m.subject, str(m.body).splitlines()[0]) for m in mail.outbox] == [
        ("Your password is changed", "The password of your account was changed."),
        (
            "No account with this address",
            "Somebody, probably you, asked for a new password for x'y&z@example.org. "
            "There is no account with this address.",
        ),
    ]


def test_an_address_is_confirmed_by_a_link(client: Client, db: None, settings: Settings) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    assert sign_up(client)["Location"] == address("email_verification_sent")
    assert (mail.outbox[0].subject, who(client)) == ("Confirm your e-mail address", None)

    (link,) = re.findall(r"http://testserver(/\S+)", str(mail.outbox[0].body))
    assert words(tree(client.get(link)).find(".//h1")) == "Confirm your e-mail address"
    client.post(link)
    sign_in(client, "bo@example.org", PASSWORD)
    assert who(client) == "bo@example.org"


# --- Too many tries ---------------------------------------------------------------------------------------------


@pytest.fixture
def limits(settings: Settings) -> None:
    """The limits as a server behind one proxy has them, with counters of this test's own."""
    settings.ACCOUNT_RATE_LIMITS = project_limits()
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.CACHES = {"default": {"BACKEND": LOCAL, "LOCATION": "limits"}}
    cache.clear()


def project_limits() -> Any:
    return importlib.import_module("hubplaybook.settings").ACCOUNT_RATE_LIMITS


def come_from(where: str) -> Client:
    """A browser behind the proxy, which adds where it saw the request come from to whatever the browser claims."""
    return Client(headers={"X-Forwarded-For": f"198.51.100.99, {where}"})


def test_sixty_people_behind_one_address_sign_up_and_in_within_ten_minutes(db: None, limits: None) -> None:
    for number in range(60):
        email = f"guest-{number}@example.org"
        assert sign_up(come_from("192.0.2.1"), email=email)["Location"] == reverse(project.LOGIN_REDIRECT_URL)
        typo = come_from("192.0.2.1")
        assert problems(sign_in(typo, email, "wrong-horse-7")) == [
            ("#id_login", "The e-mail address or the password is not right.")
        ]
        assert sign_in(typo, email, PASSWORD).status_code == 302


def test_guessing_is_stopped_where_it_comes_from_and_locks_nobody_else_out(ann: User, limits: None) -> None:
    guesser = come_from("203.0.113.5")
    for _ in range(5):
        sign_in(guesser, ann.email, "wrong-horse-7")
    assert problems(sign_in(guesser, ann.email, PASSWORD)) == [
        ("#id_login", "Too many tries. Wait a few minutes, then try again.")
    ]
    elsewhere = come_from("192.0.2.1")
    assert (sign_in(elsewhere, ann.email, PASSWORD).status_code, who(elsewhere)) == (302, ann.email)


def test_guessing_for_many_addresses_is_stopped_too(ann: User, limits: None) -> None:
    for number in range(100):
        sign_in(come_from("203.0.113.5"), f"nobody-{number}@example.org", "wrong-horse-7")
    assert problems(sign_in(come_from("203.0.113.5"), ann.email, PASSWORD)) == [
        ("#id_login", "Too many tries. Wait a few minutes, then try again.")
    ]


def test_the_page_for_too_many_requests_is_ours(client: Client, limits: None, settings: Settings) -> None:
    """This test may not touch a database: nor may the page."""
    settings.ACCOUNT_RATE_LIMITS = {"signup": "0/m/ip"}
    response = client.post(address("signup"), {})
    assert response.status_code == 429
    assert words(tree(response).find(".//h1")) == "Too many tries from here"
    assert words(tree(response).find(".//title")) == "Too many tries – Hub Playbook"


@pytest.mark.parametrize(("behind", "proxies"), [("yes", "1"), ("no", "0")])
def test_counters_are_shared_by_the_processes_and_believe_the_proxy(behind: str, proxies: str, tmp_path: Path) -> None:
    """As the settings are on a server: two processes one after the other see the same counter."""
    show = (
        "import django; django.setup(); from django.conf import settings; from django.core.cache import cache;"
        "cache.add('tries', 0); print(settings.ALLAUTH_TRUSTED_PROXY_COUNT, cache.incr('tries'))"
    )
    environment = os.environ | {
        "BEHIND_PROXY": behind,
        "DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "hubplaybook.settings",
    }
    said = [
        subprocess.run(
            [sys.executable, "-c", show],
            env=environment,
            cwd=project.BASE_DIR,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for _ in range(2)
    ]
    assert said == [[proxies, "1"], [proxies, "2"]]


# --- Several addresses ------------------------------------------------------------------------------------------


def test_an_address_is_added_made_the_main_one_and_removed(client: Client, ann: User) -> None:
    client.force_login(ann)
    page = address("email")

    client.post(page, {"email": "ann@work.example", "action_add": ""})
    EmailAddress.objects.filter(email="ann@work.example").update(verified=True)
    client.post(page, {"email": "ann@work.example", "action_primary": ""})
    client.post(page, {"email": "ann@example.org", "action_remove": ""})

    assert list(EmailAddress.objects.values_list("email", "primary")) == [("ann@work.example", True)]
    ann.refresh_from_db()
    assert ann.email == "ann@work.example"


# --- Every page -------------------------------------------------------------------------------------------------


@pytest.fixture
def pages(client: Client, ann: User, settings: Settings) -> dict[str, str]:
    """Each page of an account as HTML, with and without errors."""
    found: dict[str, Any] = {name: client.get(address(name)) for name in ANYBODY}
    found["login refused"] = sign_in(client, "", "")
    found["sign-up refused"] = sign_up(client, name="", email="bo", password1="1")
    found["reset refused"] = client.post(address("reset_password"), {"email": ""})
    found["old link"] = client.get(reverse("account_reset_password_from_key", args=["1", "abc"]))
    found["old confirmation"] = client.get(reverse("account_confirm_email", args=["abc"]))
    found["new password"] = client.get(reset_link(client, ann.email), follow=True)
    found["new password set"] = client.get(address("reset_password_from_key_done"))
    found["no such page"] = client.get("/there-is-no-such-page/")
    settings.SIGN_UP_OPEN = False
    found["closed"] = client.get(address("signup"))
    client.force_login(ann)
    EmailAddress.objects.create(user=ann, email="ann@work.example", primary=False, verified=False)
    found |= {name: client.get(address(name)) for name in SIGNED_IN}
    found["signed in, no such page"] = client.get("/there-is-no-such-page/")
    settings.ACCOUNT_RATE_LIMITS = {"login": "0/m/ip"}
    found["too many tries"] = sign_in(Client(), "", "")
    found["failure"] = server_error(RequestFactory().get("/"))
    return {name: response.content.decode() for name, response in found.items()}


def validated(pages: dict[str, str], folder: Path) -> list[tuple[str, str]]:
    """What the Nu HTML checker says: the page and the message."""
    names = {}
    for number, (name, html) in enumerate(pages.items()):
        path = folder / f"{number}.html"
        path.write_text(html)
        names[path.as_uri().replace("file:///", "file:/")] = name
    run = subprocess.run(
        ["java", "-jar", str(VNU), "--format", "json", "--exit-zero-always", str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    return [(names[m["url"]], m["message"]) for m in json.loads(run.stderr)["messages"]]


@pytest.mark.any_database
def test_every_page_is_valid_html(pages: dict[str, str], tmp_path: Path) -> None:
    assert validated(pages, tmp_path) == []


@pytest.mark.any_database
def test_the_checker_finds_a_planted_fault(tmp_path: Path) -> None:
    page = "<!DOCTYPE html><html lang=en-GB><title>Fault</title><div action=x>One</div></html>"
    found = validated({"planted": page}, tmp_path)
    assert found == [("planted", "Attribute “action” not allowed on element “div” at this point.")]


def test_no_page_has_inline_styles_or_scripts_or_holds_a_form_back(pages: dict[str, str]) -> None:
    attributes, elements = r"<[^>]*\s(?:style=|on\w+=|required|placeholder=)[^>]*>", r"<style|<script(?! src=)"
    forbidden = re.compile(rf'{attributes}|{elements}|class="asteriskField')
    assert {name: forbidden.findall(html) for name, html in pages.items() if forbidden.search(html)} == {}


def test_every_page_says_what_it_is_and_that_it_is_independent(pages: dict[str, str]) -> None:
    del pages["failure"], pages["too many tries"]  # they stand alone
    for html in pages.values():
        page = tinyhtml5.parse(html, namespace_html_elements=False)
        assert page.get("lang") == "en-GB"
        assert len(page.findall(".//h1")) == 1
        assert words(page.find(".//title")).endswith(" – Hub Playbook")
        assert words(page.find(".//footer")) == (
            "Check a report by its code "
            "Independent: not endorsed by the publishers of the Hubs of Innovation Playbook. "
            "The criteria, levels and weights are this project’s own."
        )


def test_the_failure_page_needs_no_database() -> None:
    response = server_error(RequestFactory().get("/"))
    assert words(tree(response).find(".//h1")) == "Something went wrong on our side"


@pytest.mark.parametrize(("signed_in", "queries"), [(False, 0), (True, 2)], ids=["visitor", "signed in"])
def test_the_frame_reads_the_session_and_the_user_alone(
    client: Client,
    ann: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    signed_in: bool,
    queries: int,
) -> None:
    if signed_in:
        client.force_login(ann)
    with django_assert_num_queries(queries):
        client.get("/there-is-no-such-page/")


def test_a_page_without_a_form_is_the_same_twice(client: Client, ann: User) -> None:
    client.force_login(ann)
    first, second = (client.get("/there-is-no-such-page/").content for _ in range(2))
    assert first == second
