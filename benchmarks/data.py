"""What the benchmarks measure with: a database of their own, the published playbook, places full of answers."""

import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.management import call_command
from django.test.utils import get_runner, setup_test_environment

from assessments.interchange import Answers, Playbook, documents, read_playbook
from assessments.models import Answer, Assessment, Membership, Place, User, Version
from assessments.selectors.playbooks import criterion_ids
from assessments.services.answering import Content, save_answer
from assessments.services.assessing import start_assessment, submit_assessment
from assessments.services.evidence import Piece, add_evidence
from assessments.services.playbooks import import_playbook

NOTE = "Both partners signed in March, and the board minuted it. " * 36  # about 2,000 letters


@contextmanager
def scratch_database() -> Iterator[None]:
    """A database that is made for the benchmark and removed after it, as tests have theirs."""
    setup_test_environment(debug=False)
    logging.disable(logging.CRITICAL)  # the control fails on purpose, hundreds of times
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    runner = get_runner(settings)(verbosity=0, interactive=False)
    made = runner.setup_databases()
    try:
        yield
    finally:
        runner.teardown_databases(made)


def playbook() -> Playbook:
    return read_playbook((settings.BASE_DIR / "fixtures" / "hubs-of-innovation-1.0.yaml").read_bytes())


def published() -> Version:
    found = Version.objects.current()
    return found or import_playbook(document=playbook(), by=None, publish=True)


def random_answers(book: Playbook, seed: int) -> Answers:
    """Answers as places give them: most criteria have a level, a few are unknown, half have evidence."""
    chance = random.Random(seed)
    answers: dict[str, int | str] = {}
    evidence: dict[str, tuple[documents.Evidence, ...]] = {}
    for criterion in book.criteria():
        if chance.random() < 0.9:
            answers[criterion.key] = chance.randint(0, criterion.top)
        elif chance.random() < 0.5:
            answers[criterion.key] = "dont_know"
        if chance.random() < 0.5:
            evidence[criterion.key] = (documents.Evidence(chance.randint(1, 4), date(2025, 3, 1), "Minute", None),)
    stage = chance.choice(list(book.stage))
    return Answers("Somewhere", date(2026, 11, 22), stage, answers, evidence=evidence)


def person(name: str) -> User:
    return User.objects.create_user(f"{name}@example.org", "bench-bench-bench", name=name)


def place_with(
    owner: User, name: str, *, answered: int = 0, note: str = "", submitted: bool = False, evidence: bool = False
) -> Assessment:
    """A place of the owner with an assessment that has so many answers."""
    version = published()
    place = Place.objects.create(name=name, kind="district", region="wales", declared_stage="forming")
    Membership.objects.create(place=place, user=owner, role="owner")
    assessment = start_assessment(place=place, version=version, by=owner)
    for number, (key, pk) in enumerate(list(criterion_ids(version).items())[:answered]):
        content = Content(Answer.State.LEVEL, number % 5, note=note and f"{key}: {note}"[:2000])
        save_answer(assessment=assessment, criterion_id=pk, content=content, seen=0, by=owner)
        if evidence:
            piece = Piece(number % 5, f"Evidence for {key}", "https://example.org/evidence", date(2025, 5, 1))
            add_evidence(assessment=assessment, criterion_id=pk, piece=piece, token=uuid4(), by=owner)
    if submitted:
        submit_assessment(assessment=assessment, by=owner)
        assessment.refresh_from_db()
    return assessment


def load_demo() -> None:
    """The demo places, in the database that the settings name."""
    call_command("migrate", verbosity=0)
    call_command("demo", stdout=_Nowhere())


class _Nowhere:
    def write(self, *_: Any) -> None:
        pass

    def flush(self) -> None:
        pass
