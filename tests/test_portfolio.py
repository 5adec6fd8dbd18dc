"""The portfolio as it is read: whose places, what is told of each, and in how many queries."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from assessments.findings import Earlier
from assessments.findings.portfolio import NOTHING, OPEN, SUBMITTED, PlaceStanding, plan_progress
from assessments.models import Membership, User
from assessments.selectors.portfolio import portfolio
from assessments.selectors.results import findings_of
from assessments.services.assessing import reopen_assessment, start_assessment
from tests.factories import (
    add_piece,
    complete_answers,
    fill,
    join,
    make_assessment,
    make_place,
    make_user,
    playbook,
    published_version,
    submit,
)
from tests.findings_cast import findings
from tests.history_cast import published, second


def full(level: int = 2) -> dict[str, int | str]:
    return dict.fromkeys(playbook().criterion, level)


def two_years(name: str, user: User, levels: tuple[int, int] = (1, 2)) -> int:
    """A place with two submitted assessments, in 2025 and 2026."""
    place = make_place(name, owner=user)
    for year, level in zip((2025, 2026), levels, strict=True):
        assessment = make_assessment(place, user)
        fill(assessment, full(level))
        submit(assessment, user, dated=date(year, 6, 1))
    return place.pk


def one(user: User, place: int) -> PlaceStanding:
    (found,) = portfolio(user, [place])
    return found


@pytest.fixture
def person(db: None) -> User:
    return make_user("Carys Person")


def test_only_places_of_which_the_person_is_a_member_by_name(person: User) -> None:
    other = make_place("Other Place", owner=make_user("Somebody Else"))
    names = ["Lydney", "Llandudno", "Chepstow", "Cwmbran"]
    places = {name: make_place(name, owner=person).pk for name in names}
    assert [each.name for each in portfolio(person)] == ["Chepstow", "Cwmbran", "Llandudno", "Lydney"]
    with override("cy"):
        assert [each.name for each in portfolio(person)] == ["Cwmbran", "Chepstow", "Lydney", "Llandudno"]
    named = portfolio(person, [places["Lydney"], other.pk, 999_999])
    assert [each.place_id for each in named] == [places["Lydney"]]


def test_a_place_that_has_been_left_is_gone_at_once(person: User) -> None:
    place = two_years("Harbour", person)
    assert [each.place_id for each in portfolio(person)] == [place]
    Membership.objects.filter(user=person).delete()
    assert portfolio(person) == portfolio(person, [place]) == []


def test_what_was_submitted_last_is_told_as_it_was_frozen(person: User) -> None:
    place = two_years("Harbour", person)
    make_assessment(make_place("Other", owner=person), person)
    still_open = make_assessment(Membership.objects.get(place=place).place, person, {"right-path": 4})
    found = one(person, place)
    last = person.places.get(pk=place).assessments.get(submissions__dated=date(2026, 6, 1))
    assert found.findings == findings_of(last)
    assert (found.state, found.submitted_on, found.assessment_id) == (SUBMITTED, timezone.localdate(), last.pk)
    assert (found.open_id, found.progress and found.progress.done) == (still_open.pk, 1)


def test_what_is_open_is_told_as_it_stands_where_nothing_is_submitted(person: User) -> None:
    assessment = make_assessment(
        make_place("Harbour", owner=person), person, {"right-path": 3, "citizens": "dont_know"}
    )
    add_piece(assessment, "right-path", by=person, dated=date(2026, 1, 1))
    found = one(person, assessment.place_id)
    assert found.findings == findings_of(assessment)
    assert (found.state, found.submitted_on, found.assessment_id) == (OPEN, None, assessment.pk)
    assert found.progress
    assert (found.progress.done, found.progress.total) == (2, 27)


def test_a_reopened_assessment_is_open_and_keeps_its_date(person: User) -> None:
    assessment = make_assessment(make_place("Harbour", owner=person), person, {"right-path": 3})
    submit(assessment, person, dated=date(2026, 2, 1))
    reopen_assessment(assessment=assessment, by=person, reason="A slip.")
    found = one(person, assessment.place_id)
    assert found.findings
    assert found.findings.answers.dated == date(2026, 2, 1)
    assert (found.state, found.findings.is_final) == (OPEN, False)


def test_a_place_without_answers_has_no_findings(person: User) -> None:
    new, begun = make_place("New", owner=person), make_place("Begun", owner=person)
    opened = make_assessment(begun, person)
    found = one(person, new.pk)
    assert (found.state, found.findings, found.assessment_id, found.changed_on) == (NOTHING, None, None, None)
    found = one(person, begun.pk)
    assert (found.state, found.findings, found.assessment_id) == (OPEN, None, opened.pk)
    assert (found.stage, found.stage_key) == ("Forming", "forming")


def test_everything_is_told_in_the_readers_language(person: User) -> None:
    place = two_years("Harbour", person)
    join(make_place("Second", owner=make_user("Somebody Else")), person, Membership.Role.VIEWER)
    with override("cy"):
        found = portfolio(person)
    assert [each.role for each in found] == ["Perchennog", "Darllenydd"]
    assert found[0].place_id == place
    assert found[0].findings
    assert found[0].findings.source is not None


def test_thirteen_queries_for_one_place_three_and_thirty(person: User) -> None:
    counts = []
    for number in range(30):
        two_years(f"Two years {number}", person)
        open_one = make_assessment(make_place(f"Open {number}", owner=person), person, {"right-path": 1})
        add_piece(open_one, "right-path", by=person)
        if number + 1 in (1, 3, 30):
            for language in ("en-gb", "cy"):
                counts.append(queries(person, language))
    assert counts == [13] * 6


def test_places_on_several_versions_take_no_more_queries(person: User) -> None:
    versions = [published_version(), published(second())]
    counts = []
    for number in range(3):
        place = make_place(f"Place {number}", owner=person)
        for version in versions:
            assessment = start_assessment(place=place, version=version, by=person)
            fill(assessment, dict.fromkeys(version.criteria.values_list("key", flat=True), number))
            submit(assessment, person)
        counts.append(queries(person, "en-gb"))
    assert counts == [8] * 3
    plans = [each.plan for each in portfolio(person)]
    assert [plan is not None for plan in plans] == [True] * 3


def queries(person: User, language: str) -> int:
    with override(language):
        portfolio(person)  # reads the versions
        with CaptureQueriesContext(connection) as captured:
            portfolio(person)
    return len(captured)


# --- plan progress ----------------------------------------------------------------------------------------------------


def after(before: dict[str, int | str], now: dict[str, int | str], *, stage: str = "forming") -> tuple[int, int] | None:
    earlier = findings(before)
    told = findings(now, stage=stage, earlier=Earlier(earlier.playbook, earlier.answers, earlier.result))
    return plan_progress(told)


def test_without_an_earlier_assessment_there_is_no_plan_progress() -> None:
    assert plan_progress(findings(full())) is None


def test_of_the_first_five_priorities_those_at_their_target_now_are_met() -> None:
    before = full(0)
    first = [each.criterion for each in findings(before).result.priorities[:5]]
    assert after(before, before) == (0, 5)
    assert after(before, before | dict.fromkeys(first[:2], 4)) == (2, 5)
    assert after(before, full(4)) == (5, 5)


def test_what_nobody_knows_any_more_is_not_met_and_what_no_longer_applies_is_not_counted() -> None:
    before = full(0)
    first = [each.criterion for each in findings(before).result.priorities[:5]]
    assert after(before, full(4) | {first[0]: "dont_know"}) == (4, 5)
    told = findings(full(4))
    optional = next((key for key in first if told.criterion[key].text.not_applicable), None)
    if optional:
        assert after(before, full(4) | {optional: "not_applicable"}) == (4, 4)


def test_an_assessment_without_priorities_leaves_nothing_to_tell() -> None:
    assert after(full(4), full(4)) is None


def test_a_criterion_that_cannot_be_compared_is_not_counted() -> None:
    """Of the five that came first on 1.0, one is merged and one retired in 2.0."""
    before = findings(complete_answers(0))  # type: ignore[arg-type]
    book = second()
    told = findings(
        dict.fromkeys(book.criterion, 4),
        book=book,
        earlier=Earlier(before.playbook, before.answers, before.result, (playbook(), book)),
    )
    step = told.step
    assert step is not None
    first = [each.criterion for each in before.result.priorities[:5]]
    comparable = [key for key in book.criterion if step.source(key) in first and not step.why_not(key)]
    assert plan_progress(told) == (len(comparable), len(comparable))
