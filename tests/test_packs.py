"""Packs: nothing twice, nothing missing, nobody's place that they have left, whatever becomes of a worker."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import F
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from assessments.models import Membership, Pack, PackItem, Place, StoredReport, User
from assessments.services.packing import cancel_pack, claim_next, fail, finish, release, renew
from assessments.tasks.packs import look_round, make_next, tidy
from tests.factories import make_user
from tests.packs_cast import ask, place_of, states, work, zipped

DONE, FAILED, WAITING = PackItem.State.DONE, PackItem.State.FAILED, PackItem.State.WAITING
Problem = PackItem.Problem
pytestmark = pytest.mark.usefixtures("files")


@pytest.fixture
def asker(db: None) -> User:
    return make_user("Carys Beddoe")


@pytest.fixture
def two(asker: User) -> list[Place]:
    return [place_of(asker, "Harbour"), place_of(asker, "Mills", 1)]


def all_files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def pass_by(seconds: float) -> None:
    """Let the claims there are be so many seconds older."""
    PackItem.objects.update(claimed_at=F("claimed_at") - timedelta(seconds=seconds))


# --- what is in it --------------------------------------------------------------------------------------------------


def test_a_pack_has_a_file_for_each_place_and_says_what_failed_and_why(asker: User) -> None:
    places = [
        place_of(asker, "Harbour"),
        place_of(asker, "Mills", 1, submitted=False),
        place_of(asker, "Nothing yet", None),
        place_of(asker, 'A/B: "C" 🏙️ ', 3),
        place_of(asker, "Harbour", 3),
    ]
    pack = ask(asker, places)
    today = timezone.localdate().isoformat()
    work()
    found = zipped(pack)
    assert pack.state == Pack.State.READY
    assert [state for _, state, _ in states(pack)] == [DONE, DONE, FAILED, DONE, DONE]
    assert list(found)[:2] == ["Contents.csv", "What failed and why.txt"]
    reports = [name for name in found if name.endswith("pdf")]
    assert reports == [
        f"Harbour - Funder annex - {today}.pdf",
        f"Mills - Funder annex - {today} - not submitted.pdf",
        f"A-B- -C- 🏙️ - Funder annex - {today}.pdf",
        f"Harbour - Funder annex - {today} (2).pdf",
    ]
    assert {found[name][:5] for name in reports} == {b"%PDF-"}
    why = found["What failed and why.txt"].decode("utf-8-sig")
    assert why.splitlines()[2:4] == ["Nothing yet, Funder annex", "    Nothing has been answered yet."]
    table = list(csv.reader(io.StringIO(found["Contents.csv"].decode("utf-8-sig"))))
    assert table[1] == ["Harbour", "Funder annex", reports[0], str(len(found[reports[0]]))]
    assert [row[2] for row in table[1:]] == [name for name in found if name in {row[2] for row in table}]


def test_a_pack_compares_the_places_that_could_be_made(asker: User, two: list[Place]) -> None:
    pack = ask(asker, [*two, place_of(asker, "Nothing yet", None)], overviews=True)
    work()
    found = zipped(pack)
    today = timezone.localdate().isoformat()
    names = [f"Comparison of all places - {today}.pdf", f"Portfolio workbook - {today}.xlsx"]
    assert list(found)[2:4] == names
    rows = openpyxl.load_workbook(io.BytesIO(found[names[1]])).worksheets[0].iter_rows(values_only=True)
    assert [row[0] for row in rows] == ["Place", "Harbour", "Mills"]


def test_what_was_left_before_the_end_is_in_no_comparison(asker: User, two: list[Place], files: Path) -> None:
    pack = ask(asker, two, overviews=True)
    while pack.items.filter(state=WAITING).count() > 1:
        make_next.call()
    Membership.objects.filter(place=two[0]).delete()
    work()
    found = zipped(pack)
    book = openpyxl.load_workbook(io.BytesIO(next(found[name] for name in found if name.endswith("xlsx"))))
    assert [row[0] for row in book.worksheets[0].iter_rows(values_only=True)] == ["Place", "Mills"]
    assert len(all_files(files)) == 5  # two reports, the comparison, the workbook, the ZIP: none of the first ones


def test_the_second_pack_takes_everything_from_the_store_with_the_same_bytes(asker: User, two: list[Place]) -> None:
    first, second = ask(asker, two), ask(asker, two)
    work()
    assert zipped(first) == zipped(second)
    assert "What failed and why.txt" not in zipped(first)
    assert [list(each.items.filter(phase=0).values_list("reused", flat=True)) for each in (first, second)] == [
        [False, False],
        [True, True],
    ]
    assert StoredReport.objects.count() == 2


def test_a_report_whose_file_is_gone_is_made_again(asker: User, two: list[Place]) -> None:
    first = ask(asker, two)
    work()
    default_storage.delete(str(StoredReport.objects.all()[0].file))
    second = ask(asker, two)
    work()
    assert zipped(first) == zipped(second)


def test_a_file_that_is_gone_before_the_zip_is_made_again_and_spoils_nothing(asker: User, two: list[Place]) -> None:
    pack = ask(asker, two)
    make_next.call()
    make_next.call()
    default_storage.delete(str(StoredReport.objects.all()[0].file))
    work()
    pack.refresh_from_db()
    assert (pack.state, states(pack)) == (Pack.State.READY, [("Harbour", DONE, ""), ("Mills", DONE, "")])
    assert len([name for name in zipped(pack) if name.endswith(".pdf")]) == 2


def test_the_words_round_the_files_are_in_the_language_of_the_pack(asker: User) -> None:
    pack = ask(asker, [place_of(asker, "Harbour"), place_of(asker, "Nothing yet", None)], language="cy")
    work()
    found = zipped(pack)
    assert list(found)[:2] == ["Cynnwys.csv", "Beth fethodd a pham.txt"]
    assert "Nid oes dim wedi’i ateb eto." in found["Beth fethodd a pham.txt"].decode("utf-8-sig")


def test_a_pack_in_which_everything_failed_has_failed_itself(asker: User, files: Path) -> None:
    pack = ask(asker, [place_of(asker, "Nothing yet", None)])
    work()
    pack.refresh_from_db()
    assert (pack.state, pack.problem, pack.file.name) == (Pack.State.FAILED, Pack.Problem.ALL, "")
    assert all_files(files) == set()


# --- leaving a place, cancelling ------------------------------------------------------------------------------------


def test_a_place_that_was_left_before_its_turn_is_not_told_of(asker: User, two: list[Place]) -> None:
    pack = ask(asker, two)
    Membership.objects.filter(place=two[0]).delete()
    work()
    assert states(pack) == [("Harbour", FAILED, Problem.LEFT), ("Mills", DONE, "")]
    assert [name for name in zipped(pack) if "Harbour" in name] == []


def test_a_place_that_is_left_after_its_report_was_made_is_taken_out_again(asker: User, two: list[Place]) -> None:
    pack = ask(asker, two)
    make_next.call()
    Membership.objects.filter(place=two[0]).delete()
    work()
    assert states(pack) == [("Harbour", FAILED, Problem.LEFT), ("Mills", DONE, "")]
    assert [name for name in zipped(pack) if "Harbour" in name] == []


def test_a_place_that_is_deleted_meanwhile_fails_alone(asker: User, two: list[Place]) -> None:
    pack = ask(asker, two)
    two[0].delete()
    work()
    assert states(pack) == [("Harbour", FAILED, Problem.GONE), ("Mills", DONE, "")]


def test_cancelling_stops_what_waits_and_what_is_in_work_ends_for_nothing(asker: User, two: list[Place]) -> None:
    pack = ask(asker, two)
    in_work = claim_next()
    assert in_work is not None
    assert (cancel_pack(pack=pack), cancel_pack(pack=pack)) == (True, False)
    assert (renew(item=in_work), finish(item=in_work, name="late.pdf")) == (False, False)
    work()
    pack.refresh_from_db()
    assert (pack.state, pack.file.name, StoredReport.objects.count()) == (Pack.State.CANCELLED, "", 0)


# --- workers that die -----------------------------------------------------------------------------------------------


def test_no_item_is_claimed_twice_and_a_dead_ones_item_is_taken_again(asker: User, two: list[Place]) -> None:
    ask(asker, two)
    first, second = claim_next(), claim_next()
    assert first is not None and second is not None  # noqa: PT018
    assert (first.place_name, second.place_name, claim_next()) == ("Harbour", "Mills", None)
    pass_by(19)
    assert (claim_next(), renew(item=second)) == (None, True)
    pass_by(2)
    again = claim_next()
    assert again is not None
    assert (again.pk, again.attempts, claim_next()) == (first.pk, 2, None)
    # It was not dead after all, and comes back: nothing that it does counts any more.
    assert (renew(item=first), finish(item=first, name="a"), fail(item=first, problem="slow")) == (False, False, False)
    release(item=first)
    assert (finish(item=again, name="b"), finish(item=again, name="c")) == (True, False)
    assert PackItem.objects.get(pk=first.pk).name == "b"


def test_a_claim_from_before_the_clock_was_put_back_is_taken_again(asker: User, two: list[Place]) -> None:
    ask(asker, two)
    first = claim_next()
    assert first is not None
    pass_by(-3600)
    assert {each.pk for each in (claim_next(), claim_next()) if each} == {first.pk, first.pk + 1}


def test_an_item_that_stops_its_worker_three_times_fails_and_the_others_go_on(asker: User, two: list[Place]) -> None:
    pack = ask(asker, two)
    for attempt in (1, 2, 3):
        dying = claim_next()
        assert dying is not None
        assert (dying.place_name, dying.attempts) == ("Harbour", attempt)
        pass_by(60)
    look_round()
    work()
    assert states(pack) == [("Harbour", FAILED, Problem.DIED), ("Mills", DONE, "")]
    assert [name for name in zipped(pack) if "Harbour" in name] == []


def test_a_zip_that_stops_its_worker_three_times_fails_the_pack(asker: User, two: list[Place]) -> None:
    pack = ask(asker, two)
    make_next.call(), make_next.call()
    for _ in range(3):
        dying = claim_next()
        assert dying is not None
        assert dying.kind == PackItem.ZIP
        pass_by(60)
    work()
    pack.refresh_from_db()
    assert (pack.state, pack.problem) == (Pack.State.FAILED, Pack.Problem.TOGETHER)


@pytest.mark.parametrize("rows", ["gone", "there many times", "held by the dead"])
def test_the_rows_of_the_queue_are_calls_and_nothing_more(asker: User, two: list[Place], rows: str) -> None:
    pack = ask(asker, two)
    if rows == "gone":
        DBTaskResult.objects.all().delete()
    elif rows == "there many times":
        for _ in range(20):
            make_next.enqueue()
    else:
        DBTaskResult.objects.update(status="RUNNING", started_at=timezone.now())
    look_round()
    work()
    assert states(pack) == [("Harbour", DONE, ""), ("Mills", DONE, "")]
    assert len([name for name in zipped(pack) if name.endswith(".pdf")]) == 2


def test_who_asked_for_much_does_not_starve_who_asked_for_little(asker: User, two: list[Place]) -> None:
    other = make_user("Other Person")
    ask(asker, two * 10)
    ask(other, [place_of(other, "Small Place"), place_of(other, "Smaller Place")])
    turns = [claimed.place_name for claimed in (claim_next() for _ in range(5)) if claimed]
    assert turns == ["Harbour", "Small Place", "Mills", "Smaller Place", "Harbour"]


def test_at_most_sixteen_calls_wait_however_much_there_is_to_make(asker: User, two: list[Place]) -> None:
    ask(asker, two * 40)
    look_round()
    assert DBTaskResult.objects.count() == 16


# --- what is kept ---------------------------------------------------------------------------------------------------


def test_packs_and_unused_reports_are_deleted_after_seven_days_and_leave_no_file(
    asker: User, two: list[Place], files: Path
) -> None:
    pack = ask(asker, two)
    work()
    kept = all_files(files)
    tidy.call()
    assert (len(kept), all_files(files)) == (3, kept)
    Pack.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    StoredReport.objects.filter(place=two[0]).update(used_at=timezone.now() - timedelta(days=8))
    tidy.call()
    pack.refresh_from_db()
    left = StoredReport.objects.get()
    assert (pack.state, pack.file.name, left.place, all_files(files)) == (
        Pack.State.DELETED,
        "",
        two[1],
        {left.file.name},
    )


def test_files_without_a_row_are_deleted_once_they_are_an_hour_old(db: None, files: Path, monkeypatch: Any) -> None:
    for name in ("made/2026/11/a.pdf", "packs/2026/11/b.zip", "issued/2026/c.pdf"):
        default_storage.save(name, ContentFile(b"x"))
    tidy.call()
    assert len(all_files(files)) == 3
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=2))
    tidy.call()
    assert all_files(files) == {"issued/2026/c.pdf"}


def test_two_workers_that_clear_up_at_once_do_not_stop_each_other(db: None, files: Path) -> None:
    """What one of them lists, the other may have deleted: here, a name that leads nowhere."""
    (files / "made").mkdir(parents=True)
    (files / "made" / "gone.pdf").symlink_to(files / "nowhere")
    tidy.call()
    assert all_files(files) == set()
