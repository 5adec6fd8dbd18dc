"""Reminders: of what, when, to whom, and never more than one a day to an address, whoever asks at once."""

import io
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from smtplib import SMTPException
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from assessments.management.commands.remind import Command
from assessments.models import Assessment, Delegation, Membership, Reminder, Respondent, Round, User
from assessments.selectors.reminding import digests_due, digests_of, last_moment
from assessments.services.reminding import remove_old_reminders, want_reminders
from assessments.tasks.packs import tidy
from assessments.tasks.reminding import Daily, Reminded, is_working_time, remind, remind_due
from tests.at_once import together
from tests.factories import Cast, make_assessment, make_cast, make_place, make_user
from tests.factories import submit as send_in
from tests.waiting_cast import SECOND, ask, day, finish_first, give, open_round

LONDON = ZoneInfo("Europe/London")


class Refusing(EmailBackend):
    """A mail server that takes nothing for addresses that begin with `editor`."""

    def send_messages(self, messages: Any) -> int:
        if messages[0].to[0].startswith("editor"):
            raise SMTPException("550 no such mailbox")
        return super().send_messages(messages)


class Away(EmailBackend):
    """A mail server that cannot be reached."""

    def open(self) -> bool:
        raise ConnectionRefusedError


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return make_assessment(cast.place, cast.owner)


def sent() -> list[str]:
    return sorted(message.to[0] for message in mail.outbox)


def due_addresses() -> list[str]:
    return [digest.email for digest in digests_due(day(0))]


def owner_client(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.owner)
    return client


def messages_of(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# --- when -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "moment"),
    [(6, None), (7, 7), (9, 7), (10, 10), (11, 10), (16, 10), (17, 17), (23, 17), (24, 24)],
)
def test_the_moments_are_three_days_before_the_day_and_each_week_after(today: int, moment: int | None) -> None:
    expected = date(2026, 3, moment) if moment else None
    assert last_moment(date(2026, 3, 10), date(2026, 3, today)) == expected


@pytest.mark.parametrize(
    ("due", "reminded", "is_due"),
    [
        (None, None, False),
        (4, None, False),
        (3, None, True),
        (1, None, True),
        (1, -2, False),  # that was the reminder of three days before
        (0, -3, True),
        (0, 0, False),
        (-3, -3, False),
        (-6, 0, False),
        (-7, -6, True),
        (-7, 0, False),
        (-20, -1, False),
        (-21, -1, True),
        (-30, None, True),
    ],
)
def test_who_is_reminded_today(cast: Cast, assessment: Assessment, due: int, reminded: int, is_due: bool) -> None:
    """`due` and the day of the last reminder, in days from today. Days on which no worker ran are caught up with."""
    give(assessment, cast.editor, due=due)
    if reminded is not None:
        Reminder.objects.create(email="Editor.Person@example.org", day=day(reminded))
    assert due_addresses() == ([cast.editor.email] if is_due else [])


@pytest.mark.parametrize(
    ("moment", "is_time"),
    [
        (datetime(2026, 7, 6, 8, 59), False),
        (datetime(2026, 7, 6, 9, 0), True),
        (datetime(2026, 7, 10, 16, 59), True),
        (datetime(2026, 7, 10, 17, 0), False),
        (datetime(2026, 7, 11, 12, 0), False),
    ],
)
def test_workers_remind_in_working_hours_of_the_sites_zone(moment: datetime, is_time: bool) -> None:
    assert is_working_time(moment.replace(tzinfo=LONDON)) == is_time


# --- whom and of what -------------------------------------------------------------------------------------------------


def complete(cast: Cast, assessment: Assessment) -> None:
    finish_first(assessment, cast.owner)


def submitted(cast: Cast, assessment: Assessment) -> None:
    give(assessment, cast.editor, lesson=SECOND, due=0)
    finish_first(assessment, cast.owner)
    send_in(assessment, cast.owner)


def left(cast: Cast, assessment: Assessment) -> None:
    Membership.objects.filter(user=cast.editor).delete()


def reads_only(cast: Cast, assessment: Assessment) -> None:
    Membership.objects.filter(user=cast.editor).update(role=Membership.Role.VIEWER)


def closed(cast: Cast, assessment: Assessment) -> None:
    User.objects.filter(pk=cast.editor.pk).update(is_active=False)


def switched_off(cast: Cast, assessment: Assessment) -> None:
    want_reminders(person=cast.editor, wants=False)


def not_asked_any_more(cast: Cast, assessment: Assessment) -> None:
    Delegation.objects.update(lesson_key="gone")


@pytest.mark.parametrize("end", [complete, submitted, left, reads_only, closed, switched_off, not_asked_any_more])
def test_who_is_not_reminded(cast: Cast, assessment: Assessment, end: Callable[[Cast, Assessment], None]) -> None:
    give(assessment, cast.editor, due=0)
    assert due_addresses() == [cast.editor.email]
    end(cast, assessment)
    assert (due_addresses(), digests_of([cast.editor.email], day(0))) == ([], [])


@pytest.mark.parametrize(
    ("closes", "state", "is_sent", "is_due"),
    [
        (3, "asked", True, True),
        (0, "begun", True, True),
        (4, "asked", True, False),
        (-1, "asked", True, False),
        (1, "done", True, False),
        (1, "asked", False, False),  # the link never went out
    ],
)
def test_which_respondents_are_reminded(
    cast: Cast, assessment: Assessment, closes: int, state: str, is_sent: bool, is_due: bool
) -> None:
    ask(open_round(assessment, cast.owner, closes=closes), "Amara", state=state, is_sent=is_sent)
    assert due_addresses() == (["amara@partners.example"] if is_due else [])


@pytest.mark.parametrize("ended", ["closed_at", "revealed_at"])
def test_nobody_is_reminded_of_a_round_that_has_ended(cast: Cast, assessment: Assessment, ended: str) -> None:
    found = open_round(assessment, cast.owner)
    ask(found, "Amara")
    Round.objects.update(**{ended: found.opened_at})
    assert due_addresses() == []


def test_one_mail_tells_all_places_and_lessons_and_the_round(cast: Cast, assessment: Assessment) -> None:
    other = make_assessment(make_place("Tŷ <b>Mawr</b> & Quay", owner=cast.editor), cast.editor)
    give(assessment, cast.editor, due=0, note="Ask the trust’s <i>board</i>.")
    give(assessment, cast.editor, lesson=SECOND)
    give(other, cast.editor, due=30)
    Delegation.objects.filter(due=day(0)).update(due=day(-1))
    asked = ask(open_round(assessment, cast.owner), "Editor")
    Respondent.objects.filter(pk=asked.pk).update(email="Editor.Person@Example.org")
    assert remind_due(day(0)) == Reminded(sent=1)
    (letter,) = mail.outbox
    lines = [line for line in letter.body.splitlines() if line.startswith(("- ", "You were asked"))]
    assert [line.partition(":")[0] for line in lines[:3]] == [
        "- Harbour Quarter, lesson 1",
        "- Tŷ <b>Mawr</b> & Quay, lesson 1",
        "- Harbour Quarter, lesson 2",
    ]
    assert (len(lines), "1 day overdue." in letter.body, "Ask the trust’s <i>board</i>." in letter.body) == (
        4,
        True,
        True,
    )
    assert (letter.subject, letter.body.count("/reminders/")) == ("Hub Playbook: what is waiting for you", 1)


def test_a_respondents_mail_holds_no_link_and_no_address_of_a_member(cast: Cast, assessment: Assessment) -> None:
    ask(open_round(assessment, cast.owner), "Amara")
    remind_due(day(0))
    (letter,) = mail.outbox
    found = [word in letter.body for word in ("http", "take-part", cast.owner.email, "ask Owner Person")]
    assert (letter.to, found) == (["amara@partners.example"], [False, False, False, True])


# --- one a day --------------------------------------------------------------------------------------------------------


def test_as_often_as_it_is_called_nobody_hears_twice_on_a_day(cast: Cast, assessment: Assessment) -> None:
    give(assessment, cast.editor, due=0)
    everybody = digests_of([cast.editor.email], day(0))
    found = [remind_due(day(0)), remind_due(day(0)), remind(everybody, day(0)), remind(everybody, day(1))]
    assert found == [Reminded(sent=1), Reminded(), Reminded(already=1), Reminded(sent=1)]
    assert sent() == [cast.editor.email] * 2


def test_what_the_mail_server_refuses_is_given_back(cast: Cast, assessment: Assessment, settings: Any) -> None:
    give(assessment, cast.editor, due=0)
    give(assessment, cast.consultant, due=0)
    settings.EMAIL_BACKEND = f"{__name__}.Away"
    assert (remind_due(day(0)), Reminder.objects.count()) == (Reminded(refused=2), 0)
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    assert remind_due(day(0)) == Reminded(sent=1, refused=1)
    assert list(Reminder.objects.values_list("email")) == [(cast.consultant.email,)]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert remind_due(day(0)) == Reminded(sent=1)
    assert sent() == [cast.consultant.email, cast.editor.email]


def test_no_more_are_sent_at_once_than_may_be(cast: Cast, assessment: Assessment) -> None:
    asked = open_round(assessment, cast.owner)
    emails = [ask(asked, f"Person{number}").email for number in range(5)]
    digests = digests_of(emails, day(0))
    assert remind(digests, day(0), most=2) == Reminded(sent=2, left=3)
    assert remind(digests, day(0), most=2) == Reminded(sent=2, already=2, left=1)
    assert remind(digests, day(0), most=2) == Reminded(sent=1, already=4)
    assert sent() == sorted(emails)


def test_nobody_is_reminded_on_the_day_on_which_they_were_asked(cast: Cast, assessment: Assessment) -> None:
    found = open_round(assessment, cast.owner)
    address = reverse("respondents_ask", args=[assessment.pk, found.pk])
    response = owner_client(cast).post(address, {"role": "citizen", "people": "Amara <amara@partners.example>"})
    assert (response.status_code, sent(), due_addresses()) == (302, ["amara@partners.example"], [])


@pytest.mark.django_db(transaction=True)
def test_workers_and_owners_at_once_send_one_mail_a_day_to_each() -> None:
    cast = make_cast()
    assessment = make_assessment(cast.place, cast.owner)
    members = [cast.editor, cast.consultant, cast.owner]
    for member in members:
        give(assessment, member, due=0)
    address = reverse("remind", args=[assessment.pk])

    def press(who: str) -> int:
        return owner_client(cast).post(address, {"who": who}).status_code

    for number in range(2):
        Reminder.objects.all().delete()
        mail.outbox.clear()
        presses = [partial(press, who) for who in ("all", f"member-{cast.editor.pk}", "all")]
        found = together(partial(remind_due, day(0)), partial(remind_due, day(0)), *presses)
        assert (found[2:], number) == ([302] * 3, number)
        assert sent() == sorted(member.email for member in members)


def test_old_reminders_are_cleared_up(cast: Cast) -> None:
    for number in (-61, -60, 0):
        Reminder.objects.create(email="a@example.org", day=day(number))
    remove_old_reminders(today=day(0))
    assert sorted(Reminder.objects.values_list("day", flat=True)) == [day(-60), day(0)]
    Reminder.objects.create(email="a@example.org", day=day(-61))
    tidy.call()
    assert Reminder.objects.count() == 2


# --- who asks ---------------------------------------------------------------------------------------------------------


def test_the_command_says_how_many(cast: Cast, assessment: Assessment, settings: Any) -> None:
    def said(*arguments: str) -> str:
        out = io.StringIO()
        call_command(Command(stdout=out), *arguments)
        return out.getvalue()

    give(assessment, cast.editor, due=0)
    assert (said("--dry-run"), sent()) == ("To be reminded: 1.\n", [])
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    with pytest.raises(CommandError, match="did not take 1;"):
        said()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert (said(), said(), sent()) == (
        "Reminded: 1. Reminded today already: 0.\n",
        "Reminded: 0. Reminded today already: 0.\n",
        [cast.editor.email],
    )


def test_a_worker_reminds_once_a_day_and_again_in_an_hour_where_mail_failed(
    cast: Cast, assessment: Assessment, settings: Any
) -> None:
    give(assessment, cast.editor, due=0)
    Delegation.objects.update(due=date(2026, 7, 6))
    daily, monday = Daily(), partial(datetime, 2026, 7, 6, tzinfo=LONDON)
    settings.EMAIL_BACKEND = f"{__name__}.Away"
    daily(monday(8))
    assert daily.rests_until is None
    daily(monday(9))
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    daily(monday(9, 59))
    assert sent() == []
    daily(monday(10))
    assert (sent(), daily.rests_until) == ([cast.editor.email], datetime(2026, 7, 7, tzinfo=LONDON))
    give(assessment, cast.consultant, due=0)
    daily(monday(16))
    assert sent() == [cast.editor.email]


def test_an_owner_reminds_one_or_all_and_is_told_what_became_of_it(cast: Cast, assessment: Assessment) -> None:
    client, address = owner_client(cast), reverse("remind", args=[assessment.pk])
    give(assessment, cast.editor)
    give(assessment, cast.consultant, due=30)
    want_reminders(person=cast.consultant, wants=False)
    asked = ask(open_round(assessment, cast.owner, closes=20), "Amara")

    def press(who: str) -> list[str]:
        return messages_of(client.post(address, {"who": who}, follow=True))

    assert press(f"member-{cast.editor.pk}") == ["1 person was reminded."]
    assert press(f"member-{cast.editor.pk}") == [
        "1 person has been written to today already. Nobody is reminded twice on a day."
    ]
    assert press("all") == [
        "1 person was reminded.",
        "1 person has been written to today already. Nobody is reminded twice on a day.",
        "1 person wants no reminders. Speak to them.",
    ]
    assert press(f"respondent-{asked.pk}")[0].startswith("1 person has been written to today already.")
    assert sent() == [asked.email, cast.editor.email]


def test_nobody_is_called_reminded_where_letters_go_into_a_log(
    cast: Cast, assessment: Assessment, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    give(assessment, cast.editor)
    for _again in range(2):
        response = owner_client(cast).post(reverse("remind", args=[assessment.pk]), {"who": "all"}, follow=True)
        assert messages_of(response) == ["No e-mail has gone out: this site prints its letters into its log."]


@pytest.mark.parametrize(
    "who", ["", "all-of-them", "member-", "member-x", "member-²", f"member-{10**30}", "respondent-0"]
)
def test_nonsense_reminds_nobody(cast: Cast, assessment: Assessment, who: str) -> None:
    give(assessment, cast.editor, due=0)
    response = owner_client(cast).post(reverse("remind", args=[assessment.pk]), {"who": who}, follow=True)
    assert (messages_of(response), sent()) == (["Nobody had to be reminded: nothing waits on them any more."], [])


def test_nobody_of_another_place_is_reminded_and_nobody_of_a_submitted_assessment(
    cast: Cast, assessment: Assessment
) -> None:
    other = make_assessment(make_place("Other Place", owner=cast.stranger), cast.stranger)
    give(other, cast.stranger, due=0)
    asked = ask(open_round(other, cast.stranger), "Amara")
    give(assessment, cast.editor, due=0)
    client, address = owner_client(cast), reverse("remind", args=[assessment.pk])
    for who in (f"member-{cast.stranger.pk}", f"respondent-{asked.pk}"):
        client.post(address, {"who": who})
    finish_first(assessment, cast.owner)
    send_in(assessment, cast.owner)
    client.post(address, {"who": "all"})
    assert sent() == []


def test_everybody_switches_their_own_reminders(cast: Cast) -> None:
    client, address = owner_client(cast), reverse("own_reminders")
    assert "checked" in client.get(address).content.decode()
    client.post(address, {})
    assert User.objects.filter(wants_reminders=False).get() == cast.owner
    client.post(address, {"wants": "on"})
    assert not User.objects.filter(wants_reminders=False).exists()


def test_looking_whom_to_remind_takes_as_many_queries_for_many_as_for_one(
    db: None, django_assert_max_num_queries: Any
) -> None:
    for number in range(4):
        owner = make_user(f"Owner {number}")
        assessment = make_assessment(make_place(f"Place {number}", owner=owner), owner)
        give(assessment, owner, due=0)
        give(assessment, owner, due=1, lesson=SECOND)
        ask(open_round(assessment, owner), f"Amara{number}")
        with django_assert_max_num_queries(8):
            assert len(digests_due(day(0))) == 2 * (number + 1)
