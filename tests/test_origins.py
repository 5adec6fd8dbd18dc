"""Deciding what became of each criterion: the rules, decisions that go stale, two admins at once, and files."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from assessments.comparing.deciding import followed
from assessments.interchange import DocumentError, dump_playbook
from assessments.interchange.documents import Criterion as Text
from assessments.interchange.documents import Follows, Origin, Playbook
from assessments.models import Criterion, Level, Version
from assessments.models import Origin as Row
from assessments.selectors.drafts import changes_of
from assessments.selectors.origins import Decisions, decisions_on
from assessments.selectors.playbooks import playbook_document
from assessments.services.origins import decide_origins, remarks_on_origins, state_of
from assessments.services.playbooks import copy_to_draft, import_playbook, publish_version
from assessments.services.restoring import put_back, write_document
from tests import factories
from tests.versions_cast import FIRST, SECOND, book, criterion, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Version:
    return copy_to_draft(version=publish(FIRST), number="1.1", by=None)


def reword(draft: Version, key: str, question: str = "Is it done?") -> None:
    Criterion.objects.filter(version=draft, key=key).update(question=question)


def rename(draft: Version, key: str, new: str) -> None:
    Criterion.objects.filter(version=draft, key=key).update(key=new)


def decide(draft: Version, retired: dict[str, bool] | None = None, **told: Origin | None) -> None:
    decisions = {key.replace("_", "-"): each for key, each in told.items()}
    decide_origins(version=draft, decisions=decisions, retired=retired or {}, by=None)


def standing(draft: Version) -> Decisions:
    found = decisions_on(draft)
    assert found is not None
    return found


def told(draft: Version) -> list[str]:
    """The remarks on a draft's decisions: where, and the first words."""
    found = standing(draft)
    remarks = remarks_on_origins(draft, found.document, found.before)
    return [f"{each.severity} {'.'.join(map(str, each.path[2:]))}: {each.sentence[:24]}" for each in remarks]


# --- what is to be decided ------------------------------------------------------------------------------------------


def test_a_copy_has_nothing_to_decide_and_what_changes_has(draft: Version) -> None:
    assert (told(draft), publish_version(version=draft, by=None).is_published) == ([], True)
    other = copy_to_draft(version=draft, number="1.2", by=None)
    Criterion.objects.filter(version=other, key="same").update(weight=9, why="It is so.", ask="Anybody")
    Level.objects.filter(criterion__version=other, criterion__key="same").update(next_step="Go on.")
    reword(other, "reworded")
    Criterion.objects.filter(version=other, key="gone").delete()
    assert told(other) == ["fault reworded: does not read as in vers", "fault gone: “Gone” of version 1.1 is"]
    with pytest.raises(DocumentError, match=r"follows\.criteria\.reworded: does not read as in version 1\.1"):
        publish_version(version=other, by=None)


def test_what_is_decided_is_published_and_goes_into_the_file(draft: Version) -> None:
    reword(draft, "reworded")
    rename(draft, "left", "fresh")
    Criterion.objects.filter(version=draft, key="gone").delete()
    decide(
        draft,
        {"gone": True},
        reworded=Origin("reworded", ("reworded",), True),
        fresh=Origin("merged", ("left", "right"), False),
    )
    assert told(draft) == []
    decide(draft, right=None)
    version = publish_version(version=draft, by=None)
    assert playbook_document(version).follows == Follows(
        "1.0",
        {"reworded": Origin("reworded", ("reworded",), True), "fresh": Origin("merged", ("left", "right"), False)},
        ("gone",),
    )


def test_spelling_may_be_called_the_same_and_is_then_left_out_of_the_file(draft: Version) -> None:
    reword(draft, "reworded", "How far is  REWORDED")
    assert told(draft) == ["fault reworded: does not read as in vers"]
    decide(draft, reworded=Origin("same", ("reworded",), True))
    version = publish_version(version=draft, by=None)
    follows = playbook_document(version).follows
    assert follows == Follows("1.0", {}, ())
    Version.objects.filter(pk=version.pk).update(number="moved")
    again = import_playbook(document=playbook_document(version), by=None, publish=True)
    assert again.is_published


WRONG: dict[str, tuple[Origin, str]] = {
    "a source that is not there": (Origin("reworded", ("nowhere",), False), "names “nowhere”"),
    "the same": (Origin("same", ("reworded",), True), "is called the same"),
    "new with its old key": (Origin("new", (), False), "has the key of “Reworded”"),
    "from another one": (Origin("reworded", ("left",), False), "has the key of “Reworded”"),
    "merged of one": (Origin("merged", ("reworded",), False), "is called merged"),
    "reworded of two": (Origin("reworded", ("reworded", "left"), False), "is called reworded"),
    "stricter of two": (Origin("stricter", ("reworded", "left"), False), "is called stricter"),
    "comparable of two": (Origin("merged", ("reworded", "left"), True), "can be said only"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_is_refused_and_nothing_is_written(draft: Version, name: str) -> None:
    origin, reason = WRONG[name]
    reword(draft, "reworded")
    reword(draft, "left")
    with pytest.raises(DocumentError) as error:
        decide(draft, reworded=origin, left=Origin("reworded", ("left",), True))
    assert [fault.reason[: len(reason)] for fault in error.value.faults] == [reason]
    assert not Row.objects.exists()


def test_a_new_criterion_comes_from_nothing_and_any_other_from_something(draft: Version) -> None:
    rename(draft, "left", "fresh")
    for origin, reason in [
        (Origin("new", ("left",), False), "is called new and yet"),
        (Origin("split", (), False), "names no criterion"),
    ]:
        with pytest.raises(DocumentError, match=reason):
            decide(draft, fresh=origin)


def test_comparable_takes_as_many_levels(draft: Version) -> None:
    Level.objects.filter(criterion__version=draft, criterion__key="long", position=4).delete()
    with pytest.raises(DocumentError, match="it has 4 levels, and what it comes from had 5"):
        decide(draft, long=Origin("reworded", ("long",), True))
    decide(draft, long=Origin("reworded", ("long",), False))
    assert told(draft) == []


def test_a_split_has_two_parts_and_one_that_reads_the_same_is_one(draft: Version) -> None:
    rename(draft, "left", "part-one")
    rename(draft, "right", "part-two")
    decide(draft, {"left": True, "right": True}, part_one=Origin("split", ("whole",), False), part_two=None)
    assert told(draft) == ["fault part-two: is not in version 1.0, a"]
    decide(draft, part_two=Origin("new", (), False))
    assert told(draft) == []
    reword(draft, "whole")
    decide(draft, whole=Origin("merged", ("whole", "long"), False))
    assert told(draft) == []
    decide(draft, part_one=Origin("split", ("harder",), True), whole=Origin("reworded", ("whole",), True))
    Criterion.objects.filter(version=draft, key="harder").delete()
    assert told(draft) == [
        "fault part-one.kind: is called split, and no ",
        "warning part-one.comparable: is called split and yet ",
    ]


def test_what_is_retired_is_gone_and_nothing_comes_from_it(draft: Version) -> None:
    rename(draft, "left", "fresh")
    with pytest.raises(DocumentError, match="is still in this version"):
        decide(draft, {"right": True})
    with pytest.raises(DocumentError, match="cannot be retired while another"):
        decide(draft, {"left": True}, fresh=Origin("reworded", ("left",), True))
    decide(draft, {"left": True})
    with pytest.raises(DocumentError, match="names “Left”, which is confirmed as retired"):
        decide(draft, fresh=Origin("reworded", ("left",), True))
    decide(draft, {"left": False}, fresh=Origin("reworded", ("left",), True))
    assert told(draft) == []


def test_a_draft_that_follows_nothing_here_has_nothing_to_decide(draft: Version) -> None:
    reword(draft, "reworded")
    Version.objects.filter(pk=draft.pk).update(follows="0.1")
    draft.refresh_from_db()
    with pytest.raises(DocumentError, match="names no version that is here"):
        decide(draft, reworded=Origin("reworded", ("reworded",), True))
    assert publish_version(version=draft, by=None).is_published


# --- stale decisions, the journal, two admins -----------------------------------------------------------------------


def test_a_decision_goes_stale_with_its_texts_and_holds_again_with_them(draft: Version) -> None:
    reword(draft, "reworded")
    decide(draft, reworded=Origin("reworded", ("reworded",), True))
    reword(draft, "reworded", "Is all of it done?")
    assert told(draft) == ["fault reworded: has been reworded since "]
    assert (standing(draft).decided, standing(draft).stale) == (frozenset(), {"reworded"})
    with pytest.raises(DocumentError, match="has been reworded since it was decided that it is reworded"):
        publish_version(version=draft, by=None)
    Criterion.objects.filter(version=draft, key="reworded").update(weight=7)
    reword(draft, "reworded")
    assert told(draft) == []


def test_a_decision_goes_stale_with_the_texts_of_the_version_before(draft: Version) -> None:
    middle = draft
    reword(middle, "reworded")
    last = copy_to_draft(version=middle, number="1.2", by=None)
    reword(last, "reworded", "Is all of it done?")
    decide(last, reworded=Origin("reworded", ("reworded",), True))
    assert told(last) == []
    reword(middle, "reworded", "Who has done it?")
    assert told(last) == ["fault reworded: has been reworded since "]


def test_deciding_is_a_change_that_can_be_undone(draft: Version) -> None:
    ada = factories.make_user("Ada Admin", is_admin=True)
    reword(draft, "reworded")
    reword(draft, "harder")
    decide_origins(version=draft, decisions={"reworded": Origin("reworded", ("reworded",), True)}, retired={}, by=ada)
    decide(draft, harder=Origin("stricter", ("harder",), False), reworded=None)
    assert [each.what for each in changes_of(draft)[:2]] == [
        "Decided what became of 2 criteria",
        "Decided what became of “Reworded”",
    ]
    last = changes_of(draft)[0].number
    put_back(draft=draft, number=last - 1, seen=last, by=ada)
    assert standing(draft).decided == {"reworded"}


def test_of_two_admins_the_second_is_told_what_the_first_decided(draft: Version) -> None:
    reword(draft, "reworded")
    Criterion.objects.filter(version=draft, key="gone").delete()
    seen = {key: state_of(standing(draft), key) for key in ("reworded", "gone")}
    decide(draft, {"gone": True}, reworded=Origin("reworded", ("reworded",), True))
    with pytest.raises(DocumentError) as error:
        decide_origins(
            version=draft,
            decisions={"reworded": Origin("stricter", ("reworded",), False)},
            retired={"gone": False},
            seen=seen,
            by=None,
        )
    assert [fault.path for fault in error.value.faults] == [
        ("follows", "criteria", "reworded"),
        ("follows", "retired", "gone"),
    ]
    assert standing(draft).told == {"reworded": Origin("reworded", ("reworded",), True)}


# --- files ----------------------------------------------------------------------------------------------------------


def silent() -> Playbook:
    """The second version, whose file says nothing of one criterion that reads otherwise."""
    follows = SECOND.follows
    assert follows is not None
    told = {key: each for key, each in follows.criteria.items() if key != "harder"}
    return replace(SECOND, follows=replace(follows, criteria=told, retired=()))


def test_what_a_file_says_counts_as_decided_and_comes_out_as_it_went_in() -> None:
    publish(FIRST)
    version = publish(SECOND)
    assert dump_playbook(playbook_document(version)) == dump_playbook(SECOND)


def test_a_file_that_says_nothing_of_a_change_is_a_draft_to_decide_on_and_not_published() -> None:
    publish(FIRST)
    with pytest.raises(DocumentError) as error:
        publish(silent())
    assert [fault.path for fault in error.value.faults] == [
        ("follows", "criteria", "harder"),
        ("follows", "retired", "gone"),
    ]
    draft = import_playbook(document=silent(), by=None)
    found = standing(draft)
    assert (set(found.asked) - found.decided, set(found.gone) - found.settled) == ({"harder"}, {"gone"})
    assert publish_version(version=factories.decide_as_guessed(draft), by=None).is_published


def test_what_a_file_says_over_a_draft_counts_as_decided_on_its_texts() -> None:
    publish(FIRST)
    draft = import_playbook(document=SECOND, by=None)
    write_document(draft=draft, document=asking(SECOND, "fresh", "harder"), by=None, what="Read from a file")
    assert told(draft) == []
    reword(draft, "harder", "Is it harder?")
    assert told(draft) == ["fault harder: has been reworded since "]
    file = asking(playbook_document(draft), "fresh", words="Is it fresher?")
    write_document(draft=draft, document=file, by=None, what="Read from a file")
    assert told(draft) == ["fault harder: has been reworded since "]  # the file says nothing new of it


def test_a_file_without_an_entry_says_nothing_of_what_it_rewords(draft: Version) -> None:
    reword(draft, "reworded", "How far is  Reworded?")
    decide(draft, reworded=Origin("same", ("reworded",), True))
    write_document(draft=draft, document=asking(playbook_document(draft), "reworded"), by=None, what="Read from a file")
    assert told(draft) == ["fault reworded: has been reworded since "]


def asking(document: Playbook, *keys: str, words: str = "Is it done?") -> Playbook:
    """A playbook whose criteria of these keys ask something else."""
    (lesson,) = document.lessons
    criteria = tuple(replace(each, question=words) if each.key in keys else each for each in lesson.criteria)
    return replace(document, lessons=(replace(lesson, criteria=criteria),))


def test_a_file_whose_version_before_comes_later_is_looked_at_again() -> None:
    draft = import_playbook(document=SECOND, by=None)
    assert decisions_on(draft) is None
    publish(FIRST)
    found = standing(draft)
    assert found.stale == set(SECOND.follows.criteria if SECOND.follows else {})


def test_check_holds_a_file_against_the_one_before(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = tmp_path / "before.yaml", tmp_path / "after.yaml"
    before.write_text(dump_playbook(FIRST))
    after.write_text(dump_playbook(silent()))
    call_command("playbook", "check", str(after), "--after", str(before))
    faults = [line for line in capsys.readouterr().err.splitlines() if ": follows" in line]
    assert [line.split(": ")[:2] for line in faults] == [
        ["fault before publication", "follows.criteria.harder"],
        ["fault before publication", "follows.retired.gone"],
    ]
    with pytest.raises(CommandError, match=r"follows: does not name small 1\.1"):
        call_command("playbook", "check", str(before), "--after", str(after))


def test_a_file_may_leave_out_spelling_only_and_names_what_is_there() -> None:
    def said(now: Text, *retired: str, **told: Origin) -> list[str]:
        old = book("1", [criterion("one"), criterion("two")])
        new = book("2", [now, criterion("two")], Follows("1", told, retired))
        return [f"{each.path[-1]}: {each.sentence[:17]}" for each in followed(new, old)]

    one = criterion("one")
    assert said(replace(one, question="How  far is ONE")) == []
    assert said(replace(one, question="How far is it?")) == ["one: does not read as "]
    assert said(one, "three") == ["0: version 1 has no "]
    assert said(replace(one, key="three"), "one", three=Origin("reworded", ("one",), True)) == ["0: “One” is called r"]
