"""What waits on whom in an assessment, the button that reminds them, and everybody's own switch for reminders."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.forms.delegating import RemindersForm
from assessments.mail import MOST_AT_ONCE, reaches_people
from assessments.models import Assessment
from assessments.selectors.access import assessment_for, assessment_to_submit
from assessments.selectors.answers import given_answers
from assessments.selectors.languages import playbook_to_read
from assessments.selectors.reminding import digests_of, switched_off, waiting_addresses
from assessments.selectors.voices import agreeing_on
from assessments.selectors.waiting import member_address, respondent_address, waiting_in
from assessments.services.reminding import want_reminders
from assessments.tasks.reminding import Reminded
from assessments.tasks.reminding import remind as send_reminders
from assessments.views.people import Request, signed_in


@signed_in
@require_safe
def waiting(request: Request, assessment_id: int) -> HttpResponse:
    """One page for all members; for whom an invitation is, is told to owners alone."""
    found, membership = assessment_for(request.user, assessment_id)
    if not found.is_open:
        return redirect("results", found.pk)
    playbook = playbook_to_read(found.version)
    context = {
        "assessment": found,
        "place": found.place,
        "membership": membership,
        "waiting": waiting_in(found, playbook),
        "apart": len(agreeing_on(found, playbook, given_answers(found)).apart),
        "shown": [lesson.title for lesson in playbook.lessons],
    }
    return render(request, "waiting/waiting.html", context)


@signed_in
@require_POST
def remind(request: Request, assessment_id: int) -> HttpResponse:
    """Remind one person, or all, of what waits on them; never for the second time on a day."""
    found, _membership = assessment_to_submit(request.user, assessment_id)
    today = timezone.localdate()
    addresses = waiting_addresses(found, today) if found.is_open else set()
    wanted = addresses & _asked_for(request, found, addresses)
    told = send_reminders(digests_of(sorted(wanted), today), today, most=MOST_AT_ONCE)
    _tell(request, told, switched_off(wanted))
    return redirect("waiting", found.pk)


def _asked_for(request: Request, found: Assessment, addresses: set[str]) -> set[str]:
    """The addresses that the button stands for: `member-` or `respondent-` with a primary key, or `all`."""
    given = request.POST.get("who", "")
    if given == "all":
        return addresses
    who, _dash, number = given.partition("-")
    address_of = {"member": member_address, "respondent": respondent_address}.get(who)
    address = address_of(found, int(number)) if address_of and number.isascii() and number.isdigit() else None
    return {address.lower()} if address else set()


def _tell(request: Request, told: Reminded, silent: int) -> None:
    """Say what became of it, each kind in a sentence of its own."""
    if reaches_people():
        _tell_written_to(request, told)
    elif told.sent or told.already:
        messages.warning(request, _("No e-mail has gone out: this site prints its letters into its log."))
    if silent:
        text = ngettext(
            "{number} person wants no reminders. Speak to them.",
            "{number} people want no reminders. Speak to them.",
            silent,
        )
        messages.info(request, text.format(number=silent))
    if told.refused:
        text = ngettext(
            "{number} e-mail could not be sent. Try again in a while.",
            "{number} e-mails could not be sent. Try again in a while.",
            told.refused,
        )
        messages.error(request, text.format(number=told.refused))
    if told.left:
        text = ngettext(
            "{number} person is still to be reminded: press the button again.",
            "{number} people are still to be reminded: press the button again.",
            told.left,
        )
        messages.info(request, text.format(number=told.left))
    if not silent and told == Reminded():
        messages.info(request, _("Nobody had to be reminded: nothing waits on them any more."))


def _tell_written_to(request: Request, told: Reminded) -> None:
    if told.sent:
        text = ngettext("{number} person was reminded.", "{number} people were reminded.", told.sent)
        messages.success(request, text.format(number=told.sent))
    if told.already:
        text = ngettext(
            "{number} person has been written to today already. Nobody is reminded twice on a day.",
            "{number} people have been written to today already. Nobody is reminded twice on a day.",
            told.already,
        )
        messages.info(request, text.format(number=told.already))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def own_reminders(request: Request) -> HttpResponse:
    """Switch one's own reminders on or off."""
    initial = {"wants": request.user.wants_reminders}
    form = RemindersForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        want_reminders(person=request.user, wants=form.cleaned_data["wants"])
        messages.success(request, _("Saved."))
        return redirect("own_reminders")
    return render(request, "waiting/own_reminders.html", {"form": form})
