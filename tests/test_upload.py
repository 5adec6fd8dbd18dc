"""A playbook's file through the admin: what is wrong with it, what differs, and storing it at the second press."""

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from assessments.interchange import DocumentError, dump_playbook, read_playbook
from assessments.models import Criterion, DraftChange, Playbook, Translation, User, Version
from assessments.selectors.languages import languages_of
from assessments.services.playbooks import copy_to_draft, import_playbook, publish_version
from tests import factories
from tests.admin_pages import export, form_of, page, said
from tests.uploads import MISTAKES, RIGHT

pytestmark = pytest.mark.django_db

UPLOAD = reverse("admin:assessments_version_upload")
VERSIONS = reverse("admin:assessments_version_changelist")


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(factories.make_user("Ada Admin", is_admin=True))
    return client


@pytest.fixture
def published() -> Version:
    return factories.published_version()


@pytest.fixture
def draft(published: Version) -> Version:
    return copy_to_draft(version=published, number="1.1", by=None)


def file_of(number: str = "1.1", *changes: tuple[str, str]) -> str:
    """The first playbook under another number, with each of these texts written otherwise once."""
    text = dump_playbook(factories.playbook()).replace("version: '1.0'", f"version: '{number}'", 1)
    for old, new in changes:
        assert text.count(old) >= 1
        text = text.replace(old, new, 1)
    return text


def send(client: Client, data: str | bytes, name: str = "playbook.yaml") -> Any:
    """Choose a file and press the button."""
    data = data.encode() if isinstance(data, str) else data
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, data)})


def press(client: Client, shown: Any) -> Any:
    """Press the button on the page that shows what differs."""
    return client.post(UPLOAD, form_of(shown, "store_form"), follow=True)


SOMEBODY = ("Has someone independent", "Has somebody independent")


def test_a_new_number_becomes_a_draft_after_its_difference_was_shown(admin: Client, published: Version) -> None:
    text = file_of("1.1", SOMEBODY)
    shown = send(admin, text)
    assert (shown.status_code, shown.context["summary"]) == (200, "1 criterion reworded")
    assert "<del>" in shown.content.decode()
    assert Version.objects.count() == 1
    response = press(admin, shown)
    stored = Version.objects.get(number="1.1")
    assert response.redirect_chain == [(page(stored), 302)]
    assert said(response) == ["Draft 1.1 says what playbook.yaml says. Nobody else sees it until it is published."]
    assert (stored.is_published, str(stored.created_by), export(stored)) == (False, "Ada Admin", text)
    assert LogEntry.objects.get().change_message == "Uploaded from the file playbook.yaml."


def test_a_new_draft_takes_over_what_is_translated(admin: Client) -> None:
    first = import_playbook(document=factories.playbook(), by=None)
    question = first.criteria.get(question__startswith="Has someone independent")
    path = f"criteria/{question.key}/question"
    for each, source in {"title": first.title, path: question.question, "criteria/gone/title": "Gone"}.items():
        Translation.objects.create(version=first, language="cy", path=each, source=source, text="Cymraeg")
    publish_version(version=first, by=None)
    shown = send(admin, file_of("1.1", SOMEBODY))
    assert "comes along, wherever the file has that text" in shown.content.decode()
    press(admin, shown)
    stored = Version.objects.get(number="1.1")
    assert sorted(stored.translations.values_list("path", "text")) == [(path, "Cymraeg"), ("title", "Cymraeg")]
    assert languages_of(stored)["cy"].count.out_of_date == 1


def test_the_download_of_a_version_can_be_uploaded_again(admin: Client, draft: Version) -> None:
    downloaded = admin.get(page(draft, "download")).content
    shown = send(admin, downloaded)
    assert (shown.status_code, bool(shown.context["differences"])) == (200, False)
    assert form_of(shown, "store_form") == {}
    assert "it says just what" in shown.content.decode()


def test_the_number_of_a_draft_replaces_what_the_draft_says(admin: Client, draft: Version) -> None:
    kept = Criterion.objects.get(version=draft, key="incentives").pk
    text = file_of("1.1", SOMEBODY)
    shown = send(admin, text)
    assert shown.context["summary"] == ["comes after version", "1 criterion reworded"][1]
    response = press(admin, shown)
    assert response.redirect_chain == [(page(draft), 302)]
    assert export(draft) == text
    assert Criterion.objects.get(version=draft, key="incentives").pk == kept
    assert [change.what for change in DraftChange.objects.filter(version=draft)][-1:] == [
        "Read from a file: 1 criterion reworded"
    ]


def test_a_published_number_is_refused_with_what_to_do(admin: Client, published: Version, draft: Version) -> None:
    shown = send(admin, file_of("1.0", SOMEBODY))
    assert (shown.status_code, reasons(shown)) == (
        422,
        [
            "version: is 1.0, which is published already and never changes. Give the file a number that is free, "
            'version: "1.2", and upload it again; it becomes a draft.'
        ],
    )


def reasons(shown: Any) -> list[str]:
    return [str(fault) for _, fault in shown.context.get("refused", [])]


def test_a_new_key_begins_a_new_playbook_and_says_so(admin: Client, published: Version) -> None:
    text = file_of("1.0", ("key: hubs-of-innovation", "key: hubs-of-inovation"))
    shown = send(admin, text)
    words = " ".join(shown.content.decode().split())
    assert "It begins a new playbook, because none here has the key <code>hubs-of-inovation</code>" in words
    assert "Here is <code>hubs-of-innovation</code>" in words
    press(admin, shown)
    assert [str(playbook) for playbook in Playbook.objects.order_by("pk")] == [
        "hubs-of-innovation",
        "hubs-of-inovation",
    ]


def test_the_first_playbook_of_all_can_be_uploaded(admin: Client) -> None:
    shown = send(admin, file_of("1.0"))
    assert shown.context["summary"] == "the whole playbook added: 27 criteria, 4 lessons, 6 stages, 10 roles"
    press(admin, shown)
    assert export(Version.objects.get()) == file_of("1.0")


def test_all_faults_are_told_at_once_with_path_and_line(admin: Client, published: Version) -> None:
    text = file_of("1.1", ("weight: 25", "weight: -25"), ("weight: 20", "weight: 20 %"))
    shown = send(admin, text)
    lines = [text.splitlines().index(line) + 1 for line in ("    weight: -25", "        weight: 20 %")]
    assert shown.status_code == 422
    assert [(path, fault.line) for path, fault in shown.context["refused"]] == [
        ("lessons[0].weight", lines[0]),
        ("lessons[0].criteria[0].weight", lines[1]),
    ]
    assert "2 faults in playbook.yaml: nothing was stored" in shown.content.decode()
    assert Version.objects.count() == 1


def test_what_would_keep_it_from_being_published_is_told_beside_warnings(admin: Client, published: Version) -> None:
    shown = send(admin, falling())
    assert (shown.status_code, len(shown.context["faults"])) == (200, 2)
    assert "2 faults would keep the draft from being published" in shown.content.decode()


def falling() -> str:
    """A playbook whose targets fall from one stage to the next."""
    book = factories.playbook()
    first = next(book.criteria())
    last = list(first.targets)[-1]
    old = "".join(f"          {key}: {level}\n" for key, level in first.targets.items())
    new = "".join(f"          {key}: {0 if key == last else level}\n" for key, level in first.targets.items())
    return file_of("1.1", (old, new))


def test_nothing_is_lost_where_the_number_is_taken_meanwhile(admin: Client, published: Version) -> None:
    shown = send(admin, file_of("1.1", SOMEBODY))
    copy_to_draft(version=published, number="1.1", by=None)
    again = press(admin, shown)
    assert (again.status_code, "somebody changed" in again.context["problem"]) == (409, True)
    assert export(Version.objects.get(number="1.1")).count("Has someone independent") == 1
    press(admin, again)
    assert export(Version.objects.get(number="1.1")).count("Has somebody independent") == 1


def test_a_draft_that_changed_or_was_published_meanwhile_is_not_written_over(admin: Client, draft: Version) -> None:
    shown = send(admin, file_of("1.1", SOMEBODY))
    Criterion.objects.filter(version=draft, key="incentives").update(ask="The mayor")
    again = press(admin, shown)
    assert (again.status_code, again.context["summary"]) == (409, "2 criteria reworded")
    publish_version(version=draft, by=None)
    refused = press(admin, again)
    assert (refused.status_code, [path for path, _ in refused.context["refused"]]) == (422, ["version"])
    assert Criterion.objects.get(version=draft, key="incentives").ask == "The mayor"


def test_what_is_confirmed_is_checked_again(admin: Client, published: Version) -> None:
    data = form_of(send(admin, file_of("1.1")), "store_form")
    for packed in ("", "no base64", "AAAA"):
        response = admin.post(UPLOAD, {**data, "packed": packed})
        assert (response.status_code, response.context["form"].errors) == (422, {"file": ["Choose a file."]})
    other = form_of(send(admin, file_of("1.1", ("weight: 25", "weight: 26"))), "store_form")
    response = admin.post(UPLOAD, {**other, "seen": "0"})
    assert (response.status_code, Version.objects.count()) == (409, 1)


def test_the_page_has_a_constant_number_of_queries(
    admin: Client, draft: Version, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_max_num_queries(40):
        send(admin, file_of("1.1", SOMEBODY))


def test_a_file_must_be_chosen(admin: Client) -> None:
    response = admin.post(UPLOAD)
    assert (response.status_code, response.context["form"].errors) == (422, {"file": ["Choose a file."]})


# --- who may --------------------------------------------------------------------------------------------------------


def staff(*codenames: str) -> Client:
    user = factories.make_user(f"Staff {len(codenames)}")
    User.objects.filter(pk=user.pk).update(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def test_whoever_may_add_versions_may_upload(admin: Client, published: Version, draft: Version) -> None:
    looker, adder = staff("view_version"), staff("view_version", "add_version")
    assert [client.get(UPLOAD).status_code for client in (looker, adder, admin)] == [403, 200, 200]
    assert send(looker, file_of("2.0")).status_code == 403
    links = [
        UPLOAD in client.get(address).content.decode()
        for client in (looker, adder)
        for address in (VERSIONS, page(draft))
    ]
    assert links == [False, False, True, True]
    assert press(adder, send(adder, file_of("2.0"))).status_code == 200
    over = send(adder, file_of("1.1", SOMEBODY))
    assert (over.status_code, [path for path, _ in over.context["refused"]]) == (422, ["version"])
    somebody = Client()
    somebody.force_login(factories.make_user("Somebody"))
    assert somebody.get(UPLOAD, follow=True).status_code == 403
    assert Client().get(UPLOAD).status_code == 302


# --- what people do to files ------------------------------------------------------------------------------------------


DOCS = (settings.BASE_DIR / "docs/interchange.md").read_text()


def documented() -> dict[str, tuple[str, int]]:
    """The first message and the number of messages, by the mistake, as docs/interchange.md tells them."""
    _, _, rest = DOCS.partition("\n## What goes wrong most often\n")
    rows = [line.strip("| ").split(" | ") for line in rest.partition("\n## ")[0].splitlines() if line.startswith("| ")]
    return {mistake: (message, int(count)) for mistake, message, count in rows[1:]}


def test_every_mistake_is_documented() -> None:
    assert list(documented()) == list(MISTAKES)
    assert read_playbook(RIGHT).key == "town-hubs"


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_wrong_file_is_refused_with_the_documented_message(admin: Client, mistake: str) -> None:
    name, data = MISTAKES[mistake]
    shown = send(admin, data, name)
    message, count = documented()[mistake]
    assert (shown.status_code, reasons(shown)[0], len(reasons(shown))) == (422, message, count)
    page = " ".join(html.unescape(re.sub(r"<[^>]+>", "", shown.content.decode())).split())
    assert [fault.reason for _, fault in shown.context["refused"] if fault.reason not in page] == []
    assert f"{name}: nothing was stored" in page
    assert Version.objects.count() == 0


@pytest.mark.parametrize("mistake", ["a weight with a per cent sign", "a stage renamed, its targets not"])
def test_the_command_says_the_same(mistake: str, tmp_path: Path, admin: Client) -> None:
    name, data = MISTAKES[mistake]
    file = tmp_path / name
    file.write_bytes(data)
    for action in ("check", "import"):
        with pytest.raises(CommandError) as refused:
            call_command("playbook", action, str(file))
        assert str(refused.value) == "\n".join(f"{file}: {said}" for said in reasons(send(admin, data, name)))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04", "this is a zipped file, not text."),
        (b"%PDF-1.7", "this is a PDF, not text."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "this is an old Word or Excel file, not text."),
        (b"", "the file is empty"),
        (b"x" * 1_100_000, "the file is too large: at most 1024 KiB are read"),
    ],
)
def test_what_is_no_text_or_too_much_of_it_is_told_plainly(admin: Client, data: bytes, message: str) -> None:
    shown = send(admin, data)
    assert (shown.status_code, reasons(shown)[0][: len(message)]) == (422, message)


SLIPS = {
    "title: Hubs of|title Hubs of": (
        "a colon is missing here; or the line goes on with the text above and is not set in as far (line 4)"
    ),
    "    name: Council|      name: Council": (
        "the line is set in further than the line before it, which has a value of its own already (line 8)"
    ),
    "- key: council|- {key: council": "a comma or a closing bracket is missing, here or just before (line 8)",
    "Hubs of small towns|@home": "a text cannot begin with @; put it in quotation marks (line 4)",
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_line_that_is_not_yaml_is_told_in_words(slip: str) -> None:
    old, new = slip.split("|")
    assert RIGHT.count(old) == 1
    with pytest.raises(DocumentError) as refused:
        read_playbook(RIGHT.replace(old, new))
    assert str(refused.value) == f"the file cannot be read: {SLIPS[slip]}"
