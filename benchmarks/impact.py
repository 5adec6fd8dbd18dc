"""What the impact page of a draft costs: 500, 2,000 and 8,000 assessments of 27 criteria on three versions.

Half of them are open, half submitted; the draft has a dozen changes. Time is that of the whole page, memory the peak of
what Python allocated while it was made.
"""

import gc
import json
import statistics
import time
import tracemalloc
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments import scoring
from assessments.interchange import (
    Answers,
    Playbook,
    documents,
    freeze_answers,
    freeze_playbook,
    scorable_answers,
    scorable_playbook,
)
from assessments.models import Answer, Assessment, Backing, Evidence, Place, Submission, User, Version
from assessments.scoring.frozen import freeze
from assessments.selectors.playbooks import criterion_ids
from assessments.services.playbooks import import_playbook
from benchmarks.data import playbook, random_answers, scratch_database
from benchmarks.measure import table

SIZES = (500, 2000, 8000)
TIMES = 5
AT_ONCE = 250
DISTINCT = 100
"""Of how many different sets of answers to each version the assessments are made."""


def main() -> None:
    call_command("collectstatic", "--no-input", verbosity=0)  # addresses of static files are looked up in its list
    with scratch_database():
        versions, draft = made_versions()
        client = Client()
        client.force_login(User.objects.create_superuser("admin@example.org", "bench-bench-bench", name="Admin"))
        address = reverse("admin:assessments_version_impact", args=[draft.pk])
        rows, made = [], 0
        for size in SIZES:
            make_assessments(versions, range(made, size))
            made = size
            wall, processor = timed(client, address, TIMES if size < 5000 else 1)
            rows.append(
                [f"{size:,} assessments", f"{wall:.1f} s", f"{processor:.1f} s", f"{peak(client, address):.1f} MB"]
            )
    table(
        f"Impact of a draft ({connection.vendor})", ["whole page", "median", "of it processor", "peak of memory"], rows
    )


def whole_page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return b"".join(response).decode()  # type: ignore[call-overload]


def timed(client: Client, address: str, times: int) -> tuple[float, float]:
    """Seconds that the page takes, and those that this process was at work: medians, after one run to warm up."""
    whole_page(client, address)
    runs = []
    for _ in range(times):
        begun = time.perf_counter(), time.process_time()
        whole_page(client, address)
        runs.append((time.perf_counter() - begun[0], time.process_time() - begun[1]))
    return statistics.median(each[0] for each in runs), statistics.median(each[1] for each in runs)


def peak(client: Client, address: str) -> float:
    """The most that Python held while the page was made, above what it held before, in MB."""
    gc.collect()
    tracemalloc.start()
    whole_page(client, address)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


def made_versions() -> tuple[list[Version], Version]:
    """Three published versions, each following the one before it, and a draft with a dozen changes."""
    first = playbook()
    second = following(first, "1.1", {key: Decimal(25) for key in list(first.criterion)[:2]})
    third = following(second, "1.2", {key: Decimal(11) for key in list(first.criterion)[8:10]})
    versions = [import_playbook(document=each, by=None, publish=True) for each in (first, second, third)]
    return versions, import_playbook(document=changed(third), by=None)


def following(book: Playbook, version: str, weights: dict[str, Decimal]) -> Playbook:
    lessons = tuple(
        replace(
            lesson,
            criteria=tuple(replace(each, weight=weights.get(each.key, each.weight)) for each in lesson.criteria),
        )
        for lesson in book.lessons
    )
    return replace(book, version=version, lessons=lessons, follows=documents.Follows(book.version, {}, ()))


def changed(book: Playbook) -> Playbook:
    """Five criteria and two lessons reweighed, one retired, one new, one split, two merged, one with fewer levels."""
    keys = list(book.criterion)
    reweighed = {keys[number]: Decimal(30) for number in (0, 7, 13, 18, 24)}
    draft = following(book, "1.3", reweighed)
    gone = {keys[5], keys[20], keys[21]}
    origins = {
        "new-one": documents.Origin("new", (), False),
        "half": documents.Origin("split", (keys[11],), False),
        keys[11]: documents.Origin("split", (keys[11],), False),
        "both": documents.Origin("merged", (keys[20], keys[21]), False),
        keys[14]: documents.Origin("stricter", (keys[14],), False),
    }
    extra = {
        0: [replace(draft.criterion[keys[5]], key="new-one", title="New")],
        1: [replace(draft.criterion[keys[11]], key="half", title="Half")],
        3: [replace(draft.criterion[keys[20]], key="both", title="Both")],
    }
    lessons = []
    for number, lesson in enumerate(draft.lessons):
        kept = [each for each in lesson.criteria if each.key not in gone]
        criteria = [lower(each) if each.key == keys[14] else each for each in kept] + extra.get(number, [])
        weight = Decimal(40) if number < 2 else lesson.weight
        lessons.append(replace(lesson, weight=weight, criteria=tuple(criteria)))
    stages = tuple(
        replace(stage, gates={key: min(level, 2) for key, level in stage.gates.items() if key not in gone})
        for stage in draft.stages
    )
    follows = documents.Follows(book.version, origins, (keys[5],))
    return replace(draft, lessons=tuple(lessons), stages=stages, follows=follows)


def lower(criterion: documents.Criterion) -> documents.Criterion:
    """The criterion without its highest level."""
    targets = {stage: min(level, criterion.top - 1) for stage, level in criterion.targets.items()}
    return replace(criterion, levels=criterion.levels[:-1], targets=targets)


def make_assessments(versions: list[Version], numbers: Iterable[int]) -> None:
    """Two of each place: one submitted on the first or second version, and one open on any."""
    chunk: list[int] = []
    for number in numbers:
        chunk.append(number)
        if len(chunk) == AT_ONCE:
            _make(versions, chunk)
            chunk = []
    connection.queries_log.clear()


def _make(versions: list[Version], numbers: list[int]) -> None:
    places = Place.objects.bulk_create(
        Place(name=f"Place {number}", kind="district", region="wales") for number in numbers[::2]
    )
    assessments, frozen = [], []
    for at, number in enumerate(numbers):
        version = versions[number % 5 % 3]
        frozen.append(given(version.number, number % DISTINCT))
        stage = next(each for each in version.stages.all() if each.key == frozen[-1].answers.stage)
        state = Assessment.State.OPEN if number % 2 else Assessment.State.SUBMITTED
        assessments.append(Assessment(place=places[at // 2], version=version, stage=stage, state=state))
    rows = list(zip(Assessment.objects.bulk_create(assessments), frozen, strict=True))
    _store_answers([(row, each.answers) for row, each in rows if row.is_open])
    _store_submissions([(row, each) for row, each in rows if not row.is_open])


class Given(NamedTuple):
    """Answers to a version, and what a submission of them freezes."""

    answers: Answers
    playbook: str
    frozen: str
    result: str


@cache
def given(number: str, seed: int) -> Given:
    book = following(playbook(), number, {})
    answers = random_answers(book, seed)
    result = scoring.score(scorable_playbook(book), scorable_answers(answers))
    return Given(answers, freeze_playbook(book), freeze_answers(answers), json.dumps(freeze(result)))


def _store_answers(rows: list[tuple[Assessment, Answers]]) -> None:
    now = timezone.now()
    Answer.objects.bulk_create(
        Answer(
            assessment=row,
            criterion_id=criterion_ids(row.version)[key],
            state="level" if isinstance(value, int) else value,
            level=value if isinstance(value, int) else None,
            saved_at=now,
        )
        for row, answers in rows
        for key, value in answers.answers.items()
    )
    places = {row.place_id for row, _ in rows}
    items = Evidence.objects.bulk_create(Evidence(place_id=pk, grade=2, title="Minute", added_at=now) for pk in places)
    of_place = {item.place_id: item for item in items}
    Backing.objects.bulk_create(
        Backing(
            assessment=row,
            criterion_id=criterion_ids(row.version)[key],
            evidence=of_place[row.place_id],
            added_at=now,
        )
        for row, answers in rows
        for key in answers.evidence
    )


def _store_submissions(rows: list[tuple[Assessment, Given]]) -> None:
    Submission.objects.bulk_create(
        Submission(
            assessment=row,
            number=1,
            dated=date(2026, 11, 22),
            submitted_at=timezone.now(),
            submitted_by_name="Somebody",
            place="{}",
            playbook=each.playbook,
            answers=each.frozen,
            result=each.result,
            engine=scoring.VERSION,
        )
        for row, each in rows
    )


if __name__ == "__main__":
    main()
