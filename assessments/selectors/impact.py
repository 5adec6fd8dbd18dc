"""Reads for the impact of a draft: every assessment of its playbook, a few hundred at a time, folded into counts.

No place is read but its number, and no text but what was answered. Each chunk is a read of its own, so nothing is held
while a page is being sent, and memory does not grow with the assessments.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from assessments.comparing.impact import UNFIT, UNREADABLE, Impact, Outcome
from assessments.comparing.mixing import Mix
from assessments.comparing.naming import Change, changes
from assessments.comparing.origins import origins
from assessments.comparing.reckoning import Reckoning, Road, Uncomparable
from assessments.interchange import Playbook, scorable_part, scorable_playbook
from assessments.models import Answer, Assessment, Submission, Version
from assessments.scoring import Standing
from assessments.scoring.standing import standing_in
from assessments.selectors.playbooks import playbook_document
from assessments.selectors.versions import steps_between, version_before

CHUNK = 250

Given = dict[str, int | str]


class NothingToScore(Exception):
    """The draft has no lesson with a criterion of two levels, or no stage."""


@dataclass(frozen=True)
class Plan:
    """What is reckoned with: the draft, the version before it, what changed, and a road from each version in use.

    `before` is None for the first version of a playbook, which nobody can have answered. `lessons` and `stages` hold
    the names of all, by key, as the latest version calls them.
    """

    version: Version
    draft: Playbook
    left_out: tuple[str, ...]
    before: Playbook | None = None
    changes: tuple[Change, ...] = ()
    total: int = 0
    reckoning: Reckoning | None = None
    roads: Mapping[int, Road] = field(default_factory=dict)
    lessons: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, str] = field(default_factory=dict)

    def outcome(self, version: int, answers: Given, frozen: Standing | None) -> Outcome:
        """What becomes of one assessment. Raises Uncomparable."""
        if self.reckoning is None or version not in self.roads:  # a version that came into use meanwhile
            raise Uncomparable(UNFIT)
        return self.reckoning.outcome(self.roads[version], answers, frozen)


class _Row(NamedTuple):
    pk: int
    place: int
    version: int
    state: str


def plan_of(version: Version) -> Plan:
    """All that is read once. Some thirty queries, and two for every older version in use. Raises NothingToScore."""
    draft, left_out = scorable_part(playbook_document(version))
    if not draft.lessons or not draft.stages:
        raise NothingToScore
    before = version_before(version)
    if before is None:
        return Plan(version, draft, left_out)
    old, _ = scorable_part(playbook_document(before))
    mix = Mix(scorable_playbook(old), scorable_playbook(draft), origins(old, draft))
    used = Version.objects.filter(playbook=version.playbook_id, assessments__isnull=False).distinct()
    in_use = list(used.select_related("playbook"))
    documents = [*(playbook_document(each) for each in in_use), old, draft]
    return Plan(
        version=version,
        draft=draft,
        before=old,
        changes=changes(mix, old, draft),
        left_out=left_out,
        total=_rows(version).count(),
        reckoning=Reckoning(mix),
        roads={each.pk: _road(each, before, version, mix, draft) for each in in_use},
        lessons={lesson.key: lesson.title for each in documents for lesson in each.lessons},
        stages={stage.key: stage.name for each in documents for stage in each.stages},
    )


def _road(own: Version, before: Version, draft: Version, mix: Mix, document: Playbook) -> Road:
    """How answers to a version come to the draft, through all versions between them."""
    to_draft = [document if each.pk == draft.pk else playbook_document(each) for each in steps_between(own, draft)]
    to_before = None
    if own.pk != before.pk:
        to_before = origins(*(playbook_document(each) for each in steps_between(own, before)))
    return Road(scorable_playbook(playbook_document(own)), mix, to_before, origins(*to_draft))


def impacts(plan: Plan, *, chunk: int = CHUNK) -> Iterator[Impact]:
    """The impact as it grows: empty, then after every chunk. Three queries a chunk; the same object each time."""
    impact = Impact([each.part for each in plan.changes])
    yield impact
    for rows in _chunks(plan.version, chunk):
        open_ones = _open_answers([row.pk for row in rows if row.state == Assessment.State.OPEN])
        submitted = _submissions([row.pk for row in rows if row.state == Assessment.State.SUBMITTED])
        for row in rows:
            is_open = row.state == Assessment.State.OPEN
            try:
                answers, frozen = (open_ones[row.pk], None) if is_open else _thawed(submitted.get(row.pk))
                outcome = plan.outcome(row.version, answers, frozen)
            except Uncomparable as error:
                impact.leave_out(error.why, is_open=is_open)
            else:
                impact.add(row.place, is_open=is_open, outcome=outcome)
        yield impact


def _rows(version: Version) -> "QuerySet[Assessment]":
    return Assessment.objects.filter(version__playbook=version.playbook_id)


def _chunks(version: Version, chunk: int) -> Iterator[list[_Row]]:
    """All assessments of the playbook, those of one place after each other. One query a chunk."""
    rows = _rows(version).order_by("place_id", "pk")
    after = Q()
    while found := [_Row(*each) for each in rows.filter(after).values_list("pk", "place", "version", "state")[:chunk]]:
        yield found
        last = found[-1]
        after = Q(place__gt=last.place) | Q(place=last.place, pk__gt=last.pk)


def _open_answers(assessments: list[int]) -> Mapping[int, Given]:
    """What counts of open assessments: answers to the version that they are on, looked at by somebody. One query."""
    found: dict[int, Given] = defaultdict(dict)
    rows = Answer.objects.current().filter(assessment__in=assessments, carried=False)
    for pk, key, state, level in rows.exclude(state=Answer.State.MISSING).values_list(
        "assessment_id", "criterion__key", "state", "level"
    ):
        found[pk][key] = level if state == Answer.State.LEVEL else state
    return found


def _submissions(assessments: list[int]) -> dict[int, tuple[str, str]]:
    """The answers and the result that each last submission froze. One query."""
    later = Submission.objects.filter(assessment=OuterRef("assessment"), number__gt=OuterRef("number"))
    rows = Submission.objects.filter(~Exists(later), assessment__in=assessments)
    return {pk: (answers, result) for pk, answers, result in rows.values_list("assessment_id", "answers", "result")}


def _thawed(frozen: tuple[str, str] | None) -> tuple[Given, Standing]:
    try:
        if frozen is None:
            raise ValueError("A submitted assessment without a submission.")
        return json.loads(frozen[0])["answers"], standing_in(json.loads(frozen[1]))
    except (ValueError, KeyError, TypeError) as error:
        raise Uncomparable(UNREADABLE) from error
