"""The impact of a draft: counts against an independent reckoning, and the admin's page that tells them."""

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.admin import impact as impact_page
from assessments.comparing import impact_told as told
from assessments.comparing.impact import EARLIER, EMPTY, UNFIT, UNREADABLE, Impact
from assessments.interchange import scorable_answers, scorable_playbook
from assessments.models import Answer, Assessment, Criterion, Gate, Lesson, Level, Place, Submission, User, Version
from assessments.scoring import Result, score, whole
from assessments.selectors.answers import answers_document
from assessments.selectors.impact import NothingToScore, Plan, impacts, plan_of
from assessments.selectors.playbooks import playbook_document
from assessments.services.drafting import complete_targets
from assessments.services.playbooks import copy_to_draft, publish_version
from tests import factories
from tests.admin_pages import page
from tests.factories import fill, make_assessment, make_place, make_user, playbook, submit

pytestmark = pytest.mark.django_db

WEIGHTY, LAST_OF_LESSON = "right-path", "collective-leadership"


@pytest.fixture
def owner() -> User:
    return make_user("Owner")


@pytest.fixture
def draft() -> Version:
    """A draft of the playbook, whose first version is published without being proofread: it was often enough."""
    version = factories.import_playbook(document=playbook(), by=None)
    Version.objects.filter(pk=version.pk).update(state=Version.State.PUBLISHED, published_at=timezone.now())
    return copy_to_draft(version=factories.published_version(), number="1.1", by=None)


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(make_user("Ada Admin", is_admin=True))
    return client


def places(owner: User, count: int, *, submitted: int = 0) -> list[Assessment]:
    """So many places with an assessment of mixed levels each, the first of them submitted."""
    made = []
    for number in range(count):
        levels: dict[str, int | str] = {key: (number + at * at) % 5 for at, key in enumerate(playbook().criterion)}
        levels |= {"skills": "dont_know"} if number % 3 == 1 else {}
        made.append(make_assessment(make_place(f"Secret {number} Quay", owner=owner), owner))
        fill(made[-1], levels)
        if number < submitted:
            submit(made[-1], owner, dated=date(2025, 6, 1))
    return made


def reckoned(draft: Version, chunk: int = 2) -> Impact:
    *_, last = impacts(plan_of(draft), chunk=chunk)
    return last


def reweigh(draft: Version, key: str, weight: int) -> None:
    Criterion.objects.filter(version=draft, key=key).update(weight=weight)


def add_criterion(draft: Version, lesson: str, *, weight: int = 15) -> Criterion:
    row = Criterion.objects.create(
        lesson=draft.lessons.get(key=lesson), key="new", title="New", question="?", ask="me", weight=weight, position=90
    )
    Level.objects.bulk_create(Level(criterion=row, position=n, descriptor=f"{n}", next_step="on") for n in range(5))
    complete_targets(version=draft)
    return row


# --- the counts -----------------------------------------------------------------------------------------------------


def results(draft: Version, assessments: list[Assessment]) -> list[tuple[Result, Result]]:
    """Each assessment scored twice by the whole engine, on documents: as it stands, and with what is left of it."""
    document = playbook_document(draft)
    found = []
    for each in assessments:
        own = playbook_document(each.version)
        answers = answers_document(each)
        kept = {key: value for key, value in answers.answers.items() if key in document.criterion}
        left = replace(answers, answers=kept, evidence={}, notes={}, reasons={})
        before = score(scorable_playbook(own), scorable_answers(answers))
        found.append((before, score(scorable_playbook(document), scorable_answers(left))))
    return found


def shown(result: Result) -> int | None:
    return None if result.overall.score is None else whole(result.overall.score)


def moved(pairs: list[tuple[Result, Result]]) -> Fraction:
    """How far all scores together move, exactly."""
    scores = [(before.overall.score, after.overall.score) for before, after in pairs]
    return sum((new - old for old, new in scores if old is not None and new is not None), Fraction(0))


def edit_everything(draft: Version) -> None:
    """Reweigh, reweigh a lesson, retire, add, and lift a gate."""
    reweigh(draft, WEIGHTY, 60)
    Lesson.objects.filter(version=draft, key="fundamentals").update(weight=50)
    draft.criteria.get(key="planners").delete()
    add_criterion(draft, "local-foundations")
    gate = Gate.objects.filter(stage__version=draft).order_by("stage__position")[0]
    Gate.objects.filter(pk=gate.pk).update(level=4)


def test_the_counts_are_those_of_scoring_every_assessment_again(owner: User, draft: Version) -> None:
    made = places(owner, 7, submitted=3)
    edit_everything(draft)
    impact, pairs = reckoned(draft), results(draft, made)
    moves = [(shown(before), shown(after)) for before, after in pairs]
    points = [after - before for before, after in moves if before is not None and after is not None]
    stages = [(b.stage.evidenced, a.stage.evidenced) for b, a in pairs if b.stage.evidenced != a.stage.evidenced]
    weakest = [(b.overall.weakest, a.overall.weakest) for b, a in pairs]
    all_ = impact.all
    assert (all_.compared, impact.open.compared, impact.submitted.compared) == (7, 4, 3)
    assert all_.moved == sum(before != after for before, after in moves)
    assert (all_.up, all_.down) == (sum(each > 0 for each in points), sum(each < 0 for each in points))
    assert (all_.most_up, all_.most_down) == (max(0, *points), min(0, *points))
    assert all_.lost == sum(after is None and before is not None for before, after in moves)
    statuses = [(before.overall.status, after.overall.status) for before, after in pairs]
    assert all_.provisional == statuses.count(("final", "indicative"))
    assert all_.stages == Counter(stages)
    assert all_.weakest == Counter((old, new) for old, new in weakest if old and new and old != new)
    assert impact.now == Counter(None if old is None else min(old // 10, 9) for old, _ in moves)
    assert impact.then == Counter(None if new is None else min(new // 10, 9) for _, new in moves)
    both = sorted((abs(new - old) for old, new in moves if old is not None and new not in (None, old)), reverse=True)
    assert [abs(each.after - each.before) for each in impact.largest] == both
    assert impact.places.compared == 7
    assert points
    assert stages
    assert impact.open.moved + impact.submitted.moved == all_.moved


def test_one_change_alone_is_the_whole_impact(owner: User, draft: Version) -> None:
    places(owner, 5, submitted=2)
    reweigh(draft, WEIGHTY, 60)
    plan = plan_of(draft)
    impact = reckoned(draft)
    assert [(each.what, each.of) for each in plan.changes] == [
        ("Weight of a criterion", playbook().criterion[WEIGHTY].title)
    ]
    assert impact.causes[plan.changes[0].part] == impact.all
    assert impact.all.moved > 0


def test_of_several_changes_each_is_scored_alone(owner: User, draft: Version) -> None:
    made = places(owner, 5)
    edit_everything(draft)
    plan, impact = plan_of(draft), reckoned(draft)
    alone = copy_to_draft(version=factories.published_version(), number="1.2", by=None)
    reweigh(alone, WEIGHTY, 60)
    pairs = results(alone, made)
    cause = impact.causes["weight", WEIGHTY]
    assert cause.sum == moved(pairs)
    assert cause.moved == sum(shown(before) != shown(after) for before, after in pairs)
    causes, _ = told.causes(impact, plan.changes)
    assert sorted(each.change.what for each in causes) == [
        "Gate",
        "New criterion",
        "Retired criterion",
        "Weight of a criterion",
        "Weight of a lesson",
    ]
    assert [each.tally.distance for each in causes] == sorted((each.tally.distance for each in causes), reverse=True)


def test_a_place_with_several_assessments_is_one_place(owner: User, draft: Version) -> None:
    (first,) = places(owner, 1, submitted=1)
    again = make_assessment(first.place, owner)
    fill(again, dict.fromkeys(playbook().criterion, 1) | {WEIGHTY: 4})
    submit(again, owner)
    make_assessment(first.place, owner, {WEIGHTY: 4, "shared-vision": 1})
    places(owner, 1)
    reweigh(draft, WEIGHTY, 90)
    impact = reckoned(draft)
    assert (impact.places.compared, impact.places.moved, impact.all.compared) == (2, 2, 4)
    assert told.headline(impact).startswith("2 places: 2 move, largest +")


def test_a_submitted_assessment_begins_from_what_it_froze_last(owner: User, draft: Version) -> None:
    """Answers that were changed after it was opened again do not count before they are submitted."""
    (assessment,) = places(owner, 1, submitted=1)
    frozen = json.loads(Submission.objects.get().result)
    frozen["overall"]["score"] = "99"
    Submission.objects.update(result=json.dumps(frozen))
    assert [(each.before, each.after) for each in reckoned(draft).largest] == [
        (99, shown(results(draft, [assessment])[0][1]))
    ]


def test_an_older_version_goes_through_the_chain(owner: User, draft: Version) -> None:
    """What had changed before the draft is a cause of its own, and not laid to the draft's changes."""
    made = places(owner, 3)
    reweigh(draft, WEIGHTY, 60)
    publish_version(version=draft, by=None)
    newest = copy_to_draft(version=draft, number="1.2", by=None)
    reweigh(newest, LAST_OF_LESSON, 1)
    impact, pairs = reckoned(newest), results(newest, made)
    before = results(draft, made)
    assert impact.all.sum == moved(pairs)
    assert impact.causes[EARLIER].sum == moved(before)
    assert impact.causes[EARLIER].sum + impact.causes["weight", LAST_OF_LESSON].sum == impact.all.sum
    causes, _ = told.causes(impact, plan_of(newest).changes)
    assert "Changes before this draft" in [each.change.what for each in causes]


def test_what_cannot_be_compared_is_counted_with_its_reason(owner: User, draft: Version) -> None:
    empty, waiting, unfit, broken = places(owner, 4, submitted=0)
    Answer.objects.filter(assessment=empty).delete()
    Answer.objects.filter(assessment=waiting).update(carried=True)
    Answer.objects.filter(assessment=unfit, criterion__key=WEIGHTY).update(level=17)
    submit(broken, owner)
    Submission.objects.update(result="{")
    impact = reckoned(draft)
    assert impact.uncompared == {True: Counter({EMPTY: 2, UNFIT: 1}), False: Counter({UNREADABLE: 1})}
    assert (impact.all.compared, told.headline(impact)) == (0, "No assessment can be compared with this draft yet.")
    assert told.left_out(impact) == [
        ("Nothing is answered yet", 2, 0, 2),
        ("An answer does not fit the version that it was given to", 1, 0, 1),
        ("What was kept when it was submitted cannot be read", 0, 1, 1),
    ]


def test_other_playbooks_do_not_count(owner: User, draft: Version) -> None:
    places(owner, 2)
    other = factories.import_playbook(document=replace(playbook(), key="other"), by=None, publish=True)
    factories.start_assessment(place=make_place("Elsewhere", owner=owner), version=other, by=owner)
    assert reckoned(draft).done == 2


def test_a_score_that_is_lost_says_so(owner: User, draft: Version) -> None:
    """Where a lesson is made anew, too little is known of it for a score."""
    places(owner, 2)
    draft.criteria.filter(lesson__key="fundamentals").exclude(key="skills").delete()
    add_criterion(draft, "fundamentals", weight=900)
    impact = reckoned(draft)
    assert (impact.all.lost, impact.all.moved, impact.largest) == (2, 2, [])
    assert told.headline(impact).startswith("2 places: 2 move, 2 have no score any more")
    assert told.bands(impact)[-1] == ("No score", 0, 2)


def test_nothing_changed_moves_nothing(owner: User, draft: Version) -> None:
    places(owner, 2, submitted=1)
    Criterion.objects.filter(version=draft, lesson__key="fundamentals").update(weight=Decimal(3))
    Criterion.objects.filter(version=draft).update(question="Asked otherwise?")
    draft.criteria.filter(lesson__key="fundamentals").update(weight=Decimal(3))
    plan = plan_of(copy_to_draft(version=factories.published_version(), number="3", by=None))
    *_, impact = impacts(plan)
    assert (plan.changes, told.headline(impact)) == ((), "2 places: none moves.")


# --- the page -------------------------------------------------------------------------------------------------------


def text_of(client: Client, draft: Version) -> str:
    response = client.get(page(draft, "impact"))
    assert response.status_code == 200
    return b"".join(response).decode()


def test_the_page_tells_the_impact_and_names_no_place(admin: Client, owner: User, draft: Version) -> None:
    places(owner, 5, submitted=2)
    edit_everything(draft)
    with CaptureQueriesContext(connection) as captured:
        text = text_of(admin, draft)
    impact = reckoned(draft)
    assert f'<h2 id="headline">{told.headline(impact)}</h2>' in text
    assert re.findall(r"Secret|Quay|Harbour", text) == []
    assert [query["sql"] for query in captured if "assessments_place" in query["sql"]] == []
    assert [query["sql"] for query in captured if not query["sql"].startswith("SELECT")] == []
    for title in ("Which change causes most of it", "In figures", "Supported stages that change", "The largest moves"):
        assert f">{title}</h2>" in text


def test_every_chunk_takes_three_queries_and_more_places_none_more(owner: User, draft: Version) -> None:
    made = []
    for count in (2, 4, 6):
        places(owner, 2, submitted=1)
        plan = plan_of(draft)
        with CaptureQueriesContext(connection) as captured:
            assert [each.done for each in impacts(plan, chunk=2)][-1] == count
        made.append(len(captured))
    assert made == [4, 7, 10]  # the last finds no more
    counts = []
    for chunk in (6, 100):
        with CaptureQueriesContext(connection) as captured:
            list(impacts(plan_of(draft), chunk=chunk))
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 45


def test_the_page_needs_no_more_queries_for_more_places(admin: Client, owner: User, draft: Version) -> None:
    counts = []
    for _ in range(2):
        places(owner, 3, submitted=1)
        with CaptureQueriesContext(connection) as captured:
            text_of(admin, draft)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_page_needs_no_more_queries_for_more_criteria(admin: Client, draft: Version) -> None:
    counts = []
    for more in (20, 0):
        with CaptureQueriesContext(connection) as captured:
            text_of(admin, draft)
        counts.append(len(captured))
        lesson = draft.lessons.get(key="fundamentals")
        for number in range(more):
            row = Criterion.objects.create(
                lesson=lesson, key=f"more-{number}", title=f"More {number}", question="?", ask="me", weight=1
            )
            Level.objects.bulk_create(
                Level(criterion=row, position=n, descriptor=f"{n}", next_step="on") for n in (0, 1)
            )
    assert counts[0] == counts[1]


def test_the_tables_say_from_what_to_what(owner: User, draft: Version) -> None:
    """By the names that the draft uses, those that happen most often first."""
    places(owner, 6, submitted=3)
    edit_everything(draft)
    Lesson.objects.filter(version=draft).update(title=Concat(F("title"), Value(" (draft)")))
    impact, plan = reckoned(draft), plan_of(draft)
    for name, titles in (("stages", plan.stages), ("weakest", plan.lessons)):
        rows = told.from_to(impact, name, titles)
        found = {(old, row[0]): row[3] for old, row in rows}
        assert found == {(titles[a], titles[b]): n for (a, b), n in getattr(impact.all, name).items()}
        assert [row[3] for _, row in rows] == sorted(found.values(), reverse=True)
        assert [row[1] + row[2] == row[3] for _, row in rows] == [True] * len(rows)
    assert {title.endswith(" (draft)") for title in plan.lessons.values()} == {True}


def pieces(plan: Plan, patience: float) -> list[str]:
    return list(impact_page.streamed(plan, "begin", "end", patience=patience, chunk=2))


def test_the_page_says_how_far_it_is_once_its_reader_has_waited(owner: User, draft: Version) -> None:
    places(owner, 5)
    plan = plan_of(draft)
    quick, slow = pieces(plan, patience=3600), pieces(plan, patience=0)
    assert (quick[0], len(quick), quick[-1]) == ("begin", 3, "end")
    assert [re.findall(r"</progress> (.*) scored", each) for each in slow[1:-2]] == [
        ["0 of 5 assessments"],
        ["2 of 5 assessments"],
        ["4 of 5 assessments"],
    ]
    assert slow[-2:] == quick[-2:]


def test_nothing_holds_the_stream_back(admin: Client, owner: User, draft: Version) -> None:
    places(owner, 1)
    response = admin.get(page(draft, "impact"), headers={"Accept-Encoding": "gzip"})
    headers = response["Content-Encoding"], response["X-Accel-Buffering"], "no-store" in response["Cache-Control"]
    assert (response.streaming, headers) == (True, ("identity", "no", True))
    assert b"".join(response).endswith(b"</html>\n")


def test_a_closed_browser_ends_the_work(owner: User, draft: Version) -> None:
    places(owner, 6)
    stream = impact_page.streamed(plan_of(draft), "", "", patience=0, chunk=2)
    assert (next(stream), "0 of 6" in next(stream)) == ("", True)
    with CaptureQueriesContext(connection) as captured:
        stream.close()  # type: ignore[attr-defined]
    assert (len(captured), list(stream)) == (0, [])


def test_trouble_on_the_way_is_said_on_the_page(owner: User, draft: Version, caplog: pytest.LogCaptureFixture) -> None:
    places(owner, 1)
    broken: Any = dict.fromkeys(plan_of(draft).roads)
    begin, trouble, end = pieces(replace(plan_of(draft), roads=broken), patience=3600)
    assert (begin, "The impact could not be worked out" in trouble, end) == ("begin", True, "end")
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_draft_with_faults_is_reckoned_as_far_as_it_goes(admin: Client, owner: User, draft: Version) -> None:
    places(owner, 2)
    criterion = draft.criteria.get(key=WEIGHTY)
    criterion.levels.all().delete()
    text = text_of(admin, draft)
    assert "What follows is reckoned as far as it can be scored." in text
    assert f"Left out: criterion “{criterion.title}”, which has fewer than two levels." in text
    assert "2 places: " in text


def test_a_draft_that_cannot_be_scored_says_so(admin: Client, draft: Version) -> None:
    draft.lessons.all().delete()
    with pytest.raises(NothingToScore):
        plan_of(draft)
    response = admin.get(page(draft, "impact"))
    assert (response.status_code, "It cannot be scored like this" in response.content.decode()) == (200, True)


def test_a_first_version_has_no_impact(admin: Client) -> None:
    first = factories.import_playbook(document=playbook(), by=None)
    assert "No assessment can be compared with this draft yet." in text_of(admin, first)


def test_a_published_version_leads_back_to_its_page(admin: Client) -> None:
    response = admin.get(page(factories.published_version(), "impact"))
    assert (response.status_code, response["Location"]) == (302, page(factories.published_version()))


def staff(*permissions: str) -> Client:
    looker = make_user("Looker")
    User.objects.filter(pk=looker.pk).update(is_staff=True)
    looker.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(User.objects.get(pk=looker.pk))
    return client


def test_whoever_may_look_at_versions_may_read_the_impact(draft: Version) -> None:
    address = page(draft, "impact")
    assert staff("view_version").get(address).status_code == 200
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize("permissions", [[], ["view_place", "view_assessment"]])
def test_nobody_else_may(draft: Version, permissions: list[str]) -> None:
    assert staff(*permissions).get(page(draft, "impact")).status_code == 403


def test_it_only_reads(admin: Client, draft: Version) -> None:
    assert admin.post(page(draft, "impact")).status_code == 405


def test_the_pages_of_a_draft_lead_to_it(admin: Client, draft: Version) -> None:
    for name in ("change", "publish"):
        assert f'href="{page(draft, "impact")}"' in admin.get(page(draft, name)).content.decode()


def test_no_text_becomes_markup(admin: Client, owner: User, draft: Version) -> None:
    nasty = "<script>alert(1)</script>"
    places(owner, 1, submitted=1)
    Place.objects.update(name=nasty)
    edit_everything(draft)
    for model in (Criterion, Lesson):
        model.objects.filter(version=draft).update(title=nasty)
    text = text_of(admin, draft)
    assert ("<script>alert" in text, "&lt;script&gt;alert" in text) == (False, True)
