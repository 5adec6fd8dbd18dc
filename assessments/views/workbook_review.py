"""What an uploaded workbook would change, line by line, and taking over what was chosen."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from assessments.comparing.three_ways import ON_SITE, UNKNOWN, changed_in_file
from assessments.comparing.wording import Run, words
from assessments.forms.workbook import FILE, SITE, Sent, chosen_entry, sent
from assessments.interchange.filled import Entry, thaw
from assessments.models import Assessment, WorkbookUpload
from assessments.selectors.access import workbook_to_review
from assessments.selectors.languages import playbook_to_read
from assessments.selectors.workbooks import HeldLine, held_lines
from assessments.services.answering import Moved, NotOpen
from assessments.services.workbooks import KEPT_FOR, Chosen, accept_lines
from assessments.views.answering import answer_words
from assessments.views.people import Request, signed_in


@dataclass(frozen=True)
class Shown:
    """A line as the review shows it: both sides in words, what differs, and what was chosen so far."""

    line: HeldLine
    sent: Sent

    @property
    def site(self) -> "Side":
        return Side(self.line, self.line.held.site)

    @property
    def file(self) -> "Side":
        return Side(self.line, self.line.held.proposed)

    @property
    def is_unknown(self) -> bool:
        """Whether the file does not say any more what was downloaded."""
        return self.line.held.kind == UNKNOWN

    @property
    def is_taken(self) -> bool:
        """Whether a plain change is to be taken over: unless somebody said otherwise."""
        return self.sent.seen is None or self.sent.how == FILE

    @property
    def answers_differ(self) -> bool:
        return self.line.held.site.choice != self.line.held.proposed.choice

    @property
    def note_runs(self) -> tuple[Run, ...]:
        """How the note on the site becomes that of the file; nothing where they are the same."""
        site, file = self.line.held.site.note, self.line.held.proposed.note
        return words(site, file) if site != file else ()

    @property
    def both_notes(self) -> str:
        """What stands in the field of what is joined: what was typed there, or both notes one after the other."""
        if self.sent.note is not None:
            return self.sent.note
        notes = (self.line.held.site.note, self.line.held.proposed.note)
        return "\n\n".join(dict.fromkeys(note for note in notes if note))


@dataclass(frozen=True)
class Side:
    """What one side says, in words."""

    line: HeldLine
    entry: Entry

    @property
    def answer(self) -> str:
        return answer_words(self.line.text, self.entry.answer)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def fill_in_review(request: Request, assessment_id: int, token: UUID) -> HttpResponse:
    """What an uploaded workbook would change; POST takes over what was chosen."""
    found, _membership, upload = workbook_to_review(request.user, assessment_id, token)
    if not found.is_open or upload.version_id != found.version_id:
        return _too_late(request, found, upload)
    if request.method == "POST":
        return _accept(request, found, upload)
    return _review(request, found, upload, {}, settled=thaw(upload.content).settled)


def _accept(request: Request, found: Assessment, upload: WorkbookUpload) -> HttpResponse:
    lines = held_lines(upload, found)
    choices = {line.number: sent(request.POST, line.number) for line in lines}
    if any(each.error for each in choices.values()):
        return _review(request, found, upload, choices, status=422)
    wanted = [(line, chosen_entry(line, choices[line.number])) for line in lines]
    chosen = [Chosen(line.text.key, each, choices[line.number].seen or 0) for line, each in wanted if each is not None]
    kept = [line.text.key for line in lines if choices[line.number].how == SITE]
    try:
        accepted = accept_lines(upload=upload, assessment=found, chosen=chosen, kept=kept, by=request.user)
    except (NotOpen, Moved):
        found.refresh_from_db()
        return _too_late(request, found, upload)
    if accepted.conflicts:
        _tell(request, [_taken_over(len(accepted.saved))])
        settled = thaw(upload.content).settled.difference(accepted.conflicts)
        return _review(request, found, upload, choices, meanwhile=accepted.conflicts, settled=settled, status=409)
    sent_back = [each for each in choices.values() if each.seen is not None]
    told = [_taken_over(len(accepted.saved)), _left(sum(each.how in ("", SITE) for each in sent_back))]
    if not all(each.how for each in sent_back):
        address = reverse("fill_in_review", args=[found.pk, upload.token])
        told.append(format_html('<a href="{}">{}</a>', address, _("Look again at what was left out")))
    _tell(request, told)
    return redirect("assessment", found.pk)


def _taken_over(count: int) -> str:
    told = ngettext(
        "{count} answer was taken over from the file.", "{count} answers were taken over from the file.", count
    )
    return told.format(count=count) if count else ""


def _left(count: int) -> str:
    told = ngettext("{count} was left as it stands on the site.", "{count} were left as they stand on the site.", count)
    return told.format(count=count) if count else ""


def _tell(request: Request, told: Sequence[str]) -> None:
    """Say what was taken over and what was left; where nothing was taken over, that is no success to speak of."""
    level = messages.SUCCESS if told[0] else messages.INFO
    if any(told):
        messages.add_message(request, level, format_html_join(" ", "{}", [(each,) for each in told if each]))


def _review(
    request: Request,
    found: Assessment,
    upload: WorkbookUpload,
    choices: Mapping[int, Sent],
    *,
    meanwhile: Sequence[str] = (),
    settled: Collection[str] = (),
    status: int = 200,
) -> HttpResponse:
    lines = held_lines(upload, found)
    asked = [line for line in lines if line.held.differs and line.text.key not in settled]
    shown = [Shown(line, choices.get(line.number, Sent())) for line in asked]
    playbook = playbook_to_read(found.version)
    context = {
        "assessment": found,
        "place": found.place,
        "upload": upload,
        "is_whole": thaw(upload.content).is_whole,
        "plain": [each for each in shown if not each.line.held.is_conflict],
        "conflicts": [each for each in shown if each.line.held.is_conflict],
        "errors": [each for each in shown if each.sent.error],
        "meanwhile": [each for each in shown if each.line.text.key in meanwhile],
        "same": len(lines) - len(shown),
        "newer_here": sum(line.held.kind == ON_SITE for line in lines),
        "absent": len(playbook.criterion) - len(lines),
        "texts": [each.line.text for each in shown],
    }
    return render(request, "workbook/review.html", context, status=status)


def _too_late(request: Request, found: Assessment, upload: WorkbookUpload) -> HttpResponse:
    """The assessment was submitted or moved. Nothing is taken over; what the file says can be read, and is kept."""
    playbook = playbook_to_read(upload.version)
    lines = [line for line in thaw(upload.content).lines if changed_in_file(line) and line.key in playbook.criterion]
    said = [
        {
            "label": playbook.label[line.key],
            "text": playbook.criterion[line.key],
            "entry": line.entry,
            "answer": answer_words(playbook.criterion[line.key], line.entry.answer),
        }
        for line in lines
    ]
    context = {
        "assessment": found,
        "place": found.place,
        "upload": upload,
        "said": said,
        "until": upload.uploaded_at + KEPT_FOR,
    }
    return render(request, "workbook/too_late.html", context, status=409 if request.method == "POST" else 200)
