"""Reads of a portfolio: where each of a person's places stands, in a number of queries that does not grow with them.

Everything starts from the person's memberships, so a place that somebody has left is gone from all of it at once.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypedDict

from django.db.models import Max, QuerySet
from django.utils import timezone

from assessments.findings import Findings, PlaceFacts, assess
from assessments.findings.portfolio import PlaceStanding, plan_progress
from assessments.guide import Progress
from assessments.interchange import Answers, Playbook
from assessments.models import Answer, Assessment, Backing, Event, Membership, Submission, User, Version
from assessments.selectors.answers import answers_documents
from assessments.selectors.languages import in_words_of, playbook_to_read, reader_language
from assessments.selectors.places import by_name, place_facts, progress_of
from assessments.selectors.playbooks import playbook_document
from assessments.selectors.results import frozen_findings


def memberships_of(user: User, places: Collection[int] | None = None) -> list[Membership]:
    """The person's memberships with their places, by name in the reader's alphabet; of those named alone. One query."""
    rows = Membership.objects.filter(user_id=user.pk).select_related("place").order_by("place_id")
    if places is not None:
        rows = rows.filter(place__in=places)
    in_order = by_name()
    return sorted(rows, key=lambda membership: in_order(membership.place.name))


def portfolio(user: User, places: Collection[int] | None = None) -> list[PlaceStanding]:
    """Where the places of a person stand, by name in the reader's alphabet and told in the reader's language.

    All of which the person is a member, or those of them that are named: a number that is not theirs is simply not
    there. What was submitted last is as it was frozen; an open assessment is scored now. Thirteen queries, however many
    places there are, once the versions have been read.
    """
    memberships = memberships_of(user, places)
    rows = _rows([each.place_id for each in memberships])
    return [_standing(membership, rows) for membership in memberships]


@dataclass(frozen=True)
class _Rows:
    """What was read of all places at once; by the number of the place."""

    submitted: dict[int, Submission]
    opened: dict[int, Assessment]
    progress: dict[int, Progress]
    findings: dict[int, Findings]
    changed: dict[int, datetime]


def _rows(places: list[int]) -> _Rows:
    submitted = _submitted_last(places)
    opened = _opened(places)
    progress = progress_of(list(opened.values()))
    begun = [each for place, each in opened.items() if place not in submitted and progress[each.pk].done]
    answers = answers_documents(begun)
    versions = _versions(submitted.values())
    told = _Telling()
    findings = {place: told.frozen(row, versions) for place, row in submitted.items()}
    findings |= {each.place_id: told.open(each, answers[each.pk]) for each in begun}
    by_place = {place: progress[each.pk] for place, each in opened.items()}
    return _Rows(submitted, opened, by_place, findings, _changed(places))


def _standing(membership: Membership, rows: _Rows) -> PlaceStanding:
    place, row, opened = membership.place, rows.submitted.get(membership.place_id), rows.opened.get(membership.place_id)
    findings, changed = rows.findings.get(place.pk), rows.changed.get(place.pk)
    shown = row.assessment_id if row else opened.pk if opened else None
    return PlaceStanding(
        place_id=place.pk,
        name=place.name,
        kind=place.get_kind_display(),
        region=place.get_region_display(),
        role=membership.get_role_display(),
        findings=findings,
        assessment_id=shown,
        progress=rows.progress.get(place.pk),
        submitted_on=timezone.localdate(row.submitted_at) if row else None,
        changed_on=timezone.localdate(changed) if changed else None,
        plan=plan_progress(findings) if findings else None,
        kind_key=place.kind,
        region_key=place.region,
        role_key=membership.role,
        open_id=opened.pk if opened else None,
        **_stage(findings, opened),
    )


class _Stage(TypedDict):
    stage: str
    stage_key: str
    stage_rank: int | None


def _stage(findings: Findings | None, opened: Assessment | None) -> _Stage:
    """The stage declared: its name, its key, and its place on the path."""
    if findings:
        playbook, key = findings.playbook, findings.declared.key
    elif opened:
        playbook, key = playbook_to_read(opened.version), opened.stage.key
    else:
        return _Stage(stage="", stage_key="", stage_rank=None)
    return _Stage(stage=playbook.stage[key].name, stage_key=key, stage_rank=list(playbook.stage).index(key))


# --- what was submitted last ------------------------------------------------------------------------------------------


def _submitted_last(places: list[int]) -> dict[int, Submission]:
    """The submission that stands last at each place, with all that it froze and what it is compared with. Two queries,
    so that no more than two texts of a place are read.
    """
    rows = Submission.objects.filter(assessment__place__in=places, assessment__state=Assessment.State.SUBMITTED)
    last: dict[int, int] = {}
    for place, pk in rows.order_by("-dated", "-submitted_at", "-number").values_list("assessment__place", "pk"):
        last.setdefault(place, pk)
    full = Submission.objects.select_related("previous", "assessment__version__playbook").in_bulk(last.values())
    return {place: full[pk] for place, pk in last.items() if pk in full}


def _versions(submissions: Iterable[Submission]) -> dict[int, dict[str, Version]]:
    """The versions of the playbooks of these submissions by number, by the playbook. One query."""
    playbooks = {each.assessment.version.playbook_id for each in submissions}
    found: dict[int, dict[str, Version]] = {playbook: {} for playbook in playbooks}
    for each in Version.objects.filter(playbook__in=playbooks).select_related("playbook"):
        found[each.playbook_id][each.number] = each
    return found


# --- what is open -----------------------------------------------------------------------------------------------------


def _opened(places: list[int]) -> dict[int, Assessment]:
    rows = Assessment.objects.filter(place__in=places, state=Assessment.State.OPEN)
    return {each.place_id: each for each in rows.select_related("place", "version__playbook", "stage")}


class _Telling:
    """Findings in the reader's language; each playbook is put into it once, however many places have answered it."""

    def __init__(self) -> None:
        self._told: dict[tuple[int, int], Playbook] = {}

    def frozen(self, row: Submission, versions: dict[int, dict[str, Version]]) -> Findings:
        version = row.assessment.version
        return self._to_read(frozen_findings(row, versions[version.playbook_id]), version)

    def open(self, assessment: Assessment, answers: Answers) -> Findings:
        """As it stands. Nothing came before it: what is submitted at the place would be shown instead."""
        facts = PlaceFacts(**place_facts(assessment.place))
        return self._to_read(assess(playbook_document(assessment.version), answers, facts), assessment.version)

    def _to_read(self, findings: Findings, version: Version) -> Findings:
        if not reader_language():
            return findings
        source = findings.playbook
        key = (version.pk, id(source))
        if key not in self._told:
            self._told[key] = in_words_of(version, source)
        return replace(findings, playbook=self._told[key], source=source)


# --- when anything changed --------------------------------------------------------------------------------------------


def _changed(places: list[int]) -> dict[int, datetime]:
    """When anything was last answered, evidenced, submitted or reopened at each place. Three queries."""
    found: dict[int, datetime] = {}
    kinds: tuple[tuple[QuerySet[Any], str], ...] = (
        (Answer.objects.all(), "saved_at"),
        (Backing.objects.all(), "added_at"),
        (Event.objects.all(), "at"),
    )
    for rows, field in kinds:
        latest = rows.filter(assessment__place__in=places).order_by().values_list("assessment__place")
        for place, at in latest.annotate(Max(field)):
            found[place] = max(found.get(place, at), at)
    return found
