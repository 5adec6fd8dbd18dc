"""For tests of printed reports: brandings, seals, and results whose every text is as long and as wide as can be."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

from PIL import Image, ImageDraw

from assessments.findings import Findings, PlaceFacts, Submitted, assess
from assessments.interchange import Answers, Playbook, documents, translated
from assessments.interchange.translations import read_translation
from assessments.reports.branding import Branding
from assessments.reports.options import Seal
from tests.factories import PLAYBOOK_FILE
from tests.findings_cast import HOSTILE, findings

WELSH = PLAYBOOK_FILE.parent / "translations" / "hubs-of-innovation-1.0.cy.yaml"
SEAL = Seal("7KQ2M9XW4T", "https://playbook.example.org/check/7KQ2M9XW4T", date(2026, 11, 22), "Olive Tarrant")
WIDE_SEAL = replace(SEAL, address=f"https://{'playbook.' * 4}example.org/check/7KQ2M9XW4T", issued_by="W" * 200)


@cache
def logo(wide: int = 600, high: int = 200, ground: str = "#00000000") -> bytes:
    """A red disc and a grey bar, on nothing unless a ground is given."""
    picture = Image.new("RGBA", (wide, high), ground)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((0.02 * wide, 0.1 * high, 0.02 * wide + 0.8 * high, 0.9 * high), fill="#8c1e3c")
    pen.rectangle((0.45 * wide, 0.3 * high, 0.97 * wide, 0.7 * high), fill="#3c3c3c")
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


BRANDED = Branding(
    "Harbour & Partners Consulting",
    "#f2c230",
    "#8a2b4f",
    "Ann Example, ann@harbour.example\n+44 113 496 0000",
    "This paper was prepared for the board and may be quoted with its date. " * 3,
    logo(),
)
HOSTILE_BRAND = Branding(
    ("<b>" + "W" * 40 + " مركز الابتكار 🚀 & Partners " + "Llanfair" * 12)[:120],
    "#12475a",
    "#a3231c",
    HOSTILE[:500],
    ("W" * 300 + " " + HOSTILE)[:1000],
    logo(40, 900),
)


def welsh(found: Findings) -> Findings:
    """Findings as somebody reads them in Welsh, who is the first to read them."""
    given = read_translation(WELSH.read_bytes(), found.playbook).texts
    return replace(found, playbook=translated(found.playbook, given)[0], source=found.playbook)


def unanswered() -> Findings:
    """A new place: nothing has been answered yet."""
    return findings({})


@cache
def towering_playbook(word: str) -> Playbook:
    """Twelve lessons, seven stages and gates on everything; each text is 400 letters of the same word."""
    text = (word * 400)[:400]
    levels = tuple(documents.Level(text, text) for _ in range(5))
    stages = [f"stage-{number}" for number in range(7)]
    criteria = [
        documents.Criterion(
            f"criterion-{number}", text, text, text, Decimal(1), None, (), (), text, levels, dict.fromkeys(stages, 4)
        )
        for number in range(24)
    ]
    lessons = tuple(
        documents.Lesson(f"lesson-{n}", text, text, Decimal(1), tuple(criteria[2 * n : 2 * n + 2])) for n in range(12)
    )
    gates = {each.key: 4 for each in criteria}
    told = tuple(documents.Stage(key, text, text, gates if at else {}) for at, key in enumerate(stages))
    return Playbook("towering", text[:100], text, text, Decimal("0.5"), (), told, lessons)


def towering(word: str, *, known: int = 18) -> Findings:
    """The largest result there can be: so many levels are known, gates, priorities and unknowns are many."""
    book = towering_playbook(word)
    text = (word * 2000)[:2000]
    answers: dict[str, int | str] = {key: number % 2 for number, key in enumerate(book.criterion) if number < known}
    piece = documents.Evidence(3, date(2019, 1, 1), text, None)
    given = Answers(
        text[:165],
        date(2026, 12, 28),
        book.stages[-2].key,
        answers,
        notes=dict.fromkeys(answers, text),
        evidence=dict.fromkeys(answers, (piece,)),
    )
    place = PlaceFacts(text[:165], text[:40], text[:40], text[:1000])
    return replace(assess(book, given, place), submitted=Submitted(date(2026, 12, 28), text[:200], 128, "1"))


WORDS = {"wide": "W", "accents": "ẅ̈̈̈̈̈Ẅ ", "emoji": "👩‍🔬🚀", "arabic": "مركز الابتكار "}
"""What towering texts are made of."""
