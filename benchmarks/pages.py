"""Milliseconds and queries of each page, for a person with 1 place and with 30, through the whole of Django."""

from functools import partial

from django.core.management import call_command
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.data import person, place_with, scratch_database
from benchmarks.measure import median_ms, table

NUMBERS = (1, 30)


def addresses(assessment: int, submitted: int, place: int) -> dict[str, str]:
    return {
        "home": reverse("home"),
        "place": reverse("place", args=[place]),
        "task list": reverse("assessment", args=[assessment]),
        "question": reverse("criterion", args=[assessment, 5]),
        "check": reverse("check", args=[assessment]),
        "results, open": reverse("results", args=[assessment]),
        "results, submitted": reverse("results", args=[submitted]),
    }


def main() -> None:
    call_command("collectstatic", "--no-input", verbosity=0)  # addresses of static files are looked up in its list
    with scratch_database():
        found = {number: measured(number) for number in NUMBERS}
    rows = [
        [name, *(cell for number in NUMBERS for cell in (f"{found[number][name][0]:.1f}", str(found[number][name][1])))]
        for name in found[NUMBERS[0]]
    ]
    counts = [f"{number} {'place' if number == 1 else 'places'}" for number in NUMBERS]
    heads = ["page", *(f"{what}, {count}" for count in counts for what in ("ms", "queries"))]
    table("Pages", heads, rows)


def measured(places: int) -> dict[str, tuple[float, int]]:
    """Median milliseconds and the number of queries, by page; and of one save."""
    owner = person(f"owner-of-{places}")
    for number in range(places - 1):
        place_with(owner, f"Place {number}", answered=3)
    done = place_with(owner, "Done", answered=27, note="Signed in March.", submitted=True, evidence=True)
    assessment = place_with(owner, "Open", answered=24, note="Signed in March.", evidence=True)
    client = Client()
    client.force_login(owner)
    found = {}
    for name, address in addresses(assessment.pk, done.pk, assessment.place_id).items():
        found[name] = (median_ms(partial(ok, client, address), 30, 3), queries(client, address))
    target = reverse("criterion", args=[assessment.pk, 26])
    seen = iter(range(1000))

    def save() -> None:
        number = next(seen)
        data = {"answer": str(number % 5), "note": f"Save {number}", "seen": str(number)}
        response = client.post(target, data, headers={"HX-Request": "true"})
        assert response.status_code == 200, response.status_code

    found["one save"] = (median_ms(save, 30, 3), 0)
    with CaptureQueriesContext(connection) as captured:
        save()
    found["one save"] = (found["one save"][0], len(captured))
    return found


def ok(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)


def queries(client: Client, address: str) -> int:
    reset_queries()
    with CaptureQueriesContext(connection) as captured:
        ok(client, address)
    return len(captured)


if __name__ == "__main__":
    main()
