"""The whole road, as a place leader walks it who has never seen the tool: with JavaScript, and without."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from assessments.scoring.rounding import half_up
from tests.factories import playbook, published_version

NOTE = "The board minuted this in March; ŵ, ŷ, مرحبا and 🙂 included."
REASON = "The vision was adopted in March this year."


def answer_for(number: int, skippable: bool) -> str:
    """A believable mixture: mostly levels, two don't knows, one not applicable."""
    if skippable and number == 3:
        return "not_applicable"
    return "dont_know" if number in (11, 20) else str(number % 5)


@pytest.mark.parametrize(
    "scripts",
    [
        pytest.param(True, id="with JavaScript"),
        pytest.param(False, id="without JavaScript", marks=pytest.mark.any_database),
    ],
)
def test_the_whole_road(new_page: Callable[..., Page], tmp_path: Path, scripts: bool) -> None:
    published_version()
    page = new_page(java_script_enabled=scripts, accept_downloads=True)
    sign_up(page)
    describe_the_place(page)
    answer_everything(page)
    check_and_submit(page)
    the_result_is_what_the_files_score(page, tmp_path)
    the_report_is_a_report(page, tmp_path)


def sign_up(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Create an account").first.click()
    page.get_by_label("Your name").fill("Nia Penrose")
    page.get_by_label("E-mail address").fill("nia@example.org")
    page.get_by_label("Password").fill("correct-horse-battery")
    page.get_by_role("button", name="Create the account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My places")


def describe_the_place(page: Page) -> None:
    page.locator("main").get_by_role("link", name="Describe").click()
    page.get_by_label("Name").fill("Millbrook Yard")
    page.get_by_label("Kind of place").select_option("district")
    page.get_by_label("Region or nation").select_option("wales")
    page.get_by_label("Forming").check()
    page.locator("main form button[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Millbrook Yard")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("0 of 27 criteria answered")).to_be_visible()
    page.get_by_role("link", name="Start with 1.1").click()


def answer_everything(page: Page) -> None:
    criteria = list(playbook().criteria())
    for number, criterion in enumerate(criteria, 1):
        expect(page.get_by_role("heading", level=1)).to_contain_text(criterion.question)
        value = answer_for(number, criterion.not_applicable is not None)
        page.locator(f'input[name="answer"][value="{value}"]').check()
        if value == "not_applicable":
            page.locator('textarea[name="reason"]').fill(REASON)
        if number in (1, 27):
            page.locator('textarea[name="note"]').fill(NOTE)
        if number == 2:
            add_evidence(page)
        page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")


def add_evidence(page: Page) -> None:
    """Save first where nothing saves by itself; then a piece of evidence."""
    here = page.url
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(lambda url: url != here)
    page.goto(here)
    form = page.locator("form[action$='/evidence/']")
    if not form.get_by_label("What is it?").is_visible():
        page.get_by_text("Add a piece of evidence").first.click()
    form.get_by_label("What is it?").fill("Vision signed by four partners")
    form.get_by_label("Own document").check()
    form.locator("input[name='dated']").fill("2026-03-10")
    form.get_by_label("Link").fill("https://example.org/vision")
    form.get_by_role("button", name="Add this evidence").click()
    expect(page.get_by_text("Vision signed by four partners").first).to_be_visible()


def check_and_submit(page: Page) -> None:
    expect(page.get_by_text(REASON).first).to_be_visible()
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/results/")


def the_result_is_what_the_files_score(page: Page, folder: Path) -> None:
    """`manage.py score` on the exported playbook and answers gives every figure of the page."""
    base = page.url.removesuffix("results/")
    for name in ("playbook.yaml", "answers.yaml", "score.json"):
        (folder / name).write_bytes(page.request.get(base + name).body())
    command = [sys.executable, "manage.py", "score", str(folder / "playbook.yaml"), str(folder / "answers.yaml")]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert document == json.loads((folder / "score.json").read_text())
    text = page.locator("main").inner_text()
    shown = [document["overall"]["score"], *(lesson["score"] for lesson in document["lessons"].values())]
    missing = [each for each in shown if each is not None and str(half_up(Fraction(str(each)))) not in text]
    assert missing == []
    assert document["overall"]["counts"] == {"answered": 24, "dont_know": 2, "missing": 0, "not_applicable": 1}


def the_report_is_a_report(page: Page, folder: Path) -> None:
    response = page.request.get(page.url.replace("results/", "report.pdf"))
    assert (response.status, response.headers["content-type"]) == (200, "application/pdf")
    with pikepdf.open(io.BytesIO(response.body())) as pdf:
        assert len(pdf.pages) > 5
        assert str(pdf.Root.Lang) == "en-GB"
    (folder / "report.pdf").write_bytes(response.body())
    text = subprocess.run(
        ["pdftotext", str(folder / "report.pdf"), "-"], capture_output=True, text=True, check=True
    ).stdout
    wanted = ["Millbrook Yard", "Vision signed by four partners", REASON]
    assert [words for words in wanted if words not in " ".join(text.split())] == []
