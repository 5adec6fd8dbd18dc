"""The history of an answer: what every save leaves in it, how it is told, and bringing back what stood."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from html import unescape
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.interchange.filled import Entry, Filled
from assessments.models import Answer, AnswerChange, Assessment, User
from assessments.selectors.answer_history import A_PAGE, MOST_TOGETHER, history_page, stretches
from assessments.selectors.playbooks import criterion_ids
from assessments.services.agreeing import Heard, Terms, agree
from assessments.services.answering import Content, save_answer
from assessments.services.assessing import reopen_assessment
from assessments.services.workbooks import Chosen, accept_lines, keep_upload
from tests.at_once import together
from tests.factories import Cast, answer, fill, make_assessment, make_cast, number_of, submit
from tests.history_of_answers import unexplained

KEY = "right-path"
Kind = AnswerChange.Kind


class Scene(NamedTuple):
    cast: Cast
    assessment: Assessment
    criterion_id: int

    @property
    def address(self) -> str:
        return reverse("criterion_history", args=[self.assessment.pk, number_of(KEY)])

    def restore(self, revision: int) -> str:
        return reverse("answer_restore", args=[self.assessment.pk, number_of(KEY), revision])

    def client(self, who: str = "owner") -> Client:
        client = Client()
        client.force_login(getattr(self.cast, who))
        return client

    def page(self, query: str = "", who: str = "owner") -> str:
        return text_of(self.client(who).get(self.address + query).content)

    def kept(self) -> list[tuple[int, str, int | None, str, str]]:
        rows = AnswerChange.objects.filter(assessment=self.assessment, criterion_id=self.criterion_id)
        return list(rows.values_list("revision", "kind", "level", "note", "by_name"))

    def stands(self) -> tuple[int | str | None, str, int]:
        row = Answer.objects.get(assessment=self.assessment, criterion_id=self.criterion_id)
        return row.value, row.note, row.revision

    def type(self, *notes: str, level: int = 2, by: User | None = None, after: timedelta = timedelta()) -> None:
        """Save these notes one after the other, as somebody who types does, all at that time from now."""
        for note in notes:
            row = Answer.objects.filter(assessment=self.assessment, criterion_id=self.criterion_id).first()
            save_answer(
                assessment=self.assessment,
                criterion_id=self.criterion_id,
                content=Content(Answer.State.LEVEL, level, note=note),
                seen=row.revision if row else 0,
                by=by or self.cast.owner,
                at=timezone.now() + after,
            )


@pytest.fixture
def scene(db: None) -> Iterator[Scene]:
    cast = make_cast()
    assessment = make_assessment(cast.place, cast.owner)
    yield Scene(cast, assessment, criterion_ids(assessment.version)[KEY])
    assert unexplained() == []


def text_of(content: bytes) -> str:
    main = content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_every_way_to_save_leaves_who_what_and_why(scene: Scene) -> None:
    cast, found = scene.cast, scene.assessment
    answer(found, KEY, 1, by=cast.editor, note="First")
    agree(
        assessment=found,
        criterion_id=scene.criterion_id,
        terms=Terms(3, "All saw the plan.", "One did not."),
        heard=Heard(),
        seen=1,
        by=cast.owner,
    )
    upload = keep_upload(assessment=found, name="round 2.xlsx", filled=Filled(()), by=cast.consultant)
    chosen = [Chosen(KEY, Entry(2, note="From the file"), 2)]
    accept_lines(upload=upload, assessment=found, chosen=chosen, by=cast.consultant)
    joined = {"answer": "2", "note": "Of both", "seen": "3", "asked": str(scene.criterion_id), "joined": "yes"}
    address = reverse("criterion", args=[found.pk, number_of(KEY)])
    assert scene.client().post(address, joined).status_code == 302
    assert scene.client("editor").post(scene.restore(1), {"seen": "4"}).status_code == 302
    assert scene.kept() == [
        (1, Kind.ANSWERED, 1, "First", "Editor Person"),
        (2, Kind.AGREED, 3, "First", "Owner Person"),
        (3, Kind.WORKBOOK, 2, "From the file", "Consultant Person"),
        (4, Kind.JOINED, 2, "Of both", "Owner Person"),
        (5, Kind.RESTORED, 1, "First", "Editor Person"),
    ]
    why = AnswerChange.objects.order_by("revision").values_list("why", "restored")
    assert list(why) == [
        ("", None),
        ("All saw the plan.\n\nDissent: One did not.", None),
        ("round 2.xlsx", None),
        ("", None),
        ("", 1),
    ]
    page = scene.page()
    told = ["Brought back from the history", "As it was on", "Joined from two versions", "round 2.xlsx", "One did not."]
    assert [words for words in told if words not in page] == []
    assert page.index("Brought back from") < page.index("Joined from") < page.index("Agreed by the group")


def test_what_factories_fill_in_is_explained_too(scene: Scene) -> None:
    fill(scene.assessment, {KEY: 2, "citizens": "dont_know"})
    assert [row[:3] for row in scene.kept()] == [(1, Kind.ANSWERED, 2)]


@pytest.mark.parametrize("field", ["kind", "note", "level", "why", "restored", "at", "by_name", "revision"])
def test_the_database_lets_nobody_rewrite_the_history(scene: Scene, field: str) -> None:
    scene.type("As it was said")
    change = AnswerChange.objects.get()
    other = {"level": 4, "restored": 7, "at": timezone.now(), "revision": 9, "kind": Kind.AGREED}
    with pytest.raises(DatabaseError, match="The history of answers is not rewritten"), transaction.atomic():
        AnswerChange.objects.filter(pk=change.pk).update(**{field: other.get(field, "Another")})
    assert AnswerChange.objects.get().note == "As it was said"


def test_an_account_that_is_deleted_leaves_its_name(scene: Scene) -> None:
    scene.type("By somebody who leaves", by=scene.cast.editor)
    scene.cast.editor.delete()
    assert (AnswerChange.objects.get().by, scene.kept()[0][4]) == (None, "Editor Person")
    assert "Editor Person" in scene.page()


# --- how it is told ---------------------------------------------------------------------------------------------------


def test_a_note_that_was_typed_is_told_as_one_and_opens(scene: Scene) -> None:
    scene.type("The", "The plan", "The plan of May")
    page = scene.page()
    assert ("3 saves since" in page, "Note The plan of May" in page) == (True, True)
    assert (page.count("Bring this back"), page.count("Each save by itself")) == (0, 0)
    opened = scene.page("?saves=3")
    assert ("[added: of May ]" in opened, "[added: plan ]" in opened, "Note The Bring" in opened) == (True, True, True)
    assert opened.count("Bring this back") == 2


def test_what_is_told_as_one(scene: Scene) -> None:
    scene.type("a", "b")
    scene.type("c", level=3)  # another answer
    scene.type("d", by=scene.cast.editor, level=3)  # somebody else
    scene.type("e", "f", by=scene.cast.editor, level=3, after=timedelta(minutes=11))  # later
    heads = list(AnswerChange.objects.order_by("revision"))
    assert [each.revisions for each in stretches(heads)] == [[1, 2], [3], [4], [5, 6]]
    assert [each.before for each in stretches(heads)] == [None, 2, 3, 4]


def test_a_long_history_comes_in_parts_of_few_queries(scene: Scene) -> None:
    client, counts = scene.client(), []
    client.get(scene.address)  # reads the playbook
    for size in (2, 400):
        for number in range(size):
            scene.type(f"Note {number}", level=number % 2)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(scene.address).status_code == 200
        counts.append(len(captured))
    assert (counts[0] == counts[1], counts[0] <= 9) == (True, True)
    page = scene.page()
    assert (page.count("Bring this back"), "Part 2 of 21" in page) == (A_PAGE - 1, True)
    assert ("Note Note 0" in scene.page("?page=21"), "Note Note 0" in page) == (True, False)
    assert history_page(scene.assessment, scene.criterion_id, number=99).number == 21


def test_what_is_told_as_one_has_an_end(scene: Scene) -> None:
    scene.type(*(f"{number}" for number in range(MOST_TOGETHER + 3)))
    assert [len(each.heads) for each in stretches(list(AnswerChange.objects.all()))] == [MOST_TOGETHER, 3]


def test_what_people_wrote_runs_no_script(scene: Scene) -> None:
    scene.type("<script>alert(1)</script>")
    content = scene.client().get(scene.address).content
    assert (b"<script>alert" in content, b"&lt;script&gt;alert" in content) == (False, True)


def test_submitting_and_reopening_stand_between_the_changes(scene: Scene) -> None:
    scene.type("Before")
    submit(scene.assessment, scene.cast.owner)
    page = scene.page()
    assert ("The history can be read." in page, "Bring this back" in page) == (True, False)
    assert scene.client().post(scene.restore(1), {"seen": "1"}).status_code == 409
    reopen_assessment(assessment=scene.assessment, by=scene.cast.owner, reason="A figure was wrong.")
    scene.type("After", level=3)
    page = scene.page()
    order = [page.index(words) for words in ("added: After", "A figure was wrong.", "Submitted", "Note Before")]
    assert order == sorted(order)
    assert ("Bring this back" in page, "Bring this back" in scene.page(who="viewer")) == (True, False)


# --- bringing back ----------------------------------------------------------------------------------------------------


def test_what_was_brought_back_can_itself_be_undone(scene: Scene) -> None:
    scene.type("First", level=1)
    scene.type("Second", level=4)
    scene.client().post(scene.restore(1), {"seen": "2"})
    assert scene.stands() == (1, "First", 3)
    scene.client().post(scene.restore(2), {"seen": "3"})
    assert scene.stands() == (4, "Second", 4)
    assert [row[1] for row in scene.kept()] == [Kind.ANSWERED, Kind.ANSWERED, Kind.RESTORED, Kind.RESTORED]


@pytest.mark.parametrize("sent", [{"seen": "1"}, {"seen": "0"}, {"seen": "-1"}, {"seen": "9" * 40}, {}])
def test_bringing_back_never_goes_over_what_nobody_saw(scene: Scene, sent: dict[str, str]) -> None:
    scene.type("First", level=1)
    scene.type("Second", level=4, by=scene.cast.editor)
    response = scene.client().post(scene.restore(1), sent)
    assert (response.status_code, scene.stands()) == (409, (4, "Second", 2))
    assert "Nothing was brought back" in text_of(response.content)


def test_what_stands_already_is_not_brought_back_again(scene: Scene) -> None:
    scene.type("First")
    assert scene.client().post(scene.restore(1), {"seen": "1"}).status_code == 302
    assert len(scene.kept()) == 1


def test_there_is_no_change_to_bring_back(scene: Scene) -> None:
    scene.type("First")
    assert scene.client().post(scene.restore(2), {"seen": "1"}).status_code == 404
    elsewhere = reverse("answer_restore", args=[scene.assessment.pk, 99, 1])
    assert scene.client().post(elsewhere, {"seen": "1"}).status_code == 404


def test_a_page_of_another_criterion_brings_nothing_back(scene: Scene) -> None:
    scene.type("First")
    scene.type("Second", level=3)
    other = criterion_ids(scene.assessment.version)["citizens"]
    sent = {"seen": "2", "asked": str(other)}
    assert scene.client().post(scene.restore(1), sent).status_code == 409
    assert scene.stands() == (3, "Second", 2)


@pytest.mark.django_db(transaction=True)
def test_saving_and_bringing_back_at_once() -> None:
    cast = make_cast()
    assessment = make_assessment(cast.place, cast.owner)
    scene = Scene(cast, assessment, criterion_ids(assessment.version)[KEY])
    scene.type("First", level=1)
    scene.type("Second", level=2)
    address = reverse("criterion", args=[assessment.pk, number_of(KEY)])
    for seen in range(2, 6):
        typed = {"answer": "3", "note": f"Typed {seen}", "seen": str(seen), "asked": str(scene.criterion_id)}
        sent = [(scene.restore(1 + seen % 2), {"seen": str(seen)})] * 3 + [(address, typed)]
        clients = [scene.client(who) for who in ("owner", "editor", "consultant", "owner")]
        found = together(*(partial(client.post, *each) for client, each in zip(clients, sent, strict=True)))
        assert scene.stands()[2] == seen + 1
        assert (302 in {each.status_code for each in found}, unexplained()) == (True, [])
    assert [row[0] for row in scene.kept()] == list(range(1, 7))


def test_a_save_whose_reply_was_lost_is_told_when_somebody_else_saved_since(scene: Scene) -> None:
    scene.type("Mine")
    scene.type("Theirs", by=scene.cast.editor, level=4)
    sent = {"answer": "2", "note": "Mine", "seen": "0", "asked": str(scene.criterion_id)}
    address = reverse("criterion", args=[scene.assessment.pk, number_of(KEY)])
    again = scene.client().post(address, sent)
    assert (again.status_code, "Yours was saved as well" in text_of(again.content)) == (409, True)
    other = scene.client("consultant").post(address, sent)
    assert (other.status_code, "Yours was saved as well" in text_of(other.content)) == (409, False)


WRITES = {"create", "bulk_create", "update", "bulk_update", "get_or_create", "update_or_create", "delete", "save"}
WRITERS = {"services/answering.py", "services/moving.py"}
"""They add a row to the history in the transaction that writes an answer."""


def written(path: Path) -> Iterator[str]:
    """Calls that write rows of `Answer`, or of an assessment's `answers`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            chain = ast.unparse(node.func)
            if re.match(r"Answer(\.objects\b|\()|[\w.]*\banswers\.", chain):
                yield chain


def test_nobody_else_writes_answers() -> None:
    app = settings.BASE_DIR / "assessments"
    paths = [path for path in app.rglob("*.py") if "migrations" not in path.parts]
    assert {str(path.relative_to(app)) for path in paths if any(written(path))} == WRITERS
