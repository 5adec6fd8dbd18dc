"""Reads about how versions of one playbook hang together."""

from assessments.comparing.origins import Origins, origins
from assessments.interchange import Playbook
from assessments.models import Version
from assessments.selectors.playbooks import playbook_document


def steps_between(before: Version, after: Version) -> list[Version]:
    """The versions from the one to the other, each the one that the next follows; those two alone where none leads.

    One query.
    """
    others = Version.objects.filter(playbook=after.playbook_id).select_related("playbook")
    by_number = {each.number: each for each in others}
    chain, at = [after], after
    while at.pk != before.pk:
        follows = by_number.get(at.follows)
        if follows is None or follows in chain:
            return [before, after]
        chain.append(at := follows)
    return chain[::-1]


def documents_between(before: Version, after: Version) -> list[Playbook]:
    """The same as documents."""
    return [playbook_document(each) for each in steps_between(before, after)]


def origins_between(before: Version, after: Version) -> Origins:
    """What became of each criterion from one version to another of the same playbook."""
    return origins(*documents_between(before, after))
