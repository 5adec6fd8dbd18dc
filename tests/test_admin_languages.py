"""Languages in the admin: how far they are, translating beside somebody else, files, and what publication says."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.interchange import Translated, Translation, dump_playbook, dump_translation, texts
from assessments.models import Role, Version
from assessments.selectors.languages import texts_in
from assessments.selectors.playbooks import playbook_document
from assessments.services.playbooks import import_playbook, publish_version
from assessments.services.translating import import_translation
from tests.admin_pages import form_of, page, said
from tests.factories import make_user, playbook

pytestmark = pytest.mark.django_db

PART = "criteria/shared-vision"
TITLE, QUESTION = f"{PART}/title", f"{PART}/question"
ENGLISH = texts(playbook())[TITLE]


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(make_user("Ada Admin", is_admin=True))
    return client


@pytest.fixture
def draft() -> Version:
    given = {TITLE: Translated(ENGLISH, "Gweledigaeth"), "title": Translated(playbook().title, "Hybiau")}
    welsh = Translation(playbook().key, playbook().version, "cy", given)
    return import_playbook(document=playbook(), by=None, translations=[welsh])


def texts_page(version: Version, part: str = PART) -> str:
    return f"{page(version, 'texts')}?language=cy&part={part}"


def stored(version: Version) -> dict[str, str]:
    return {path: each.text for path, each in texts_in(version, "cy").items()}


def typed(admin: Client, version: Version, changes: dict[str, str], part: str = PART) -> dict[str, str]:
    """What the page would send after these texts are typed into it."""
    return {**form_of(admin.get(texts_page(version, part)), "texts_form"), **changes}


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_page_says_how_far_each_language_is(admin: Client, draft: Version) -> None:
    response = admin.get(page(draft, "languages"))
    [welsh] = response.context["languages"]
    assert (welsh.name, welsh.done.count.done, welsh.done.count.total) == ("Welsh", 2, 602)
    assert [(group.title, group.count.done) for group in welsh.groups][:2] == [
        ("Beside the lessons", 1),
        ("The long path", 1),
    ]
    assert "Welsh: 2 of 602 texts, 0%" in words(response)


def test_a_translator_saves_a_part_in_one_go(admin: Client, draft: Version) -> None:
    changes = {f"text:{TITLE}": "  Golwg ar y dyfodol\r\n", f"text:{QUESTION}": "A oes un?"}
    response = admin.post(texts_page(draft), typed(admin, draft, changes), follow=True)
    assert (said(response), stored(draft)) == (
        ["2 texts saved."],
        {TITLE: "Golwg ar y dyfodol", QUESTION: "A oes un?", "title": "Hybiau"},
    )
    assert LogEntry.objects.latest("pk").get_change_message() == "Welsh: 2 texts of “Shared vision and purpose”."
    response = admin.post(texts_page(draft), typed(admin, draft, {"_next": "1"}))
    assert (response.status_code, response.headers["Location"]) == (
        302,
        f"{page(draft, 'texts')}?language=cy&part=criteria%2Fvision-kept-alive",
    )


def test_emptying_a_field_takes_the_translation_out(admin: Client, draft: Version) -> None:
    admin.post(texts_page(draft), typed(admin, draft, {f"text:{TITLE}": ""}))
    assert stored(draft) == {"title": "Hybiau"}


def test_two_admins_do_not_overwrite_each_other(admin: Client, draft: Version) -> None:
    mine = typed(admin, draft, {f"text:{TITLE}": "Fy un i"})
    theirs = typed(admin, draft, {f"text:{TITLE}": "Eu hun nhw", f"text:{QUESTION}": "Cwestiwn?"})
    admin.post(texts_page(draft), theirs)
    response = admin.post(texts_page(draft), mine)
    assert (response.status_code, stored(draft)[TITLE], stored(draft)[QUESTION]) == (409, "Eu hun nhw", "Cwestiwn?")
    assert 'Stored now: <span lang="cy">Eu hun nhw</span>' in words(response)
    assert said(response) == ["2 texts saved."]  # theirs, read here because this is the same browser
    again = form_of(response, "texts_form")
    assert again[f"text:{TITLE}"] == "Fy un i"
    admin.post(texts_page(draft), again)
    assert (stored(draft)[TITLE], stored(draft)[QUESTION]) == ("Fy un i", "Cwestiwn?")


def test_a_translation_of_english_that_changed_meanwhile_is_out_of_date(admin: Client, draft: Version) -> None:
    sent = typed(admin, draft, {f"text:{TITLE}": "Newydd"})
    draft.criteria.filter(key="shared-vision").update(title="One vision")
    admin.post(texts_page(draft), sent)
    assert texts_in(draft, "cy")[TITLE] == Translated(ENGLISH, "Newydd")
    response = admin.get(texts_page(draft))
    assert f'Translated when the English was: <span lang="en">“{ENGLISH}”</span>' in words(response)
    admin.post(texts_page(draft), {**form_of(response, "texts_form"), f"keep:{TITLE}": "on"})
    assert texts_in(draft, "cy")[TITLE] == Translated("One vision", "Newydd")


def test_roles_and_stages_are_named_by_what_they_are(admin: Client, draft: Version) -> None:
    lines = admin.get(texts_page(draft, "roles")).context["lines"]
    assert [line.words for line in lines][:2] == ["Place leadership, name", "Place leadership, summary"]
    lines = admin.get(texts_page(draft)).context["lines"]
    assert [line.words for line in lines][2:5] == ["Why it matters", "Level 0, text", "Level 0, next step"]


def upload(admin: Client, draft: Version, text: str) -> Any:
    file = SimpleUploadedFile("cy.yaml", text.encode())
    return admin.post(page(draft, "languages"), {"file": file}, follow=True)


def test_a_file_goes_out_and_comes_back(admin: Client, draft: Version) -> None:
    response = admin.get(f"{page(draft, 'translation')}?language=cy")
    assert 'filename="hubs-of-innovation-1.0.cy.yaml"' in response.headers["Content-Disposition"]
    text = response.content.decode()
    assert text == dump_translation(playbook_document(draft), "cy", texts_in(draft, "cy"))
    response = upload(admin, draft, text.replace("text: Gweledigaeth", "text: Golwg"))
    assert said(response) == ["Welsh: 1 of the file’s 2 translations were new or different, and are stored."]
    assert stored(draft) == {TITLE: "Golwg", "title": "Hybiau"}


def test_a_file_with_faults_is_refused_with_all_of_them(admin: Client, draft: Version) -> None:
    text = dump_translation(playbook_document(draft), "cy", {}).replace("path: title", "path: titel", 1)
    response = upload(admin, draft, text.replace("language: cy", "language: en"))
    assert (response.status_code, response.context["refused"]) == (
        422,
        [
            "language: is the language that the playbook is written in (line 5)",
            "texts[0].path: the playbook has no text at “titel”; "
            "remove this entry if it is not wanted any more (line 7)",
        ],
    )
    assert upload(admin, draft, dump_playbook(playbook())).context["refused"] == [
        "schema: is “hubplaybook/playbook@1”; it must be hubplaybook/translation@1 (line 1)"
    ]
    assert admin.post(page(draft, "languages")).context["refused"] == ["Choose a file first."]


def test_what_has_no_english_any_more_is_listed_and_can_be_removed(admin: Client, draft: Version) -> None:
    draft.criteria.get(key="shared-vision").delete()
    response = admin.get(page(draft, "languages"))
    assert "1 translation has no English text any more" in words(response)
    admin.post(page(draft, "languages"), {"remove": "cy"})
    assert stored(draft) == {"title": "Hybiau"}


def test_publication_says_what_is_missing_and_goes_on(admin: Client, draft: Version) -> None:
    response = admin.get(page(draft, "publish"))
    assert "2 of 602 texts (0%). 600 not translated: Beside the lessons (33), The long path (118)," in words(response)
    admin.post(page(draft, "publish"))
    assert Version.objects.get().is_published


def test_publication_of_english_alone_says_so(admin: Client) -> None:
    draft = import_playbook(document=playbook(), by=None)
    assert "English only." in words(admin.get(page(draft, "publish")))


def test_what_is_published_is_only_read(admin: Client, draft: Version) -> None:
    sent = typed(admin, draft, {f"text:{TITLE}": "Too late"})
    publish_version(version=draft, by=None)
    for address, data in ((texts_page(draft), sent), (page(draft, "languages"), {"remove": "cy"})):
        assert said(admin.post(address, data, follow=True))[0].startswith("Nothing was ")
    assert stored(draft) == {TITLE: "Gweledigaeth", "title": "Hybiau"}
    assert form_of(admin.get(texts_page(draft)), "texts_form").keys() == {"csrfmiddlewaretoken"}


def test_who_may_look_may_not_write(draft: Version) -> None:
    looker = make_user("Looker")
    looker.is_staff = True
    looker.save()
    looker.user_permissions.add(Permission.objects.get(codename="view_version"))
    client = Client()
    client.force_login(looker)
    for address in (texts_page(draft), page(draft, "languages"), f"{page(draft, 'translation')}?language=cy"):
        assert client.get(address).status_code == 200
    found = [
        client.post(address, {"remove": "cy"}).status_code for address in (texts_page(draft), page(draft, "languages"))
    ]
    assert found == [403, 403]
    client.force_login(make_user("Nobody"))
    assert client.get(page(draft, "languages")).status_code == 302


@pytest.mark.parametrize("asked", ["language=tlh", "language=cy&part=criteria/none", ""])
def test_an_address_that_names_nothing_is_not_found(admin: Client, draft: Version, asked: str) -> None:
    assert admin.get(f"{page(draft, 'texts')}?{asked}").status_code == 404


def test_pages_take_as_many_queries_for_many_translations_as_for_few(admin: Client, draft: Version) -> None:
    addresses = [page(draft, "languages"), texts_page(draft), page(draft, "publish")]

    def counts() -> list[int]:
        found = []
        for address in addresses:
            with CaptureQueriesContext(connection) as captured:
                admin.get(address)
            found.append(len(captured))
        return found

    few = counts()
    everything = {path: Translated(text, f"{text}!") for path, text in texts(playbook()).items()}
    document = Translation(playbook().key, playbook().version, "cy", everything)
    import_translation(version=draft, document=document, by=None)
    assert counts() == few
    assert max(few[:2]) <= 18


def test_a_role_may_have_the_key_of_a_kind_of_text(admin: Client, draft: Version) -> None:
    """Its path, roles/data/name, looks like that of a hint without a number."""
    Role.objects.create(version=draft, key="data", name="Data team", summary="They count.", position=9)
    shown = admin.get(texts_page(draft, "roles")).context["lines"]
    assert [line.words for line in shown if line.path.startswith("roles/data/")] == [
        "Data team, name",
        "Data team, summary",
    ]
