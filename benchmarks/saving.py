"""24 people saving at the same time: how many saves are acknowledged, and is all that was acknowledged stored?

Run with `stock` it takes away this project's SQLite options and uses Django's own: the control, which must fail.
"""

import statistics
import sys
import threading
import time
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from assessments.models import Answer
from benchmarks.data import person, place_with, scratch_database
from benchmarks.measure import table

SAVERS = 24
SAVES = 12


@dataclass
class Saver:
    """One person, who saves again and again on a criterion, and remembers what was acknowledged."""

    address: str
    client: Client
    criterion: str
    acknowledged: str = ""
    seen: int = 0
    times: list[float] = field(default_factory=list)
    failures: int = 0

    def run(self, start: threading.Barrier) -> None:
        start.wait()
        for number in range(SAVES):
            note = f"{self.criterion} {number}"
            begun = time.perf_counter()
            data = {"answer": str(number % 5), "note": note, "seen": str(self.seen)}
            status = self.client.post(self.address, data, headers={"HX-Request": "true"}).status_code
            self.times.append((time.perf_counter() - begun) * 1000)
            if status == 200:
                self.acknowledged, self.seen = note, self.seen + 1
            else:
                self.failures += 1
        connections.close_all()


def main(stock: bool) -> None:
    if stock:
        settings.DATABASES["default"]["OPTIONS"] = {}
        connections["default"].settings_dict["OPTIONS"] = {}
    with scratch_database():
        savers = prepared()
        start = threading.Barrier(SAVERS)
        threads = [threading.Thread(target=saver.run, args=(start,)) for saver in savers]
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        report(savers, time.perf_counter() - begun, stock)


def prepared() -> list[Saver]:
    """A place with an open assessment, and 24 of its members, each with a criterion of their own."""
    owner = person("owner")
    assessment = place_with(owner, "Busy", answered=0)
    savers = []
    for number in range(1, SAVERS + 1):
        user = person(f"saver{number}")
        assessment.place.memberships.create(user=user, role="editor")
        client = Client(raise_request_exception=False)
        client.force_login(user)
        savers.append(Saver(reverse("criterion", args=[assessment.pk, number]), client, f"criterion {number}"))
    return savers


def report(savers: list[Saver], seconds: float, stock: bool) -> None:
    acknowledged = sum(saver.seen for saver in savers)
    failures = sum(saver.failures for saver in savers)
    stored = set(Answer.objects.values_list("note", "revision"))
    expected = {(saver.acknowledged, saver.seen) for saver in savers if saver.seen}
    times = [each for saver in savers for each in saver.times]
    name = connection.vendor + (", stock options (control: must fail)" if stock else "")
    rows = [
        ["saves tried", str(SAVERS * SAVES)],
        ["acknowledged", str(acknowledged)],
        ["failed", f"{failures} ({100 * failures / (SAVERS * SAVES):.0f} %)"],
        ["acknowledged = stored", "yes" if stored == expected else "NO"],
        ["saves a second", f"{acknowledged / seconds:.0f}"],
        ["median of a save", f"{statistics.median(times):.0f} ms"],
        ["slowest", f"{max(times):.0f} ms"],
    ]
    table(f"{SAVERS} savers at once: {name}", ["what", "figure"], rows)
    if stored != expected or (failures == 0) is stock:
        sys.exit("This is not as it should be.")


if __name__ == "__main__":
    main("stock" in sys.argv[1:])
