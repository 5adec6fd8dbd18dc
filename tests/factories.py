"""The small cast and the rows that tests start from: a published playbook, a place, its people, its assessments.

Everything is made the way the app makes it, through the services. No test data lives anywhere else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from urllib.parse import urljoin
from uuid import uuid4

from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page

from assessments.comparing.guessing import guess
from assessments.findings.codes import drawn_code, in_groups
from assessments.interchange import Playbook, read_playbook
from assessments.models import (
    Answer,
    AnswerChange,
    Assessment,
    Backing,
    IssuedReport,
    Membership,
    Place,
    Submission,
    User,
    Version,
)
from assessments.reports.options import Seal
from assessments.selectors.origins import decisions_on
from assessments.selectors.playbooks import criterion_ids
from assessments.services.answering import Content, save_answer
from assessments.services.assessing import start_assessment, submit_assessment
from assessments.services.evidence import Piece, add_evidence
from assessments.services.issuing import Printed, issue_report
from assessments.services.origins import decide_origins
from assessments.services.playbooks import import_playbook

PLAYBOOK_FILE = settings.BASE_DIR / "fixtures" / "hubs-of-innovation-1.0.yaml"
PASSWORD = "correct-horse-battery-staple"
STAGE = "forming"


@cache
def playbook() -> Playbook:
    """The first playbook as a document, read once for each test process."""
    return read_playbook(PLAYBOOK_FILE.read_bytes())


def published_version() -> Version:
    """The first playbook's version, published; made at the first call in a test."""
    number = playbook().version
    found = Version.objects.published().filter(playbook__key=playbook().key, number=number).first()
    return found or import_playbook(document=playbook(), by=None, publish=True)


def decide_as_guessed(draft: Version) -> Version:
    """Say of each criterion of a draft what its texts tell, as an admin does who agrees with every guess."""
    standing = decisions_on(draft)
    if standing is not None:
        told = guess(standing.before, standing.document)
        retired = dict.fromkeys(told.retired, True)
        decide_origins(version=draft, decisions=told.criteria, retired=retired, by=None)
    return draft


def make_user(name: str, *, is_admin: bool = False) -> User:
    """Somebody called `name`, with the address name@example.org."""
    email = f"{name.lower().replace(' ', '.')}@example.org"
    make = User.objects.create_superuser if is_admin else User.objects.create_user
    return make(email, PASSWORD, name=name)


@dataclass(frozen=True)
class Cast:
    """Four members of one place, by their role there; somebody who belongs to none; an admin, who belongs to none."""

    place: Place
    owner: User
    editor: User
    viewer: User
    consultant: User
    stranger: User
    admin: User

    @property
    def members(self) -> dict[str, User]:
        return {role: getattr(self, role) for role in Membership.Role.values}


def make_cast() -> Cast:
    """Harbour Quarter and the people round it."""
    place = make_place()
    members = {role: make_user(f"{role.title()} Person") for role in Membership.Role.values}
    for role, user in members.items():
        join(place, user, role)
    stranger, admin = make_user("Stranger Person"), make_user("Admin Person", is_admin=True)
    return Cast(place=place, stranger=stranger, admin=admin, **members)


def make_place(name: str = "Harbour Quarter", *, stage: str = STAGE, owner: User | None = None) -> Place:
    """A place with its facts; without members unless an owner is given."""
    place = Place.objects.create(
        name=name,
        kind=Place.Kind.QUARTER,
        region=Place.Region.NORTH_WEST,
        boundary_note="Between the station and the old dock.",
        declared_stage=stage,
    )
    if owner:
        join(place, owner, Membership.Role.OWNER)
    return place


def join(place: Place, user: User, role: str) -> Membership:
    return Membership.objects.create(place=place, user=user, role=role)


def make_assessment(place: Place, by: User, answers: Mapping[str, int | str | None] | None = None) -> Assessment:
    """An open assessment of the place on the published version, with these answers."""
    assessment = start_assessment(place=place, version=published_version(), by=by)
    for key, value in (answers or {}).items():
        answer(assessment, key, value, by=by)
    return assessment


def answer(
    assessment: Assessment, key: str, value: int | str | None, *, by: User, note: str = "", reason: str = ""
) -> Answer | None:
    """Give an answer to the criterion of this key, over whatever stands: a level, a word, or None."""
    if value is None:
        content = Content(Answer.State.MISSING, note=note)
    elif isinstance(value, int):
        content = Content(Answer.State.LEVEL, value, note=note)
    else:
        content = Content(value, reason=reason, note=note)
    pk = criterion_ids(assessment.version)[key]
    stored = Answer.objects.filter(assessment=assessment, criterion_id=pk).first()
    seen = stored.revision if stored else 0
    return save_answer(assessment=assessment, criterion_id=pk, content=content, seen=seen, by=by)


def fill(assessment: Assessment, answers: Mapping[str, int | str]) -> None:
    """The same for many criteria of an assessment without answers, written at once."""
    ids, now = criterion_ids(assessment.version), timezone.now()
    rows = Answer.objects.bulk_create(
        Answer(
            assessment=assessment,
            criterion_id=ids[key],
            state=Answer.State.LEVEL if isinstance(value, int) else value,
            level=value if isinstance(value, int) else None,
            reason="It is elsewhere." if value == Answer.State.NOT_APPLICABLE else "",
            saved_at=now,
        )
        for key, value in answers.items()
    )
    said = ("assessment_id", "criterion_id", "revision", "state", "level", "reason")
    AnswerChange.objects.bulk_create(
        AnswerChange(kind=AnswerChange.Kind.ANSWERED, at=now, **{name: getattr(row, name) for name in said})
        for row in rows
    )


def add_piece(
    assessment: Assessment,
    key: str,
    *,
    by: User,
    title: str = "Board minute 14",
    grade: int = 2,
    link: str = "",
    dated: date | None = None,
) -> Backing:
    """Add a piece of evidence to the criterion of this key."""
    pk = criterion_ids(assessment.version)[key]
    piece = Piece(grade, title, link, dated)
    return add_evidence(assessment=assessment, criterion_id=pk, piece=piece, token=uuid4(), by=by)


def complete_answers(level: int = 2, keys: Iterable[str] | None = None) -> dict[str, int | str | None]:
    """The same level for every criterion."""
    return dict.fromkeys(keys or playbook().criterion, level)


def submit(assessment: Assessment, by: User, *, dated: date | None = None) -> Submission:
    """Submit the assessment and read its state again."""
    submission = submit_assessment(assessment=assessment, by=by, dated=dated)
    assessment.refresh_from_db()
    return submission


def number_of(key: str) -> int:
    """The number of a criterion in its address: its place in the whole playbook, from 1."""
    return list(playbook().criterion).index(key) + 1


def sign_in(page: Page, user: User) -> None:
    """Sign the browser in without walking through the sign-in page, which has tests of its own."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    page.goto("/health/live/")  # so that the page knows the address of its server
    whole_site = urljoin(page.url, "/")  # a cookie belongs to the path of the address that it is given with
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": whole_site}])


def issue_fake(
    submission: Submission, by: User, *, file: bytes = b"%PDF-1.7 not printed", **facts: str
) -> IssuedReport:
    """A report that was issued without being printed: `kind`, `language` and `options` (any text) may be given."""
    code = drawn_code()
    seal = Seal(code, f"https://hub.example/check/{in_groups(code)}/", timezone.localdate(), str(by))
    told = {"kind": "full", "language": "en-gb", "options": "{}", "seal": seal.freeze(), "edition": "none", **facts}
    printed = Printed(file=file, code=code, at=timezone.now(), **told)
    return issue_report(submission=submission, printed=printed, by=by)
