"""The admin as an admin uses it, from copying a version to publishing it, and what it refuses to everybody."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from playwright.sync_api import Page

from assessments.interchange import read_playbook
from assessments.models import (
    Assessment,
    Criterion,
    Gate,
    Hint,
    Lesson,
    Level,
    Membership,
    Place,
    Playbook,
    PublishedIsReadOnly,
    Role,
    Stage,
    Target,
    User,
    Version,
)
from assessments.selectors.playbooks import playbook_document
from assessments.services.playbooks import copy_to_draft, import_playbook
from tests import factories
from tests.admin_pages import adding, criterion_of, edit, export, faults, form_of, listing, page, said, send

pytestmark = pytest.mark.django_db

NASTY = '<script>alert("x")</script><img src=x onerror=alert(1)>'
PARTS: list[Any] = [Lesson, Criterion, Stage, Role]
VERSIONS = reverse("admin:assessments_version_changelist")


@pytest.fixture
def admin() -> Client:
    """A browser in which an admin is signed in."""
    client = Client()
    client.force_login(factories.make_user("Ada Admin", is_admin=True))
    return client


@pytest.fixture
def published() -> Version:
    return factories.published_version()


@pytest.fixture
def draft(published: Version) -> Version:
    return copy_to_draft(version=published, number="1.1", by=None)


# --- the whole road -------------------------------------------------------------------------------------------------


def test_an_admin_copies_rewords_reweighs_reorders_and_publishes(admin: Client, published: Version) -> None:
    before = export(published)
    copied: Any = admin.post(page(published, "copy"), {"number": "1.1"})
    draft = Version.objects.get(number="1.1")
    assert copied.url == page(draft)

    criterion = criterion_of(draft)
    response = edit(
        admin, criterion, title="One vision", weight="12.5", **{"levels-1-descriptor": "One of them\r\nhas"}
    )
    assert response.url == page(draft)
    keys = [each.key for each in Criterion.objects.filter(lesson=criterion.lesson_id)]
    row = keys.index("shared-vision")
    send(admin, listing(Criterion, draft), {f"form-{row}-position": "1"}, "changelist-form")

    factories.decide_as_guessed(draft)
    assert "cannot be taken back" in admin.get(page(draft, "publish")).content.decode()
    admin.post(page(draft, "publish"))

    assert export(published) == before
    new = playbook_document(Version.objects.select_related("playbook").get(pk=draft.pk))
    assert Version.objects.current() == draft
    assert [each.key for each in new.lessons[0].criteria] == ["shared-vision", "right-path", *keys[2:]]
    changed = new.criterion["shared-vision"]
    assert (changed.title, changed.weight, changed.levels[1].descriptor) == ("One vision", 12.5, "One of them\nhas")
    log = [str(entry.get_change_message()) for entry in LogEntry.objects.order_by("pk")]
    assert [log[0], log[-1]] == ["Copied from version 1.0.", "Published."]
    assert LogEntry.objects.filter(object_id=str(criterion.pk)).count() == 2


def test_the_file_that_is_downloaded_is_the_export(admin: Client, published: Version, draft: Version) -> None:
    for version in (published, draft):
        response = admin.get(page(version, "download"))
        assert response.content.decode() == export(version)
        assert response["Content-Disposition"] == f'attachment; filename="hubs-of-innovation-{version.number}.yaml"'


def test_the_next_number_is_proposed_and_a_number_that_is_taken_refused(admin: Client, draft: Version) -> None:
    assert admin.get(page(draft, "copy")).context["form"]["number"].value() == "1.2"
    for number, fault in [("1.0", "There is a version with this number already."), (" ", "This field is required.")]:
        response = admin.post(page(draft, "copy"), {"number": number})
        assert response.context["form"].errors == {"number": [fault]}
    assert Version.objects.count() == 2


def test_a_version_page_counts_its_parts_and_says_who_published_it_when(admin: Client, published: Version) -> None:
    cast = factories.make_cast()
    factories.make_assessment(cast.place, cast.owner)
    by = User.objects.get(email="ada.admin@example.org")
    Version.objects.filter(pk=published.pk).update(published_by=by)
    (row,) = admin.get(VERSIONS).context["cl"].result_list
    assert (row.lesson_count, row.criterion_count, row.assessment_count) == (4, 27, 1)
    assert f"at {row.published_at:%H:%M} by Ada Admin" in admin.get(VERSIONS).content.decode()


# --- faults ---------------------------------------------------------------------------------------------------------


def test_a_draft_with_faults_says_what_and_where_and_is_not_published(admin: Client, draft: Version) -> None:
    criterion = criterion_of(draft)
    first = draft.stages.first()
    assert first is not None
    Level.objects.filter(criterion=criterion, position__gt=0).delete()
    Gate.objects.filter(criterion=criterion).delete()
    Gate.objects.create(stage=first, criterion=criterion_of(draft, "skills"), level=1)
    Target.objects.filter(criterion__version=draft, criterion__key="citizens", stage__key="scaling").update(level=9)
    empty = Lesson.objects.create(version=draft, key="empty", title="Empty", weight=1, position=9)
    factories.decide_as_guessed(draft)
    for response in (admin.get(page(draft)), admin.get(page(draft, "publish")), admin.post(page(draft, "publish"))):
        add_to_it = f"{adding(Criterion, draft)}&lesson={empty.pk}"
        too_high = "is 9; it must be a whole number from 0 to 4, since the criterion has 5 levels, counted from 0"
        told = [(fault.where, fault.reason, fault.url) for fault in response.context["faults"]]
        where = f"{page(criterion)}#levels-group"
        citizens = f"{page(criterion_of(draft, 'citizens'))}#targets-group"
        too_high = "is 9; it must be a whole number from 0 to 4, since the criterion has 5 levels, counted from 0"
        assert told == [
            ("Stage “Exploring”, gates", "the first stage has no gates", page(first)),
            ("Criterion “Shared vision and purpose”, levels", "needs 2 or more entries, it has 1", where),
            ("Criterion “Citizens”, target at “Scaling”", too_high, citizens),
            ("Lesson “Empty”, criteria", "needs 1 or more entries, it has 0", add_to_it),
        ]
        assert all(admin.get(url).status_code == 200 for _, _, url in told)
        assert f'<a href="{where}">' in response.content.decode()
    assert response.status_code == 409
    assert not Version.objects.get(pk=draft.pk).is_published


STAGE_OF_ANOTHER, LESSON_OF_ANOTHER = "a stage of another version", "a lesson of another version"
REFUSED = {
    "blank title": ({"title": "  "}, {"title": ["This field is required."]}),
    "blank question": ({"question": " \r\n\t"}, {"question": ["This field is required."]}),
    "blank ask": ({"ask": "\u00a0"}, {"ask": ["This field is required."]}),
    "no weight": (
        {"weight": "0"},
        {"weight": ["Must be above 0. What counts is its share of the sum of weights."]},
    ),
    "negative weight": (
        {"weight": "-3"},
        {"weight": ["Must be above 0. What counts is its share of the sum of weights."]},
    ),
    "blank level": ({"levels-2-descriptor": "   "}, {"levels-2-descriptor": ["This field is required."]}),
    "blank next step": ({"levels-2-next_step": "\n"}, {"levels-2-next_step": ["This field is required."]}),
    "levels that read the same": (
        {"levels-0-descriptor": "A  board meets", "levels-3-descriptor": "a board\r\nMEETS "},
        {"levels-3-descriptor": ["Reads the same as level 0."]},
    ),
    "one level": (
        {f"levels-{n}-DELETE": "on" for n in range(1, 5)}
        | {f"targets-{n}-level": "0" for n in range(6)}
        | {"gates-0-level": "0", "gates-1-level": "0"},
        {"levels": ["A criterion needs at least two levels; this one has 1."]},
    ),
    "target above the highest level": (
        {"targets-5-level": "5"},
        {"targets-5-level": ["The highest level of this criterion is 4."]},
    ),
    "target above once a level goes": (
        {"levels-4-DELETE": "on", "targets-4-level": "3", "targets-5-level": "4"},
        {"targets-5-level": ["The highest level of this criterion is 3."]},
    ),
    "no target": ({"targets-0-level": ""}, {"targets-0-level": ["This field is required."]}),
    "gate above the highest level": (
        {"gates-0-level": "5"},
        {"gates-0-level": ["The highest level of this criterion is 4."]},
    ),
    "a stage of another version": (
        {"gates-TOTAL_FORMS": "3", "gates-2-stage": STAGE_OF_ANOTHER, "gates-2-level": "1"},
        {"gates-2-stage": ["Select a valid choice. That choice is not one of the available choices."]},
    ),
    "a lesson of another version": (
        {"lesson": LESSON_OF_ANOTHER},
        {"lesson": ["Select a valid choice. That choice is not one of the available choices."]},
    ),
}


@pytest.mark.parametrize(("changes", "expected"), REFUSED.values(), ids=REFUSED.keys())
def test_a_fault_on_a_criterion_page_stands_beside_its_field(
    admin: Client, published: Version, draft: Version, changes: dict[str, str], expected: dict[str, list[str]]
) -> None:
    others = {STAGE_OF_ANOTHER: published.stages.last(), LESSON_OF_ANOTHER: published.lessons.first()}
    changes = {name: str(others[value].pk) if value in others else value for name, value in changes.items()}  # type: ignore[union-attr]
    before = export(draft)
    assert faults(edit(admin, criterion_of(draft), **changes)) == expected
    assert export(draft) == before


def test_gates_that_may_not_be_are_refused_on_both_pages(admin: Client, draft: Version) -> None:
    first, second = draft.stages.all()[:2]
    criterion = criterion_of(draft)
    row = {"gates-TOTAL_FORMS": "3", "gates-2-level": "1"}
    at_first = edit(admin, criterion, **row, **{"gates-2-stage": first.pk})
    text = "The first stage has no gates. Choose a later one, or delete this row."
    assert faults(at_first) == {"gates-2-stage": [text]}
    twice = edit(admin, criterion, **row, **{"gates-2-stage": second.pk})
    assert faults(twice) == {"gates-2-stage": ["There is a gate for this stage already."]}

    row = {"gates-TOTAL_FORMS": "1", "gates-0-level": "9", "gates-0-criterion": str(criterion.pk)}
    text = "The first stage has no gates. Delete them, or put another stage first."
    level = {"gates-0-level": ["The highest level of this criterion is 4."]}
    assert faults(edit(admin, first, **row)) == {"gates": [text], **level}
    foreign = {**row, "gates-0-level": "1", "gates-0-criterion": str(criterion_of(factories.published_version()).pk)}
    assert list(faults(edit(admin, first, **foreign))) == ["gates", "gates-0-criterion"]
    there = Gate.objects.filter(stage=second).count()
    row = {"gates-TOTAL_FORMS": str(there + 1), f"gates-{there}-level": "1"}
    twice = edit(admin, second, **row, **{f"gates-{there}-criterion": str(criterion.pk)})
    assert faults(twice) == {f"gates-{there}-criterion": ["There is a gate for this criterion already."]}


def test_the_list_says_beside_the_weight_that_it_is_too_small(admin: Client, draft: Version) -> None:
    response = send(admin, listing(Lesson, draft), {"form-1-weight": "0", "form-2-position": "0"}, "changelist-form")
    assert [dict(errors) for errors in response.context["cl"].formset.errors] == [
        {},
        {"weight": ["Must be above 0. What counts is its share of the sum of weights."]},
        {"position": ["The first one has number 1."]},
        {},
    ]


def test_a_number_follows_share_of_a_version_is_checked(admin: Client, draft: Version) -> None:
    expected = {
        ("number", "1.0"): {"number": ["There is a version 1.0 of this playbook already."]},
        ("number", "  "): {"number": ["This field is required."]},
        ("title", " "): {"title": ["This field is required."]},
        ("indicative_from", "1.2"): {
            "indicative_from": ["Must be above 0 and at most 1; 0.7 means seven tenths of a lesson's weight."]
        },
        ("follows", "0.9"): {"follows": ["Select a valid choice. 0.9 is not one of the available choices."]},
    }
    assert {(name, value): faults(edit(admin, draft, **{name: value})) for name, value in expected} == expected
    assert edit(admin, draft, number="2.0", follows="").url == page(draft)
    assert Version.objects.filter(number="2.0", follows="").count() == 1


# --- adding, moving, deleting ---------------------------------------------------------------------------------------


def new_criterion(lesson: Lesson, **changes: str) -> dict[str, str]:
    texts = {"title": "Clean air", "question": "Is it clean?", "ask": "The council", "weight": "7"}
    levels = {f"levels-{n}-{name}": f"{name} {n}" for n in range(3) for name in ("descriptor", "next_step")}
    targets = {f"targets-{n}-level": str(min(n, 2)) for n in range(6)}
    return {"lesson": str(lesson.pk), **texts, **levels, **targets, **changes}


def add(admin: Client, model: Any, version: Version, **changes: Any) -> Any:
    return send(admin, adding(model, version), changes, f"{model._meta.model_name}_form")


def test_a_new_criterion_gets_a_key_the_last_place_its_levels_and_a_target_for_every_stage(
    admin: Client, draft: Version
) -> None:
    lesson = draft.lessons.all()[1]
    hints = {"hints-TOTAL_FORMS": "2", "hints-0-text": "A map", "hints-1-text": "A survey", "hints-1-position": "1"}
    data = {"hints-2-TOTAL_FORMS": "1", "hints-2-0-text": "Air quality data"}
    assert add(admin, Criterion, draft, **new_criterion(lesson), **hints, **data).url == page(draft)
    made = Criterion.objects.get(version=draft, key="clean-air")
    assert list(Criterion.objects.filter(lesson=lesson))[-1] == made
    assert [(level.position, level.descriptor) for level in made.levels.all()] == [
        (n, f"descriptor {n}") for n in range(3)
    ]
    assert [target.level for target in made.targets.order_by("stage__position")] == [0, 1, 2, 2, 2, 2]
    assert [(hint.kind, hint.text) for hint in made.hints.all()] == [
        (Hint.Kind.DATA, "Air quality data"),
        (Hint.Kind.EVIDENCE, "A survey"),
        (Hint.Kind.EVIDENCE, "A map"),
    ]
    factories.decide_as_guessed(draft)
    assert admin.get(page(draft)).context["faults"] == []


def test_a_new_criterion_without_targets_or_with_a_key_that_is_taken_is_refused(admin: Client, draft: Version) -> None:
    lesson = draft.lessons.all()[1]
    changes = new_criterion(lesson, key="shared-vision", **{"targets-3-level": "", "levels-1-next_step": " "})
    assert faults(add(admin, Criterion, draft, **changes)) == {
        "key": ["Another criterion of this version has the key “shared-vision”."],
        "levels-1-next_step": ["This field is required."],
        "targets-3-level": ["This field is required."],
    }
    changes = new_criterion(lesson, key="Clean Air")
    text = "Use small letters a to z, digits, and single hyphens between words: shared-vision."
    assert faults(add(admin, Criterion, draft, **changes)) == {"key": [text]}
    assert draft.criteria.count() == 27


def test_a_key_stays_once_a_version_has_been_copied_and_may_change_before(admin: Client, draft: Version) -> None:
    assert "key" not in form_of(admin.get(page(criterion_of(draft))), "criterion_form")
    add(admin, Role, draft, name="Ferry operator")
    made = draft.roles.get(key="ferry-operator")
    assert edit(admin, made, key="ferries").url == page(draft)
    assert list(draft.roles.values_list("key", "position"))[-1] == ("ferries", 10)
    (wrong,) = faults(add(admin, Role, draft, name="Ferries")).items()
    assert wrong == ("key", ["Another role of this version has the key “ferries”."])


def test_a_new_stage_comes_last_and_gets_the_targets_of_the_stage_before(admin: Client, draft: Version) -> None:
    last = draft.stages.last()
    response = add(admin, Stage, draft, name="Beyond", facts="It is over.")
    stage = draft.stages.get(key="beyond")
    assert [each.key for each in draft.stages.all()][-2:] == [last.key, "beyond"]  # type: ignore[union-attr]
    levels = dict(Target.objects.filter(stage=last).values_list("criterion", "level"))
    assert dict(Target.objects.filter(stage=stage).values_list("criterion", "level")) == levels
    assert len(levels) == 27
    assert said(admin.get(response.url))[0].startswith("27 targets were made")


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ({4: 2}, [0, 1, 4, 2, 3]),
        ({0: 2}, [1, 2, 0, 3, 4]),
        ({0: 4, 4: 0}, [4, 1, 2, 3, 0]),
        ({1: ""}, [0, 2, 3, 4, 1]),
    ],
    ids=["up", "down", "swap", "left empty"],
)
def test_a_level_moves_to_the_number_that_is_typed(
    admin: Client, draft: Version, typed: dict[int, int | str], order: list[int]
) -> None:
    criterion = criterion_of(draft)
    texts = [level.descriptor for level in criterion.levels.all()]
    edit(admin, criterion, **{f"levels-{row}-position": str(number) for row, number in typed.items()})
    assert [(level.position, level.descriptor) for level in criterion.levels.all()] == [
        (number, texts[row]) for number, row in enumerate(order)
    ]


def test_parts_move_in_their_lists(admin: Client, draft: Version) -> None:
    for model in (Lesson, Stage, Role):
        keys = list(model.objects.filter(version=draft).values_list("key", flat=True))
        send(admin, listing(model, draft), {"form-3-position": "1"}, "changelist-form")
        moved = [keys[3], *keys[:3], *keys[4:]]
        rows = model.objects.filter(version=draft).values_list("key", "position")
        assert list(rows) == [(key, position) for position, key in enumerate(moved)]


def test_a_criterion_that_moves_to_another_lesson_comes_last_there(admin: Client, draft: Version) -> None:
    criterion, target = criterion_of(draft), draft.lessons.all()[2]
    edit(admin, criterion, lesson=str(target.pk))
    assert [each.key for each in Criterion.objects.filter(lesson=target)][-1] == "shared-vision"


def test_a_part_and_a_draft_can_be_deleted(admin: Client, draft: Version) -> None:
    lesson = draft.lessons.first()
    assert lesson is not None
    assert "Criteria: 6" in admin.get(page(lesson, "delete")).content.decode()
    deleted: Any = admin.post(page(lesson, "delete"), {"post": "yes"})
    assert deleted.url == page(draft)
    assert (draft.lessons.count(), draft.criteria.count()) == (3, 21)
    admin.post(page(draft, "delete"), {"post": "yes"})
    assert list(Version.objects.values_list("number", flat=True)) == ["1.0"]


def test_a_playbook_and_its_first_version_can_be_made_from_nothing(admin: Client) -> None:
    admin.post(reverse("admin:assessments_playbook_add"), {"key": "first-look"})
    playbook = Playbook.objects.get(key="first-look")
    fields = {"playbook": playbook.pk, "number": "0.1", "title": "First look", "summary": "", "indicative_from": "0.5"}
    admin.post(reverse("admin:assessments_version_add"), fields)
    version = Version.objects.get(playbook=playbook)
    assert (version.state, str(version.created_by)) == ("draft", "Ada Admin")
    reasons = [(fault.where, fault.reason) for fault in admin.get(page(version)).context["faults"]]
    assert reasons == [
        ("stages", "needs 1 or more entries, it has 0"),
        ("lessons", "needs 1 or more entries, it has 0"),
    ]
    assert admin.post(page(playbook), {"key": "other"}).status_code == 403  # its versions name it


# --- what is published is read-only ---------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Version, *PARTS])
def test_a_published_page_has_nothing_to_save_delete_or_add(admin: Client, published: Version, model: Any) -> None:
    row = published if model is Version else model.objects.filter(version=published)[1]
    before = export(published)
    response = admin.get(page(row))
    text = response.content.decode()
    inputs = form_of(response, f"{model._meta.model_name}_form")
    assert [name for name in inputs if not name.endswith("_FORMS")] == ["csrfmiddlewaretoken"]
    assert 'name="_save"' not in text
    assert page(row, "delete") not in text
    assert "add-row" not in text
    posts = [admin.post(page(row), {"title": "x"}), admin.post(page(row, "delete"), {"post": "yes"})]
    assert [response.status_code for response in posts] == [403, 403]
    assert export(published) == before


@pytest.mark.parametrize("model", PARTS)
def test_a_list_of_published_rows_has_nothing_to_fill_in(admin: Client, published: Version, model: Any) -> None:
    before = export(published)
    response = admin.get(listing(model, published))
    assert list(form_of(response, "changelist-form")) == ["csrfmiddlewaretoken"]
    assert admin.get(adding(model, published)).status_code == 403
    row = model.objects.filter(version=published)[1]
    data = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": row.pk, "form-0-position": 1, "_save": "Save"}
    admin.post(listing(model, published), data)
    assert export(published) == before


def test_a_published_row_slipped_into_the_list_of_a_draft_is_refused_in_words(
    admin: Client, published: Version, draft: Version
) -> None:
    before = export(published)
    row = published.roles.all()[1]
    data = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": row.pk, "form-0-position": 9, "_save": "Save"}
    response = admin.post(listing(Role, draft), data, follow=True)
    assert said(response) == [
        "Nothing was saved. A published version is read-only. Copy it into a new draft to change it."
    ]
    assert export(published) == before


@pytest.mark.parametrize("model", [Version, *PARTS, Level, Target, Gate, Hint])
def test_the_rows_themselves_refuse_too(published: Version, model: Any) -> None:
    names = {Version: "pk", Level: "criterion__version", Hint: "criterion__version"}
    names |= {Target: "criterion__version", Gate: "criterion__version"}
    row = model.objects.filter(**{names.get(model, "version"): published.pk}).first()
    with pytest.raises(PublishedIsReadOnly):
        row.save()
    with pytest.raises(PublishedIsReadOnly):
        row.delete()


@pytest.mark.parametrize("model", [Version, *PARTS])
def test_a_form_that_was_opened_before_publication_saves_nothing_after_it(
    admin: Client, draft: Version, model: Any
) -> None:
    row = draft if model is Version else model.objects.filter(version=draft)[1]
    opened = form_of(admin.get(page(row)), f"{model._meta.model_name}_form")
    opened_list = {} if model is Version else form_of(admin.get(listing(model, draft)), "changelist-form")
    admin.post(page(draft, "publish"))
    before = export(draft)
    field = "title" if "title" in opened else "name"
    assert admin.post(page(row), {**opened, field: "Too late", "_save": "Save"}).status_code == 403
    if opened_list:
        admin.post(listing(model, draft), {**opened_list, "form-1-position": "1", "_save": "Save"})
    assert export(draft) == before


def test_publishing_what_is_published_says_so(admin: Client, published: Version) -> None:
    response = admin.post(page(published, "publish"), follow=True)
    assert said(response) == ["Hubs of innovation: the four lessons 1.0 is published already."]


# --- lists ----------------------------------------------------------------------------------------------------------


def test_a_list_shows_one_version_the_draft_first(admin: Client, published: Version, draft: Version) -> None:
    address = reverse("admin:assessments_criterion_changelist")
    for query, version in [("", draft), (f"?version={published.pk}", published), ("?version=x", draft)]:
        rows = admin.get(address + query).context["cl"].result_list
        assert [row.pk for row in rows] == [row.pk for row in Criterion.objects.filter(version=version)]
    lead: Any = admin.get(reverse("admin:assessments_lesson_add"))
    assert lead.url == adding(Lesson, draft)


# --- who may come in ------------------------------------------------------------------------------------------------


def test_only_staff_come_in_and_by_the_sign_in_of_the_site(published: Version) -> None:
    client = Client()
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1] == ("/accounts/login/?next=/admin/", 302)
    client.force_login(factories.make_user("Somebody"))
    assert client.get("/admin/", follow=True).status_code == 403
    assert client.post(page(published, "copy"), {"number": "7"}, follow=True).status_code == 403
    assert Version.objects.count() == 1


def test_staff_who_may_only_look_see_no_buttons_and_can_do_nothing(published: Version, draft: Version) -> None:
    looker = factories.make_user("Looker")
    User.objects.filter(pk=looker.pk).update(is_staff=True)
    looker.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client = Client()
    client.force_login(User.objects.get(pk=looker.pk))
    text = client.get(page(draft)).content.decode()
    assert [word in text for word in (page(draft, "copy"), page(draft, "publish"), 'name="_save"', "Add a lesson")] == [
        False
    ] * 4
    criterion = criterion_of(draft)
    shown = form_of(client.get(page(criterion)), "criterion_form")
    assert [name for name in shown if not name.endswith("_FORMS")] == ["csrfmiddlewaretoken"]
    posts = [(page(draft, "copy"), {"number": "3"}), (page(draft, "publish"), {}), (page(criterion), {"title": "x"})]
    assert [client.post(address, data).status_code for address, data in posts] == [403, 403, 403]
    assert Version.objects.published().count() == 1
    assert client.get(page(draft, "download")).status_code == 200


def test_the_index_names_itself_its_groups_and_the_way_back(admin: Client, draft: Version) -> None:
    response = admin.get("/admin/")
    text = response.content.decode()
    assert "<title>Hub Playbook admin | Hub Playbook admin</title>" in text
    assert '<a href="/">Back to the site</a>' in text
    assert page(draft) in text
    assert [
        (group["name"], [model["object_name"] for model in group["models"]]) for group in response.context["app_list"]
    ] == [
        ("Playbook", ["Version", "Lesson", "Criterion", "Stage", "Role", "Playbook"]),
        ("Places", ["Place", "Assessment"]),
        ("People", ["User", "Group", "EmailAddress"]),
        ("Queue", ["DBTaskResult"]),
    ]


# --- places and assessments -----------------------------------------------------------------------------------------


def found(admin: Client, name: str, words: str) -> list[str]:
    response = admin.get(reverse(f"admin:assessments_{name}_changelist"), {"q": words})
    return [str(row) for row in response.context["cl"].result_list]


def test_places_assessments_and_people_are_found(admin: Client) -> None:
    cast = factories.make_cast()
    assessment = factories.make_assessment(cast.place, cast.owner)
    other = factories.make_place("Aldenmoor", owner=cast.stranger)
    for words in ("harbour", "viewer.person@example"):
        assert found(admin, "place", words) == [str(cast.place)]
        assert found(admin, "assessment", words) == [str(assessment)]
    assert found(admin, "place", "stranger.person") == [str(other)]
    assert found(admin, "user", "STRANGER.person@") == ["Stranger Person"]


def test_members_come_go_and_change_but_an_owner_stays(admin: Client) -> None:
    cast = factories.make_cast()
    rows = list(cast.place.memberships.all())
    owner = next(number for number, row in enumerate(rows) if row.role == "owner")
    text = "A place needs an owner. Make somebody the owner before the last one goes."
    for change in ({f"memberships-{owner}-DELETE": "on"}, {f"memberships-{owner}-role": "viewer"}):
        assert faults(edit(admin, cast.place, **change)) == {"memberships": [text]}
    viewer = next(number for number, row in enumerate(rows) if row.role == "viewer")
    new = {"memberships-TOTAL_FORMS": "5", "memberships-4-user": str(cast.stranger.pk), "memberships-4-role": "owner"}
    edit(admin, cast.place, **new, **{f"memberships-{viewer}-role": "editor", f"memberships-{owner}-DELETE": "on"})
    assert dict(cast.place.memberships.values_list("user__name", "role")) == {
        "Stranger Person": "owner",
        "Editor Person": "editor",
        "Viewer Person": "editor",
        "Consultant Person": "consultant",
    }


def test_a_place_without_an_owner_is_not_made(admin: Client) -> None:
    data = {"name": "Aldenmoor", "kind": "park", "region": "wales", "boundary_note": ""}
    response = send(admin, reverse("admin:assessments_place_add"), data, "place_form")
    assert list(faults(response)) == ["memberships"]
    assert not Place.objects.exists()


def test_a_place_with_an_assessment_and_the_assessment_cannot_be_deleted(admin: Client) -> None:
    cast = factories.make_cast()
    assessment = factories.make_assessment(cast.place, cast.owner, {"shared-vision": 3})
    assert admin.post(page(cast.place, "delete"), {"post": "yes"}).status_code == 403
    posts = [
        admin.post(page(assessment), {"state": "submitted"}),
        admin.post(page(assessment, "delete"), {"post": "yes"}),
        admin.post(reverse("admin:assessments_assessment_add"), {}),
    ]
    assert [response.status_code for response in posts] == [403, 403, 403]
    chosen = {"action": "delete_selected", "_selected_action": [assessment.pk], "index": "0", "post": "yes"}
    admin.post(reverse("admin:assessments_assessment_changelist"), chosen)
    assert list(Assessment.objects.values_list("pk", "state")) == [(assessment.pk, "open")]
    empty = factories.make_place("Empty", owner=cast.stranger)
    assert admin.post(page(empty, "delete"), {"post": "yes"}).status_code == 302


def test_an_assessment_shows_its_answers_evidence_submissions_and_events(admin: Client) -> None:
    cast = factories.make_cast()
    assessment = factories.make_assessment(cast.place, cast.owner, {"shared-vision": 3, "skills": "dont_know"})
    factories.add_piece(assessment, "skills", by=cast.owner, title="Skills survey", link="https://example.org/s")
    factories.submit(assessment, cast.owner)
    response = admin.get(page(assessment))
    rows = {
        inline.formset.model.__name__: [str(form.instance) for form in inline.formset.forms]
        for inline in response.context["inline_admin_formsets"]
    }
    assert [len(rows[name]) for name in ("Answer", "Backing", "Submission", "Event")] == [2, 1, 1, 2]
    text = response.content.decode()
    assert [word in text for word in ("Level 3", "Don&#x27;t know", "Skills survey", "Submitted")] == [True] * 4
    posted = [name for name in form_of(response, "assessment_form") if not name.endswith("_FORMS")]
    assert posted == ["csrfmiddlewaretoken"]


# --- people ---------------------------------------------------------------------------------------------------------


def test_a_person_is_made_by_e_mail_and_signs_in(admin: Client) -> None:
    address = reverse("admin:assessments_user_add")
    new = {"email": "New@Example.org", "name": "New Person"} | dict.fromkeys(
        ["password1", "password2"], factories.PASSWORD
    )
    made: Any = admin.post(address, new)
    person = User.objects.get(email="new@example.org")
    assert made.url == page(person)
    assert Client().login(email="new@example.org", password=factories.PASSWORD)
    again = admin.post(address, new | {"email": "NEW@example.ORG"})
    assert faults(again) == {"email": ["There is an account with this e-mail address already."]}
    new_password = dict.fromkeys(["password1", "password2"], "another-good-one-9")
    changed = admin.post(
        reverse("admin:auth_user_password_change", args=[person.pk]),
        {**new_password, "usable_password": "true", "set-password": "1"},
    )
    assert changed.status_code == 302
    assert Client().login(email="new@example.org", password="another-good-one-9")


def test_a_new_address_takes_the_place_of_the_old_one(admin: Client) -> None:
    person = factories.make_user("Somebody")
    person.emailaddress_set.create(email=person.email, verified=True, primary=True)  # type: ignore[attr-defined]
    edit(admin, person, email="Else@example.org")
    assert User.objects.get(pk=person.pk).email == "else@example.org"
    assert not person.emailaddress_set.exists()  # type: ignore[attr-defined]


def test_accounts_are_closed_and_opened_but_never_ones_own(admin: Client) -> None:
    cast = factories.make_cast()
    ada = User.objects.get(email="ada.admin@example.org")
    chosen = {"_selected_action": [cast.owner.pk, cast.viewer.pk, ada.pk], "index": "0"}
    address = reverse("admin:assessments_user_changelist")
    response = admin.post(address, {**chosen, "action": "close_accounts"}, follow=True)
    assert said(response) == [
        "Accounts closed: 2.",
        "No owner with an open account is left for: Harbour Quarter. Make another member the owner.",
    ]
    closed = User.objects.filter(is_active=False).values_list("name", flat=True)
    assert sorted(closed) == ["Owner Person", "Viewer Person"]
    admin.post(address, {**chosen, "action": "open_accounts"})
    assert not User.objects.filter(is_active=False).exists()
    assert [name for name in form_of(admin.get(page(ada)), "user_form") if name.startswith("is_")] == []


def test_who_owns_a_place_alone_or_uses_the_admin_is_not_deleted(admin: Client) -> None:
    cast = factories.make_cast()
    people = (cast.owner, cast.admin, cast.viewer)
    assert [admin.post(page(person, "delete"), {"post": "yes"}).status_code for person in people] == [403, 403, 302]
    assert not User.objects.filter(pk=cast.viewer.pk).exists()


def test_staff_who_manage_people_cannot_make_or_touch_superusers(admin: Client) -> None:
    cast = factories.make_cast()
    User.objects.filter(pk=cast.stranger.pk).update(is_staff=True)
    cast.stranger.user_permissions.set(Permission.objects.filter(codename__in=["change_user", "view_user"]))
    client = Client()
    client.force_login(User.objects.get(pk=cast.stranger.pk))
    edit(client, cast.viewer, is_superuser="on", is_staff="on", name="Renamed")
    changed = User.objects.get(pk=cast.viewer.pk)
    assert (changed.name, changed.is_staff, changed.is_superuser) == ("Renamed", False, False)
    password = reverse("admin:auth_user_password_change", args=[cast.admin.pk])
    assert client.post(password, {"password1": "x" * 12, "password2": "x" * 12}).status_code == 403
    assert client.post(page(cast.admin), {"name": "x"}).status_code == 403
    chosen = {"_selected_action": [cast.admin.pk], "index": "0", "action": "close_accounts"}
    assert client.post(reverse("admin:assessments_user_changelist"), chosen).status_code == 403
    assert User.objects.get(pk=cast.admin.pk).is_active


# --- texts are texts ------------------------------------------------------------------------------------------------

TEXTS = {
    Version: ["title", "summary"],
    Lesson: ["title", "summary"],
    Criterion: ["title", "question", "why", "not_applicable", "ask"],
    Stage: ["name", "facts"],
    Role: ["name", "summary"],
    Level: ["descriptor", "next_step"],
    Hint: ["text"],
}


def test_no_text_becomes_markup_on_any_page(admin: Client) -> None:
    cast = factories.make_cast()
    assessment = factories.make_assessment(cast.place, cast.owner)
    factories.answer(assessment, "shared-vision", 3, by=cast.owner, note=NASTY)
    factories.answer(assessment, "good-growth-rules", "not_applicable", by=cast.owner, reason=NASTY)
    factories.add_piece(assessment, "skills", by=cast.owner, title=NASTY)
    draft = copy_to_draft(version=factories.published_version(), number="1.1", by=cast.owner)
    for model, names in TEXTS.items():  # past the guards of the rows, which a text like this would pass as well
        model._default_manager.update(**dict.fromkeys(names, NASTY))
    Criterion.objects.filter(version=draft, key="shared-vision").update(key=NASTY)
    Level.objects.filter(criterion__version=draft, position__gt=0).delete()
    Place.objects.update(name=NASTY, boundary_note=NASTY)
    User.objects.filter(pk=cast.owner.pk).update(name=NASTY)
    admin.post(page(draft, "copy"), {"number": NASTY})
    addresses = ["/admin/", VERSIONS, reverse("admin:assessments_assessment_changelist"), page(assessment)]
    addresses += [page(cast.place), page(cast.owner), reverse("admin:assessments_place_changelist")]
    addresses += [
        reverse("admin:assessments_user_changelist"),
        reverse("admin:auth_user_password_change", args=[cast.owner.pk]),
    ]
    for version in Version.objects.all():
        addresses += [page(version), page(version, "copy"), page(version, "history")]
        for model in PARTS:
            row = model._default_manager.filter(version=version)[1]
            addresses += [listing(model, version), page(row), page(row, "history")]
            addresses += [] if version.is_published else [adding(model, version), page(row, "delete")]
    addresses += [page(draft, "publish"), page(draft, "delete"), page(cast.place, "history")]
    shown = 0
    for address in addresses:
        response = admin.get(address)
        text = response.content.decode()
        assert (address, response.status_code, "<script>alert" in text, "<img src=x" in text) == (
            address,
            200,
            False,
            False,
        )
        shown += "&lt;script&gt;alert" in text
    assert shown > len(addresses) * 0.8


# --- the number of queries ------------------------------------------------------------------------------------------


def queries(admin: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert admin.get(address).status_code == 200
    return len(captured)


def grow(draft: Version, criteria: int) -> None:
    """Give the draft's first lesson this many criteria, each with levels, targets, a gate and hints."""
    lesson, stages = draft.lessons.all()[0], list(draft.stages.all())
    for number in range(criteria):
        row = Criterion.objects.create(
            lesson=lesson,
            key=f"more-{number}",
            title=f"More {number}",
            question="?",
            ask="me",
            weight=1,
            position=number,
        )
        Level.objects.bulk_create(Level(criterion=row, position=n, descriptor=f"{n}", next_step="on") for n in range(5))
        Target.objects.bulk_create(Target(criterion=row, stage=stage, level=1) for stage in stages)
        Gate.objects.create(criterion=row, stage=stages[1], level=1)
        Hint.objects.create(criterion=row, kind=Hint.Kind.DATA, text="Data")


@pytest.fixture
def small_draft(draft: Version) -> Version:
    """The draft with one criterion, one gate and one hint left."""
    draft.criteria.exclude(key="shared-vision").delete()
    Gate.objects.filter(criterion__version=draft).exclude(stage__key="forming").delete()
    Hint.objects.filter(criterion__version=draft, position__gt=0).delete()
    return draft


def test_no_playbook_page_needs_more_queries_for_more_criteria(admin: Client, small_draft: Version) -> None:
    draft = small_draft
    criterion, stage, lesson = criterion_of(draft), draft.stages.get(key="forming"), draft.lessons.get(key="long-path")
    pages = [VERSIONS, page(draft), page(draft, "publish"), page(draft, "delete"), page(criterion), page(stage)]
    pages += [page(lesson), page(lesson, "delete"), listing(Criterion, draft), listing(Lesson, draft), "/admin/"]
    admin.get("/admin/")  # content types are read once for each process
    for address in pages:
        admin.get(address)
    before = {address: queries(admin, address) for address in pages}
    grow(draft, 59)
    for number in range(2, 12):
        stage = draft.stages.all()[1]
        Hint.objects.create(criterion=criterion, kind=Hint.Kind.EVIDENCE, text=f"Hint {number}", position=number)
    assert {address: queries(admin, address) for address in pages} == before


def test_no_list_or_page_needs_more_queries_for_more_rows(admin: Client, published: Version) -> None:
    cast = factories.make_cast()
    assessment = factories.make_assessment(cast.place, cast.owner, {"shared-vision": 3})
    names = ("version", "place", "assessment", "user")
    pages = [reverse(f"admin:assessments_{name}_changelist") for name in names]
    pages += [page(cast.place), page(assessment), page(cast.owner), listing(Role, published), "/admin/"]
    for address in pages:
        admin.get(address)
    before = {address: queries(admin, address) for address in pages}
    for number in range(12):
        version = copy_to_draft(version=published, number=f"1.{number + 1}", by=cast.owner)
        Version.objects.filter(pk=version.pk).update(state="published", published_at=published.published_at)
        person = factories.make_user(f"Person {number}")
        factories.join(cast.place, person, Membership.Role.EDITOR)
        factories.join(factories.make_place(f"Place {number}", owner=person), cast.owner, Membership.Role.VIEWER)
    for key in factories.complete_answers():
        if key != "shared-vision":
            factories.answer(assessment, key, 2, by=cast.owner)
    assert {address: queries(admin, address) for address in pages} == before


# --- in a browser ---------------------------------------------------------------------------------------------------


def test_a_browser_edits_a_criterion_under_the_content_security_policy(
    new_page: Callable[..., Page], transactional_db: None
) -> None:
    cast = factories.make_cast()
    draft = copy_to_draft(version=factories.published_version(), number="1.1", by=cast.admin)
    window = new_page(viewport={"width": 1100, "height": 900})
    factories.sign_in(window, cast.admin)
    window.goto(page(draft))
    window.click("text=Shared vision and purpose")
    window.click("text=Add another Level")
    window.fill("#id_levels-5-descriptor", "All of it is true, everywhere")
    window.fill("#id_levels-5-next_step", "Rest")
    window.click("input[name=_save]")
    assert [level.descriptor for level in criterion_of(draft).levels.all()][5] == "All of it is true, everywhere"

    window.goto(adding(Criterion, draft))
    window.fill("#id_title", "Clean air & water")
    window.press("#id_title", "Tab")
    assert window.input_value("#id_key") == "clean-air-water"

    window.goto(page(cast.place))
    window.click("text=Add another Member")
    window.click("#id_memberships-4-user + .select2")
    window.keyboard.type("stranger")
    window.click("text=Stranger Person <stranger.person@example.org>")
    window.select_option("#id_memberships-4-role", "viewer")
    window.click("input[name=_save]")
    assert cast.place.memberships.get(user=cast.stranger).role == "viewer"

    for address in ("/admin/", VERSIONS, page(draft, "publish"), reverse("admin:auth_group_add"), page(cast.owner)):
        window.goto(address)
    policy = window.request.get("/admin/").headers["content-security-policy"]
    assert "unsafe" not in policy


def test_the_first_page_names_the_version_that_each_playbook_starts_on(admin: Client, published: Version) -> None:
    first_look = read_playbook((settings.BASE_DIR / "fixtures" / "first-look-1.0.yaml").read_bytes())
    other = import_playbook(document=first_look, by=None, publish=True)
    found = admin.get(reverse("admin:index")).context["current_versions"]
    assert found == [published, other]
