"""Findings for tests of charts, pages and reports: the demo places as they are filed, and the nastiest there can be."""

from datetime import date
from decimal import Decimal
from functools import cache

from assessments.findings import Earlier, Findings, PlaceFacts, Submitted, assess
from assessments.interchange import Answers, Playbook, documents, read_answers
from tests.factories import PLAYBOOK_FILE, playbook

DEMO = PLAYBOOK_FILE.parent / "demo"
PLACE = PlaceFacts("Harbour Quarter", "Innovation quarter", "North West", "Between the station and the old dock.")
SUBMITTED = Submitted(date(2026, 10, 20), "Olive Tarrant", 1, "1")


def findings(
    answers: dict[str, int | str],
    *,
    stage: str = "forming",
    book: Playbook | None = None,
    earlier: Earlier | None = None,
    evidence: dict[str, tuple[documents.Evidence, ...]] | None = None,
) -> Findings:
    """Findings of an open assessment with these answers."""
    given = Answers("Harbour Quarter", date(2026, 6, 1), stage, answers, evidence=evidence or {})
    return assess(book or playbook(), given, PLACE, earlier)


@cache
def demo(name: str) -> Findings:
    """A demo assessment; Tenterclough's second is submitted and compared with its first."""
    answers = read_answers((DEMO / f"{name}.yaml").read_bytes(), playbook())
    place = PlaceFacts(answers.place, "Innovation district", "Yorkshire and the Humber", "The mills along the river.")
    found = assess(playbook(), answers, place)
    if name != "tenterclough-mills-2026":
        return found
    before = demo("tenterclough-mills-2025")
    earlier = Earlier(before.playbook, before.answers, before.result)
    return Findings(playbook(), answers, found.result, place, submitted=SUBMITTED, earlier=earlier)


DEMOS = ["saltmarsh-quay", "aldenmoor-science-quarter", "tenterclough-mills-2025", "tenterclough-mills-2026"]

HOSTILE = (
    "<script>alert(1)</script> <img src=http://evil.example/a.png> <b>bold</b> &amp; {{ 7 }} {% now 'Y' %} "
    "Tŷ Gwyn, ŵŷ ŴŶ; مركز الابتكار في المدينة; 🏙️ 🚀 👩‍🔬; “quotes”; \u202eright to left\u202c; "
    f"{'Llanfair' * 63}; http://evil.example/?a=1&b=2; end."
)
LINKS = (
    "http://evil.example/paper.pdf",
    "https://example.org/" + "long-path/" * 90,
    "javascript:alert(1)",
    "file:///etc/passwd",
    "http://[broken",
    "http://example.org:notaport/",
    'http://example.org/"><script>',
    "https://münchen.example/straße?q=ß",
)


@cache
def nasty() -> Findings:
    """Notes of 2,000 characters on all criteria, every link that should not be followed, every alphabet."""
    book = playbook()
    keys = list(book.criterion)
    note = (HOSTILE + "\n\n" + "A long note goes on and on. " * 200)[:2000]
    answers: dict[str, int | str] = {key: number % 5 for number, key in enumerate(keys)}
    answers |= {keys[3]: "dont_know", keys[11]: "dont_know"}
    reasons = {}
    optional = [each.key for each in book.criteria() if each.not_applicable]
    for key in optional[:2]:
        answers[key], reasons[key] = "not_applicable", HOSTILE
    evidence = {
        key: tuple(
            documents.Evidence(n % 5, date(2020 + n % 6, 2, 28), HOSTILE[:300], link) for n, link in enumerate(LINKS)
        )
        for key in keys[:4]
    }
    given = Answers(
        "Cwm " + "X" * 150 + " <i>Tŷ</i> مركز",
        date(2024, 2, 29),
        book.stages[-1].key,
        answers,
        reasons=reasons,
        notes=dict.fromkeys(keys, note),
        evidence=evidence,
    )
    place = PlaceFacts(given.place, "Other", "Wales", HOSTILE)
    before = demo("saltmarsh-quay")
    return assess(book, given, place, Earlier(before.playbook, before.answers, before.result))


@cache
def long_playbook() -> Playbook:
    """A playbook as an admin may write one: a single lesson of 60 criteria, levels of every number, no gates."""
    levels = tuple(
        documents.Level(f"So much is true: {number}.", f"Do the next thing: {number}.") for number in range(6)
    )
    criteria = tuple(
        documents.Criterion(
            key=f"criterion-{number}",
            title=f"A criterion with a long title that goes over more than one line, number {number} <b>&</b>",
            question="Is it so?",
            why="Because.",
            weight=Decimal(number + 1),
            not_applicable="It is not there.",
            evidence=(),
            data=(),
            ask="Somebody",
            levels=levels[: 2 + number % 5],
            targets={"first": 1, "second": 1},
        )
        for number in range(60)
    )
    stages = (documents.Stage("first", "First", "Facts."), documents.Stage("second", "Second", "Facts."))
    lesson = documents.Lesson("only", "The only lesson", "All there is.", Decimal(1), criteria)
    return Playbook("small", "1", "Small", "", Decimal("0.7"), (), stages, (lesson,))
