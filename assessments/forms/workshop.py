"""What a facilitator chooses before a workshop, and what is typed and pressed on a phone."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.layout import Field
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments.findings.codes import SHORT, read_code
from assessments.forms import Choice, fields_helper, form_helper
from assessments.forms.answering import REASON_TOO_LONG
from assessments.forms.levels import offer_levels
from assessments.forms.texts import PlainText
from assessments.interchange import Playbook
from assessments.interchange.documents import Criterion
from assessments.interchange.filled import LONGEST_REASON
from assessments.models import Vote
from assessments.services.agreeing import Terms

ALL, OPEN, DISCUSS = "all", "open", "discuss"


def _how_many(number: int) -> str:
    return ngettext("{number} criterion", "{number} criteria", number).format(number=number)


class StartForm(forms.Form):
    """Which criteria the wall goes through. `not_agreed` and `to_discuss` are their keys (selectors.workshop)."""

    which = forms.ChoiceField(
        label=gettext_lazy("Which criteria does the wall go through?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose which criteria the wall goes through."),
            "invalid_choice": gettext_lazy("Choose one of the answers on this page."),
        },
    )

    def __init__(
        self, *args: Any, playbook: Playbook, not_agreed: list[str], to_discuss: list[str], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.keys = {ALL: list(playbook.criterion), OPEN: not_agreed, DISCUSS: to_discuss}
        names = {
            DISCUSS: _("Those to discuss: the round’s answers lie far apart, and nothing is agreed yet"),
            OPEN: _("Those on which nothing is agreed yet"),
            ALL: _("All of them"),
        }
        for number, lesson in enumerate(playbook.lessons, 1):
            self.keys[lesson.key] = [criterion.key for criterion in lesson.criteria]
            names[lesson.key] = _("Lesson {number}: {title}").format(number=number, title=lesson.title)
        field: Any = self.fields["which"]
        field.choices = [
            (which, Choice(name, _how_many(len(self.keys[which])))) for which, name in names.items() if self.keys[which]
        ]
        self.helper = form_helper(_("Start the workshop"))

    def chosen(self) -> list[str]:
        """The keys of the criteria of a valid form."""
        return self.keys[self.cleaned_data["which"]]


class JoinCodeForm(forms.Form):
    """The code that stands on the wall, typed on a phone."""

    code = forms.CharField(
        label=gettext_lazy("Code on the wall"),
        max_length=40,
        help_text=gettext_lazy("Six letters and digits, such as 7KQ-2M9."),
        error_messages={"required": gettext_lazy("Type the code that stands on the wall.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper = form_helper(_("Go on"))
        self.helper.form_method = "get"

    def clean_code(self) -> str:
        code = read_code(self.cleaned_data["code"], SHORT)
        if code is None:
            raise forms.ValidationError(
                _("A code has six letters and digits, such as 7KQ-2M9. Look at the wall again.")
            )
        return code


class JoinForm(forms.Form):
    """The role that somebody in the room speaks for, or none."""

    role = forms.ChoiceField(
        label=gettext_lazy("For whom do you speak?"),
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Votes are shown by role only where at least three of a role voted."),
        error_messages={"invalid_choice": gettext_lazy("Choose one of the answers on this page.")},
    )

    def __init__(self, *args: Any, playbook: Playbook, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["role"]
        roles = [(role.key, Choice(role.name, role.summary)) for role in playbook.roles]
        field.choices = [("", _("For nobody in particular")), *roles]
        self.helper = form_helper(_("Join"))


class VoteForm(forms.Form):
    """What a phone says: a level, or don't know; and in which ballot."""

    answer = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose an answer."),
            "invalid_choice": gettext_lazy("Choose one of the answers on this page."),
        },
    )
    ballot = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, criterion: Criterion, **options: Any) -> None:
        super().__init__(*args, **options)
        offer_levels(self, criterion)
        self.helper = fields_helper(Field("answer", template="workshop/choices.html"), "ballot")

    def level(self) -> int | None:
        """What a valid form says; None for don't know."""
        answer = self.cleaned_data["answer"]
        return int(answer) if answer.isdecimal() else None


class WallForm(forms.Form):
    """What the room agreed on the ballot that the wall shows, over revision `seen` of the answer."""

    level = forms.TypedChoiceField(
        label=gettext_lazy("Agreed level"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose the level that was agreed."),
            "invalid_choice": gettext_lazy("Choose one of the answers on this page."),
        },
    )
    reason = PlainText(
        label=gettext_lazy("Why"),
        max_length=LONGEST_REASON,
        error_messages={
            "required": gettext_lazy("Say why this level was agreed."),
            "max_length": REASON_TOO_LONG,
        },
    )
    dissent = PlainText(
        label=gettext_lazy("Dissent"),
        required=False,
        max_length=LONGEST_REASON,
        help_text=gettext_lazy("What those said who saw it otherwise. Leave it empty if nobody did."),
        error_messages={"max_length": REASON_TOO_LONG},
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    ballot = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, criterion: Criterion, **options: Any) -> None:
        super().__init__(*args, **options)
        self._levels(range(criterion.top + 1))
        for name, rows in (("reason", 2), ("dissent", 2)):
            self.fields[name].widget.attrs["rows"] = rows
        self.helper = fields_helper()

    def suggest(self, level: int | None) -> None:
        """Say of the suggested level that it is; none is chosen beforehand."""
        choices: Any = self.fields["level"]
        self._levels([number for number, _words in choices.choices], level)

    def _levels(self, numbers: Iterable[int], suggested: int | None = None) -> None:
        field: Any = self.fields["level"]
        hint = _("Suggested by what was said")
        field.choices = [
            (number, Choice(str(number), hint) if number == suggested else str(number)) for number in numbers
        ]

    def terms(self) -> Terms:
        """What a valid form says."""
        data = self.cleaned_data
        return Terms(data["level"], data["reason"], data["dissent"])


def vote_data(vote: Vote | None, ballot: int) -> dict[str, Any]:
    """What the form of a ballot starts with."""
    if vote is None:
        return {"ballot": ballot}
    return {"ballot": ballot, "answer": vote.state if vote.level is None else str(vote.level)}
