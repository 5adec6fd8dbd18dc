"""The portfolio's table: its order as a property of any column, its filters, its page and its workbook."""

import io
from dataclasses import replace
from datetime import date
from itertools import pairwise

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from assessments import urls
from assessments.findings.portfolio import PlaceStanding
from assessments.findings.portfolio_table import COLUMNS, ROLES, Picks, in_order, picked
from assessments.guide import Progress
from assessments.models import Membership, Place, User
from assessments.services.groups import NameTaken, make_group
from assessments.services.members import leave_place
from assessments.templatetags.words import day
from assessments.wording import alphabetical
from tests.factories import complete_answers, join, make_assessment, make_place, make_user, submit
from tests.findings_cast import HOSTILE, demo
from tests.pages import queries

TOLD = [None, *(demo(name) for name in ("saltmarsh-quay", "aldenmoor-science-quarter", "tenterclough-mills-2026"))]
THERE = {pattern.name for pattern in urls.urlpatterns}
LOOKS = [
    name
    for name in ("portfolio", "portfolio_workbook", "heat_map", "side_by_side", "groups", "pack_new")
    if name in THERE
]
KEYS = [column.key for column in COLUMNS]


@st.composite
def standings(draw: st.DrawFn) -> list[PlaceStanding]:
    """Places by name, with few values in each column, so that many are level and many have nothing."""
    days = st.sampled_from([None, date(2025, 1, 1), date(2026, 1, 1)])

    def one(number: int) -> PlaceStanding:
        told, rank = draw(st.sampled_from(TOLD)), draw(st.sampled_from([None, 0, 3]))
        done = draw(st.sampled_from([None, 0, 12]))
        return PlaceStanding(
            place_id=number,
            name=draw(st.sampled_from(["Abermorlas", "Caer", "Chester", "Harbour Quarter"])),
            kind="",
            region="",
            role="",
            role_key=draw(st.sampled_from(ROLES)),
            findings=told,
            assessment_id=number,
            open_id=None if done is None else number,
            progress=None if done is None else Progress(done, 27),
            submitted_on=draw(days),
            changed_on=draw(days),
            plan=draw(st.sampled_from([None, (0, 5), (1, 5), (1, 2), (2, 4)])),
            stage_rank=rank,
        )

    found = [one(number) for number in range(draw(st.integers(0, 12)))]
    return sorted(found, key=lambda each: alphabetical("en")(each.name))


@given(standings(), st.sampled_from([key for key in KEYS if key != "name"]), st.booleans())
def test_any_column_sorts_either_way_level_ones_by_name_and_those_without_last(
    places: list[PlaceStanding], key: str, backwards: bool
) -> None:
    value = next(column.value for column in COLUMNS if column.key == key)
    found = in_order(places, f"-{key}" if backwards else key)
    assert sorted(each.place_id for each in found) == sorted(each.place_id for each in places)
    values = [value(each) for each in found]
    known = [each for each in values if each is not None]
    assert values == sorted(known, reverse=backwards) + [None] * (len(values) - len(known))
    given = {each.place_id: number for number, each in enumerate(places)}
    for first, second in pairwise(found):
        if value(first) == value(second):
            assert given[first.place_id] < given[second.place_id]


@given(standings())
def test_by_name_is_the_order_given_and_backwards_its_reverse_but_for_places_of_one_name(
    places: list[PlaceStanding],
) -> None:
    assert in_order(places, "name") == places
    back = in_order(places, "-name")
    assert [each.name for each in back] == [each.name for each in places][::-1]
    for first, second in pairwise(back):
        if first.name == second.name:
            assert first.place_id < second.place_id


def place(number: int, name: str, **facts: object) -> PlaceStanding:
    basis = PlaceStanding(number, name, "", "", "", None, None, None, None, None, None, role_key="owner")
    return replace(basis, **facts)  # type: ignore[arg-type]


FOUR = [
    place(1, "Tŷ Gwyn", region_key="wales", kind_key="town", submitted_on=date(2026, 1, 1), stage_key="forming"),
    place(2, "Harbour Quarter", region_key="north-west", kind_key="quarter", open_id=7, stage_key="forming"),
    place(3, "Harbour Town", region_key="wales", kind_key="town", open_id=8, submitted_on=date(2025, 1, 1)),
    place(4, "Mill", region_key="london", kind_key="other"),
]


@pytest.mark.parametrize(
    ("picks", "left"),
    [
        (Picks(), [1, 2, 3, 4]),
        (Picks(words="ty GWYN"), [1]),
        (Picks(words="town harbour"), [3]),
        (Picks(words="nowhere"), []),
        (Picks(region="wales"), [1, 3]),
        (Picks(kind="town", words="harbour"), [3]),
        (Picks(state="submitted"), [1, 3]),
        (Picks(state="open"), [2, 3]),
        (Picks(state="nothing"), [4]),
        (Picks(stage="forming"), [1, 2]),
        (Picks(group="5"), [2, 4]),
    ],
)
def test_each_filter_leaves_the_places_that_fit(picks: Picks, left: list[int]) -> None:
    assert [each.place_id for each in picked(FOUR, picks, group={2, 4})] == left


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def person(db: None) -> User:
    return make_user("Carys Person")


@pytest.fixture
def client(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def three(person: User) -> list[Place]:
    """Submitted and complete; open and withheld; not started. The last in Wales, of which the person is consultant."""
    places = [make_place(name, owner=person) for name in ("Alder Wharf", "Birch Field")]
    submit(make_assessment(places[0], person, complete_answers(3)), person, dated=date(2026, 3, 3))
    make_assessment(places[1], person, {"right-path": 1})
    places.append(make_place("Caer Newydd", owner=make_user("Somebody Else")))
    Place.objects.filter(pk=places[2].pk).update(region="wales")
    join(places[2], person, Membership.Role.CONSULTANT)
    return places


def rows(client: Client, query: str = "") -> list[str]:
    page = client.get(reverse("portfolio") + query).content.decode()
    return [name for name in ("Alder Wharf", "Birch Field", "Caer Newydd") if f">{name}</a>" in page]


def test_the_page_tells_each_place_in_words(client: Client, three: list[Place]) -> None:
    page = client.get(reverse("portfolio")).content.decode()
    for words in (
        f"Submitted on {day(timezone.localdate())}",
        "Open, 1 of 27",
        "Not started",
        "Withheld",
        "Consultant",
        "3 places",
    ):
        assert words in page
    assert page.count("<tr>") == 4
    assert page.count('aria-sort="ascending"') == 1


def test_the_page_takes_as_many_queries_whatever_is_in_it(client: Client, three: list[Place], person: User) -> None:
    address = reverse("portfolio")
    make_group(name="Coast", places=[three[0].pk], by=person)
    before = queries(client, address)
    for number in range(5):
        place = make_place(f"Place {number}", owner=person)
        submit(make_assessment(place, person, {"right-path": 1}), person)
        make_assessment(place, person, {"right-path": 2})
        make_group(name=f"Group {number}", places=[place.pk], by=person)
    assert (queries(client, address), before) == (17, 17)  # two for who is asking, 13 for places, two for groups


def test_the_address_says_what_is_shown_and_in_what_order(client: Client, three: list[Place]) -> None:
    page = client.get(reverse("portfolio") + "?region=north-west&sort=-score").content.decode()
    assert rows(client, "?region=north-west&sort=-score") == ["Alder Wharf", "Birch Field"]
    assert ("2 of 3 places" in page, "Show all places" in page) == (True, True)
    assert page.index("Alder Wharf") < page.index("Birch Field")
    assert 'aria-sort="descending"><a href="?region=north-west&amp;sort=score">Score' in page
    assert f"{reverse('portfolio_workbook')}?region=north-west&amp;sort=-score" in page


@pytest.mark.parametrize(
    "query", ["?sort=nonsense", "?region=atlantis&state=%00", "?group=999", "?words=%0A", "?stage=x"]
)
def test_what_an_address_says_wrongly_is_left_out_calmly(client: Client, three: list[Place], query: str) -> None:
    page = client.get(reverse("portfolio") + query)
    assert (page.status_code, "error" in page.content.decode()) == (200, False)
    assert len(rows(client, query)) == 3


def test_a_group_is_a_filter_for_its_owner_alone(client: Client, three: list[Place], person: User) -> None:
    group = make_group(name="Coast", places=[three[0].pk], by=person)
    assert rows(client, f"?group={group.pk}") == ["Alder Wharf"]
    other = make_group(name="Theirs", places=[], by=make_user("Other Person"))
    assert len(rows(client, f"?group={other.pk}")) == 3


def test_all_that_are_shown_can_be_chosen_without_a_script(client: Client, three: list[Place]) -> None:
    assert client.get(reverse("portfolio")).content.decode().count(" checked>") == 0
    assert client.get(reverse("portfolio") + "?choose=all").content.decode().count(" checked>") == 3


def test_an_empty_portfolio_tells_how_to_be_let_in(client: Client) -> None:
    page = client.get(reverse("portfolio")).content.decode()
    assert ("You ask an owner of the place for an invitation" in page, "<table" in page) == (True, False)


def test_home_leads_to_the_portfolio_for_two_places_or_a_consultant(client: Client, person: User) -> None:
    def leads() -> bool:
        return f'href="{reverse("portfolio")}"' in client.get(reverse("home")).content.decode()

    first = make_place("First", owner=person)
    found = [leads()]
    Membership.objects.filter(place=first, user=person).update(role="consultant")
    found.append(leads())
    make_place("Second", owner=person)
    Membership.objects.filter(place=first, user=person).update(role="viewer")
    assert [*found, leads()] == [False, True, True]


def test_hostile_names_stay_text(client: Client, person: User) -> None:
    make_place(HOSTILE[:120], owner=person)
    make_group(name=HOSTILE[:80], places=[], by=person)
    for name in ("portfolio", "groups"):
        page = client.get(reverse(name)).content.decode()
        assert ("<script>alert" in page, "&lt;script&gt;alert" in page) == (False, True)


def test_the_workbook_has_the_places_of_the_same_address(client: Client, three: list[Place]) -> None:
    found = client.get(reverse("portfolio_workbook") + "?sort=-name&region=north-west")
    sheet = openpyxl.load_workbook(io.BytesIO(found.content)).worksheets[0]
    names = [row[0].value for row in sheet.iter_rows() if row[0].value in {place.name for place in three}]
    assert (names, "no-store" in found["Cache-Control"]) == (["Birch Field", "Alder Wharf"], True)


@pytest.mark.parametrize("name", LOOKS)
def test_a_place_that_has_been_left_is_in_none_of_the_pages(
    client: Client, three: list[Place], person: User, name: str
) -> None:
    make_group(name="Coast", places=[each.pk for each in three], by=person)
    address = reverse(name) + "?" + "&".join(f"place={each.pk}" for each in three)

    def told() -> str:
        found = client.get(address)
        if name != "portfolio_workbook":
            return found.content.decode()
        book = openpyxl.load_workbook(io.BytesIO(found.content))
        return str([cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row])

    assert "Caer Newydd" in told()
    leave_place(membership=Membership.objects.select_related("place").get(user=person, place=three[2]))
    assert ("Caer Newydd" in told(), "Alder Wharf" in told()) == (False, True)


# --- groups -----------------------------------------------------------------------------------------------------------


def test_a_name_that_is_taken_comes_back_beside_the_field(client: Client, three: list[Place], person: User) -> None:
    make_group(name="Coast", places=[], by=person)
    found = client.post(reverse("group_new"), {"name": "  Coast ", "places": [three[0].pk]})
    page = found.content.decode()
    assert (found.status_code, page.count('class="field-error"'), page.count(" checked")) == (422, 1, 1)
    with pytest.raises(NameTaken):
        make_group(name="Coast", places=[], by=person)
    make_group(name="Coast", places=[], by=make_user("Other Person"))


def test_a_group_is_made_changed_and_deleted(client: Client, three: list[Place], person: User) -> None:
    client.post(reverse("group_new"), {"name": "Coast", "places": [three[0].pk]})
    group = person.place_groups.get()
    address = reverse("group_edit", args=[group.pk])
    assert client.post(address, {"name": "Shore", "places": [three[1].pk, three[2].pk]}).status_code == 302
    group.refresh_from_db()
    assert (group.name, sorted(group.places.values_list("pk", flat=True))) == ("Shore", [three[1].pk, three[2].pk])
    make_group(name="Coast", places=[], by=person)
    assert client.post(address, {"name": "Coast"}).status_code == 422
    assert client.post(reverse("group_delete", args=[group.pk])).status_code == 302
    assert list(person.place_groups.values_list("name", flat=True)) == ["Coast"]
    assert person.places.count() == 3


def test_a_place_of_somebody_else_goes_into_no_group(client: Client, three: list[Place], person: User) -> None:
    other = make_place("Other Place", owner=make_user("Other Person"))
    assert client.post(reverse("group_new"), {"name": "Coast", "places": [other.pk]}).status_code == 422
    group = make_group(name="Coast", places=[other.pk, three[0].pk], by=person)
    client.post(f"{reverse('group_add')}?place={other.pk}&place={three[1].pk}&place=x", {"group": str(group.pk)})
    assert sorted(group.places.values_list("pk", flat=True)) == [three[0].pk, three[1].pk]


def test_places_chosen_in_the_table_go_into_a_new_group_or_one_that_is_there(
    client: Client, three: list[Place], person: User
) -> None:
    address = f"{reverse('group_add')}?place={three[0].pk}&place={three[2].pk}"
    assert client.post(address, {"name": ""}).status_code == 422
    assert client.post(address, {"name": "Coast"}).status_code == 302
    group = person.place_groups.get()
    assert client.post(f"{reverse('group_add')}?place={three[1].pk}", {"group": str(group.pk)}).status_code == 302
    assert group.places.count() == 3
    assert client.post(address, {"group": "", "name": "Coast"}).status_code == 422
