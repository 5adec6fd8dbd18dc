"""What respondents fill in: the name that they may give, and the answer to one criterion."""

import hashlib
from typing import Any

from crispy_forms.layout import Field
from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.forms import fields_helper
from assessments.forms.levels import offer_levels
from assessments.forms.texts import Line, PlainText
from assessments.interchange.documents import Criterion
from assessments.models import ResponseAnswer
from assessments.services.responding import ANSWER, COMMENT, Given

LONGEST_COMMENT = 2000
COMMENT_TOO_LONG = _("The comment has %(show_value)d characters; at most %(limit_value)d can be kept. Shorten it.")


class BeginForm(forms.Form):
    """The name that somebody may give, where the round lets them."""

    name = Line(
        label=_("Your name, if you wish"),
        required=False,
        max_length=120,
        help_text=_("Leave it empty to give none. It is kept with your answers, for the people of the place to see."),
        error_messages={"max_length": _("At most 120 characters can be kept. Shorten it.")},
    )

    def __init__(self, *args: Any, asks_name: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not asks_name:
            del self.fields["name"]
        else:
            self.fields["name"].widget.attrs["autocomplete"] = "name"

    @property
    def given_name(self) -> str:
        return str(self.cleaned_data.get("name", ""))


class ResponseForm(forms.Form):
    """A level or don't know, a comment, and what the page had seen of both: what it did not change is not saved."""

    answer = forms.ChoiceField(
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of the answers on this page.")},
    )
    comment = PlainText(
        label=_("Comment, if you wish"),
        required=False,
        max_length=LONGEST_COMMENT,
        help_text=_("What makes you say so? Please name nobody: a comment can tell who wrote it."),
        error_messages={"max_length": COMMENT_TOO_LONG},
    )
    was_answer = forms.CharField(required=False, widget=forms.HiddenInput)
    was_comment = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, criterion: Criterion, **options: Any) -> None:
        super().__init__(*args, **options)
        offer_levels(self, criterion)
        self.fields["comment"].widget.attrs.update({"rows": 3, "dir": "auto"})
        chooser = Field("answer", template="partials/question.html")
        self.helper = fields_helper(chooser, "comment", "was_answer", "was_comment")

    def given(self) -> Given:
        """What a valid form gives."""
        answer, comment = self.cleaned_data["answer"], self.cleaned_data["comment"]
        if answer.isdecimal():
            return Given(ResponseAnswer.State.LEVEL, int(answer), comment)
        return Given(answer or ResponseAnswer.State.MISSING, comment=comment)

    def changed(self) -> set[str]:
        """What is to be saved of it: what differs from what the page had seen, or is not known to have arrived."""
        data = self.cleaned_data
        unsure = set(str(self.data.get("unsure", "")).split())
        found = {ANSWER} if data["answer"] != data["was_answer"] else set()
        if comment_mark(data["comment"]) != data["was_comment"]:
            found.add(COMMENT)
        return found | (unsure & {ANSWER, COMMENT})


def response_data(given: Given) -> dict[str, str]:
    """What the form of a criterion starts with."""
    states = {ResponseAnswer.State.MISSING: "", ResponseAnswer.State.DONT_KNOW: ResponseAnswer.State.DONT_KNOW.value}
    answer = states.get(ResponseAnswer.State(given.state), str(given.level))
    return {
        "answer": answer,
        "comment": given.comment,
        "was_answer": answer,
        "was_comment": comment_mark(given.comment),
    }


def comment_mark(comment: str) -> str:
    """By which a comment is told from another; nothing for none."""
    return hashlib.sha256(comment.encode()).hexdigest()[:16] if comment else ""
