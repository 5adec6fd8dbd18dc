"""A round of respondents: who is asked what, whether by name, until when, and what they read first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from assessments.findings.selection import minutes
from assessments.forms import Choice
from assessments.forms.texts import PlainText
from assessments.interchange.documents import Lesson, Playbook, Role
from assessments.models import Round

FEW, ALL = "few", "all"
OPEN_FOR = timedelta(days=14)
LONGEST_OPEN = timedelta(days=365)
LONGEST_WELCOME = 2000
NAMING = (
    (
        Round.Naming.ANONYMOUS,
        _("Anonymous"),
        _(
            "Nobody is asked for a name. Nobody can look up who answered what, and once you reveal the answers nothing "
            "is kept that could tell: not to you, and not to the people who run this site. People speak more freely."
        ),
    ),
    (
        Round.Naming.OPTIONAL,
        _("Whoever wishes may give a name"),
        _("Once you reveal the answers, every member of the place reads the name beside them. You can ask back."),
    ),
)


def length_words(chosen: int) -> str:
    """How many questions, and how long they take."""
    if not chosen:
        return gettext("No question chosen")
    many = ngettext("{number} question", "{number} questions", chosen).format(number=chosen)
    long = ngettext("about {number} minute", "about {number} minutes", minutes(chosen)).format(number=minutes(chosen))
    return gettext("{many}, {long}").format(many=many, long=long)


@dataclass(frozen=True)
class AskedRole:
    """A role in the form: its tick, and the ticks of its criteria by lesson."""

    role: Role
    tick: BoundWidget
    field: forms.BoundField
    lessons: Sequence[tuple[Lesson, Sequence[BoundWidget]]]

    @property
    def words(self) -> str:
        return length_words(len(self.field.value() or ()))


class ClosingDate(forms.DateField):
    """A day from today on, within a year."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={
                "required": _("Say until when answers are taken."),
                "invalid": _("Enter a date that exists."),
            },
            **options,
        )

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and day < timezone.localdate():
            raise forms.ValidationError(_("That day has passed. Choose today or a later day."))
        if day is not None and day > timezone.localdate() + LONGEST_OPEN:
            raise forms.ValidationError(_("That is more than a year from now. Choose an earlier day."))
        return day


class WordsForm(forms.Form):
    """What can be changed as long as a round is not revealed: until when, and the welcome."""

    closes_on = ClosingDate(
        label=_("Last day for answers"),
        help_text=_("Until the end of this day people can answer and come back. You can change it later."),
    )
    welcome = PlainText(
        label=_("What people read first"),
        required=False,
        max_length=LONGEST_WELCOME,
        help_text=_(
            "A few plain sentences in your own words. What happens to the answers is said below them by itself."
        ),
        error_messages={
            "max_length": _(
                "The welcome has %(show_value)d characters; at most %(limit_value)d can be kept. Shorten it."
            )
        },
    )

    def __init__(self, *args: Any, is_closed: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["welcome"].widget.attrs["rows"] = 5
        if is_closed:
            field = self.fields["closes_on"]
            field.required = False
            field.label = _("Open again until the end of")
            field.help_text = _("Leave it empty to keep the round closed.")


class SelectionForm(WordsForm):
    """The same with which role is asked what: `asked` is what it begins with, criteria by key for each role's key."""

    which = forms.ChoiceField(
        label=_("Which questions?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose which questions are asked."),
            "invalid_choice": _("Choose one of these."),
        },
    )
    roles = forms.MultipleChoiceField(
        label=_("Who is asked?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one role to ask."),
            "invalid_choice": _("Choose from the roles on this page."),
        },
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, playbook: Playbook, asked: Mapping[str, Sequence[str]], version: int, **options: Any
    ) -> None:
        everything = list(playbook.criterion)
        is_all = bool(asked) and all(len(keys) == len(everything) for keys in asked.values())
        first = {"closes_on": timezone.localdate() + OPEN_FOR, "roles": list(asked), "version": version}
        options["initial"] = {**first, "which": ALL if is_all else FEW, **options.get("initial", {})}
        super().__init__(*args, **options)
        self.playbook = playbook
        self._fill(asked, everything)
        several = [_name(number) for number in range(len(playbook.roles))]
        self.order_fields(["roles", "which", *several, "naming", "closes_on", "welcome"])

    def _fill(self, asked: Mapping[str, Sequence[str]], everything: Sequence[str]) -> None:
        _choices(self.fields["roles"], [(role.key, role.name) for role in self.playbook.roles])
        few = Choice(
            gettext("A few for each role"),
            gettext(
                "What each role can judge, to begin with; change it below. A quarter of an hour is what people give."
            ),
        )
        every = Choice(gettext("Every question for everybody"), length_words(len(everything)))
        _choices(self.fields["which"], [(FEW, few), (ALL, every)])
        offered = [
            (key, f"{self.playbook.label[key]} {criterion.title}") for key, criterion in self.playbook.criterion.items()
        ]
        for number, role in enumerate(self.playbook.roles):
            self.fields[_name(number)] = forms.MultipleChoiceField(
                label=role.name,
                required=False,
                choices=offered,
                widget=forms.CheckboxSelectMultiple,
                error_messages={"invalid_choice": _("Choose from the questions on this page.")},
            )
            self.initial.setdefault(_name(number), list(asked.get(role.key, ())))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("which") == FEW:
            for number, role in enumerate(self.playbook.roles):
                if (
                    role.key in given.get("roles", ())
                    and not given.get(_name(number))
                    and not self.errors.get(_name(number))
                ):
                    said = gettext("Choose at least one question for {role}, or do not ask this role.")
                    self.add_error(_name(number), said.format(role=role.name))
        return given

    def asked(self) -> dict[str, list[str]]:
        """What a valid form gives: criteria by key for each role's key, in playbook order."""
        data, everything = self.cleaned_data, list(self.playbook.criterion)
        return {
            role.key: everything if data["which"] == ALL else [key for key in everything if key in data[_name(number)]]
            for number, role in enumerate(self.playbook.roles)
            if role.key in data["roles"]
        }

    def asked_roles(self) -> Iterator[AskedRole]:
        """Each role as the page draws it."""
        ticks = list(self["roles"])
        for number, (role, tick) in enumerate(zip(self.playbook.roles, ticks, strict=True)):
            field = self[_name(number)]
            boxes = dict(zip(self.playbook.criterion, field, strict=True))
            lessons = [
                (lesson, [boxes[criterion.key] for criterion in lesson.criteria]) for lesson in self.playbook.lessons
            ]
            yield AskedRole(role, tick, field, lessons)

    def lengths(self) -> list[str]:
        """The words for each number of questions, from none: what the page counts with while boxes are ticked."""
        return [length_words(number) for number in range(len(self.playbook.criterion) + 1)]

    def again(self, sent: QueryDict) -> dict[str, Any]:
        """What was sent, to begin with once more: nothing is judged, and lengths are counted anew."""
        several = ["roles", *(_name(number) for number in range(len(self.playbook.roles)))]
        lists = {name: sent.getlist(name) for name in several}
        return {**{name: sent.get(name, "") for name in self.fields if name not in lists}, **lists}


class RoundForm(SelectionForm):
    """A new round: the same, and whether anybody may give a name, which is never changed afterwards."""

    naming = forms.ChoiceField(
        label=_("Do people give a name?"),
        widget=forms.RadioSelect,
        initial=Round.Naming.ANONYMOUS,
        help_text=_("This cannot be changed once the round is open: people rely on it."),
        error_messages={
            "required": _("Choose whether people give a name."),
            "invalid_choice": _("Choose one of these."),
        },
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _choices(self.fields["naming"], [(each, Choice(str(words), str(hint))) for each, words, hint in NAMING])


def _name(number: int) -> str:
    return f"criteria_{number}"


def _choices(field: forms.Field, choices: Sequence[tuple[str, str]]) -> None:
    if isinstance(field, forms.ChoiceField):
        field.choices = choices
