"""The forms of allauth in our words: what to type, and what to do when it is wrong."""

from typing import Any

from allauth.account import forms as allauth
from allauth.core import context
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.forms import form_helper
from assessments.forms.texts import Line
from assessments.models import User
from assessments.selectors.members import invitation_kept_in


def how_long() -> str:
    return _("At least 10 characters. Three or four words that do not belong together make a good one.")


def say(form: forms.Form, field: str, label: str, missing: str, hint: str = "") -> None:
    """Give a field its label, its hint and the message for when it is left empty."""
    form.fields[field].label = label
    form.fields[field].help_text = hint
    form.fields[field].error_messages["required"] = missing


def say_email(form: forms.Form, field: str, hint: str = "") -> None:
    say(form, field, _("E-mail address"), _("Enter your e-mail address."), hint)
    form.fields[field].error_messages["invalid"] = _(
        "Enter an e-mail address in the right form, such as name@example.org."
    )


def say_new_password(form: forms.Form) -> None:
    say(form, "password1", _("New password"), _("Enter a new password."), how_long())
    say(form, "password2", _("New password again"), _("Type the new password again."))


class LoginForm(allauth.LoginForm):
    helper = form_helper(gettext_lazy("Sign in"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_email(self, "login")
        say(self, "password", _("Password"), _("Enter your password."))


class SignupForm(allauth.SignupForm):
    name = Line(
        max_length=User._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["name", "email", "password1"]
    helper = form_helper(gettext_lazy("Create the account"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(
            self,
            "name",
            _("Your name"),
            _("Enter your name."),
            _("As your colleagues should see it beside what you write."),
        )
        say_email(self, "email", _("You sign in with it. Nobody outside your places sees it."))
        say(self, "password1", _("Password"), _("Enter a password."), how_long())
        if not self.is_bound and (invitation := invitation_kept_in(context.request.session)):
            self.initial.setdefault("email", invitation.email)


class ResetPasswordForm(allauth.ResetPasswordForm):
    helper = form_helper(gettext_lazy("Send the link"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_email(self, "email")


class ResetPasswordKeyForm(allauth.ResetPasswordKeyForm):
    helper = form_helper(gettext_lazy("Change the password"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_new_password(self)


class ChangePasswordForm(allauth.ChangePasswordForm):
    helper = form_helper(gettext_lazy("Change the password"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self, "oldpassword", _("Current password"), _("Enter your current password."))
        say_new_password(self)


class SetPasswordForm(allauth.SetPasswordForm):
    helper = form_helper(gettext_lazy("Set the password"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_new_password(self)


class AddEmailForm(allauth.AddEmailForm):
    helper = form_helper(gettext_lazy("Add the address"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_email(self, "email")


class ReauthenticateForm(allauth.ReauthenticateForm):
    helper = form_helper(gettext_lazy("Continue"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self, "password", _("Password"), _("Enter your password."))
