"""A pack as a consultant makes one: choose, watch the bar move, take it away; with a worker as it runs on a server."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assessments.models import Pack, User
from tests.browser.test_accessibility import faults
from tests.factories import make_user, sign_in
from tests.packs_cast import ask, place_of, worker_process

BAR = "progress#bar"
pytestmark = [pytest.mark.usefixtures("files"), pytest.mark.any_database]


@pytest.fixture
def asker(live_server: object) -> User:
    asker = make_user("Carys Beddoe")
    for number in range(3):
        place_of(asker, f"Place {number}", number)
    place_of(asker, "Nothing yet", None)
    return asker


def test_a_pack_is_chosen_watched_and_taken_away(new_page: Callable[..., Page], asker: User, tmp_path: Path) -> None:
    page = new_page(accept_downloads=True)
    sign_in(page, asker)
    page.goto("/portfolio/packs/")
    page.get_by_role("link", name="Make a new pack").click()
    for name in ("Place 0", "Place 1", "Place 2", "Nothing yet"):
        page.get_by_label(name, exact=True).check()
    page.get_by_label("Full report", exact=True).uncheck()
    page.get_by_label("Funder annex").check()
    page.get_by_role("button", name="Make the pack").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your pack is being made")
    expect(page.locator(BAR)).to_have_attribute("value", "0")
    cancel = page.get_by_role("button", name="Cancel this pack")
    cancel.focus()
    worker = worker_process(tmp_path)
    try:
        expect(page.locator(BAR)).not_to_have_attribute("value", "0", timeout=60_000)
        expect(cancel).to_be_focused()  # what changes leaves the focus where it was
        download = page.get_by_role("link", name="Download the pack")
        expect(download).to_be_visible(timeout=120_000)
    finally:
        worker.kill()
        worker.wait()
    expect(page.locator("#failures")).to_contain_text("Nothing has been answered yet.")
    with page.expect_download() as downloaded:
        download.click()
    with zipfile.ZipFile(downloaded.value.path()) as archive:
        kinds = sorted(name.rpartition(".")[2] for name in archive.namelist())
    assert kinds == ["csv", "pdf", "pdf", "pdf", "pdf", "txt", "xlsx"]


def test_pages_of_packs_have_no_faults_and_work_without_scripts(new_page: Callable[..., Page], asker: User) -> None:
    packs = [ask(asker, list(asker.places.all())) for _ in range(2)]
    Pack.objects.filter(pk=packs[1].pk).update(state=Pack.State.FAILED, problem=Pack.Problem.ALL)
    packs[1].items.filter(place__isnull=False).update(state="failed", problem="nothing")
    addresses = ["/portfolio/packs/", "/portfolio/packs/new/", *(f"/portfolio/packs/{pack.pk}/" for pack in packs)]
    for scheme, size in (("light", 1280), ("dark", 360)):
        page = new_page(color_scheme=scheme, viewport={"width": size, "height": 800})
        sign_in(page, asker)
        assert [each for address in addresses for each in faults(page, address)] == []
    page = new_page(java_script_enabled=False)
    sign_in(page, asker)
    page.goto(addresses[2])
    page.get_by_role("link", name="Look again").click()
    expect(page.locator(BAR)).to_have_attribute("value", "0")
    page.get_by_role("button", name="Cancel this pack").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You cancelled this pack")
