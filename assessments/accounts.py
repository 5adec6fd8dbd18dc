"""How accounts are made: open to all, or by SIGN_UP_OPEN to those alone who are invited to a place. Everything else is
allauth's.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments.selectors.members import KEPT, invitation_kept_in


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed."),
        "duplicate_email": _("This address already belongs to your account."),
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "email_taken": _("There is already an account with this e-mail address. Sign in instead."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("This is not your password."),
        "invalid_password_reset": _("This link has been used or is too old."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGN_UP_OPEN) or invitation_kept_in(request.session) is not None

    def is_email_verified(self, request: HttpRequest, email: str) -> bool:
        """Whoever opened a link that went to this address alone reads what is sent there."""
        invitation = invitation_kept_in(request.session)
        sent_there = bool(invitation and invitation.is_sent and invitation.email == email.lower())
        return sent_there or super().is_email_verified(request, email)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("invitation_kept") if KEPT in request.session else super().get_login_redirect_url(request)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return reverse("invitation_kept") if KEPT in request.session else super().get_signup_redirect_url(request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failed sign-ins by account and address: by account alone, anybody could lock its owner out."""
        account = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{account}:{get_ip(request)}"

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user.name = form.cleaned_data.get("name", "")
        return super().save_user(request, user, form, commit=commit)
