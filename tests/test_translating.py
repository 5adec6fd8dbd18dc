"""Translations as rows: stored with a draft, copied with it, frozen with it, and never lost to somebody else's save."""

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from assessments.interchange import (
    DocumentError,
    Translated,
    Translation,
    dump_playbook,
    dump_translation,
    falls_back,
    read_playbook,
    texts,
)
from assessments.interchange.documents import Follows
from assessments.models import Assessment, PublishedIsReadOnly, User, Version
from assessments.models import Translation as Row
from assessments.selectors.languages import findings_to_read, languages_of, playbook_to_read, texts_in
from assessments.selectors.playbooks import playbook_document
from assessments.selectors.results import findings_of
from assessments.services.assessing import start_assessment
from assessments.services.playbooks import copy_to_draft, import_playbook, publish_version
from assessments.services.translating import Typed, import_translation, remove_orphans, save_texts
from tests.factories import answer, join, make_place, make_user, playbook, submit

pytestmark = pytest.mark.django_db

TITLE = "criteria/shared-vision/title"
QUESTION = "criteria/shared-vision/question"
ENGLISH = "Shared vision and purpose"


def welsh(made: dict[str, str], language: str = "cy") -> Translation:
    """A translation of these texts of the playbook as it stands."""
    sources = texts(playbook())
    found = {path: Translated(sources[path], text) for path, text in made.items()}
    return Translation(playbook().key, playbook().version, language, found)


@pytest.fixture
def draft() -> Version:
    return import_playbook(
        document=playbook(), by=None, translations=[welsh({TITLE: "Gweledigaeth", "title": "Hybiau"})]
    )


def stored(version: Version) -> dict[str, str]:
    return {path: each.text for path, each in texts_in(version, "cy").items()}


def test_what_is_published_is_read_in_the_language_of_the_reader(draft: Version) -> None:
    version = publish_version(version=draft, by=None)
    with override("cy"):
        found = playbook_to_read(version)
        assert (found.title, found.criterion["shared-vision"].title) == ("Hybiau", "Gweledigaeth")
        assert falls_back(found.criterion["shared-vision"].question)
    with override("en-gb"):
        assert playbook_to_read(version) is playbook_document(version)
    with CaptureQueriesContext(connection) as captured, override("cy"):
        playbook_to_read(version)
    assert len(captured) == 0


def test_what_is_published_cannot_be_written(draft: Version) -> None:
    publish_version(version=draft, by=None)
    with pytest.raises(PublishedIsReadOnly):
        import_translation(version=draft, document=welsh({QUESTION: "?"}), by=None)
    with pytest.raises(PublishedIsReadOnly):
        save_texts(version=draft, language="cy", typed={TITLE: Typed(ENGLISH, "Gweledigaeth", "x")}, by=None)
    with pytest.raises(PublishedIsReadOnly):
        Row.objects.get(path=TITLE).delete()
    assert stored(draft) == {TITLE: "Gweledigaeth", "title": "Hybiau"}


def test_a_submission_is_read_in_welsh_and_stays_in_english(draft: Version) -> None:
    version = publish_version(version=draft, by=None)
    owner = make_user("Owner")
    assessment = start_assessment(place=make_place(owner=owner), version=version, by=owner)
    answer(assessment, "shared-vision", 2, by=owner)
    with override("cy"):
        submission = submit(assessment, owner)
        findings = findings_to_read(findings_of(assessment), version)
        assert findings.criterion["shared-vision"].title == "Gweledigaeth"
        assert falls_back(findings.criterion["right-path"].title)
    assert findings.result == findings_of(assessment).result
    assert "Gweledigaeth" not in submission.playbook
    assert findings_to_read(findings_of(assessment), version).criterion["shared-vision"].title == ENGLISH


def test_a_reworded_text_is_out_of_date_and_a_moved_one_is_not(draft: Version) -> None:
    row = draft.criteria.get(key="shared-vision")
    row.question = "Another question?"
    row.position = 9
    row.save()
    draft.lessons.filter(key="long-path").update(position=9)
    import_translation(version=draft, document=welsh({QUESTION: "A yw?"}), by=None)
    found = languages_of(draft)["cy"]
    assert (found.count.done, found.count.out_of_date, found.orphans) == (2, 1, ())
    with override("cy"):
        shown = playbook_to_read(draft).criterion["shared-vision"]
    assert (shown.title, shown.question, falls_back(shown.question)) == ("Gweledigaeth", "Another question?", True)


def test_a_copy_takes_the_translations_along_and_leaves_orphans(draft: Version) -> None:
    draft.criteria.get(key="shared-vision").delete()
    assert languages_of(draft)["cy"].orphans == (TITLE,)
    copy = copy_to_draft(version=draft, number="1.1", by=None)
    assert stored(copy) == {"title": "Hybiau"}
    assert (remove_orphans(version=draft, language="cy"), stored(draft)) == (1, {"title": "Hybiau"})


def test_a_file_takes_along_the_translations_of_the_version_it_comes_after(draft: Version, tmp_path: Path) -> None:
    publish_version(version=draft, by=None)
    changed = dump_playbook(playbook()).replace(f"title: {ENGLISH}", "title: Shared aims", 1)
    file, made = tmp_path / "playbook.yaml", tmp_path / "cy.yaml"
    file.write_text(changed.replace("version: '1.0'", "version: '1.1'", 1))
    call_command("playbook", "import", str(file))
    new = Version.objects.get(number="1.1")
    found = languages_of(new)["cy"]
    assert (stored(new), found.count.done, found.count.out_of_date) == (stored(draft), 1, 1)
    again = read_playbook(dump_playbook(playbook()).replace("version: '1.0'", "version: '1.2'", 1))
    file.write_text(dump_playbook(replace(again, follows=Follows("1.1", {}, ()))))
    texts_made = welsh({TITLE: "Golwg"})
    made.write_text(dump_translation(again, "cy", texts_made.texts))
    call_command("playbook", "import", str(file), "--translation", str(made))
    assert stored(Version.objects.get(number="1.2")) == {TITLE: "Golwg", "title": "Hybiau"}
    other = import_playbook(document=replace(again, key="other"), by=None)
    assert stored(other) == {}


def test_only_what_was_changed_is_written_and_only_over_what_was_seen(draft: Version) -> None:
    one, two = make_user("One"), make_user("Two")
    first = save_texts(
        version=draft,
        language="cy",
        typed={TITLE: Typed(ENGLISH, "Gweledigaeth", "Un"), QUESTION: Typed("Q", "", "Cwestiwn?")},
        by=one,
    )
    second = save_texts(
        version=draft,
        language="cy",
        typed={TITLE: Typed(ENGLISH, "Gweledigaeth", "Dau"), "title": Typed("T", "Hybiau", "")},
        by=two,
    )
    assert (first.changed, first.taken) == ([TITLE, QUESTION], {})
    assert (second.changed, second.taken) == (["title"], {TITLE: "Un"})
    assert stored(draft) == {TITLE: "Un", QUESTION: "Cwestiwn?"}
    assert {row.path: row.by for row in Row.objects.all()} == {TITLE: one, QUESTION: one}


def test_a_file_adds_and_changes_and_takes_nothing_away(draft: Version) -> None:
    document = playbook_document(draft)
    file = dump_translation(document, "cy", texts_in(draft, "cy"))
    assert import_translation(version=draft, document=welsh({}), by=None).changed == []
    assert import_translation(version=draft, document=welsh({TITLE: "Newydd"}), by=None).changed == [TITLE]
    assert stored(draft) == {TITLE: "Newydd", "title": "Hybiau"}
    with pytest.raises(DocumentError, match="does not offer"):
        import_translation(version=draft, document=welsh({TITLE: "Nova"}, "tlh"), by=None)
    assert dump_translation(document, "cy", texts_in(draft, "cy")) != file


def test_files_go_out_and_in_by_command(draft: Version, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*words: Any) -> str:
        call_command(*map(str, words))
        return capsys.readouterr().out

    file = tmp_path / "cy.yaml"
    file.write_text(run("translation", "export", playbook().key, "1.0", "cy"))
    assert run("translation", "import", file) == "cy: 0 texts written. 2 of 602 texts translated (0%).\n"
    file.write_text(file.read_text().replace("text: Gweledigaeth", "text: Golwg"))
    assert run("translation", "import", file) == "cy: 1 text written. 2 of 602 texts translated (0%).\n"
    assert stored(draft)[TITLE] == "Golwg"
    publish_version(version=draft, by=None)
    with pytest.raises(CommandError, match="A published version is read-only"):
        run("translation", "import", file)
    with pytest.raises(CommandError, match="There is no"):
        run("translation", "export", playbook().key, "9", "cy")
    with pytest.raises(CommandError, match="does not offer"):
        run("translation", "export", playbook().key, "1.0", "tlh")


def test_the_first_playbook_is_published_with_its_welsh(capsys: pytest.CaptureFixture[str]) -> None:
    files = "fixtures/hubs-of-innovation-1.0.yaml", "fixtures/translations/hubs-of-innovation-1.0.cy.yaml"
    call_command("translation", "check", files[1], files[0])
    assert capsys.readouterr().out == "cy: 169 of 602 texts translated (28%). No faults.\n"
    call_command("playbook", "import", files[0], "--publish", "--translation", files[1])
    version = Version.objects.get()
    assert (version.is_published, languages_of(version)["cy"].count.done) == (True, 169)
    with pytest.raises(CommandError, match="held against"):
        call_command("playbook", "import", "fixtures/first-look-1.0.yaml", "--translation", files[1])
    assert Version.objects.count() == 1


# --- pages ----------------------------------------------------------------------------------------------------------


class Spoken(HTMLParser):
    """What a page says in which language: the texts under each `lang`, and where markup got in where it cannot be."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.said: dict[str, list[str]] = {}
        self.wrong: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        lang = dict(pairs).get("lang") or (self.open[-1][1] if self.open else "")
        self.wrong += [f"{tag} {name}" for name, value in pairs if "<span" in (value or "")]
        if tag == "span" and {each for each, _ in self.open} & {"title", "svg", "option", "textarea", "script"}:
            self.wrong.append(f"span in {self.open}")
        if tag not in VOID:
            self.open.append((tag, lang))

    def handle_endtag(self, tag: str) -> None:
        while tag not in VOID and self.open.pop()[0] != tag:
            pass

    def handle_data(self, text: str) -> None:
        if "<span" in text:
            self.wrong.append(text)
        if self.open and text.strip():
            self.said.setdefault(self.open[-1][1], []).append(" ".join(text.split()))


VOID = {"meta", "link", "input", "br", "hr", "img", "path", "rect", "line", "circle"}
NOTE = "Dangosir yn Saesneg yr hyn nad yw wedi’i gyfieithu eto."  # what is not translated yet is shown in English


def visit(assessment: Assessment, user: User, name: str, *numbers: int) -> Spoken:
    """A page as this member meets it in Welsh."""
    client = Client(headers={"accept-language": "cy"})
    client.force_login(user)
    key = assessment.place_id if name == "place" else assessment.pk
    return Spoken(client.get(reverse(name, args=[key, *numbers])).content.decode())


@pytest.fixture
def owner() -> User:
    return make_user("Owner")


@pytest.fixture
def assessment(draft: Version, owner: User) -> Assessment:
    """One whose playbook has two texts in Welsh."""
    made = start_assessment(place=make_place(owner=owner), version=publish_version(version=draft, by=None), by=owner)
    for key in ("shared-vision", "right-path"):
        answer(made, key, 1, by=owner)
    return made


VISION = playbook().criterion["shared-vision"]
PAGES = {
    "place": ((), ["Hybiau"], ["Forming"]),
    "assessment": ((), ["Hybiau", "Gweledigaeth"], ["The long path", "Forming"]),
    "criterion": (
        (2,),
        ["Gweledigaeth"],
        [playbook().criterion["shared-vision"].question, "The chair of the hub's board"],
    ),
    "check": ((), ["Gweledigaeth"], ["The long path", VISION.levels[1].descriptor]),
    "stage": ((), [], [playbook().stages[0].facts, "Exploring"]),
    "results": ((), ["Gweledigaeth"], ["The long path", VISION.levels[1].next_step]),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_which_of_its_texts_are_in_english(assessment: Assessment, owner: User, name: str) -> None:
    numbers, welsh_texts, english = PAGES[name]
    page = visit(assessment, owner, name, *numbers)
    assert page.wrong == []
    assert [text for text in english if text not in page.said["en"]] == []
    assert [text for text in welsh_texts if text not in " ".join(page.said["cy"])] == []
    notes = {"place": 0, "assessment": 4, "criterion": 2}
    assert page.said["cy"].count(NOTE) == notes.get(name, 1)


@pytest.mark.parametrize("submitted", [False, True], ids=["open", "submitted"])
@pytest.mark.parametrize("viewer", [False, True], ids=["owner", "viewer"])
def test_what_is_all_in_welsh_is_marked_nowhere(owner: User, submitted: bool, viewer: bool) -> None:
    everything = welsh({path: f"Cymraeg: {path}" for path in texts(playbook())})
    version = import_playbook(document=playbook(), by=None, publish=True, translations=[everything])
    made = start_assessment(place=make_place(owner=owner), version=version, by=owner)
    answer(made, "right-path", 1, by=owner)
    reader = make_user("Viewer") if viewer else owner
    if viewer:
        join(made.place, reader, "viewer")
    if submitted:
        submit(made, owner)
    for name in PAGES:
        if not (submitted and name in {"criterion", "check", "stage"}) and not (viewer and name == "stage"):
            page = visit(made, reader, name, *PAGES[name][0])
            assert ("en" in page.said, NOTE in page.said["cy"], page.wrong) == (False, False, [])
            assert not any(source in page.said["cy"] for source in texts(playbook()).values())


def test_files_stay_in_english(assessment: Assessment, owner: User) -> None:
    client = Client(headers={"accept-language": "cy"})
    client.force_login(owner)
    file = client.get(reverse("playbook_file", args=[assessment.pk])).content.decode()
    assert (ENGLISH in file, "Gweledigaeth" in file) == (True, False)


def test_pages_ask_no_more_in_welsh(assessment: Assessment, owner: User) -> None:
    for name, (numbers, _, _) in PAGES.items():
        key = assessment.place_id if name == "place" else assessment.pk
        counts = []
        for language in ("en-gb", "cy"):
            client = Client(headers={"accept-language": language})
            client.force_login(owner)
            client.get(reverse(name, args=[key, *numbers]))
            with CaptureQueriesContext(connection) as captured:
                client.get(reverse(name, args=[key, *numbers]))
            counts.append(len(captured))
        assert counts[0] == counts[1], name
