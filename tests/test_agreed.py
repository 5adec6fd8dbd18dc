"""What a group agreed, as results, reports, files and submissions tell it; and what of respondents stands in files."""

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from assessments import scoring
from assessments.findings.agreed import Agreed, agreement_sentence, freeze_agreed, thaw_agreed
from assessments.findings.heard import respondents_told
from assessments.findings.voices import Voice, spread
from assessments.interchange import documents, dump_answers, read_answers
from assessments.interchange.scorable import scorable_answers, scorable_playbook
from assessments.interchange.spreadsheets import AGREED
from assessments.models import Assessment, Response, ResponseAnswer, Round
from assessments.reports.making import make
from assessments.reports.options import Options
from assessments.scoring.result import Collective
from assessments.selectors.answers import answers_document
from assessments.selectors.playbooks import criterion_ids
from assessments.selectors.results import findings_of
from assessments.services.agreeing import Heard, Terms, agree
from tests.factories import Cast, answer, make_assessment, playbook, submit
from tests.printing import text_of

NINE = (("local-authority", (1, 2, 2, 3)), ("citizen", (2, 3, 4)), ("investor", (3, 4)))
SENTENCE = "Agreed 3; 9 answered, from 1 to 4; dissent: Two investors see level 4."


def voices(given: Sequence[tuple[str, Sequence[int | None]]]) -> list[Voice]:
    return [Voice(role, level) for role, levels in given for level in levels]


def revealed(
    assessment: Assessment, levels: Mapping[str, Sequence[tuple[str, Sequence[int]]]], *, naming: str = "anonymous"
) -> Round:
    """A revealed round in which the respondents of each role gave these levels to the criteria of these keys."""
    now = timezone.now()
    made = Round.objects.create(
        assessment=assessment,
        version=assessment.version,
        naming=naming,
        closes_on=now.date(),
        opened_at=now,
        revealed_at=now,
    )
    ids = criterion_ids(assessment.version)
    for key, by_role in levels.items():
        for role, gave in by_role:
            for level in gave:
                name = "Jo Vale" if naming == "optional" else ""
                response = Response.objects.create(round=made, role=role, name=name, is_done=True)
                ResponseAnswer.objects.create(response=response, criterion_id=ids[key], state="level", level=level)
    return made


@pytest.fixture
def agreed_assessment(cast: Cast) -> Assessment:
    """Answered right-path alone with 2; then nine answered in a round, and the group agreed on 3."""
    assessment = make_assessment(cast.place, cast.owner, {"right-path": 2, "shared-vision": 2})
    found = revealed(assessment, {"right-path": NINE})
    agree(
        assessment=assessment,
        criterion_id=criterion_ids(assessment.version)["right-path"],
        terms=Terms(3, "The board has adopted it.", "Two investors see level 4."),
        heard=Heard(9, 1, 4, round=found),
        seen=1,
        by=cast.owner,
    )
    return assessment


# --- sentences --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agreed", "words"),
    [
        (Agreed(3, "Why.", "Two investors see level 4.", 9, 1, 4), SENTENCE),
        (Agreed(3, "Why.", "", 9, 1, 4), "Agreed 3; 9 answered, from 1 to 4"),
        (Agreed(0, "Why.", "", 4, 0, 0), "Agreed 0; 4 answered, all 0"),
        (Agreed(2, "Why.", "", 2, None, None), "Agreed 2; 2 answered"),
        (Agreed(2, "Why.", " Jo: 1. "), "Agreed 2; dissent: Jo: 1."),
        (Agreed(2, "Why."), "Agreed 2"),
    ],
)
def test_what_was_agreed_is_told_in_a_sentence(agreed: Agreed, words: str) -> None:
    assert agreed.sentence == words
    assert thaw_agreed(freeze_agreed({"right-path": agreed})) == {"right-path": agreed}


def test_how_much_was_agreed_is_told_in_a_sentence() -> None:
    plain, with_dissent = Agreed(3, "Why."), Agreed(3, "Why.", "No.")
    told = [([], 0), ([plain], 0), ([plain, with_dissent], 0), ([], 1)]
    assert [agreement_sentence(standing, departed, 27) for standing, departed in told] == [
        "",
        "Of 27 criteria the group agreed on 1 together.",
        "Of 27 criteria the group agreed on 2 together. "
        "On 1 of them somebody saw it otherwise, which is kept beside the answer.",
        "Of 27 criteria the group agreed on 0 together. 1 answer has been changed since it was agreed.",
    ]


# --- respondents in files ---------------------------------------------------------------------------------------

ROLES = st.sampled_from(["local-authority", "citizen", "investor", "planner", ""])


def collective(rows: Sequence[documents.Respondent]) -> Mapping[str, Collective]:
    given = scorable_answers(documents.Answers("X", timezone.localdate(), "forming", {}, respondents=tuple(rows)))
    return scoring.score(scorable_playbook(playbook()), given).collective or {}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(ROLES, st.none() | st.integers(0, 4)), max_size=14), st.booleans())
def test_files_hold_just_what_is_shown_by_role(given: list[tuple[str, int | None]], anonymous: bool) -> None:
    heard = [Voice(role, level) for role, level in given]
    shown = spread(playbook(), "right-path", heard, anonymous=anonymous)
    rows = respondents_told(playbook(), {"right-path": heard}, anonymous=anonymous)
    assert Counter(row.role for row in rows) == {each.role: each.answered for each in shown.roles}
    means = {each.role: each.mean for each in shown.roles}
    found = collective(rows).get("right-path")
    assert (found.role_means if found else {}) == means
    if shown.result and shown.roles and not shown.untold:
        assert found == shown.result


def test_no_row_of_the_file_is_a_person() -> None:
    """Three who each gave a low and a high level: from the rows nobody can tell who gave which together."""
    heard = {"right-path": voices([("citizen", (0, 2, 4))]), "shared-vision": voices([("citizen", (4, 2, 0))])}
    rows = respondents_told(playbook(), heard, anonymous=True)
    assert [dict(row.answers) for row in rows] == [{"right-path": level, "shared-vision": level} for level in (0, 2, 4)]


def test_the_answers_file_scores_to_what_the_screen_shows(agreed_assessment: Assessment) -> None:
    written = answers_document(agreed_assessment)
    read = read_answers(dump_answers(written), playbook())
    assert [(each.role, dict(each.answers)) for each in read.respondents] == [
        ("local-authority", {"right-path": level}) for level in (1, 2, 2, 3)
    ]
    result = scoring.score(scorable_playbook(playbook()), scorable_answers(read))
    assert result.collective == findings_of(agreed_assessment).result.collective
    assert result.collective
    assert result.collective["right-path"].mean == Fraction(2)


def test_where_names_were_optional_every_role_of_three_is_told(cast: Cast) -> None:
    assessment = make_assessment(cast.place, cast.owner, {"right-path": 2})
    revealed(assessment, {"right-path": NINE}, naming="optional")
    roles = Counter(each.role for each in answers_document(assessment).respondents)
    assert roles == {"local-authority": 4, "citizen": 3}


# --- where it is told -------------------------------------------------------------------------------------------


def page(cast: Cast, name: str, assessment: Assessment) -> str:
    client = Client()
    client.force_login(cast.viewer)
    return client.get(reverse(name, args=[assessment.pk])).content.decode()


def test_result_and_submission_tell_it_and_later_changes_do_not(cast: Cast, agreed_assessment: Assessment) -> None:
    assert SENTENCE in page(cast, "results", agreed_assessment)
    submission = submit(agreed_assessment, cast.owner)
    Response.objects.all().delete()
    frozen = findings_of(Assessment.objects.get(pk=agreed_assessment.pk), submission.number)
    assert {key: each.sentence for key, each in frozen.agreed.items()} == {"right-path": SENTENCE}
    assert frozen.criterion["right-path"].agreed == frozen.agreed["right-path"]
    assert frozen.result.collective
    assert list(frozen.result.collective) == ["right-path"]
    assert SENTENCE in page(cast, "results", agreed_assessment)


def test_an_answer_that_was_changed_since_says_so_and_keeps_the_dissent(
    cast: Cast, agreed_assessment: Assessment
) -> None:
    answer(agreed_assessment, "right-path", 4, by=cast.editor)
    changed = SENTENCE.replace("Agreed 3;", "Agreed 3, changed since to 4;")
    found = findings_of(agreed_assessment)
    assert found.criterion["right-path"].agreed_sentence == changed
    assert found.agreement_sentence.endswith("1 answer has been changed since it was agreed.")
    assert changed in page(cast, "results", agreed_assessment)
    submission = submit(agreed_assessment, cast.owner)
    assert findings_of(agreed_assessment, submission.number).criterion["right-path"].agreed_sentence == changed


def test_who_departs_from_what_was_agreed_is_told_as_it_is_saved(cast: Cast, agreed_assessment: Assessment) -> None:
    client = Client()
    client.force_login(cast.editor)
    seen, told = 2, []
    for level in ("1", "3"):
        data = {"answer": level, "note": "", "seen": str(seen)}
        address = reverse("criterion", args=[agreed_assessment.pk, 1])
        response = client.post(address, data, headers={"HX-Request": "true"})
        told.append("This departs from what the group agreed: level 3." in response.content.decode())
        seen += 1
    assert told == [True, False]


@pytest.mark.any_database
@pytest.mark.parametrize("kind", ["full", "evidence"])
def test_the_report_tells_it(agreed_assessment: Assessment, kind: str) -> None:
    words = " ".join(text_of(make(findings_of(agreed_assessment), Options(kind))).split())
    assert SENTENCE in words
    assert "The board has adopted it." in words


def test_table_and_workbook_hold_it(cast: Cast, agreed_assessment: Assessment) -> None:
    table = page(cast, "answers_as_csv", agreed_assessment).removeprefix("\ufeff")
    row = next(row for row in csv.DictReader(io.StringIO(table)) if row["criterion"] == "right-path")
    told = [row[name] for name in AGREED]
    assert told == ["3", "The board has adopted it.", "9", "1", "4", "Two investors see level 4."]
    book = load_workbook(io.BytesIO(make(findings_of(agreed_assessment), Options("workbook"))))
    cells = [cell for row in book["Answers"].iter_rows(values_only=True) for cell in row if "right-path" in row]
    assert cells[-6:] == [3, "The board has adopted it.", 9, 1, 4, "Two investors see level 4."]
    assert json.loads(page(cast, "answers_as_json", agreed_assessment))["respondents"][0] == {
        "role": "local-authority",
        "answers": {"right-path": 1},
    }
