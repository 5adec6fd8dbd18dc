"""Who is asking: pages for people who are signed in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

from assessments.models import User
from assessments.reports.pdf import asker
from assessments.views.trouble import signed_out

View = Callable[..., HttpResponseBase]


class Request(HttpRequest):
    """A request of somebody who is signed in."""

    user: User  # type: ignore[assignment]


def signed_in(view: View) -> View:
    """Send a visitor to sign in and back; keep what was typed where a sign-in ended while somebody wrote.

    No browser keeps a copy: going back shows what stands now, and nothing after signing out.
    """

    @wraps(view)
    @never_cache
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            asker.set(request.user.pk)
            return view(request, *args, **kwargs)
        if request.method == "POST":
            return signed_out(request)
        return redirect_to_login(request.get_full_path())

    return wrapped
