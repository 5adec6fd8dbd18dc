"""`manage.py demo`: the playbook, six invented places and their people. Run it as often as you like."""

from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management.base import BaseCommand

from assessments.interchange import Answers, Playbook, read_answers, read_playbook, read_translation
from assessments.models import Membership, User, Version
from assessments.reports.logos import drawn_logo
from assessments.selectors.branding import branding_stored
from assessments.services.agreeing import Terms
from assessments.services.branding import Content, save_branding
from assessments.services.demo import DemoPlace, Person, make_person, make_place
from assessments.services.demo_round import Delegated, DemoRound
from assessments.services.playbooks import import_playbook

FIXTURES = settings.BASE_DIR / "fixtures"
PLAYBOOK = FIXTURES / "hubs-of-innovation-1.0.yaml"
WELSH = FIXTURES / "translations" / "hubs-of-innovation-1.0.cy.yaml"
LOGO = FIXTURES / "demo" / "beddoe-place-advisers.svg"
PASSWORD = "hub-playbook-demo"  # noqa: S105  # the demo's own, printed on purpose

OWNER, VIEWER = "owner@demo.example", "viewer@demo.example"
CONSULTANT, ADMIN = "consultant@demo.example", "admin@demo.example"
SECOND_OWNER = "second-owner@demo.example"

PEOPLE = {
    "owner of three places": Person(OWNER, "Olive Tarrant"),
    "owner of the other three": Person(SECOND_OWNER, "Sioned Marchant"),
    "viewer of Tenterclough Mills": Person(VIEWER, "Victor Amadi"),
    "consultant to five places, with a name and logo of her own": Person(CONSULTANT, "Carys Beddoe"),
    "admin (also at /admin/)": Person(ADMIN, "Adam Lindqvist", is_admin=True),
}


def places(playbook: Playbook) -> list[DemoPlace]:
    """The demo places: one just begun, one whose partners agree, two with two assessments, two more of other kinds."""

    def answers(name: str) -> Answers:
        return read_answers((FIXTURES / "demo" / f"{name}.yaml").read_bytes(), playbook)

    owner, consultant, viewer = Membership.Role.OWNER, Membership.Role.CONSULTANT, Membership.Role.VIEWER
    return [
        DemoPlace(
            "Saltmarsh Quay",
            "town",
            "east",
            "The old port from the lifeboat station to the fish market, and the streets behind the quay.",
            {owner: [OWNER]},
            [answers("saltmarsh-quay")],
            last_is_open=True,
        ),
        DemoPlace(
            "Aldenmoor Science Quarter",
            "quarter",
            "west-midlands",
            "The university's science buildings, the hospital site and the former bus depot between them.",
            {owner: [OWNER], consultant: [CONSULTANT]},
            [answers("aldenmoor-science-quarter")],
            last_is_open=True,
            round=asked("aldenmoor-science-quarter"),
        ),
        DemoPlace(
            "Tenterclough Mills",
            "district",
            "yorkshire",
            "The five mills along the river and the terraces up to the railway.",
            {owner: [OWNER], consultant: [CONSULTANT], viewer: [VIEWER]},
            [answers("tenterclough-mills-2025"), answers("tenterclough-mills-2026")],
            last_is_open=False,
        ),
        DemoPlace(
            "Abermorlas",
            "town",
            "wales",
            "The old town within the walls, the creamery and the university's farm across the river.",
            {owner: [SECOND_OWNER], consultant: [CONSULTANT]},
            [answers("abermorlas-2025"), answers("abermorlas-2026")],
            last_is_open=False,
        ),
        DemoPlace(
            "Stannerdale Battery Network",
            "network",
            "north-east",
            "Firms and colleges in nineteen towns along the valley; no site of its own.",
            {owner: [SECOND_OWNER], consultant: [CONSULTANT]},
            [answers("stannerdale-battery-network")],
            last_is_open=False,
        ),
        DemoPlace(
            "Quillmere Health Campus",
            "campus",
            "south-west",
            "The hospital, the medical school and the two business parks that join them.",
            {owner: [SECOND_OWNER], consultant: [CONSULTANT]},
            [answers("quillmere-health-campus")],
            last_is_open=False,
        ),
    ]


def asked(name: str) -> DemoRound:
    """What partners said, from a file of this project's own."""
    said = yaml.safe_load((FIXTURES / "demo" / "rounds" / f"{name}.yaml").read_text(encoding="utf-8"))
    agreed = {key: Terms(**terms) for key, terms in said.pop("agreed").items()}
    return DemoRound(agreed=agreed, delegated=Delegated(**said.pop("delegated")), **said)


class Command(BaseCommand):
    help = "Load the playbook, six invented places and their people; print the accounts."

    def handle(self, *args: Any, **options: Any) -> None:
        playbook = read_playbook(Path(PLAYBOOK).read_bytes())
        version = Version.objects.published().filter(playbook__key=playbook.key, number=playbook.version).first()
        version = version or _publish(playbook)
        for person in PEOPLE.values():
            make_person(person=person, password=PASSWORD)
        for place in places(playbook):
            make_place(demo=place, version=version)
        _brand(User.objects.get(email=CONSULTANT))
        self.stdout.write(f"Demo accounts, each with the password {PASSWORD}:")
        for role, person in PEOPLE.items():
            self.stdout.write(f"  {person.email:<27} {role}")


def _publish(playbook: Playbook) -> Version:
    """The playbook with its Welsh texts, which have to be there before it is published."""
    welsh = read_translation(WELSH.read_bytes(), playbook)
    return import_playbook(document=playbook, by=None, publish=True, translations=[welsh])


def _brand(consultant: User) -> None:
    """The consultant's own name, colours and logo, unless she has some: drawing takes two seconds."""
    if branding_stored(consultant):
        return
    content = Content(
        "Beddoe Place Advisers",
        "#5a2348",
        "#a2440f",
        "Carys Beddoe\ncarys@beddoe.example",
        "Prepared with care from what the place itself answered. It is no survey and no valuation.",
        drawn_logo(LOGO.read_bytes()),
    )
    save_branding(owner=consultant, content=content, seen=0, by=consultant)
