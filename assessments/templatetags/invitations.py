"""What the pages of accounts say to somebody who came by an invitation."""

from typing import Any

from django import template

from assessments.models import Invitation
from assessments.selectors.members import invitation_kept_in

register = template.Library()


@register.simple_tag(takes_context=True)
def opened_invitation(context: dict[str, Any]) -> Invitation | None:
    """The invitation that this visitor opened before signing in, while it lets in."""
    return invitation_kept_in(context["request"].session)
