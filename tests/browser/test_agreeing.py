"""The pages of agreeing: axe finds nothing on them, they fit the narrowest phone, and they are valid HTML."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from assessments.models import Assessment
from assessments.selectors.playbooks import criterion_ids
from assessments.services.agreeing import Heard, Terms, agree
from tests.browser.test_accessibility import SIZES, walk
from tests.factories import Cast, answer, make_assessment, make_cast, number_of, sign_in
from tests.voices_cast import COUNCIL, KEY, NINE, make_round

VNU = settings.BASE_DIR / "node_modules/vnu-jar/build/dist/vnu.jar"
LONG = "W" * 60


@pytest.fixture
def cast(live_server: object) -> Cast:
    return make_cast()


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    """With a revealed round, and a criterion that was agreed on, with a dissent, and changed since."""
    made = make_assessment(cast.place, cast.owner, {KEY: 2})
    make_round(made, {KEY: NINE}, by=cast.owner, comments={COUNCIL: f"{LONG} <b>& more</b>"})
    terms = Terms(3, f"Because {LONG}", "Two see a 2.")
    pk = criterion_ids(made.version)[KEY]
    agree(assessment=made, criterion_id=pk, terms=terms, heard=Heard(9, 1, 4), seen=1, by=cast.owner)
    answer(made, KEY, 2, by=cast.editor, note=LONG)
    return made


def addresses(assessment: Assessment) -> list[str]:
    here = [assessment.pk, number_of(KEY)]
    return [reverse("agreeing", args=here[:1]), reverse("agree", args=here), reverse("criterion", args=here)]


@pytest.mark.any_database
@pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("desktop", "dark")])
def test_axe_finds_nothing_on_the_pages_of_agreeing(
    new_page: Callable[..., Page], cast: Cast, assessment: Assessment, size: str, scheme: str
) -> None:
    page = new_page(viewport=SIZES[size], color_scheme=scheme, bypass_csp=True)
    sign_in(page, cast.owner)
    assert walk(page, addresses(assessment), size) == []


@pytest.mark.any_database
def test_the_pages_of_agreeing_are_valid_html(cast: Cast, assessment: Assessment, tmp_path: Path) -> None:
    listed, here, criterion = addresses(assessment)
    owner, viewer = Client(), Client()
    owner.force_login(cast.owner)
    viewer.force_login(cast.viewer)
    stale = {"answer": "3", "reason": "So & so", "dissent": LONG, "seen": "1", "after": "0"}
    stale["asked"] = str(criterion_ids(assessment.version)[KEY])
    made = {
        "list": owner.get(listed),
        "discuss": owner.get(listed, {"show": "discuss"}),
        "criterion": owner.get(here),
        "refused": owner.post(here, {"seen": "1", "after": "0"}),
        "both": owner.post(here, stale),
        "read": viewer.get(here),
        "question": owner.get(criterion),
        "tasks": owner.get(reverse("assessment", args=[assessment.pk])),
        "check": owner.get(reverse("check", args=[assessment.pk])),
        "waiting": owner.get(reverse("waiting", args=[assessment.pk])),
        "results": owner.get(reverse("results", args=[assessment.pk])),
    }
    assert [made["refused"].status_code, made["both"].status_code] == [422, 409]
    for name, response in made.items():
        (tmp_path / f"{name}.html").write_bytes(response.content)
    command = ["java", "-jar", str(VNU), "--errors-only", "--format", "gnu", *map(str, tmp_path.glob("*.html"))]
    assert subprocess.run(command, capture_output=True, text=True, check=False).stderr.splitlines() == []
