"""Reads about how versions of one playbook hang together."""

from collections.abc import Mapping

from assessments.comparing.origins import Origins, origins
from assessments.interchange import Playbook
from assessments.models import Version
from assessments.selectors.playbooks import playbook_document


def steps_between(before: Version, after: Version) -> list[Version]:
    """The versions from the one to the other, each the one that the next follows; those two alone where none leads.

    One query.
    """
    rows = Version.objects.filter(playbook=after.playbook_id).select_related("playbook")
    by_number = {each.number: each for each in rows}
    chain = _chain(before.number, after.number, by_number)
    return [by_number[number] for number in chain] if chain else [before, after]


def versions_by_number(key: str) -> dict[str, Version]:
    """Every version of the playbook of this key. One query."""
    return {each.number: each for each in Version.objects.filter(playbook__key=key).select_related("playbook")}


def _chain(before: str, after: str, by_number: Mapping[str, Version]) -> list[str]:
    """The numbers from the one to the other, each followed by the next; nothing where none leads."""
    chain = [after]
    while chain[-1] != before:
        at = by_number.get(chain[-1])
        if at is None or at.follows not in by_number or at.follows in chain:
            return []
        chain.append(at.follows)
    return chain[::-1]


def documents_along(before: Playbook, after: Playbook, by_number: Mapping[str, Version]) -> tuple[Playbook, ...]:
    """The versions from one to another, each the one that the next follows, whichever of the two came first.

    One alone where both are the same version; those two where none leads from one to the other.
    """
    ends = {before.version: before, after.version: after}
    chain = _chain(before.version, after.version, by_number) or _chain(after.version, before.version, by_number)
    if not chain:
        return before, after
    return tuple(ends[number] if number in ends else playbook_document(by_number[number]) for number in chain)


def documents_between(before: Version, after: Version) -> list[Playbook]:
    """The same as documents."""
    return [playbook_document(each) for each in steps_between(before, after)]


def origins_between(before: Version, after: Version) -> Origins:
    """What became of each criterion from one version to another of the same playbook."""
    return origins(*documents_between(before, after))


def version_before(version: Version) -> Version | None:
    """The version that this one follows or, where that is not here, the one published last; none for a first one.

    Two queries at most.
    """
    others = Version.objects.select_related("playbook").filter(playbook=version.playbook_id).exclude(pk=version.pk)
    followed = others.filter(number=version.follows).first() if version.follows else None
    return followed or others.filter(state=Version.State.PUBLISHED).order_by("-published_at", "-pk").first()
