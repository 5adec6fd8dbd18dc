"""Whom an owner asks in a round: people by e-mail, each with a link of their own, and a shared link for each role.

The secret of a personal link goes into one letter and nowhere else: no page shows it, not even to an owner.
"""

from collections.abc import Sequence
from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from assessments import mail
from assessments.findings.codes import in_groups
from assessments.findings.selection import minutes
from assessments.forms.respondents import FIRST_LIMIT, AskForm, LinkForm, role_choices
from assessments.models import Respondent, Round, RoundRole
from assessments.reports.qr import qr
from assessments.selectors.languages import playbook_to_read
from assessments.selectors.rounds import asked_in, emails_asked, respondent_to_manage, role_to_manage, round_to_manage
from assessments.services.reminding import take_day
from assessments.services.respondents import (
    MOST_ASKED,
    AlreadyAsked,
    Closed,
    TooFew,
    TooManyAsked,
    ask,
    ask_again,
    end_link,
    mark_sent,
    remove_respondent,
    renew_link,
    share_link,
)
from assessments.services.rounds import HasBegun, Revealed
from assessments.views.address import is_this_computer_only, on_this_site
from assessments.views.invitations import one_line
from assessments.views.people import Request, signed_in
from assessments.views.rounds import about, back


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def respondents_ask(request: Request, assessment_id: int, round_id: int) -> HttpResponse:
    """Ask several people in one role: each gets a letter with a link of their own."""
    found, _membership = round_to_manage(request.user, assessment_id, round_id)
    if not found.takes_answers:
        return _takes_none(request, found)
    form = _ask_form(request, found)
    if form.is_bound and form.is_valid():
        try:
            _check_letters(request, [person.email for person in form.cleaned_data["people"]])
            asked = ask(round=found, role=form.cleaned_data["role"], people=form.cleaned_data["people"])
        except AlreadyAsked as error:
            said = _("These have been asked meanwhile: {people}.")
            form.add_error("people", said.format(people=", ".join(sorted(error.emails))))
        except TooManyAsked:
            form.add_error("people", _("At most {most} people can be asked in one round.").format(most=MOST_ASKED))
        except TooManyLetters:
            form.add_error("people", _too_many_letters())
        except (Closed, Revealed):
            return _takes_none(request, found)
        else:
            _say_sent(request, _send(request, found, asked), len(asked))
            return back(found)
    context = {**about(found), "form": form, "reaches_people": mail.reaches_people()}
    return render(request, "rounds/ask.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def respondent_resend(request: Request, assessment_id: int, round_id: int, respondent_id: int) -> HttpResponse:
    """Send a new link to somebody who has not begun; the one that they had is dead."""
    found = respondent_to_manage(request.user, assessment_id, round_id, respondent_id)
    try:
        _check_letters(request, [found.email])
        secret = ask_again(respondent=found)
    except TooManyLetters:
        messages.error(request, _too_many_letters())
    except HasBegun:
        messages.error(
            request,
            _("They have begun to answer. Nobody knows which answers are theirs, so they keep the link they have."),
        )
    except (Closed, Revealed):
        return _takes_none(request, found.round)
    else:
        _say_sent(request, _send(request, found.round, [(found, secret)]), 1)
    return back(found.round)


@signed_in
@require_POST
def respondent_remove(request: Request, assessment_id: int, round_id: int, respondent_id: int) -> HttpResponse:
    """Take somebody who has not begun out of the round."""
    found = respondent_to_manage(request.user, assessment_id, round_id, respondent_id)
    try:
        remove_respondent(respondent=found)
    except HasBegun:
        messages.error(request, _("They have begun to answer. Nobody knows which answers are theirs, so they stay."))
    except Revealed:
        return _takes_none(request, found.round)
    else:
        messages.success(request, _("{name} is asked no more, and the link leads nowhere.").format(name=found.name))
    return back(found.round)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def round_link(request: Request, assessment_id: int, round_id: int, role_id: int) -> HttpResponse:
    """A role's shared link, as a sheet to print or show; made, limited, renewed or switched off here."""
    entry = role_to_manage(request.user, assessment_id, round_id, role_id)
    if entry.round.is_revealed:
        return _takes_none(request, entry.round)
    is_on = entry.link_code is not None
    form = LinkForm(
        request.POST if request.method == "POST" and "go" not in request.POST else None,
        begun=entry.begun,
        is_on=is_on,
        initial={"limit": entry.limit if is_on else max(FIRST_LIMIT, entry.begun)},
    )
    if request.method == "POST" and (form.is_valid() or not form.is_bound):
        try:
            _act_on_link(request, entry, form)
        except TooFew:
            form.add_error("limit", _("More have begun meanwhile than this. Write a larger number."))
        except Revealed:
            return _takes_none(request, entry.round)
        else:
            return redirect(request.path)
    return render(request, "rounds/link.html", _sheet(entry, form), status=422 if form.errors else 200)


def _act_on_link(request: Request, entry: RoundRole, form: LinkForm) -> None:
    go = request.POST.get("go")
    if go == "renew":
        renew_link(entry=entry)
        messages.success(request, _("The link has a new address. The one before leads nowhere; who has begun goes on."))
    elif go == "off":
        end_link(entry=entry)
        messages.success(request, _("The link is switched off. Who has begun goes on."))
    elif form.is_bound:
        share_link(entry=entry, limit=form.cleaned_data["limit"])
        messages.success(request, _("The link is there, and lets in as many as you said."))


def _sheet(entry: RoundRole, form: LinkForm) -> dict[str, Any]:
    playbook = playbook_to_read(entry.round.version)
    role = next((role for role in playbook.roles if role.key == entry.role), None)
    address = on_this_site("take_part", in_groups(entry.link_code)) if entry.link_code else ""
    asked = entry.criteria.count()
    return {
        **about(entry.round),
        "entry": entry,
        "role": role,
        "address": address,
        "qr": qr(address) if address else None,
        "this_computer_only": is_this_computer_only(),
        "criteria": asked,
        "minutes": minutes(asked),
        "form": form,
    }


class TooManyLetters(Exception):
    """So many letters were sent today, by this person or to one of these, that no more can go out."""


def _check_letters(request: Request, emails: Sequence[str]) -> None:
    """Count a letter to each of these. Raises TooManyLetters; nothing is to be sent then."""
    limits = settings.LETTER_RATE_LIMITS
    for email in emails:
        if ratelimit.consume(request, app="assessments", action="round_letter", config=limits, key=email) is None:
            raise TooManyLetters


def _too_many_letters() -> str:
    return _("So many letters were sent today that no more can go out. Try again tomorrow, or use the shared link.")


def _send(request: Request, found: Round, asked: Sequence[tuple[Respondent, str]]) -> int:
    """Send each their link; how many letters went out to people, which is kept. None do where a log takes them."""
    criteria = {role: len(keys) for role, keys in asked_in(found).items()}
    letters = [
        mail.Letter(
            respondent.email,
            "respondent",
            {
                "respondent": respondent,
                "round": found,
                "place": found.assessment.place,
                "by": one_line(str(request.user)),
                "address": on_this_site("take_part", secret),
                "minutes": minutes(criteria.get(respondent.role, 0)),
            },
        )
        for respondent, secret in asked
    ]
    went = mail.send(letters)
    reaches = mail.reaches_people()
    sent = [each for (each, _secret), is_sent in zip(asked, went, strict=True) if is_sent and reaches]
    mark_sent(sent=sent)
    for each in sent:
        take_day(email=each.email, day=timezone.localdate())  # nobody who is asked today is reminded today
    return len(sent)


def _say_sent(request: Request, sent: int, asked: int) -> None:
    if not mail.reaches_people():
        messages.warning(request, _("No e-mail has gone out: this site prints its letters into its log."))
        return
    if sent:
        said = ngettext("{count} invitation is sent.", "{count} invitations are sent.", sent)
        messages.success(request, said.format(count=sent))
    if sent < asked:
        said = ngettext(
            "{count} invitation was not sent: the mail server did not take it. Send it again later.",
            "{count} invitations were not sent: the mail server did not take them. Send them again later.",
            asked - sent,
        )
        messages.error(request, said.format(count=asked - sent))


def _ask_form(request: Request, found: Round) -> AskForm:
    roles = role_choices(playbook_to_read(found.version).roles, asked_in(found).keys())
    return AskForm(
        request.POST if request.method == "POST" else None,
        roles=roles,
        asked=emails_asked(found),
        most=mail.MOST_AT_ONCE,
        initial={"role": request.GET.get("role", "")},
    )


def _takes_none(request: Request, found: Round) -> HttpResponse:
    messages.error(request, _("This round takes no answers now, so nobody is asked. Set a later date first."))
    return back(found)
