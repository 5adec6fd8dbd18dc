"""Places beside one another: the pages, the comparison as PDF and the workbook, for 10 places and for 50."""

import io
import resource
from collections.abc import Sequence
from datetime import date
from functools import partial

import pikepdf
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from assessments.findings.portfolio import PlaceStanding
from assessments.models import Answer, Assessment, User
from assessments.reports.pdf import press
from assessments.reports.portfolio import portfolio_pdf
from assessments.reports.portfolio_workbook import portfolio_workbook
from assessments.selectors.playbooks import criterion_ids
from assessments.selectors.portfolio import portfolio
from assessments.services.assessing import submit_assessment
from benchmarks.data import person, place_with, playbook, random_answers, scratch_database
from benchmarks.measure import median_ms, table

NUMBERS = (10, 50)
DAY = date(2026, 11, 22)
TIMES = 5


def main() -> None:
    call_command("collectstatic", "--no-input", verbosity=0)  # addresses of static files are looked up in its list
    with scratch_database():
        people = {number: consultant(number) for number in NUMBERS}
        pages = {number: opened(user) for number, user in people.items()}
        files = {number: made(portfolio(user)) for number, user in people.items()}
    rows = [[name, *(pages[number][name] for number in NUMBERS)] for name in pages[NUMBERS[0]]]
    rows += [[name, *(files[number][name] for number in NUMBERS)] for name in files[NUMBERS[0]]]
    table("Portfolio", ["", *(f"{number} places" for number in NUMBERS)], rows)
    press().stop()  # what it printed is reckoned to this process once it has ended
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"  Most memory of a printing process: {peak:.0f} MB\n")


def consultant(places: int) -> User:
    """Somebody with so many places of 27 random answers each; two in three have submitted them."""
    user = person(f"consultant-of-{places}")
    for number in range(places):
        assessment = place_with(user, f"Place {number:02}")
        fill(assessment, number)
        if number % 3:
            submit_assessment(assessment=assessment, by=user)
    return user


def fill(assessment: Assessment, seed: int) -> None:
    ids = criterion_ids(assessment.version)
    Answer.objects.bulk_create(
        Answer(
            assessment=assessment,
            criterion_id=ids[key],
            state=Answer.State.LEVEL if isinstance(value, int) else value,
            level=value if isinstance(value, int) else None,
            saved_at=assessment.started_at,
        )
        for key, value in random_answers(playbook(), seed).answers.items()
    )


def opened(user: User) -> dict[str, str]:
    """The median milliseconds of each page."""
    client = Client()
    client.force_login(user)
    chosen = "&".join(f"place={each.place_id}" for each in portfolio(user)[:6])
    addresses = {
        "table": reverse("portfolio"),
        "heat map by lesson": reverse("heat_map"),
        "heat map by criterion": f"{reverse('heat_map')}?by=criteria",
        "six side by side": f"{reverse('side_by_side')}?{chosen}",
    }
    return {name: f"{median_ms(partial(ok, client, address), TIMES):.0f} ms" for name, address in addresses.items()}


def ok(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)


def made(standings: Sequence[PlaceStanding]) -> dict[str, str]:
    """The median milliseconds of each file, and how large it is."""
    pdf = portfolio_pdf(standings, asked_on=DAY, language="en-gb")
    workbook = portfolio_workbook(standings, asked_on=DAY, language="en-gb")
    with pikepdf.open(io.BytesIO(pdf)) as document:
        pages = len(document.pages)
    printed = median_ms(lambda: portfolio_pdf(standings, asked_on=DAY, language="en-gb"), TIMES, 1)
    written = median_ms(lambda: portfolio_workbook(standings, asked_on=DAY, language="en-gb"), TIMES, 1)
    return {
        "comparison as PDF": f"{printed / 1000:.1f} s, {pages} pages, {len(pdf) / 1000:.0f} kB",
        "workbook": f"{written / 1000:.1f} s, {len(workbook) / 1000:.0f} kB",
    }


if __name__ == "__main__":
    main()
