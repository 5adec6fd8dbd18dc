"""Issued reports: kept as they were, made again to the byte, told apart from forged ones, and telling nothing else."""

import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from assessments.findings.codes import in_groups
from assessments.models import Assessment, Branding, IssuedReport, Place, Submission, User
from assessments.reports.options import thaw_options, thaw_seal
from assessments.services.assessing import reopen_assessment
from assessments.services.branding import Content, save_branding
from assessments.services.issuing import NotTheLast, sha256
from assessments.views.issuing import remake
from tests.at_once import together
from tests.factories import Cast, answer, issue_fake, make_assessment, make_place, make_user, submit
from tests.printing import text_of

CHOICES = {"kind": "funder", "language": "en-gb", "branding": "none"}


@pytest.fixture(autouse=True)
def site(settings: Any, files: Path) -> None:
    """A site with an address, which keeps the files of each test in a folder of its own."""
    settings.SITE_URL = "https://hub.example"


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return make_assessment(cast.place, cast.owner, {"right-path": 2})


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def issue(submission: Submission, by: User, **choices: Any) -> IssuedReport:
    """Issue a report through its page, printed for true."""
    address = reverse("issue", args=[submission.assessment_id, submission.number])
    response = client_of(by).post(address, {**CHOICES, **choices})
    assert (response.status_code, response["Location"]) == (
        302,
        reverse("issued_reports", args=[submission.assessment.place_id]),
    )
    return IssuedReport.objects.filter(submission=submission).latest("pk")


def again(assessment: Assessment, by: User, level: int) -> Submission:
    """Reopen, change an answer, submit."""
    reopen_assessment(assessment=assessment, by=by, reason="A slip.")
    assessment.refresh_from_db()
    answer(assessment, "right-path", level, by=by)
    return submit(assessment, by)


def kept(report: IssuedReport) -> bytes:
    with default_storage.open(str(report.file.name)) as file:
        data: bytes = file.read()
        return data


def checked(report: IssuedReport) -> str:
    """What the check page says first to somebody who is not signed in."""
    return page_of(report)[2]


def page_of(report: IssuedReport) -> list[str]:
    """All the words of the check page, piece by piece, after the head that every page has."""
    response = Client().get(reverse("verified", args=[report.code]))
    assert response.status_code == 200
    _, _, body = response.content.decode().partition('tabindex="-1">')
    return [line.strip() for line in unescape(re.sub("<[^>]+>", "\n", body)).splitlines() if line.strip()]


# --- From issuing to checking -------------------------------------------------------------------------------------


def test_issue_check_change_issue_again_check_both_and_make_both_again(cast: Cast, assessment: Assessment) -> None:
    save_branding(owner=cast.place, content=Content("Harbour Trust", "#5a1f4b", "#8a3f00"), seen=0, by=cast.owner)
    first = issue(submit(assessment, cast.owner), cast.owner, branding="place")
    assert checked(first) == "A report was issued under this code, and it stands: no later one has taken its place."
    second = issue(again(assessment, cast.owner, 4), cast.consultant)
    assert (page_of(first)[1], page_of(second)[1]) == ("Superseded", "Genuine")
    assert text_of(kept(first)) != text_of(kept(second))

    # Years later hardly anything is as it was.
    Place.objects.update(name="Another Name", boundary_note="Elsewhere.")
    Branding.objects.all().delete()
    User.objects.filter(pk=cast.owner.pk).update(name="Another Person")
    cast.consultant.delete()
    IssuedReport.objects.update(issued_at=timezone.now() - timedelta(days=400))
    with translation.override("cy"):
        for report in IssuedReport.objects.all():
            made = remake(report)
            assert made == kept(report)
            assert (sha256(made), len(made)) == (report.sha256, report.size)
    second.refresh_from_db()
    assert (second.issued_by, second.issued_by_name, second.place_name) == (
        None,
        "Consultant Person",
        "Harbour Quarter",
    )


def test_a_report_keeps_what_it_was_made_from(cast: Cast, assessment: Assessment) -> None:
    submission = submit(assessment, cast.owner)
    report = issue(submission, cast.owner)
    seal = thaw_seal(report.seal)
    assert (seal.code, seal.address, seal.issued_on, seal.issued_by) == (
        report.code,
        f"https://hub.example/check/{in_groups(report.code)}/",
        timezone.localdate(),
        "Owner Person",
    )
    facts = (report.playbook, report.engine, report.answers_hash, report.dated, report.number, report.kind)
    hashed = sha256(submission.answers.encode())
    assert facts == ("hubs-of-innovation 1.0", "1", hashed, submission.dated, 1, "funder")
    assert thaw_options(report.options).freeze() == report.options
    assert in_groups(report.code) in text_of(kept(report))


def test_pressing_twice_issues_once_and_other_choices_take_its_place(cast: Cast, assessment: Assessment) -> None:
    submission = submit(assessment, cast.owner)
    first = issue(submission, cast.owner)
    assert issue(submission, cast.consultant) == first
    welsh = issue(submission, cast.owner, language="cy")
    assert [checked(each).startswith("A report was issued under this code, and it stands") for each in (first, welsh)]
    branded = issue_fake(submission, cast.owner, kind="funder", options="other")
    assert [page_of(each)[1] for each in (first, welsh, branded)] == ["Superseded", "Genuine", "Genuine"]
    third = issue(submission, cast.owner)  # as the first was: it is to stand again, under a code of its own
    assert (third.code != first.code, page_of(third)[1], page_of(branded)[1]) == (True, "Genuine", "Superseded")


@pytest.mark.parametrize("who", ["editor", "viewer"])
def test_editors_and_viewers_issue_nothing(cast: Cast, assessment: Assessment, who: str) -> None:
    submission = submit(assessment, cast.owner)
    address = reverse("issue", args=[assessment.pk, submission.number])
    assert client_of(getattr(cast, who)).post(address, CHOICES).status_code == 403
    assert IssuedReport.objects.count() == 0


def test_what_is_not_submitted_cannot_be_issued(cast: Cast, assessment: Assessment) -> None:
    address = reverse("issue", args=[assessment.pk, 1])
    assert client_of(cast.owner).post(address, CHOICES).status_code == 404


def test_a_submission_that_another_replaced_is_not_issued_any_more(cast: Cast, assessment: Assessment) -> None:
    first = submit(assessment, cast.owner)
    again(assessment, cast.owner, 3)
    response = client_of(cast.owner).post(reverse("issue", args=[assessment.pk, 1]), CHOICES)
    assert (response.status_code, "would mislead" in response.content.decode()) == (409, True)
    with pytest.raises(NotTheLast):
        issue_fake(first, cast.owner)
    assert (IssuedReport.objects.count(), list(stored_files())) == (0, [])


def test_what_was_chosen_on_the_page_of_reports_is_what_the_form_begins_with(
    cast: Cast, assessment: Assessment
) -> None:
    export = reverse("export", args=[assessment.pk])
    client = client_of(cast.consultant)
    assert 'name="issue"' not in client.get(export).content.decode()  # nothing is submitted yet
    submit(assessment, cast.owner)
    assert 'name="issue"' in client.get(export).content.decode()
    assert 'name="issue"' not in client_of(cast.editor).get(export).content.decode()
    chosen = {"chosen": "1", "kind": "full", "chapters": ["summary", "method"], "language": "cy", "branding": "none"}
    response = client.get(export, {**chosen, "issue": "1"})
    page = client.get(response["Location"])
    assert page.context["form"].initial == {
        "kind": "full",
        "language": "cy",
        "branding": "none",
        "chapters": ["summary", "method"],
        "appendix": False,
    }


@pytest.mark.parametrize("wrong", [{"kind": "word"}, {"kind": "workbook"}, {"language": "xx"}, {"branding": "own"}])
def test_only_what_is_offered_can_be_chosen(cast: Cast, assessment: Assessment, wrong: dict[str, str]) -> None:
    submit(assessment, cast.owner)
    response = client_of(cast.owner).post(reverse("issue", args=[assessment.pk, 1]), {**CHOICES, **wrong})
    assert (response.status_code, list(response.context["form"].errors)) == (422, list(wrong))


# --- What anybody may know ----------------------------------------------------------------------------------------


def test_the_check_page_tells_nothing_but_place_dates_and_status(cast: Cast, assessment: Assessment) -> None:
    submission = submit(assessment, cast.owner)
    report = issue_fake(submission, cast.owner)
    Submission.objects.update(dated="2026-03-03")
    IssuedReport.objects.update(dated="2026-03-03", issued_at="2026-04-05T10:00Z")
    assert page_of(report) == [
        f"Code {in_groups(report.code)}",
        "Genuine",
        "A report was issued under this code, and it stands: no later one has taken its place.",
        "Place",
        "Harbour Quarter",
        "Date of the assessment",
        "3 March 2026",
        "Issued on",
        "5 April 2026",
        "Is your file the one that was issued?",
        "A code can be copied onto another paper. Compare the place and the date with your report; if you have it as a "
        "file, send it here and be told whether it is the very same. It is compared and not kept.",
        "Your file (PDF, at most 20 MB)",
        "Compare",
        "Check another code",
        "Check a report by its code",
        "Independent:",
        "not endorsed by the publishers of the Hubs of Innovation Playbook. The criteria, levels and weights are this "
        "project’s own.",
    ]
    IssuedReport.objects.update(issued_at="2026-04-05T10:00Z")
    issue_fake(submission, cast.owner, options="other")
    IssuedReport.objects.exclude(pk=report.pk).update(issued_at="2026-05-06T10:00Z")
    assert page_of(report)[1:9] == [
        "Superseded",
        "A report was issued under this code. Another one, issued on 6 May 2026, has taken its place: "
        "ask for that one.",
        "Place",
        "Harbour Quarter",
        "Date of the assessment",
        "3 March 2026",
        "Issued on",
        "5 April 2026",
    ]


def test_the_check_page_is_the_same_for_everybody_and_kept_by_nobody(cast: Cast, assessment: Assessment) -> None:
    report = issue_fake(submit(assessment, cast.owner), cast.owner)
    address = reverse("verified", args=[report.code])
    response = Client().get(address)
    assert (response["X-Robots-Tag"], "no-store" in response["Cache-Control"], response.cookies) == (
        "noindex, nofollow, noarchive",
        True,
        {},
    )
    source = response.content.decode()
    hidden = [str(cast.place.pk) + "/", report.file.name, report.sha256, "Owner Person", "funder", "Full report"]
    assert [each for each in hidden if str(each) in source.partition("<main")[2].replace("/check/", "")] == []


@pytest.mark.parametrize("code", ["AAAAA-AAAAA", "x", "<script>alert(1)</script>", "x" * 300, "a b"])
def test_an_unknown_code_gets_a_calm_page(db: None, code: str) -> None:
    response = Client().get(reverse("verify") + f"{code.replace('/', '')}/")
    page = response.content.decode()
    assert (response.status_code, "Not known here" in page, "<script>alert" in page) == (404, True, False)


@pytest.mark.parametrize(("typed", "status"), [("7kq2m 9xw4t", 302), ("7KQ2M", 422), ("", 422)])
def test_a_typed_code_leads_on_or_is_told_to_be_none(db: None, typed: str, status: int) -> None:
    response = Client().get(reverse("verify"), {"code": typed})
    assert response.status_code == status
    if status == 302:
        assert response["Location"] == "/check/7KQ2M-9XW4T/"


def test_a_forged_file_with_a_true_code_is_told_apart(cast: Cast, assessment: Assessment) -> None:
    report = issue_fake(submit(assessment, cast.owner), cast.owner, file=b"%PDF-1.7 " + b"true" * 100_000)
    address = reverse("verified", args=[report.code])

    def compare(data: bytes) -> tuple[int, Any]:
        response = Client(enforce_csrf_checks=True).post(address, {"file": SimpleUploadedFile("report.pdf", data)})
        return response.status_code, (response.context["is_same"], str(response.context["problem"]))

    assert compare(kept(report)) == (200, (True, ""))
    assert compare(kept(report) + b"\n") == (200, (False, ""))
    assert compare(kept(report).replace(b"true", b"fals", 1)) == (200, (False, ""))
    assert compare(b"") == (422, (None, "Choose the file to compare."))
    assert compare(bytes(20_000_001)) == (
        413,
        (None, "The file is larger than 20 MB; no report that is issued here is."),
    )
    assert Client().post(address, {}).status_code == 422
    assert list(stored_files()) == [report.file.name]  # nothing of what was sent is kept


# --- Files --------------------------------------------------------------------------------------------------------


def stored_files(folder: str = "issued") -> Iterator[str]:
    if default_storage.exists(folder):
        folders, files = default_storage.listdir(folder)
        yield from (f"{folder}/{name}" for name in files)
        for name in folders:
            yield from stored_files(f"{folder}/{name}")


def test_members_download_what_was_issued_and_nothing_else_in_its_place(cast: Cast, assessment: Assessment) -> None:
    report = issue_fake(submit(assessment, cast.owner), cast.owner, file=b"%PDF-1.7 as issued")
    address = reverse("issued_file", args=[cast.place.pk, report.code])
    response = client_of(cast.viewer).get(address)
    assert (response.content, response["Content-Type"]) == (b"%PDF-1.7 as issued", "application/pdf")
    assert response["Content-Disposition"].startswith('attachment; filename="harbour-quarter-')

    Path(default_storage.path(str(report.file.name))).write_bytes(b"%PDF-1.7 as forged")
    response = client_of(cast.viewer).get(address)
    assert (response.status_code, "is damaged" in response.content.decode()) == (500, True)
    default_storage.delete(str(report.file.name))
    response = client_of(cast.viewer).get(address)
    assert (response.status_code, "is missing" in response.content.decode()) == (500, True)


def test_another_place_has_no_such_report(cast: Cast, assessment: Assessment) -> None:
    report = issue_fake(submit(assessment, cast.owner), cast.owner)
    other = make_place("Other Place", owner=cast.owner)
    address = reverse("issued_file", args=[other.pk, report.code])
    assert client_of(cast.owner).get(address).status_code == 404


def test_with_its_place_a_report_goes_and_with_it_the_file(
    cast: Cast, assessment: Assessment, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    report = issue_fake(submit(assessment, cast.owner), cast.owner)
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        cast.place.delete()
        assert len(list(stored_files())) == 1  # as long as the rows can come back
    for callback in callbacks:
        callback()
    assert list(stored_files()) == []
    assert Client().get(reverse("verified", args=[report.code])).status_code == 404


def test_the_list_takes_the_same_queries_for_one_report_and_for_five(
    cast: Cast, assessment: Assessment, django_assert_num_queries: Callable[..., Any]
) -> None:
    submission = submit(assessment, cast.owner)
    client = client_of(cast.viewer)
    address = reverse("issued_reports", args=[cast.place.pk])
    for count in (1, 4):
        for number in range(count):
            issue_fake(submission, cast.owner, options=f"{count} {number}")
        with django_assert_num_queries(4):  # session, person, place, reports
            response = client.get(address)
        stand = [row for row, _kind, _language in response.context["rows"] if row.successor is None]
        assert len(stand) == 1


# --- The command --------------------------------------------------------------------------------------------------


def told_by_the_command(*arguments: str) -> list[str]:
    out = io.StringIO()
    try:
        call_command("issued", *arguments, stdout=out)
    except CommandError as error:
        return [*out.getvalue().splitlines(), f"error: {error}"]
    return out.getvalue().splitlines()


def test_the_command_says_whether_the_file_is_what_was_issued_and_brings_it_back(
    cast: Cast, assessment: Assessment
) -> None:
    report = issue(submit(assessment, cast.owner), cast.owner)
    code = in_groups(report.code).lower()
    told = told_by_the_command(code, "--remake")
    assert told[0] == f"code:            {in_groups(report.code)}"
    assert told[-2:] == ["kept file:       as issued", "made anew:       the same bytes"]
    default_storage.delete(str(report.file.name))
    assert told_by_the_command(code)[-1] == f"error: The file of {in_groups(report.code)} is missing."
    assert told_by_the_command(code, "--restore")[-1] == "restored:        the file made anew is kept now"
    assert told_by_the_command(code)[-1] == "kept file:       as issued"
    assert told_by_the_command("AAAAA-AAAAA") == ["error: No report was issued here under the code AAAAA-AAAAA."]


def test_the_command_blames_another_edition_where_it_is_one(cast: Cast, assessment: Assessment) -> None:
    report = issue(submit(assessment, cast.owner), cast.owner)
    IssuedReport.objects.update(edition="older", sha256="0" * 64)
    told = told_by_the_command(report.code, "--restore")
    assert told[-2].startswith("made anew:       other bytes; another edition of this software made it")
    assert told[-1] == f"error: The file of {in_groups(report.code)} is damaged."


# --- Two at once --------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_who_issue_the_same_at_once_get_the_same_and_different_ones_get_each_their_own() -> None:
    owner = make_user("Owner Person")
    submission = submit(make_assessment(make_place(owner=owner), owner, {"right-path": 2}), owner)
    calls = [lambda number=number: issue_fake(submission, owner, options=str(number % 2)) for number in range(4)]
    reports = together(*calls)
    rows = list(IssuedReport.objects.order_by("number"))
    assert {report.pk for report in reports} <= {row.pk for row in rows}
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert sorted(stored_files()) == sorted(str(row.file.name) for row in rows)
    assert [one for one, other in pairwise(rows) if one.options == other.options] == []
