"""A workshop under load: sixty phones join, vote, change their minds and follow a wall that shows, repeats and goes on.

Everything is real: gunicorn as in production (two processes of four threads), cookies, tokens against forged requests,
a database of its own. Each phone asks as its script does. Last, all of them vote at the same moment. It fails if any
request does, or if one vote that was acknowledged is not what the database holds.
"""

import http.client
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client

from assessments.models import Ballot, Vote, Workshop
from assessments.selectors.playbooks import criterion_ids
from assessments.selectors.workshop import last_ballot, token_hash
from assessments.services.workshop import start_workshop
from benchmarks.data import person, place_with, scratch_database
from benchmarks.measure import table

PHONES = 60
CRITERIA = 4
WITHIN = 3.0
"""Seconds within which people vote once they see the question."""
PATIENCE = 40.0
KINDS = ("page", "join", "poll", "vote", "vote, all at one moment", "wall", "wall poll")


@dataclass
class Browser:
    """One person's browser: its cookies, and how long each kind of request took, in milliseconds."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    times: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def get(self, kind: str, address: str, **headers: str) -> tuple[int, str, str]:
        return self.ask(kind, address, None, headers)

    def post(self, kind: str, address: str, data: dict[str, object], **headers: str) -> int:
        body = urlencode({**data, "csrfmiddlewaretoken": self.cookies.get("csrftoken", "")})
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self.ask(kind, address, body, headers)[0]

    def ask(self, kind: str, address: str, body: str | None, headers: dict[str, str]) -> tuple[int, str, str]:
        """Status, text and ETag of the reply; status 0 where there was none."""
        begun = time.perf_counter()
        try:
            found = self._send(address, body, {name.replace("_", "-"): value for name, value in headers.items()})
        except OSError as error:
            self.errors.append(f"{kind}: {error!r}")
            return 0, "", ""
        self.times.setdefault(kind, []).append((time.perf_counter() - begun) * 1000)
        if found[0] not in {200, 204, 302, 304, 409}:
            self.errors.append(f"{kind}: {found[0]}")
        return found

    def _send(self, address: str, body: str | None, headers: dict[str, str]) -> tuple[int, str, str]:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        link.request("GET" if body is None else "POST", address, body=body, headers={"Cookie": cookies, **headers})
        reply = link.getresponse()
        for line in reply.headers.get_all("Set-Cookie") or []:
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.split(";")[0]
        text = reply.read().decode()
        link.close()
        return reply.status, text, reply.headers.get("ETag", "")


class Room:
    """What phones and wall have in common: whether it is over, and when all are to vote at one moment."""

    def __init__(self, port: int, workshop: Workshop) -> None:
        self.port, self.workshop = port, workshop
        self.over, self.rush = threading.Event(), threading.Event()
        self.start, self.now = threading.Barrier(PHONES), threading.Barrier(PHONES)


class Phone:
    """A phone in the room. `kept` is what was last acknowledged, by ballot."""

    def __init__(self, room: Room, number: int) -> None:
        self.room = room
        self.browser = Browser(room.port)
        self.address = f"/vote/{room.workshop.code}/"
        self.chance = random.Random(number)
        self.role = ("", "citizen", "investor", "planner", "local-authority")[number % 5]
        self.kept: dict[int, str] = {}
        self.sent = self.late = self.ballot = 0
        self.etag = ""

    def run(self) -> None:
        self.room.start.wait()
        self.browser.get("page", self.address)
        self.browser.post("join", self.address, {"join": "1", "role": self.role})
        while not self.room.over.is_set():
            self.look()
            time.sleep(self.chance.uniform(2, 3))

    def look(self) -> None:
        """Ask for the state; where it is new, for the page; then the person reads, votes, and may think again."""
        status, _, etag = self.browser.get("poll", f"{self.address}state/", If_None_Match=self.etag)
        if status != 200:
            return
        self.etag = etag
        _, page, _ = self.browser.get("page", self.address, HX_Request="true")
        found = re.search(r'data-ballot="(\d+)"', page)
        if not found or int(found[1]) == self.ballot:
            return
        self.ballot = int(found[1])
        if self.room.rush.is_set():
            self.room.now.wait(PATIENCE)
            self.vote("vote, all at one moment")
            return
        time.sleep(self.chance.uniform(0, WITHIN))
        self.vote("vote")
        if self.chance.random() < 0.5:
            time.sleep(self.chance.uniform(0, 1))
            self.vote("vote")

    def vote(self, kind: str) -> None:
        """Send it, and again until the server has said what became of it, as the script does."""
        answer = self.chance.choice(["0", "1", "2", "3", "4", "dont_know"])
        self.sent += 1
        for wait in (1, 2, 4, 8, 0):
            data: dict[str, object] = {"ballot": self.ballot, "answer": answer}
            status = self.browser.post(kind, self.address, data, HX_Request="true")
            if status in {204, 409}:
                break
            time.sleep(wait)
        if status == 204:
            self.kept[self.ballot] = answer
        self.late += status == 409

    def lost(self, stored: dict[tuple[str, int], str]) -> int:
        """How many ballots hold something else than was acknowledged to this phone."""
        mine = token_hash(self.browser.cookies.get("phone", ""))
        found = {ballot: answer for (owner, ballot), answer in stored.items() if owner == mine}
        return sum(found.get(ballot) != self.kept.get(ballot) for ballot in found.keys() | self.kept.keys())


class Wall:
    """The facilitator: shows a criterion, waits for the votes, shows them, repeats one, goes on."""

    def __init__(self, room: Room, session: str) -> None:
        self.room, self.number = room, 0
        self.base = f"/assessments/{room.workshop.assessment_id}/workshop/"
        self.browser = Browser(room.port, {settings.SESSION_COOKIE_NAME: session})
        self.browser.get("wall", f"{self.base}0/")

    def go_through(self) -> None:
        self.wait(lambda told: told["joined"] == PHONES)
        for number in range(1, CRITERIA + 1):
            self.step(number)
            if number == CRITERIA:
                self.wait(lambda told: told["voted"] >= PHONES // 2)  # and shown while the others vote
                self.reveal()
            else:
                self.hold()
            if number == 1:
                self.press("again", ballot=self.ballot)
                self.hold()
        self.room.rush.set()
        self.step(CRITERIA + 1)
        self.hold()

    def hold(self) -> None:
        self.wait(lambda told: told["voted"] == PHONES)
        time.sleep(1.5)  # some think again
        self.reveal()

    def reveal(self) -> None:
        self.press("reveal", ballot=self.ballot)
        time.sleep(4)

    def step(self, number: int) -> None:
        self.press(f"{number}/show", seen=self.number)
        self.number = number

    @property
    def ballot(self) -> int:
        self.room.workshop.refresh_from_db()
        found = last_ballot(self.room.workshop)
        return found.pk if found else 0

    def press(self, what: str, **data: object) -> None:
        self.browser.post("wall", f"{self.base}{what}/", data)
        self.browser.get("wall", f"{self.base}now/")

    def wait(self, until: Callable[[dict[str, Any]], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            _, text, _ = self.browser.get("wall poll", f"{self.base}state/")
            if text and until(json.loads(text)):
                return
            time.sleep(1.5)
        self.browser.errors.append("the wall waited in vain")


def main() -> None:
    with scratch_database():
        owner = person("owner")
        assessment = place_with(owner, "Busy")
        every = list(criterion_ids(assessment.version).values())
        workshop = start_workshop(assessment=assessment, criteria=every, by=owner)
        client = Client()
        client.force_login(owner)
        with server() as port:
            room = Room(port, workshop)
            wall = Wall(room, client.cookies[settings.SESSION_COOKIE_NAME].value)
            phones = [Phone(room, number) for number in range(PHONES)]
            load = os.getloadavg()[0]
            seconds = played(room, wall, phones)
            report(wall, phones, seconds, load)


def played(room: Room, wall: Wall, phones: list[Phone]) -> float:
    """How long the workshop took, in seconds."""
    threads = [threading.Thread(target=phone.run) for phone in phones]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    wall.go_through()
    room.over.set()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begun


def report(wall: Wall, phones: list[Phone], seconds: float, load: float) -> None:
    rows = Vote.objects.values_list("voter__token_hash", "ballot_id", "state", "level")
    stored = {(owner or "", ballot): state if level is None else str(level) for owner, ballot, state, level in rows}
    lost = sum(phone.lost(stored) for phone in phones)
    browsers = [wall.browser, *(phone.browser for phone in phones)]
    errors = [error for browser in browsers for error in browser.errors]
    counted = [
        ["seconds", f"{seconds:.0f}"],
        ["ballots", str(Ballot.objects.count())],
        ["votes sent", str(sum(phone.sent for phone in phones))],
        ["told that they came too late", str(sum(phone.late for phone in phones))],
        ["phones' votes in the database", str(len(stored))],
        ["lost", str(lost)],
        ["errors", str(len(errors))],
        ["load of the machine, before", f"{load:.1f}"],
        ["load of the machine, after", f"{os.getloadavg()[0]:.1f}"],
    ]
    table(f"{PHONES} phones and a wall: {connection.vendor}", ["what", "figure"], counted)
    times = {kind: [each for browser in browsers for each in browser.times.get(kind, [])] for kind in KINDS}
    heads = ["request, ms", "times", "p50", "p95", "slowest"]
    table(f"How long they took: {connection.vendor}", heads, [row(kind, times[kind]) for kind in KINDS])
    if lost or errors:
        sys.exit("\n".join(["This is not as it should be.", *errors[:10]]))


def row(kind: str, times: list[float]) -> list[str]:
    p95 = statistics.quantiles(times, n=20)[-1]
    return [kind, str(len(times)), f"{statistics.median(times):.0f}", f"{p95:.0f}", f"{max(times):.0f}"]


@contextmanager
def server() -> Iterator[int]:
    """gunicorn on a free port, on the database that this process uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"], check=True)
    environment = {**os.environ, "PORT": str(port), "DATABASE_URL": database_url()}
    process = subprocess.Popen([sys.executable, "-m", "gunicorn"], env=environment)
    try:
        until_it_answers(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def database_url() -> str:
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{Path(name).resolve()}"
    return os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"


def until_it_answers(port: int) -> None:
    for _ in range(100):
        if Browser(port).get("health", "/health/ready/")[0] == 200:
            return
        time.sleep(0.2)
    sys.exit("The server does not answer.")


if __name__ == "__main__":
    main()
