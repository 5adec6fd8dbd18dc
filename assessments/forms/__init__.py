"""What people fill in. Nothing is required on the way; messages say what to do, in plain words."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import BaseInput, Layout, LayoutObject
from django.utils.functional import Promise
from django.utils.html import conditional_escape

Words = str | Promise
"""Words, or words that wait to be said until somebody reads them: those made while a module is imported."""


class Choice(str):
    """The words of a choice, with a hint to stand below them."""

    words: str
    hint: str

    def __new__(cls, words: str, hint: str = "") -> "Choice":
        choice = super().__new__(cls, words)
        choice.words = words
        choice.hint = hint
        return choice

    def __html__(self) -> str:
        return conditional_escape(self.words)  # which may say what language they are in


class Button(BaseInput):
    """A button that sends the form. `kind` is primary, secondary, quiet or danger."""

    input_type = "submit"

    def __init__(self, words: Words, name: str = "", value: str = "", kind: str = "primary") -> None:
        super().__init__(name, value, css_class=f"button--{kind}", css_id=f"button-{name}" if name else None)
        self.words = words


def form_helper(*buttons: Button | Words, **attrs: Any) -> FormHelper:
    """How `{% crispy form %}` draws a form: our own checks only, and the buttons at its end."""
    helper = FormHelper()
    helper.attrs = {"novalidate": True, **attrs}
    helper.form_class = "form"
    helper.include_media = False
    for button in buttons:
        helper.add_input(button if isinstance(button, Button) else Button(button))
    return helper


def fields_helper(*layout: LayoutObject | str) -> FormHelper:
    """How `{% crispy form %}` draws a form whose tag and buttons stand in its page: these fields, or all."""
    helper = FormHelper()
    helper.form_tag = False
    helper.include_media = False
    if layout:
        helper.layout = Layout(*layout)
    return helper
