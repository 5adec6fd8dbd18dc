"""Proofreading: each rule with a planted fault and a near miss that is none, and what it keeps from publication."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.interchange import DocumentError, Playbook, dump_playbook, read_playbook
from assessments.interchange.documents import Criterion, Level, Stage
from assessments.models import Gate, Target, Version
from assessments.models import Level as LevelRow
from assessments.proofreading import Severity, remarks
from assessments.proofreading.readability import JARGON
from assessments.services.playbooks import copy_to_draft, import_playbook, publish_version
from tests import factories, strategies
from tests.admin_pages import criterion_of, page
from tests.test_score_command import ROOT, manage

FIXTURES = sorted((ROOT / "fixtures").glob("*.yaml"))
FIRST = "lessons[0].criteria[0]"
Change = Callable[[Playbook], Playbook]


def level(number: int) -> Level:
    facts = ["Nobody has a plan", "The council wrote one", "Two firms signed it", "Its money is there"]
    steps = ["Write it down", "Show it to firms", "Ask for money", "Look at it every year"]
    return Level(f"{facts[number]}.", f"{steps[number]}.")


def book() -> Playbook:
    """One lesson of two criteria and three stages, of which nothing is to be said."""
    common = {"why": "", "weight": Decimal(50), "evidence": (), "data": (), "ask": "The chair"}
    plan = Criterion(
        key="plan",
        title="A shared plan",
        question="Do partners share one plan?",
        not_applicable=None,
        levels=tuple(level(number) for number in range(4)),
        targets={"early": 1, "middle": 2, "late": 3},
        **common,  # type: ignore[arg-type]
    )
    harbour = Criterion(
        key="harbour",
        title="The harbour",
        question="Is the harbour open to new firms?",
        not_applicable="Only if there is no harbour.",
        levels=(Level("It is closed.", "Open a quay."), Level("A quay is let to firms.", "Let it again.")),
        targets={"early": 0, "middle": 1, "late": 1},
        **common,  # type: ignore[arg-type]
    )
    stages = (
        Stage("early", "Early", "Ideas."),
        Stage("middle", "Middle", "A plan.", {"plan": 2, "harbour": 1}),
        Stage("late", "Late", "Money.", {"plan": 3}),
    )
    sample = factories.playbook()
    lesson = replace(sample.lessons[0], summary="", criteria=(plan, harbour), weight=Decimal(100))
    return replace(sample, summary="", roles=(), stages=stages, lessons=(lesson,))


def criterion(place: int = 0, **changes: Any) -> Change:
    """A change of one criterion: its fields, and of its levels those that are named by their numbers."""

    def change(playbook: Playbook) -> Playbook:
        (lesson,) = playbook.lessons
        criteria = list(lesson.criteria)
        criteria[place] = replace(criteria[place], **changes)
        return replace(playbook, lessons=(replace(lesson, criteria=tuple(criteria)),))

    return change


def levels(*told: tuple[str, str]) -> Change:
    return criterion(1, levels=tuple(Level(descriptor, step) for descriptor, step in told))


def gates(*told: dict[str, int]) -> Change:
    return lambda each: replace(
        each, stages=tuple(replace(stage, gates=of) for stage, of in zip(each.stages, told, strict=True))
    )


def targets(early: int, middle: int, late: int) -> Change:
    return criterion(targets={"early": early, "middle": middle, "late": late})


def summary(text: str) -> Change:
    return lambda each: replace(each, summary=text)


def told(playbook: Playbook, before: Playbook | None = None) -> list[tuple[str, str]]:
    """Severity and path of each remark, as the command writes them."""
    return [(each.severity, str(each).partition(": ")[0]) for each in remarks(playbook, before)]


# --- each rule --------------------------------------------------------------------------------------------------------

MANY = "one two three four five six seven eight nine ten"
PLANTED: dict[str, tuple[Change, str, str]] = {
    "a version in curly quotation marks": (lambda each: replace(each, version="“1.0”"), "warning", "version"),
    "a gate above its target": (gates({}, {"plan": 3}, {}), "fault", "stages[1].gates.plan"),
    "a target that falls": (targets(3, 2, 3), "fault", f"{FIRST}.targets.middle"),
    "a target below one before the last": (
        lambda each: gates({}, {}, {})(targets(2, 3, 2)(each)),
        "fault",
        f"{FIRST}.targets.late",
    ),
    "a gate that falls": (gates({}, {"plan": 2}, {"plan": 1}), "warning", "stages[2].gates.plan"),
    "a condition that says nothing": (
        criterion(1, not_applicable="Only if it does not apply (n/a)."),
        "warning",
        "lessons[0].criteria[1].not_applicable",
    ),
    "a next step twice": (
        levels(("It is closed.", "Open a quay."), ("A quay is let to firms.", "OPEN a  quay.")),
        "warning",
        "lessons[0].criteria[1].levels[1].next_step",
    ),
    "a next step of another criterion": (
        levels(("It is closed.", "Write it down."), ("A quay is let to firms.", "Let it again.")),
        "warning",
        "lessons[0].criteria[1].levels[0].next_step",
    ),
    "a next step that is its descriptor": (
        levels(("It is closed.", "It is closed."), ("A quay is let to firms.", "Let it again.")),
        "warning",
        "lessons[0].criteria[1].levels[0].next_step",
    ),
    "one word between neighbours": (
        levels(("Two firms use the quay.", "Ask a third."), ("Three firms use the quay.", "Let it again.")),
        "warning",
        "lessons[0].criteria[1].levels[1].descriptor",
    ),
    "two words between neighbours": (
        levels(("Some firms use the quay now.", "Ask."), ("Many firms use the new quay now.", "Let it again.")),
        "warning",
        "lessons[0].criteria[1].levels[1].descriptor",
    ),
    "weights of criteria": (criterion(weight=Decimal("50.2")), "warning", "lessons[0].criteria"),
    "weights of lessons": (
        lambda each: replace(each, lessons=(replace(each.lessons[0], weight=Decimal(4)),)),
        "warning",
        "lessons",
    ),
    "a sentence of 31 words": (summary(f"Short. {MANY} {MANY} {MANY} end. Short."), "warning", "summary"),
    "a paragraph of 61 words": (
        levels((f"{MANY}. {MANY}, {MANY}. {MANY}; {MANY}. {MANY} end.", "Open."), ("It is let.", "Let it again.")),
        "warning",
        "lessons[0].criteria[1].levels[0].descriptor",
    ),
    "jargon": (criterion(question="Do they LEVERAGE one plan?"), "warning", f"{FIRST}.question"),
    "jargon of two words": (criterion(evidence=("World-class plan",)), "warning", f"{FIRST}.evidence[0]"),
}
NEAR: dict[str, Change] = {
    "gates at their targets": gates({}, {"plan": 2}, {"plan": 3}),
    "a gate at the first stage, which the form refuses": gates({"plan": 3}, {}, {}),
    "a target and a gate that are no levels, which the form refuses": lambda each: gates({}, {"plan": 9}, {})(
        targets(7, 1, 3)(each)
    ),
    "targets that stay": targets(2, 2, 3),
    "a gate that stays": gates({}, {"plan": 2}, {"plan": 2}),
    "a condition in three words": criterion(1, not_applicable="No harbour here."),
    "a condition that says nothing where there is no gate": lambda each: gates({}, {"plan": 2}, {})(
        criterion(1, not_applicable="Maybe.")(each)
    ),
    "next steps nearly the same": levels(("It is closed.", "Open a quay."), ("A quay is let.", "Open the quay.")),
    "three words between neighbours": levels(
        ("Some firms use the quay now.", "Ask."), ("Many people use the new quay now.", "Let it again.")
    ),
    "two short neighbours": levels(("None yet.", "Begin."), ("One yet.", "Go on.")),
    "weights of three thirds": criterion(weight=Decimal("49.9")),
    "a sentence of 30 words": summary(f"Short. {MANY} {MANY} {MANY} – . Short."),
    "a long sentence cut by a line": summary(f"{MANY} {MANY}\n{MANY} {MANY}."),
    "a long paragraph outside the levels": summary(f"{MANY}. {MANY}, {MANY}. {MANY}; {MANY}. {MANY} end."),
    "a paragraph of 60 words in a level": levels(
        (f"{MANY}. {MANY}, {MANY}. {MANY}; {MANY}. {MANY}.\n{MANY}.", "Open."), ("It is let.", "Let it again.")
    ),
    "a word that only holds jargon": criterion(question="Is robusta sold in one subecosystem?"),
    "jargon in the name of open data": criterion(data=("Stakeholder map (Council)",)),
}


def test_nothing_is_said_of_the_sample() -> None:
    assert told(book()) == []
    assert told(book(), book()) == []


@pytest.mark.parametrize(("change", "severity", "path"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_fault_is_told_with_its_path(change: Change, severity: str, path: str) -> None:
    assert told(change(book())) == [(severity, path)]


@pytest.mark.parametrize("change", NEAR.values(), ids=NEAR.keys())
def test_a_near_miss_is_none(change: Change) -> None:
    assert told(change(book())) == []


def test_a_gate_above_a_later_target_is_told_beside_the_target_that_falls() -> None:
    changed = criterion(1, targets={"early": 0, "middle": 1, "late": 0})(book())
    assert told(changed) == [("fault", "stages[1].gates.harbour"), ("fault", "lessons[0].criteria[1].targets.late")]


def test_the_sentences_say_what_and_where() -> None:
    (gate,) = remarks(gates({}, {"plan": 3}, {})(book()))
    assert gate.sentence == (
        "is 3, above the target of “A shared plan”: 2 at “Middle”. A place that has reached its target would still be "
        "kept out. Lower the gate, or raise the target."
    )
    (word,) = remarks(summary("It is Robust.")(book()))
    assert str(word) == (
        "summary: says “Robust”, which means little to many readers: "
        "say what makes it so: tested, dated, checked by somebody else."
    )
    (total,) = remarks(criterion(weight=Decimal("12.50"))(book()))
    assert total.sentence.startswith("the weights of the criteria add up to 62.5, not 100.")


@pytest.mark.parametrize(
    "word", ["leveraging", "synergies", "stakeholder", "utilised", "best practice", "going forward", "buy-in"]
)
def test_jargon_is_named_as_it_stands(word: str) -> None:
    (found,) = remarks(summary(f"With {word}, we grow.")(book()))
    assert f"“{word}”" in found.sentence
    assert 20 <= len(JARGON) <= 30


# --- keys -------------------------------------------------------------------------------------------------------------

OTHER_LEVELS = tuple(
    Level(descriptor, level(number).next_step)
    for number, descriptor in enumerate(
        ["No bus stops here.", "Buses run by day.", "Trains come each hour.", "Night trains connect every suburb."]
    )
)
ANOTHER: dict[str, Any] = {
    "title": "Public transport",
    "question": "How often can people get here?",
    "levels": OTHER_LEVELS,
}
STILL_THE_SAME = {
    "an untouched title": {**ANOTHER, "title": "A shared plan"},
    "a reworded title": {**ANOTHER, "title": "One shared plan"},
    "an untouched question": {**ANOTHER, "question": "Do partners share one plan?"},
    "half of the levels": {**ANOTHER, "levels": (*OTHER_LEVELS[:2], level(2), level(3))},
    "levels that moved": {**ANOTHER, "levels": tuple(level(number) for number in (3, 0, 1, 2))},
    "a new key": {**ANOTHER, "key": "transport"},
}


def test_a_key_that_means_something_else_is_a_fault() -> None:
    changed = criterion(**ANOTHER)(book())
    assert told(changed) == []
    (found,) = remarks(changed, replace(book(), version="0.9"))
    assert (found.severity, found.path) == (Severity.FAULT, ("lessons", 0, "criteria", 0, "key"))
    assert found.sentence.startswith(
        "“plan” was the key of “A shared plan” in version 0.9. The title, the question and 4 of 4 levels now read "
        "quite differently"
    )


@pytest.mark.parametrize("changes", STILL_THE_SAME.values(), ids=STILL_THE_SAME.keys())
def test_a_reworded_criterion_keeps_its_key(changes: dict[str, Any]) -> None:
    assert [each for each in told(criterion(**changes)(book()), book()) if each[0] == "fault"] == []


def test_criteria_of_the_playbook_that_change_places_are_noticed() -> None:
    """Texts of two criteria of one playbook are told apart, nine times of ten, by the ratio that is stated."""
    sample = factories.playbook()
    all_of_them = list(sample.criteria())
    noticed = 0
    for number, one in enumerate(all_of_them):
        other = replace(all_of_them[number - 1], key=one.key)
        swapped = replace(sample, stages=sample.stages[:1], lessons=(replace(sample.lessons[0], criteria=(other,)),))
        noticed += any(each.path[-1] == "key" for each in remarks(swapped, sample))
    assert noticed >= 0.9 * len(all_of_them)


# --- every document ---------------------------------------------------------------------------------------------------


@given(strategies.playbooks(), strategies.playbooks())
@settings(max_examples=60)
def test_no_document_crashes_it_and_it_says_the_same_twice(one: Playbook, other: Playbook) -> None:
    assert remarks(one, other) == remarks(one, other)
    assert [each for each in remarks(one, one) if each.path[-1:] == ("key",)] == []


@given(strategies.playbooks(), st.data())
@settings(max_examples=60)
def test_no_draft_with_parts_left_out_crashes_it(one: Playbook, data: st.DataObject) -> None:
    """A draft is read from rows: targets, levels, criteria, stages may not be there yet."""

    def without(each: Criterion) -> Criterion:
        kept = {key: level for key, level in each.targets.items() if data.draw(st.booleans())}
        return replace(each, targets=kept, levels=each.levels[: data.draw(st.integers(0, 2))])

    lessons = tuple(
        replace(lesson, criteria=tuple(without(each) for each in lesson.criteria if data.draw(st.booleans())))
        for lesson in one.lessons
    )
    draft = replace(one, lessons=lessons, stages=one.stages[: data.draw(st.integers(0, 4))])
    assert {each.severity for each in remarks(draft, one)} <= set(Severity)
    assert {each.severity for each in remarks(one, draft)} <= set(Severity)


@pytest.mark.parametrize("file", FIXTURES, ids=lambda file: file.name)
def test_the_playbooks_of_the_project_have_no_fault(file: Path) -> None:
    assert [str(each) for each in remarks(read_playbook(file.read_bytes())) if each.severity == Severity.FAULT] == []


# --- publication ------------------------------------------------------------------------------------------------------

FAULTY = ("stages[1].gates.plan", "lessons[0].criteria[0].targets.middle")


def faulty() -> Playbook:
    return targets(3, 1, 3)(book())


def stored(file: Path, document: Playbook) -> Path:
    file.write_text(dump_playbook(document))
    return file


def test_check_says_it_after_the_first_line_and_exits_0(tmp_path: Path) -> None:
    done = manage("playbook", "check", str(stored(tmp_path / "p.yaml", summary("It is robust.")(faulty()))))
    assert done.returncode == 0
    assert done.stdout == "hubs-of-innovation 1.0: 1 lessons, 2 criteria, 3 stages, 0 roles. No faults.\n"
    lines = [line.split(": ")[:2] for line in done.stderr.splitlines()]
    assert lines == [*(["fault before publication", path] for path in FAULTY), ["warning", "summary"]]


def test_the_first_line_comes_first_where_both_streams_are_one(tmp_path: Path) -> None:
    file = stored(tmp_path / "p.yaml", faulty())
    command = [sys.executable, "manage.py", "playbook", "check", str(file)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True)
    assert done.stdout.splitlines()[0].endswith("No faults.")


def test_an_import_to_be_published_is_refused_and_a_draft_is_not(db: None, tmp_path: Path) -> None:
    file = stored(tmp_path / "p.yaml", faulty())
    with pytest.raises(CommandError) as refused:
        call_command("playbook", "import", str(file), "--publish")
    assert [line.split(": ")[1] for line in str(refused.value).splitlines()] == list(FAULTY)
    assert not Version.objects.exists()
    call_command("playbook", "import", str(file), verbosity=0)
    draft = Version.objects.get()
    assert not draft.is_published
    with pytest.raises(DocumentError) as error:
        publish_version(version=draft, by=None)
    assert [str(fault).partition(": ")[0] for fault in error.value.faults] == list(FAULTY)
    Target.objects.filter(criterion__version=draft, stage__key="middle", criterion__key="plan").update(level=3)
    assert publish_version(version=draft, by=None).is_published


def test_warnings_keep_nothing_from_being_published(db: None) -> None:
    assert import_playbook(document=summary("It is robust.")(book()), by=None, publish=True).is_published


@pytest.mark.parametrize("follows", ["0.9", "", "7"], ids=["the one it follows", "none named", "one not here"])
def test_keys_are_held_against_the_version_before(db: None, follows: str) -> None:
    import_playbook(document=replace(book(), version="0.9"), by=None, publish=True)
    draft = import_playbook(document=criterion(**ANOTHER)(book()), by=None)
    Version.objects.filter(pk=draft.pk).update(follows=follows)
    draft.refresh_from_db()
    with pytest.raises(DocumentError, match=r"was the key of “A shared plan” in version 0\.9"):
        publish_version(version=draft, by=None)


def test_keys_are_held_against_the_version_that_is_followed_not_the_latest(db: None) -> None:
    import_playbook(document=replace(book(), version="0.8"), by=None, publish=True)
    old = Version.objects.get(number="0.8")
    transport = replace(criterion(**ANOTHER)(book()), version="0.9")
    latest = import_playbook(document=transport, by=None)
    Version.objects.filter(pk=latest.pk).update(state="published", published_at=old.published_at)
    draft = import_playbook(document=replace(book(), version="1.1"), by=None)
    Version.objects.filter(pk=draft.pk).update(follows="0.8")
    draft.refresh_from_db()
    assert publish_version(version=draft, by=None).is_published


# --- in the admin -----------------------------------------------------------------------------------------------------


@pytest.fixture
def admin(db: None) -> Client:
    client = Client()
    client.force_login(factories.make_user("Ada Admin", is_admin=True))
    return client


@pytest.fixture
def draft(db: None) -> Version:
    """A draft with a fault and a warning at one criterion, and a warning at another."""
    draft = copy_to_draft(version=factories.published_version(), number="1.1", by=None)
    Gate.objects.filter(stage__version=draft, stage__key="forming", criterion__key="shared-vision").update(level=4)
    LevelRow.objects.filter(criterion=criterion_of(draft), position=2).update(next_step="Leverage it.")
    LevelRow.objects.filter(criterion=criterion_of(draft, "skills"), position=1).update(next_step="Be holistic.")
    return draft


def rows(found: list[Any]) -> list[tuple[str, str]]:
    return [(each.where, each.url) for each in found]


def test_the_page_of_a_draft_shows_faults_and_warnings_apart(admin: Client, draft: Version) -> None:
    forming = draft.stages.get(key="forming")
    first_cycle = draft.stages.get(key="first-cycle")
    expected = [
        ("Stage “Forming”, gate on “Shared vision and purpose”", page(forming)),
    ]
    warned = [
        ("Stage “First cycle”, gate on “Shared vision and purpose”", page(first_cycle)),
        ("Criterion “Shared vision and purpose”, level 2, next step", f"{page(criterion_of(draft))}#levels-group"),
        (
            f"Criterion “{criterion_of(draft, 'skills')}”, level 1, next step",
            f"{page(criterion_of(draft, 'skills'))}#levels-group",
        ),
    ]
    for response in (admin.get(page(draft)), admin.get(page(draft, "publish")), admin.post(page(draft, "publish"))):
        assert rows(response.context["faults"]) == expected
        assert rows(response.context["warnings"]) == warned
        text = response.content.decode()
        assert "1 fault keeps this draft from being published" in text
        assert "3 warnings: what could be better" in text
        assert [f'<a href="{url}">' in text for _, url in expected + warned] == [True] * 4
    assert not Version.objects.get(pk=draft.pk).is_published


def test_a_draft_with_warnings_only_can_be_published(admin: Client, draft: Version) -> None:
    Gate.objects.filter(stage__version=draft, level=4, criterion__key="shared-vision").update(level=2)
    text = admin.get(page(draft)).content.decode()
    assert ("No faults: this draft can be published." in text, "2 warnings: what" in text) == (True, True)
    admin.post(page(draft, "publish"))
    assert Version.objects.get(pk=draft.pk).is_published


def test_the_page_of_a_criterion_shows_what_concerns_it(admin: Client, draft: Version) -> None:
    shared, skills, other = (
        admin.get(page(criterion_of(draft, key))) for key in ("shared-vision", "skills", "citizens")
    )
    counts = [
        (len(each.context["proofs"].faults), len(each.context["proofs"].warnings)) for each in (shared, skills, other)
    ]
    assert counts == [(1, 2), (0, 1), (0, 0)]
    text = shared.content.decode()
    assert "1 fault of this criterion keeps the draft from being published" in text
    assert "says “Leverage”, which means little to many readers" in text
    assert "hub-warnings" not in other.content.decode()


def test_nothing_is_said_on_the_pages_of_a_published_version(admin: Client) -> None:
    published = factories.published_version()
    LevelRow.objects.filter(criterion=criterion_of(published), position=2).update(next_step="Leverage it.")
    assert admin.get(page(published)).context["warnings"] == []
    assert admin.get(page(criterion_of(published))).context["proofs"].warnings == []
