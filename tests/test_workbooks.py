"""What an uploaded workbook changes: nothing before it is chosen, nothing of anybody else's, and each choice once."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.comparing.three_ways import IN_BOTH, IN_FILE, ON_SITE, SAME, UNKNOWN, changed_in_file, hold
from assessments.interchange.filled import ANSWER, NOTE, Before, Entry, Filled, Line, fingerprint
from assessments.models import Answer, Assessment, WorkbookUpload
from assessments.selectors.answers import given_answers
from assessments.selectors.workbooks import held_lines
from assessments.services.answering import Moved, NotOpen
from assessments.services.assessing import reopen_assessment
from assessments.services.moving import move_assessment, move_back
from assessments.services.workbooks import MOST_KEPT, Accepted, Chosen, accept_lines, keep_upload, remove_old_uploads
from tests.factories import Cast, answer, make_assessment, make_cast, make_user, number_of, submit
from tests.versions_cast import FIRST, SECOND, publish, start
from tests.workbook_cast import MISTAKES, SKIPPED, changed, typed, without_hidden

KEY = "right-path"

# --- three ways -------------------------------------------------------------------------------------------------------

SMALL = st.builds(
    lambda answer, reason, note: Entry(answer, reason if answer == "not_applicable" else "", note),
    st.sampled_from([None, 0, 1, "dont_know", "not_applicable"]),
    st.sampled_from(["", "a"]),
    st.sampled_from(["", "x", "y"]),
)
SAYS = st.sampled_from([frozenset({ANSWER, NOTE}), frozenset({ANSWER}), frozenset({NOTE})])


def line_of(file: Entry, before: Entry | None, says: frozenset[str]) -> Line:
    stood = None if before is None else Before(before, 1, fingerprint(before))
    return Line(KEY, file, stood, says)


@settings(max_examples=400)
@given(SMALL, st.none() | SMALL, SMALL, SAYS)
def test_nothing_is_proposed_in_silence_over_what_somebody_else_changed(
    file: Entry, before: Entry | None, site: Entry, says: frozenset[str]
) -> None:
    line = line_of(file, before, says)
    held = hold(line, site)
    if held.kind == IN_FILE:  # the only kind that is ticked beforehand
        assert site == (before or Entry())
    if held.kind in (SAME, ON_SITE):
        assert held.proposed == site
    changed_parts = changed_in_file(line)
    assert held.proposed.note == (file.note if NOTE in changed_parts else site.note)
    assert held.proposed.choice == (file.choice if ANSWER in changed_parts else site.choice)
    assert held.differs == (held.proposed != site)
    assert held.is_conflict == (held.kind in (IN_BOTH, UNKNOWN))


def test_letters_that_a_program_changed_on_both_sheets_are_no_change() -> None:
    stood = Entry(2, note="as\rtyped")
    resaved = Entry(2, note="as\ntyped")
    line = Line(KEY, resaved, Before(resaved, 1, fingerprint(stood)))
    assert hold(line, stood, 1).kind == SAME
    levelled = Line(KEY, Entry(3, note="as\ntyped"), Before(resaved, 1, fingerprint(stood)))
    held = hold(levelled, stood, 1)
    assert (held.kind, held.proposed) == (IN_FILE, Entry(3, note="as\rtyped"))


def test_without_a_fingerprint_the_revision_tells_that_nobody_saved() -> None:
    line = Line(KEY, Entry(3, note="b"), Before(Entry(2, note="b"), 4))
    assert hold(line, Entry(2, note="a"), 4).kind == IN_FILE
    assert hold(line, Entry(2, note="a"), 5).kind == IN_BOTH


# --- the service ------------------------------------------------------------------------------------------------------


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return make_assessment(cast.place, cast.owner, {KEY: 2, "citizens": 1})


def uploaded(assessment: Assessment, cast: Cast, **lines: Entry) -> WorkbookUpload:
    """An upload that says this, of a file downloaded now."""
    given = given_answers(assessment)
    found = []
    for name, entry in lines.items():
        key = name.replace("_", "-")
        stood = given.get(key)
        before = Entry(stood.answer, stood.reason, stood.note) if stood else Entry()
        found.append(Line(key, entry, Before(before, 1, fingerprint(before))))
    return keep_upload(assessment=assessment, name="answers.xlsx", filled=Filled(tuple(found)), by=cast.owner)


def take_all(upload: WorkbookUpload, assessment: Assessment, cast: Cast) -> Accepted:
    """Accept every line as the page shows it now."""
    chosen = [Chosen(each.text.key, each.held.proposed, each.revision) for each in held_lines(upload, assessment)]
    return accept_lines(upload=upload, assessment=assessment, chosen=chosen, by=cast.owner)


def stands(assessment: Assessment) -> dict[str, tuple[Any, str, int]]:
    rows = Answer.objects.filter(assessment=assessment).select_related("criterion")
    return {row.criterion.key: (row.value, row.note, row.revision) for row in rows}


def test_what_is_chosen_is_taken_over_once(assessment: Assessment, cast: Cast) -> None:
    upload = uploaded(assessment, cast, right_path=Entry(4, note="New"), citizens=Entry("dont_know"))
    lines = held_lines(upload, assessment)
    chosen = [Chosen(each.text.key, each.held.proposed, each.revision) for each in lines]
    wanted = {KEY: (4, "New", 2), "citizens": ("dont_know", "", 2)}
    for _twice in range(2):
        accepted = accept_lines(upload=upload, assessment=assessment, chosen=chosen, by=cast.owner)
        assert (sorted(accepted.saved), accepted.conflicts) == ([*sorted(["citizens", KEY])], [])
        assert stands(assessment) == wanted
    upload.refresh_from_db()
    assert upload.applied_at is not None
    assert [each.held.kind for each in held_lines(upload, assessment)] == [SAME, SAME]


def test_what_was_changed_after_the_page_was_read_stays(assessment: Assessment, cast: Cast) -> None:
    upload = uploaded(assessment, cast, right_path=Entry(4), citizens=Entry(3))
    lines = held_lines(upload, assessment)
    answer(assessment, KEY, 1, by=cast.editor, note="Mine")
    chosen = [Chosen(each.text.key, each.held.proposed, each.revision) for each in lines]
    accepted = accept_lines(upload=upload, assessment=assessment, chosen=chosen, by=cast.owner)
    assert (accepted.saved, accepted.conflicts) == (["citizens"], [KEY])
    assert stands(assessment)[KEY] == (1, "Mine", 2)
    kinds = {each.text.key: each.held.kind for each in held_lines(upload, assessment)}
    assert kinds == {KEY: IN_BOTH, "citizens": SAME}


def test_an_answer_cleared_and_a_first_one_given_meanwhile_are_both_safe(assessment: Assessment, cast: Cast) -> None:
    upload = uploaded(assessment, cast, right_path=Entry(), skills=Entry(3))
    lines = held_lines(upload, assessment)
    answer(assessment, "skills", 0, by=cast.editor)
    chosen = [Chosen(each.text.key, each.held.proposed, each.revision) for each in lines]
    accepted = accept_lines(upload=upload, assessment=assessment, chosen=chosen, by=cast.owner)
    assert (accepted.saved, accepted.conflicts) == ([KEY], ["skills"])
    assert (stands(assessment)[KEY][0], stands(assessment)["skills"][0]) == (None, 0)


def test_two_uploads_in_any_order_overwrite_neither(assessment: Assessment, cast: Cast) -> None:
    one = uploaded(assessment, cast, right_path=Entry(4), citizens=Entry(1, note="One"))
    other = uploaded(assessment, cast, right_path=Entry(3), skills=Entry(2))
    take_all(one, assessment, cast)
    held = {each.text.key: each.held.kind for each in held_lines(other, assessment)}
    assert held == {KEY: IN_BOTH, "skills": IN_FILE}
    take_all(other, assessment, cast)
    assert {each.text.key: each.held.kind for each in held_lines(one, assessment)} == {KEY: IN_BOTH, "citizens": SAME}


@pytest.mark.django_db(transaction=True)
def test_two_uploads_taken_over_at_the_same_moment_lose_nothing() -> None:
    cast = make_cast()
    assessment = make_assessment(cast.place, cast.owner, {KEY: 2})
    entries = [Entry(number, note=f"File {number}") for number in range(4)]
    uploads = [uploaded(assessment, cast, right_path=entry) for entry in entries]
    together = Barrier(len(uploads))

    def take(upload: WorkbookUpload) -> Accepted:
        chosen = [Chosen(KEY, each.held.proposed, each.revision) for each in held_lines(upload, assessment)]
        together.wait()
        try:
            return accept_lines(upload=upload, assessment=assessment, chosen=chosen, by=cast.owner)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(uploads)) as pool:
        accepted = list(pool.map(take, uploads))
    assert sorted(len(each.saved) for each in accepted) == [0, 0, 0, 1]
    first = next(entry for entry, each in zip(entries, accepted, strict=True) if each.saved)
    assert stands(assessment)[KEY] == (first.answer, first.note, 2)


def test_submitted_meanwhile_nothing_is_taken_over_and_the_upload_stays(assessment: Assessment, cast: Cast) -> None:
    upload = uploaded(assessment, cast, right_path=Entry(4))
    submit(assessment, cast.owner)
    with pytest.raises(NotOpen):
        take_all(upload, assessment, cast)
    assert stands(assessment)[KEY][0] == 2
    reopen_assessment(assessment=assessment, by=cast.owner, reason="A slip.")
    assert take_all(upload, assessment, cast).saved == [KEY]


def test_moved_meanwhile_nothing_is_taken_over_and_back_again_it_can_be(db: None) -> None:
    owner = make_user("Owner")
    assessment = start(owner, publish(FIRST))
    before = Before(Entry(), 0, fingerprint(Entry()))
    filled = Filled((Line("same", Entry(1, note="Not lost"), before),))
    upload = keep_upload(assessment=assessment, name="answers.xlsx", filled=filled, by=owner)
    chosen = [Chosen("same", Entry(1, note="Not lost"), 0)]
    moved = move_assessment(assessment=assessment, version=publish(SECOND), by=owner)
    for found in (assessment, moved):
        with pytest.raises(Moved):
            accept_lines(upload=upload, assessment=found, chosen=chosen, by=owner)
    assert Answer.objects.count() == 0
    address = reverse("fill_in_review", args=[assessment.pk, upload.token])
    for response, status in ((client_of(owner).get(address), 200), (client_of(owner).post(address), 409)):
        assert (response.status_code, "Not lost" in words_of(response)) == (status, True)
        assert "This assessment is on version 1.1 now" in words_of(response)
    back = move_back(assessment=moved, by=owner)
    assert accept_lines(upload=upload, assessment=back, chosen=chosen, by=owner).saved == ["same"]


def test_old_uploads_go_and_at_most_five_are_kept(assessment: Assessment, cast: Cast) -> None:
    old = uploaded(assessment, cast)
    WorkbookUpload.objects.update(uploaded_at=timezone.now() - timedelta(days=7, minutes=1))
    kept = [uploaded(assessment, cast).pk for _ in range(MOST_KEPT + 2)]
    rows = list(WorkbookUpload.objects.values_list("pk", flat=True))
    assert (sorted(rows), old.pk in rows) == (kept[2:], False)
    assert remove_old_uploads(before=timezone.now() + timedelta(minutes=1)) == MOST_KEPT


# --- the pages --------------------------------------------------------------------------------------------------------


def client_of(user: Any, language: str = "en-gb") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def download(client: Client, assessment: Assessment) -> bytes:
    response = client.get(reverse("fill_in", args=[assessment.pk]))
    assert response["Content-Disposition"].startswith('attachment; filename="harbour-quarter-answers.xlsx"')
    return response.content


def send(client: Client, assessment: Assessment, data: bytes, name: str = "answers.xlsx") -> Any:
    address = reverse("fill_in_upload", args=[assessment.pk])
    return client.post(address, {"file": SimpleUploadedFile(name, data)})


def words_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def fields(page: Any) -> dict[str, str]:
    """What the form of the review would send as it stands."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page.content.decode()):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        ticks = 'type="checkbox"' in tag or 'type="radio"' in tag
        if name and value and (not ticks or " checked" in tag):
            found[name[1]] = value[1]
    return found


def test_download_fill_in_upload_review_accept(assessment: Assessment, cast: Cast) -> None:
    client = client_of(cast.owner)
    data = changed(download(client, assessment), typed(KEY, "answer", 4), typed(KEY, "note", "From the train"))
    sent = send(client, assessment, data)
    page = client.get(sent.url)
    assert (page.status_code, [each.line.text.key for each in page.context["plain"]]) == (200, [KEY])
    assert stands(assessment)[KEY] == (2, "", 1)
    n = number_of(KEY)
    assert fields(page) | {f"take-{n}": "1", f"seen-{n}": "1"} == fields(page)
    done = client.post(sent.url, fields(page), follow=True)
    assert done.redirect_chain == [(reverse("assessment", args=[assessment.pk]), 302)]
    assert "1 answer was taken over from the file." in words_of(done)
    assert stands(assessment)[KEY] == (4, "From the train", 2)
    assert "Nothing to take over" in words_of(client.get(sent.url))
    assert "Taken over" in words_of(client.get(reverse("fill_in_upload", args=[assessment.pk])))


def test_what_is_not_ticked_stays(assessment: Assessment, cast: Cast) -> None:
    client = client_of(cast.owner)
    sent = send(client, assessment, changed(download(client, assessment), typed(KEY, "answer", 4)))
    data = {name: value for name, value in fields(client.get(sent.url)).items() if not name.startswith("take-")}
    done = client.post(sent.url, data, follow=True)
    assert done.redirect_chain == [(reverse("assessment", args=[assessment.pk]), 302)]
    assert "1 was left as it stands on the site. Look again at what was left out" in words_of(done)
    assert f'<a href="{sent.url}">' in done.content.decode()
    assert stands(assessment)[KEY] == (2, "", 1)


def test_what_was_decided_is_not_asked_again(assessment: Assessment, cast: Cast) -> None:
    """Of one joined, one kept as the site has it and one left without a choice, only the last comes back."""
    client, keys = client_of(cast.owner), (KEY, "citizens", "skills")
    data = changed(download(client, assessment), *(typed(key, "note", "File") for key in keys))
    for key in keys:
        answer(assessment, key, 1, by=cast.editor, note="Site")
    sent = send(client, assessment, data)
    page, (n, m, _left) = client.get(sent.url), map(number_of, keys)
    done = client.post(sent.url, fields(page) | joined(n, "site", "Both") | {f"choice-{m}": "site"}, follow=True)
    assert done.redirect_chain == [(reverse("assessment", args=[assessment.pk]), 302)]
    assert "1 answer was taken over from the file. 2 were left as they stand on the site. Look again" in words_of(done)
    again = client.get(sent.url)
    assert [each.line.text.key for each in again.context["conflicts"]] == ["skills"]
    done = client.post(sent.url, fields(again) | {f"choice-{number_of('skills')}": "site"}, follow=True)
    assert "Look again" not in words_of(done)
    assert "Nothing to take over" in words_of(client.get(sent.url))


def test_what_was_decided_comes_back_where_somebody_else_saved_first(assessment: Assessment, cast: Cast) -> None:
    """A second page, open since before, still shows what was typed on it."""
    client, n = client_of(cast.owner), number_of(KEY)
    data = changed(download(client, assessment), typed(KEY, "note", "File"))
    answer(assessment, KEY, 1, by=cast.editor, note="Site")
    sent = send(client, assessment, data)
    old = fields(client.get(sent.url))
    client.post(sent.url, old | joined(n, "site", "Both"))
    again = client.post(sent.url, old | joined(n, "site", "Both, typed anew"))
    assert (again.status_code, "Both, typed anew" in again.content.decode()) == (409, True)


Choose = Callable[[int], dict[str, str]]
WAYS: dict[str, tuple[Choose, tuple[Any, str]]] = {
    "nothing": (lambda n: {}, (1, "Site")),
    "site": (lambda n: {f"choice-{n}": "site"}, (1, "Site")),
    "file": (lambda n: {f"choice-{n}": "file"}, (4, "File")),
    "join": (lambda n: joined(n, "file", "Site\r\nand file "), (4, "Site\nand file")),
    "join the other way": (lambda n: joined(n, "site", "Both"), (1, "Both")),
}


def joined(n: int, whose: str, note: str) -> dict[str, str]:
    return {f"choice-{n}": "join", f"answer-{n}": whose, f"note-{n}": note}


@pytest.mark.parametrize("way", WAYS)
def test_a_conflict_is_shown_and_ends_as_it_was_chosen(way: str, assessment: Assessment, cast: Cast) -> None:
    client, n = client_of(cast.owner), number_of(KEY)
    data = changed(download(client, assessment), typed(KEY, "answer", 4), typed(KEY, "note", "File"))
    answer(assessment, KEY, 1, by=cast.editor, note="Site")
    sent = send(client, assessment, data)
    page = client.get(sent.url)
    assert ([each.line.text.key for each in page.context["conflicts"]], page.context["plain"]) == ([KEY], [])
    assert "On the site, saved by Editor Person" in words_of(page)
    assert f"choice-{n}" not in fields(page)
    choose, wanted = WAYS[way]
    client.post(sent.url, {f"seen-{n}": "2", **choose(n)})
    assert stands(assessment)[KEY][:2] == wanted


def test_what_was_saved_while_the_page_was_open_is_shown_again_with_every_choice(
    assessment: Assessment, cast: Cast
) -> None:
    client, n, m = client_of(cast.owner), number_of(KEY), number_of("citizens")
    data = changed(download(client, assessment), typed(KEY, "answer", 4), typed("citizens", "answer", 3))
    answer(assessment, "citizens", 0, by=cast.editor, note="Site")
    sent = send(client, assessment, data)
    chosen = fields(client.get(sent.url)) | {
        f"choice-{m}": "join",
        f"answer-{m}": "file",
        f"note-{m}": "Joined by hand",
    }
    answer(assessment, KEY, 0, by=cast.editor, note="Quicker")
    answer(assessment, "citizens", 2, by=cast.editor, note="Quicker too")
    again = client.post(sent.url, chosen)
    assert (again.status_code, stands(assessment)[KEY][:2]) == (409, (0, "Quicker"))
    assert "Changed while you were looking" in words_of(again)
    kept = fields(again)
    assert (kept[f"choice-{n}"], kept[f"choice-{m}"], kept[f"answer-{m}"]) == ("file", "join", "file")
    assert "Joined by hand" in again.content.decode()
    done = client.post(sent.url, kept | {f"note-{m}": "Joined by hand"})
    assert (done.status_code, stands(assessment)[KEY][0]) == (302, 4)
    assert stands(assessment)["citizens"][:2] == (3, "Joined by hand")


def test_a_joined_note_that_is_too_long_comes_back_whole(assessment: Assessment, cast: Cast) -> None:
    client, n = client_of(cast.owner), number_of(KEY)
    data = changed(download(client, assessment), typed(KEY, "note", "File"))
    answer(assessment, KEY, 1, by=cast.editor, note="Site")
    sent = send(client, assessment, data)
    refused = client.post(sent.url, {f"seen-{n}": "2", f"choice-{n}": "join", f"note-{n}": "x" * 4001})
    assert (refused.status_code, "x" * 4001 in refused.content.decode()) == (422, True)
    assert "The note has 4001 characters; at most 4000 can be kept. Shorten it." in words_of(refused)
    assert stands(assessment)[KEY][:2] == (1, "Site")


@pytest.mark.parametrize("mistake", ["an answer in one’s own words", "saved as CSV", "an empty file"])
def test_a_file_with_faults_is_told_and_not_kept(mistake: str, assessment: Assessment, cast: Cast) -> None:
    response = send(client_of(cast.owner), assessment, MISTAKES[mistake](), "mine.xlsx")
    assert (response.status_code, WorkbookUpload.objects.count()) == (422, 0)
    assert "Nothing was taken over from mine.xlsx" in words_of(response)


def test_without_its_hidden_sheet_everything_that_differs_has_to_be_chosen(assessment: Assessment, cast: Cast) -> None:
    client = client_of(cast.owner)
    data = changed(download(client, assessment), typed(KEY, "answer", 4), typed("skills", "answer", 3), without_hidden)
    page = client.get(send(client, assessment, data).url)
    assert [each.line.text.key for each in page.context["conflicts"]] == [KEY]
    assert [each.line.text.key for each in page.context["plain"]] == ["skills"]
    assert "The file has lost its hidden sheet" in words_of(page)


def test_submitted_meanwhile_the_page_says_so_and_shows_what_the_file_says(assessment: Assessment, cast: Cast) -> None:
    client = client_of(cast.owner)
    data = changed(download(client, assessment), typed(SKIPPED, "answer", 4), typed(SKIPPED, "note", "Not lost"))
    sent = send(client, assessment, data)
    chosen = fields(client.get(sent.url))
    submit(assessment, cast.owner)
    for response, status in ((client.post(sent.url, chosen), 409), (client.get(sent.url), 200)):
        assert (response.status_code, "Not lost" in words_of(response)) == (status, True)
        assert "This assessment has been submitted" in words_of(response)
    leads = client.get(reverse("fill_in_upload", args=[assessment.pk]))["Location"]
    assert leads == reverse("results", args=[assessment.pk])


def test_a_welsh_reader_may_answer_in_welsh(assessment: Assessment, cast: Cast) -> None:
    client = client_of(cast.owner, "cy")
    data = changed(download(client, assessment), typed(KEY, "answer", "Ddim yn gwybod"))
    page = client.get(send(client, assessment, data).url)
    assert "Beth fyddai’r ffeil yn ei newid" in words_of(page)
    assert [each.file.answer for each in page.context["plain"]] == ["Ddim yn gwybod"]


def test_an_unknown_upload_is_not_there(assessment: Assessment, cast: Cast) -> None:
    assert client_of(cast.owner).get(reverse("fill_in_review", args=[assessment.pk, uuid4()])).status_code == 404


def test_the_review_asks_the_database_the_same_however_much_differs(assessment: Assessment, cast: Cast) -> None:
    client = client_of(cast.owner)
    data = download(client, assessment)
    counts = []
    for keys in ([KEY], [KEY, "citizens", "skills", SKIPPED]):
        address = send(client, assessment, changed(data, *(typed(key, "note", "More") for key in keys))).url
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert len(client.get(address).context["plain"]) == len(keys)
        counts.append(len(captured))
    assert counts == [counts[0]] * 2
    assert counts[0] <= 8
