"""The form that takes a workbook, and what was chosen on the page that shows what it would change."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django import forms
from django.utils.translation import gettext as said
from django.utils.translation import gettext_lazy as _

from assessments.forms import form_helper
from assessments.interchange.filled import LONGEST_NOTE, Entry, readable
from assessments.selectors.workbooks import HeldLine

SITE, FILE, JOIN = "site", "file", "join"


class FillInForm(forms.Form):
    """A workbook that comes back."""

    file = forms.FileField(
        label=_("The workbook that you filled in"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text=_("An Excel workbook (.xlsx) of at most 5 MB, as it was downloaded here."),
        error_messages={
            "required": _("Choose the workbook that you filled in."),
            "invalid": _("No file arrived. Choose it again."),
        },
    )

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.helper = form_helper(_("Show what would change"))


@dataclass(frozen=True)
class Sent:
    """What was chosen for one line. `how` is SITE, FILE, JOIN, or empty where nothing was chosen yet.

    `answer` says whose answer stands in what is joined, `note` is its note; `seen` None: the line was not on the page.
    """

    how: str = ""
    answer: str = SITE
    note: str | None = None
    seen: int | None = None
    error: str = ""


def sent(data: Mapping[str, str], number: int) -> Sent:
    """What was sent of the line of a criterion."""
    seen = data.get(f"seen-{number}", "")
    if not seen.isdecimal() or len(seen) > 9:
        return Sent()
    how = FILE if data.get(f"take-{number}") else data.get(f"choice-{number}", "")
    note = data.get(f"note-{number}")
    return _checked(
        Sent(
            how=how if how in (SITE, FILE, JOIN) else "",
            answer=FILE if data.get(f"answer-{number}") == FILE else SITE,
            note=None if note is None else readable(note).strip(),
            seen=int(seen),
        )
    )


def _checked(found: Sent) -> Sent:
    if found.how == JOIN and found.note is not None and len(found.note) > LONGEST_NOTE:
        words = said("The note has {count} characters; at most {most} can be kept. Shorten it.")
        return replace(found, error=words.format(count=len(found.note), most=LONGEST_NOTE))
    return found


def chosen_entry(line: HeldLine, found: Sent) -> Entry | None:
    """What is to stand at the line's criterion; None where the site's stays."""
    if found.seen is None or found.how not in (FILE, JOIN):
        return None
    proposed, site = line.held.proposed, line.held.site
    if found.how == FILE:
        return proposed
    answer, reason = (proposed if found.answer == FILE else site).choice
    return Entry(answer, reason, proposed.note if found.note is None else found.note)
