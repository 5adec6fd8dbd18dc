"""Whom to ask in a round: people by name, pasted as lines, and how many may come by a shared link."""

import re
from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.forms import form_helper
from assessments.forms.texts import PlainText
from assessments.interchange.documents import Role
from assessments.services.respondents import MOST_BY_LINK, Person

ADDRESS = re.compile(r"[^\s,;<>()\"]+@[^\s,;<>()\"]+")
LONGEST_NAME = 120
LONGEST_ADDRESS = 254
FIRST_LIMIT = 10


class AskForm(forms.Form):
    """People of one role: a line each, name and address in any order that a list or a sheet has them in."""

    role = forms.ChoiceField(
        label=_("In which role?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose their role."), "invalid_choice": _("Choose one of these roles.")},
    )
    people = PlainText(
        label=_("Whom do you ask?"),
        error_messages={"required": _("Write at least one line with a name and an e-mail address.")},
    )

    def __init__(
        self, *args: Any, roles: Sequence[tuple[str, str]], asked: Collection[str], most: int, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        field = self.fields["role"]
        if isinstance(field, forms.ChoiceField):
            field.choices = roles
        if len(roles) == 1:
            self.initial.setdefault("role", roles[0][0])
        self.fields["people"].widget.attrs.update({"rows": 8, "dir": "auto", "spellcheck": "false"})
        self.fields["people"].help_text = gettext(
            "One line for each, name and address, as they stand in an e-mail or a sheet. "
            "For example: Carys Beddoe, carys@example.org. At most {most} at once."
        ).format(most=most)
        self.asked, self.most = asked, most
        self.helper = form_helper(_("Send the invitations"))

    def clean_people(self) -> list[Person]:
        """The people; or everything that is wrong, line by line."""
        people: dict[str, Person] = {}
        wrong = []
        for number, line in enumerate(self.cleaned_data["people"].splitlines(), 1):
            if not line.strip():
                continue
            try:
                person = read_person(line)
                _check_new(person, people, self.asked)
            except ValidationError as error:
                said = gettext("Line {number}, “{line}”: {error}")
                wrong.append(said.format(number=number, line=_short(line), error=error.message))
            else:
                people[person.email] = person
        if len(people) > self.most:
            said = gettext("These are {count} people. Ask at most {most} at once, then the others.")
            wrong.append(said.format(count=len(people), most=self.most))
        if wrong:
            raise ValidationError(wrong)
        return list(people.values())


class LinkForm(forms.Form):
    """How many may begin by a role's shared link."""

    limit = forms.IntegerField(
        label=_("How many may begin by this link?"),
        help_text=_(
            "As many as you hand it to. Nobody beyond them gets in, should the link go further than you meant."
        ),
        error_messages={"required": _("Say how many."), "invalid": _("Write a whole number.")},
    )

    def __init__(self, *args: Any, begun: int, is_on: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.least = max(1, begun)
        self.fields["limit"].widget.attrs.update({"inputmode": "numeric", "min": self.least, "max": MOST_BY_LINK})
        self.begun = begun
        self.helper = form_helper(_("Change the limit") if is_on else _("Make the link"))

    def clean_limit(self) -> int:
        limit: int = self.cleaned_data["limit"]
        if limit < self.least:
            said = (
                gettext("Write at least {least}.")
                if not self.begun
                else gettext("{begun} have begun already: write at least {least}.")
            )
            raise ValidationError(said.format(least=self.least, begun=self.begun))
        if limit > MOST_BY_LINK:
            raise ValidationError(gettext("Write at most {most}.").format(most=MOST_BY_LINK))
        return limit


def role_choices(roles: Sequence[Role], asked: Collection[str]) -> list[tuple[str, str]]:
    """The roles that are asked in a round, as choices."""
    return [(role.key, role.name) for role in roles if role.key in asked]


def read_person(line: str) -> Person:
    """Name and address out of a line; without a name the address stands for it. Raises ValidationError."""
    found = ADDRESS.findall(line)
    if not found:
        raise ValidationError(gettext("there is no e-mail address in it."))
    if len(found) > 1:
        raise ValidationError(gettext("there are two addresses in it. Give each person a line."))
    email = found[0].strip(".:'").lower()
    try:
        validate_email(email)
    except ValidationError:
        raise ValidationError(gettext("this is not a whole e-mail address.")) from None
    name = " ".join(re.sub(r"[,;<>()\"\t]+", " ", line.replace(found[0], " ")).split())
    if len(email) > LONGEST_ADDRESS or len(name) > LONGEST_NAME:
        raise ValidationError(gettext("it is too long for a name and an address."))
    return Person(name or email, email)


def _check_new(person: Person, people: Collection[str], asked: Collection[str]) -> None:
    if person.email in people:
        raise ValidationError(gettext("this address stands in an earlier line."))
    if person.email in asked:
        raise ValidationError(gettext("this person has been asked already."))


def _short(line: str) -> str:
    line = " ".join(line.split())
    return line if len(line) <= 60 else f"{line[:59]}…"
