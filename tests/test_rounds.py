"""A round of respondents as the lead has it: opened once, changed in time, asked by letter, revealed for good."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.db.models.expressions import RawSQL
from django.utils import timezone

from assessments.models import Assessment, Event, Respondent, Response, ResponseAnswer, Round, RoundRole
from assessments.selectors.responding import respondent_hash, response_hash
from assessments.selectors.rounds import asked_in, partners, role_states, tally
from assessments.selectors.voices import voices_of
from assessments.services import respondents
from assessments.services.answering import Moved, NotOpen
from assessments.services.moving import RoundStands, move_assessment
from assessments.services.respondents import (
    AlreadyAsked,
    Closed,
    Person,
    TooFew,
    TooManyAsked,
    ask,
    ask_again,
    end_link,
    remove_respondent,
    renew_link,
    share_link,
)
from assessments.services.revealing import NobodyAnswered, reveal_round
from assessments.services.rounds import (
    AnotherRound,
    HasAnswers,
    HasBegun,
    Revealed,
    change_round,
    close_round,
    discard_round,
    open_round,
)
from tests.asking_cast import ASKED, asked_person, entry, move, opened, respond, terms
from tests.at_once import together
from tests.factories import Cast, make_assessment, make_cast, playbook, submit
from tests.versions_cast import FIRST, SECOND, publish, start

STATE = Respondent.State


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return make_assessment(cast.place, cast.owner, {"right-path": 2})


@pytest.fixture
def round(cast: Cast, assessment: Assessment) -> Round:
    return opened(assessment, cast.owner)


def events(assessment: Assessment) -> list[str]:
    return [each.kind for each in assessment.events.all() if each.kind != Event.Kind.STARTED]


# --- opening, changing, closing ---------------------------------------------------------------------------------------


def test_a_round_asks_roles_what_was_chosen(cast: Cast, assessment: Assessment, round: Round) -> None:
    assert (round.assessment, round.version, round.opened_by) == (assessment, assessment.version, cast.owner)
    assert asked_in(round) == ASKED
    assert (round.takes_answers, round.is_anonymous, events(assessment)) == (True, True, ["round_opened"])


def test_there_is_one_unrevealed_round_at_a_time(cast: Cast, assessment: Assessment, round: Round) -> None:
    with pytest.raises(AnotherRound) as caught:
        opened(assessment, cast.owner)
    assert (caught.value.round, Round.objects.count(), events(assessment)) == (round, 1, ["round_opened"])
    respond(round, "citizen", 2)
    reveal_round(round=round, by=cast.owner)
    assert opened(assessment, cast.owner) != round


def test_a_round_needs_an_open_assessment_on_the_version_that_was_read(cast: Cast, assessment: Assessment) -> None:
    moved = Assessment.objects.get(pk=assessment.pk)
    moved.version_id = publish(FIRST).pk
    with pytest.raises(Moved):
        open_round(assessment=moved, terms=terms(), by=cast.owner)
    submit(assessment, cast.owner)
    with pytest.raises(NotOpen):
        open_round(assessment=assessment, terms=terms(), by=cast.owner)
    assert Round.objects.count() == 0


def test_what_is_asked_changes_until_somebody_has_begun(cast: Cast, round: Round) -> None:
    other = {"citizen": ["citizens"], "planner": ["planners"]}
    change_round(round=round, closes_on=None, welcome="Hello.", asked=other, by=cast.owner)
    round.refresh_from_db()
    assert (asked_in(round), round.welcome) == (other, "Hello.")
    RoundRole.objects.filter(round=round, role="citizen").update(limit=3, begun=1)
    with pytest.raises(HasBegun):
        change_round(round=round, closes_on=None, welcome="", asked=ASKED, by=cast.owner)
    change_round(round=round, closes_on=None, welcome="Bye.", asked=other, by=cast.owner)
    round.refresh_from_db()
    assert (asked_in(round), round.welcome) == (other, "Bye.")


@pytest.mark.parametrize("how", ["asked by name", "a shared link"])
def test_no_role_goes_that_somebody_was_asked_in(cast: Cast, round: Round, how: str) -> None:
    if how == "asked by name":
        asked_person(round)
    else:
        share_link(entry=entry(round), limit=3)
    with pytest.raises(HasBegun):
        change_round(round=round, closes_on=None, welcome="", asked={"citizen": ["right-path"]}, by=cast.owner)
    assert asked_in(round) == ASKED


def test_closed_early_opened_again_by_another_date(cast: Cast, assessment: Assessment, round: Round) -> None:
    close_round(round=round, by=cast.owner)
    close_round(round=round, by=cast.owner)
    round.refresh_from_db()
    assert (round.takes_answers, events(assessment)) == (False, ["round_opened", "round_closed"])
    change_round(round=round, closes_on=None, welcome="", by=cast.owner)
    round.refresh_from_db()
    assert not round.takes_answers
    change_round(round=round, closes_on=round.closes_on + timedelta(days=1), welcome="", by=cast.owner)
    round.refresh_from_db()
    assert (round.takes_answers, events(assessment)[2:]) == (True, ["round_opened"])


def test_the_closing_date_is_the_last_day(round: Round) -> None:
    today = timezone.localdate()
    answers = {}
    for days in (-1, 0):
        round.closes_on = today + timedelta(days=days)
        answers[days] = round.takes_answers
    assert answers == {-1: False, 0: True}


def test_a_round_without_answers_is_discarded_and_that_is_recorded(
    cast: Cast, assessment: Assessment, round: Round
) -> None:
    asked_person(round)
    respond(round, "investor", None)
    discard_round(round=round, by=cast.owner)
    assert (Round.objects.count(), Respondent.objects.count(), Response.objects.count()) == (0, 0, 0)
    last = assessment.events.last()
    assert last
    assert (last.kind, last.reason, last.by) == ("round_closed", "Discarded: nobody had answered.", cast.owner)


@pytest.mark.parametrize("said", [{"level": 1}, {"level": None, "comment": "Only words."}])
def test_a_round_with_an_answer_is_never_discarded(cast: Cast, round: Round, said: dict[str, Any]) -> None:
    respond(round, "citizen", **said)
    with pytest.raises(HasAnswers):
        discard_round(round=round, by=cast.owner)
    assert ResponseAnswer.objects.count() == 1


def test_an_assessment_does_not_move_under_a_round(cast: Cast) -> None:
    assessment, second = start(cast.owner, publish(FIRST)), publish(SECOND)
    key = next(iter(FIRST.criterion))
    found = opened(assessment, cast.owner, {"anybody": [key]})
    with pytest.raises(RoundStands):
        move_assessment(assessment=assessment, version=second, by=cast.owner)
    discard_round(round=found, by=cast.owner)
    assert move_assessment(assessment=assessment, version=second, by=cast.owner).version == second


def test_an_assessment_is_submitted_beside_a_round(cast: Cast, assessment: Assessment, round: Round) -> None:
    submit(assessment, cast.owner)
    respond(round, "citizen", 2)
    assert reveal_round(round=round, by=cast.owner).is_revealed


# --- asking -----------------------------------------------------------------------------------------------------------


def test_people_are_asked_with_a_secret_that_is_kept_nowhere(round: Round) -> None:
    people = [Person("Carys Beddoe", "carys@partner.example"), Person("Ned", "ned@partner.example")]
    asked = ask(round=round, role="investor", people=people)
    assert [(each.name, each.email, each.role, each.state) for each, _secret in asked] == [
        ("Carys Beddoe", "carys@partner.example", "investor", STATE.ASKED),
        ("Ned", "ned@partner.example", "investor", STATE.ASKED),
    ]
    stored = [list(row.values()) for row in Respondent.objects.values()]
    assert [each.token_hash for each, _secret in asked] == [respondent_hash(secret) for _each, secret in asked]
    assert not any(secret in str(stored) for _each, secret in asked)
    assert len({secret for _each, secret in asked}) == 2


def test_nobody_is_asked_twice_or_too_many_or_in_a_role_that_is_not_asked(
    round: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_person(round, "Carys")
    again = [Person("Ned", "ned@partner.example"), Person("Carys", "carys@partner.example")]
    with pytest.raises(AlreadyAsked) as caught:
        ask(round=round, role="citizen", people=again)
    assert caught.value.emails == {"carys@partner.example"}
    with pytest.raises(ValueError, match="planner"):
        ask(round=round, role="planner", people=again[:1])
    monkeypatch.setattr(respondents, "MOST_ASKED", 1)
    with pytest.raises(TooManyAsked):
        ask(round=round, role="citizen", people=again[:1])
    assert Respondent.objects.count() == 1


def test_a_new_link_ends_the_one_before_until_somebody_has_begun(round: Round) -> None:
    person, first = asked_person(round)
    second = ask_again(respondent=person)
    person.refresh_from_db()
    assert (person.token_hash == respondent_hash(second), first == second, person.is_sent) == (True, False, False)
    for state in (STATE.BEGUN, STATE.DONE):
        move(person, state)
        with pytest.raises(HasBegun):
            ask_again(respondent=person)
        with pytest.raises(HasBegun):
            remove_respondent(respondent=person)
    move(person, STATE.ASKED)
    remove_respondent(respondent=person)
    remove_respondent(respondent=person)
    assert Respondent.objects.count() == 0


def test_a_closed_round_asks_nobody(cast: Cast, round: Round) -> None:
    person, _secret = asked_person(round)
    close_round(round=round, by=cast.owner)
    with pytest.raises(Closed):
        asked_person(round, "Ned")
    with pytest.raises(Closed):
        ask_again(respondent=person)


def test_a_shared_link_is_made_limited_renewed_and_switched_off(round: Round) -> None:
    made = share_link(entry=entry(round), limit=4)
    assert (len(made.link_code or ""), made.limit) == (10, 4)
    RoundRole.objects.filter(pk=made.pk).update(begun=3)
    with pytest.raises(TooFew):
        share_link(entry=made, limit=2)
    assert share_link(entry=made, limit=3).link_code == made.link_code
    renewed = renew_link(entry=made)
    assert (renewed.link_code == made.link_code, renewed.limit, renewed.begun) == (False, 3, 3)
    end_link(entry=made)
    ended = entry(round)
    assert (ended.link_code, ended.limit, ended.begun) == (None, 3, 3)


# --- how it stands ----------------------------------------------------------------------------------------------------


def test_the_state_says_who_has_answered_and_of_shared_links_only_how_many(round: Round) -> None:
    for name, state in (("Ann", STATE.DONE), ("Ben", STATE.BEGUN), ("Cat", STATE.ASKED)):
        person, secret = asked_person(round, name)
        move(person, state)
        if state != STATE.ASKED:
            respond(round, "investor", 2, secret=secret, done=state == STATE.DONE)
    RoundRole.objects.filter(round=round).update(limit=5, begun=2)
    respond(round, "investor", 1)
    investor, citizen = role_states(round, playbook())
    assert (investor.name, investor.criteria, investor.begun, investor.done) == ("Investor", 2, 4, 2)
    assert (investor.by_link_done, citizen.begun, citizen.done) == (1, 2, 0)
    assert [(each.name, each.state) for each in investor.people] == [
        ("Ann", "done"),
        ("Ben", "begun"),
        ("Cat", "asked"),
    ]
    found = partners(round.assessment)
    assert found
    assert (found.begun, found.done, found.days_left) == (6, 2, 14)


def test_the_tally_counts_who_said_anything(round: Round) -> None:
    for role, level in (("investor", 1), ("investor", 2), ("investor", 3), ("citizen", 4), ("citizen", None)):
        respond(round, role, level)
    counted = tally(round)
    assert (dict(counted.by_role), counted.total, counted.is_enough) == ({"investor": 3, "citizen": 1}, 4, True)
    assert counted.together == {"investor", "citizen"}
    round.naming = Round.Naming.OPTIONAL
    assert tally(round).together == frozenset()


# --- the reveal -------------------------------------------------------------------------------------------------------


def answered(round: Round) -> list[Respondent]:
    """Four investors and three citizens who answered by links of their own, one investor who left nothing."""
    people = []
    for number in range(8):
        person, secret = asked_person(round, f"Person {number}", "citizen" if number % 2 and number < 7 else "investor")
        level = None if number == 6 else number % 5
        respond(round, person.role, level, secret=secret, comment=f"Words {number}." if number != 6 else "")
        move(person, STATE.DONE)
        people.append(person)
    return people


def said(round: Round) -> Counter[tuple[str, int | None, str]]:
    rows = ResponseAnswer.objects.filter(response__round=round).order_by("level")
    return Counter(rows.values_list("response__role", "level", "comment"))


def test_the_reveal_keeps_what_was_said_and_no_way_to_whom(cast: Cast, assessment: Assessment, round: Round) -> None:
    answered(round)
    share_link(entry=entry(round), limit=2)
    before, keys = said(round), set(Response.objects.values_list("pk", flat=True))
    answers = set(ResponseAnswer.objects.values_list("pk", flat=True))
    found = reveal_round(round=round, by=cast.owner)
    assert (found.is_revealed, found.revealed_by, found.takes_answers) == (True, cast.owner, False)
    assert (found.closed_at, events(assessment)[-1]) == (found.revealed_at, "revealed")
    assert (said(round), found.answered) == (before, 7)
    assert set(Response.objects.values_list("is_done", flat=True)) == {True}
    assert keys & set(Response.objects.values_list("pk", flat=True)) == set()
    assert answers & set(ResponseAnswer.objects.values_list("pk", flat=True)) == set()
    hashes = [*Response.objects.values_list("token_hash"), *Respondent.objects.values_list("token_hash")]
    assert set(hashes) == {(None,)}
    assert set(RoundRole.objects.values_list("link_code")) == {(None,)}
    assert len(voices_of(found)["right-path"]) == 7


ORDER_ON_DISK = {"sqlite": "_rowid_", "postgresql": "ctid"}


def on_disk(model: type[Model], column: str) -> list[str]:
    """A column in the order in which the database keeps the rows."""
    order = RawSQL(ORDER_ON_DISK[connection.vendor], ())  # noqa: S611 - one of two words
    return list(model._default_manager.order_by(order).values_list(column, flat=True))


def test_the_order_on_the_disk_does_not_tell_who_came_first(cast: Cast, round: Round) -> None:
    many = 24
    for number in range(many):
        respond(round, "investor", number % 4, comment=f"{number:02}", name=f"{number:02}")
    Round.objects.filter(pk=round.pk).update(naming=Round.Naming.OPTIONAL)
    assert on_disk(Response, "name") == [f"{number:02}" for number in range(many)]
    reveal_round(round=round, by=cast.owner)
    for model, column in ((Response, "name"), (ResponseAnswer, "comment")):
        now = on_disk(model, column)
        assert sorted(now) == [f"{number:02}" for number in range(many)]
        assert now != sorted(now)  # by chance once in 24!, which is never


def test_small_roles_lose_their_name_where_the_round_is_anonymous(cast: Cast, round: Round) -> None:
    for role, levels in (("investor", (1, 2, 3)), ("citizen", (4,))):
        for level in levels:
            respond(round, role, level, name="Never asked for")
    found = reveal_round(round=round, by=cast.owner)
    assert set(Response.objects.values_list("role", "name")) == {("", "")}
    assert (sorted(said(found)), found.answered) == ([("", level, "") for level in (1, 2, 3, 4)], 4)


def test_of_fewer_than_three_in_an_anonymous_round_nothing_is_kept_but_their_number(cast: Cast, round: Round) -> None:
    for level in (1, 4):
        respond(round, "citizen", level, comment="Do not tell.")
    found = reveal_round(round=round, by=cast.owner)
    assert (found.answered, Response.objects.count(), ResponseAnswer.objects.count()) == (2, 0, 0)


def test_roles_and_names_stay_where_people_could_give_one(cast: Cast, assessment: Assessment) -> None:
    found = opened(assessment, cast.owner, naming=Round.Naming.OPTIONAL)
    respond(found, "citizen", 4, name="Carys")
    reveal_round(round=found, by=cast.owner)
    assert list(Response.objects.values_list("role", "name")) == [("citizen", "Carys")]


def test_there_is_nothing_to_reveal_without_an_answer(cast: Cast, round: Round) -> None:
    respond(round, "citizen", None)
    with pytest.raises(NobodyAnswered):
        reveal_round(round=round, by=cast.owner)
    round.refresh_from_db()
    assert (round.is_revealed, Response.objects.count()) == (False, 1)


def test_after_the_reveal_nothing_changes_any_more(cast: Cast, round: Round) -> None:
    person, _secret = asked_person(round)
    respond(round, "citizen", 3)
    reveal_round(round=round, by=cast.owner)
    row = entry(round)
    calls: list[Callable[[], Any]] = [
        partial(reveal_round, round=round, by=cast.owner),
        partial(close_round, round=round, by=cast.owner),
        partial(change_round, round=round, closes_on=None, welcome="", by=cast.owner),
        partial(discard_round, round=round, by=cast.owner),
        partial(ask, round=round, role="citizen", people=[Person("Ned", "ned@partner.example")]),
        partial(ask_again, respondent=person),
        partial(remove_respondent, respondent=person),
        partial(share_link, entry=row, limit=3),
        partial(renew_link, entry=row),
        partial(end_link, entry=row),
    ]
    for call in calls:
        with pytest.raises(Revealed):
            call()


# --- two at once ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_open_at_once_have_one_round() -> None:
    cast = make_cast()
    assessment = make_assessment(cast.place, cast.owner)
    results = together(*(lambda: opened(assessment, cast.owner) for _ in range(2)))
    found = Round.objects.get()
    assert sorted(type(each).__name__ for each in results) == ["AnotherRound", "Round"]
    assert {getattr(each, "round", each) for each in results} == {found}
    assert RoundRole.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_reveal_at_once_reveal_once() -> None:
    cast = make_cast()
    found = opened(make_assessment(cast.place, cast.owner), cast.owner)
    answered(found)
    before = said(found)
    results = together(*(lambda: reveal_round(round=found, by=cast.owner) for _ in range(2)))
    assert sorted(type(each).__name__ for each in results) == ["Revealed", "Round"]
    assert (said(found), events(found.assessment).count("revealed")) == (before, 1)


@pytest.mark.django_db(transaction=True)
def test_a_round_that_is_opened_while_the_assessment_moves_is_on_the_version_that_stands() -> None:
    cast = make_cast()
    assessment, second = start(cast.owner, publish(FIRST)), publish(SECOND)
    asked = {"anybody": [next(iter(FIRST.criterion))]}
    results = together(
        lambda: opened(assessment, cast.owner, asked),
        lambda: move_assessment(assessment=assessment, version=second, by=cast.owner),
    )
    kinds = [type(each).__name__ for each in results]
    assert kinds in (["Round", "RoundStands"], ["Moved", "Assessment"])
    now = Assessment.objects.get(pk=assessment.pk).version
    assert [each.version for each in Round.objects.all()] == ([now] if kinds[0] == "Round" else [])


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_the_same_person_at_once_ask_once() -> None:
    cast = make_cast()
    found = opened(make_assessment(cast.place, cast.owner), cast.owner)
    results = together(*(lambda: asked_person(found) for _ in range(2)))
    assert sorted(type(each).__name__ for each in results) == ["AlreadyAsked", "tuple"]
    assert Respondent.objects.count() == 1


def test_a_link_still_finds_its_answers_until_the_reveal_and_never_after(cast: Cast, round: Round) -> None:
    _person, secret = asked_person(round)
    respond(round, "investor", 2, secret=secret)
    assert Response.objects.filter(token_hash=response_hash(secret)).count() == 1
    reveal_round(round=round, by=cast.owner)
    assert Response.objects.filter(token_hash=response_hash(secret)).count() == 0
    assert Respondent.objects.filter(token_hash=respondent_hash(secret)).count() == 0
