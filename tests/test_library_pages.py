"""The pages of the library: files go in, are found and come out for members alone; nothing is deleted in silence."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import Assessment, Backing, Evidence
from assessments.services import evidence as service
from assessments.services.evidence import NoSpace, Piece, add_evidence, delete_evidence, put_into_library
from assessments.services.storing import File, files_in
from tests import files_cast
from tests.at_once import together
from tests.factories import Cast, add_piece, answer, make_assessment, make_cast, number_of, submit
from tests.pages import main, signed_in, tree, values, words

KEY = "right-path"
PIECE = {"title": "Minute 14", "grade": "2", "link": "", "dated": ""}


@pytest.fixture
def cast(db: None, files: Path) -> Cast:
    return make_cast()


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return make_assessment(cast.place, cast.owner)


@pytest.fixture
def owner(cast: Cast) -> Client:
    return signed_in(cast.owner)


def sent(**fields: Any) -> dict[str, Any]:
    return PIECE | {"token": str(uuid4())} | fields


def page(cast: Cast) -> str:
    return reverse("library", args=[cast.place.pk])


def put(cast: Cast, content: bytes = files_cast.PDF, name: str = "Minutes 14.pdf", **fields: Any) -> Evidence:
    response = signed_in(cast.owner).post(page(cast), sent(file=files_cast.upload(content, name), **fields))
    assert response.status_code == 302
    return Evidence.objects.latest("pk")


def test_a_file_goes_in_and_comes_out_for_members_as_a_download(cast: Cast, assessment: Assessment) -> None:
    item = put(cast, name="Cofnodion ŵyth.pdf")
    address = reverse("evidence_file", args=[cast.place.pk, item.pk])
    response = signed_in(cast.viewer).get(address)
    assert b"".join(response.streaming_content) == files_cast.PDF  # type: ignore[attr-defined]
    told = {name: response.headers[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control")}
    assert told == {
        "Content-Type": "application/pdf",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store, max-age=0, no-cache, must-revalidate",
    }
    assert response.headers["Content-Disposition"] == "attachment; filename*=utf-8''Cofnodion%20%C5%B5yth.pdf"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    head = signed_in(cast.viewer).head(address)
    assert b"".join(head.streaming_content) == b""  # type: ignore[attr-defined]
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(files_cast.PDF)))
    assert signed_in(cast.stranger).get(address).status_code == 404
    assert (item.file_type, item.file_size, item.file_hash[:0]) == ("pdf", len(files_cast.PDF), "")
    assert "Cofnodion" not in item.file


def test_a_file_backs_a_criterion_and_is_shown_there(cast: Cast, owner: Client, assessment: Assessment) -> None:
    here = reverse("criterion", args=[assessment.pk, number_of(KEY)])
    token = values(owner.get(here))["token"]
    replies = [
        owner.post(f"{here}evidence/", sent(token=token, file=files_cast.upload(files_cast.picture("JPEG"), "map.png")))
        for _ in range(2)
    ]
    assert [reply.status_code for reply in replies] == [302, 302]
    assert (Evidence.objects.count(), Backing.objects.count(), len(files_in("evidence"))) == (1, 1, 1)
    text = main(owner.get(here))
    assert "Evidence added: Minute 14 Its file is kept as map.jpg, by what it is." in text
    assert "map.jpg (JPG, 1 KB)" in text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"file": files_cast.upload(b"<svg/>", "a.svg")}, "This is a web page, a drawing (SVG) or a script."),
        ({"file": files_cast.upload(b"", "a.pdf")}, "The file is empty."),
        ({"title": "", "file": files_cast.upload(files_cast.PDF)}, "Choose the file again:"),
        ({"without": "file"}, "Choose the file again: it was lost"),
    ],
)
def test_a_refused_file_keeps_what_was_typed(cast: Cast, owner: Client, fields: dict[str, Any], said: str) -> None:
    response = owner.post(page(cast), sent(link="https://example.org/14", **fields))
    assert response.status_code == 422
    assert said in main(response)
    assert values(response)["link"] == "https://example.org/14"
    assert (Evidence.objects.count(), files_in("evidence")) == (0, [])


def test_a_name_of_ten_thousand_letters_is_refused_in_words(cast: Cast, owner: Client) -> None:
    file = files_cast.named(files_cast.PDF, "x" * 10_000 + ".pdf")
    response = owner.post(page(cast), sent(file=file))
    assert (response.status_code, Evidence.objects.count()) == (400, 0)
    assert "its name may be too long" in main(response)


def test_what_is_too_large_is_cut_off_as_it_arrives(cast: Cast, owner: Client) -> None:
    large = SimpleUploadedFile("a.pdf", files_cast.PDF + b" " * (25 * 1024**2), "application/pdf")
    response = owner.post(page(cast), sent(file=large))
    assert (response.status_code, files_in("evidence")) == (422, [])
    assert "The file is larger than 20 MB." in main(response)


def test_the_library_tells_what_there_is(cast: Cast, owner: Client, assessment: Assessment) -> None:
    old = timezone.localdate() - timedelta(days=800)
    add_piece(assessment, KEY, by=cast.owner, title="Old plan", dated=old)
    put(cast, title="New survey", grade="4")
    rows = [words(row) for row in tree(owner.get(page(cast))).findall(".//li[@class='evidence']")]
    assert rows[0].startswith("New survey Change or delete New survey Independent check: audit, review, evaluation")
    assert "Minutes 14.pdf (PDF, 1 KB) Backs nothing at the moment." in rows[0]
    assert "Older than 24 months" in rows[1]
    assert rows[1].endswith("Backs 1.1 The right path for this place")
    assert "The files take 1 KB of the 200 MB that a place has." in main(owner.get(page(cast)))
    found = main(owner.get(page(cast), {"find": "MINUTES"}))
    assert ("New survey" in found, "Old plan" in found) == (True, False)


def test_evidence_of_the_place_is_chosen_for_a_criterion(cast: Cast, owner: Client, assessment: Assessment) -> None:
    item = put(cast)
    address = reverse("evidence_choose", args=[assessment.pk, number_of(KEY)])
    assert owner.post(address, {}).status_code == 422
    assert owner.post(address, {"item": [item.pk, "999999", "x"]}).status_code == 302
    assert [row.evidence for row in Backing.objects.all()] == [item]
    assert "There is nothing to choose" in main(owner.get(address))


def test_what_is_ticked_survives_a_search(cast: Cast, owner: Client, assessment: Assessment) -> None:
    minute, survey, plan = (put(cast, title=title) for title in ("Minute 14", "Survey", "Plan"))
    address = reverse("evidence_choose", args=[assessment.pk, number_of(KEY)])

    def ticked(response: Any) -> dict[str, bool]:
        boxes = tree(response).findall(".//input[@name='item']")
        return {str(box.get("value")): "checked" in box.attrib for box in boxes}

    both = {"item": [minute.pk, survey.pk], "go": "find"}
    found = owner.post(address, both | {"find": "surv"})
    assert (found.status_code, ticked(found)) == (200, {str(minute.pk): True, str(survey.pk): True})
    assert "Chosen" in [words(each) for each in tree(found).findall(".//legend")]
    none = owner.post(address, both | {"find": "nothing like it"})
    assert set(ticked(none).values()) == {True}
    every = owner.post(address, both | {"find": "surv", "go": "all"})
    assert ticked(every) == {str(minute.pk): True, str(plan.pk): False, str(survey.pk): True}
    assert not Backing.objects.exists()
    assert owner.post(address, {"find": "surv", "item": both["item"]}).status_code == 302
    assert {row.evidence for row in Backing.objects.all()} == {minute, survey}


def test_deleting_says_what_stands_in_the_way_and_what_stays(
    cast: Cast, owner: Client, assessment: Assessment, django_capture_on_commit_callbacks: Any
) -> None:
    item = put(cast)
    address, gone = reverse("library_item", args=[cast.place.pk, item.pk]), {"go": "delete", "seen": "1"}
    backing = service.back_with(
        assessment=assessment, criterion_id=assessment.version.criteria.get(key=KEY).pk, items=[item], by=cast.owner
    )[0]
    refused = owner.post(address, gone)
    assert (refused.status_code, files_in("evidence")) == (409, [item.file])
    assert "Not deleted: it backs criteria of the open assessment" in main(refused)
    answer(assessment, KEY, 2, by=cast.owner)
    submit(assessment, cast.owner)
    with django_capture_on_commit_callbacks(execute=True):
        assert owner.post(address, gone).status_code == 302
    item.refresh_from_db()
    assert (item.file, item.deleted_at is None, files_in("evidence")) == ("", False, [])
    assert Backing.objects.get() == backing
    text = main(owner.get(page(cast)))
    assert "Deleted, but part of what was submitted" in text
    assert make_assessment(cast.place, cast.owner).backings.count() == 0
    assert owner.get(reverse("evidence_file", args=[cast.place.pk, item.pk])).status_code == 404


def test_what_nothing_needs_is_deleted_whole(
    cast: Cast, owner: Client, django_capture_on_commit_callbacks: Any
) -> None:
    item = put(cast)
    stale = owner.post(reverse("library_item", args=[cast.place.pk, item.pk]), {"go": "delete"})
    assert stale.status_code == 409
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            delete_evidence(evidence=item, seen=1, by=cast.owner)
    assert (Evidence.objects.count(), files_in("evidence")) == (0, [])


def test_two_people_changing_one_item_are_both_heard(cast: Cast, owner: Client) -> None:
    item = put(cast)
    address = reverse("library_item", args=[cast.place.pk, item.pk])
    opened = values(owner.get(address))
    signed_in(cast.editor).post(address, opened | {"title": "Theirs"})
    response = owner.post(address, opened | {"title": "Mine"})
    assert (response.status_code, values(response)["title"]) == (409, "Mine")
    assert "It now says: Theirs, Own document" in main(response)
    item.delete()
    gone = owner.post(address, opened | {"title": "Mine"})
    assert (gone.status_code, values(gone)["title"]) == (409, "Mine")


def test_files_that_no_row_names_go_after_an_hour(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    item = put(cast)
    default_storage.save("evidence/2026/01/lost.pdf", files_cast.upload(b"lost"))
    service.remove_orphans()
    assert len(files_in("evidence")) == 2
    later = timezone.now() + timedelta(hours=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    service.remove_orphans()
    assert files_in("evidence") == [item.file]


@pytest.mark.django_db(transaction=True)
def test_two_files_at_once_never_take_more_than_there_is(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    monkeypatch.setattr(service, "MOST_SPACE", 250)

    def keep(number: int) -> Evidence:
        file = File(f"{number}.pdf", "pdf", 100, str(number), files_cast.upload(b"%" * 100))
        piece = Piece(2, f"Minute {number}")
        return put_into_library(place=cast.place, piece=piece, token=uuid4(), by=cast.owner, file=file)

    results = together(*(partial(keep, number) for number in range(4)))
    assert sorted(type(each).__name__ for each in results) == ["Evidence", "Evidence", "NoSpace", "NoSpace"]
    assert len(files_in("evidence")) == 2


def test_no_room_is_told_and_leaves_nothing(
    cast: Cast, owner: Client, assessment: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_SPACE", 10)
    response = owner.post(page(cast), sent(file=files_cast.upload(files_cast.PDF)))
    assert (response.status_code, files_in("evidence"), Evidence.objects.count()) == (422, [], 0)
    assert "There is no room for it: the files of a place may take" in main(response)
    file = File("a.pdf", "pdf", 100, "1", files_cast.upload(b"%" * 100))
    pk, piece = assessment.version.criteria.get(key=KEY).pk, Piece(2, "Minute")
    with pytest.raises(NoSpace):
        add_evidence(assessment=assessment, criterion_id=pk, piece=piece, token=uuid4(), by=cast.owner, file=file)
