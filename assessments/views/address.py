"""The address of this site, as sheets, reports and square patterns carry it."""

from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse


def on_this_site(name: str, *args: str) -> str:
    """The whole address of a page."""
    return f"{settings.SITE_URL.rstrip('/')}{reverse(name, args=args)}"


def is_this_computer_only() -> bool:
    """Whether the site's address leads to whichever device asks for it, so that no phone gets here."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")
