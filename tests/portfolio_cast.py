"""Standings for tests of what shows several places beside one another: the demo places, many, and the nastiest."""

from dataclasses import replace
from datetime import date
from functools import cache

from assessments.findings import Findings, PlaceFacts, Submitted, assess
from assessments.findings.portfolio import PlaceStanding
from assessments.guide import Progress
from assessments.interchange import Playbook
from benchmarks.data import random_answers
from tests.factories import playbook
from tests.findings_cast import DEMOS, demo, nasty

HOSTILE_NAME = ('=HYPERLINK("http://evil.example/") <b>Tŷ</b> مركز \u202e{{ 7 }} 🏙️ ' + "Llanfair" * 20)[:120]


def standing(
    place_id: int, name: str, findings: Findings | None, *, plan: tuple[int, int] | None = None
) -> PlaceStanding:
    """A place called `name` that stands where these findings say."""
    told = findings and replace(findings, place=replace(findings.place, name=name))
    return PlaceStanding(
        place_id=place_id,
        name=name,
        kind="Innovation district",
        region="Wales",
        role="Consultant",
        findings=told,
        assessment_id=place_id if told else None,
        progress=None if told is None or told.is_final else Progress(told.overall.counts.answered, 27),
        submitted_on=told.submitted.at if told and told.submitted else None,
        changed_on=told.answers.dated if told else None,
        plan=plan,
    )


def random_findings(seed: int, book: Playbook | None = None) -> Findings:
    """Findings of a place that gave random answers; every third is still open."""
    book = book or playbook()
    found = assess(book, random_answers(book, seed), PlaceFacts("Somewhere", "Campus", "Wales", ""))
    if seed % 3 == 0:
        return found
    return replace(found, submitted=Submitted(date(2026, 11, 20), "Olive Tarrant", 1, "1"))


@cache
def demos() -> tuple[PlaceStanding, ...]:
    """The four demo assessments as four places, and one that has answered nothing."""
    names = ["Saltmarsh Quay", "Aldenmoor Science Quarter", "Tenterclough Mills (2025)", "Tenterclough Mills"]
    found = [standing(number, name, demo(key)) for number, (key, name) in enumerate(zip(DEMOS, names, strict=True), 1)]
    return (*found, standing(5, "Nowhere Yet", None))


@cache
def many(number: int) -> tuple[PlaceStanding, ...]:
    """So many places; the first has a hostile name, the second answers and notes of the worst kind."""
    found = [standing(each, f"Place {each:02}", random_findings(each)) for each in range(3, number + 1)]
    return (standing(1, HOSTILE_NAME, random_findings(1)), standing(2, "Cwm", nasty()), *found)[:number]
