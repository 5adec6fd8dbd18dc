"""Heat map, side by side and the comparison as PDF: whose places they show, what they say, in how many queries."""

import io
import re
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from assessments.models import Place, PlaceGroup, User
from tests.factories import complete_answers, fill, join, make_assessment, make_place, make_user, playbook, submit
from tests.portfolio_cast import HOSTILE_NAME
from tests.test_marked_texts import NAMES, texts, unmarked

PAGES = ["heat_map", "side_by_side"]


@pytest.fixture
def person(db: None) -> User:
    return make_user("Carys Person")


@pytest.fixture
def client(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def stands(name: str, person: User, level: int | None = 2, *, submitted: bool = True) -> Place:
    """A place of the person's where every criterion has this level; where none is given, nothing was begun."""
    place = make_place(name, owner=person)
    if level is not None:
        assessment = make_assessment(place, person)
        fill(assessment, dict.fromkeys(playbook().criterion, level))
        if submitted:
            submit(assessment, person)
    return place


def page(client: Client, name: str, query: str = "") -> str:
    response = client.get(f"{reverse(name)}?{query}")
    assert response.status_code == 200
    return response.content.decode()


def named(*places: Place) -> str:
    return "&".join(f"place={place.pk}" for place in places)


def rows(html: str) -> list[str]:
    """The places in the order of the heat map's table."""
    body = html[html.index("<tbody>") : html.index("</tbody>")]
    return re.findall(r'dir="auto">([^<]*)</a>', body)


# --- Heat map ---------------------------------------------------------------------------------------------------------


def test_a_heat_map_shows_my_places_and_no_others(client: Client, person: User) -> None:
    stands("Afon", person), stands("Brook", person, 3)
    other = stands("Not Mine", make_user("Somebody Else"))
    assert rows(page(client, "heat_map")) == ["Afon", "Brook"]
    assert "Not Mine" not in page(client, "heat_map", named(other))


def test_a_place_that_was_left_is_gone_at_once(client: Client, person: User) -> None:
    place = stands("Afon", person)
    place.memberships.filter(user=person).delete()
    assert "No place is chosen that you can see." in page(client, "heat_map", named(place))


def test_each_cell_says_its_level_in_words_and_wears_its_tone(client: Client, person: User) -> None:
    stands("Afon", person, 3)
    html = page(client, "heat_map", "by=criteria")
    cell = '<td class="tone-3"><span aria-hidden="true">3</span><span class="visually-hidden">Level 3 of 4, target'
    assert html.count(cell) == 27
    assert html.count('scope="colgroup"') == 4


def test_it_is_put_in_the_order_of_a_column(client: Client, person: User) -> None:
    for name, level in (("Afon", 1), ("Brook", 3), ("Cwm", None)):
        stands(name, person, level)
    html = page(client, "heat_map", "order=overall-score")
    assert rows(html) == ["Brook", "Afon"]
    assert 'aria-sort="descending"' in html
    assert "Nothing has been answered yet." in html[html.index("Places not in this map") :]


def test_the_filters_of_the_portfolio_hold_here(client: Client, person: User) -> None:
    stands("Afon", person), stands("Brook", person)
    group = PlaceGroup.objects.create(person=person, name="North")
    group.places.set(Place.objects.filter(name="Brook"))
    assert rows(page(client, "heat_map", f"group={group.pk}")) == ["Brook"]
    assert rows(page(client, "heat_map", "words=afo")) == ["Afon"]


def test_nonsense_in_the_address_is_left_out(client: Client, person: User) -> None:
    stands("Afon", person)
    query = "by=nothing&order=%3Cscript%3E&playbook=none&place=x&place=-1&place=99999999999999999999&group=zz"
    assert rows(page(client, "heat_map", query)) == ["Afon"]


def test_the_picture_can_be_saved_and_is_whole_in_itself(client: Client, person: User) -> None:
    stands(HOSTILE_NAME, person)
    response = client.get(reverse("heat_map_svg"))
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Content-Disposition"] == 'attachment; filename="heat-map.svg"'
    drawing = ElementTree.fromstring(response.content)  # noqa: S314  our own file
    tags = {each.tag.rpartition("}")[2] for each in drawing.iter()}
    assert tags == {"svg", "title", "style", "path", "text"}
    names = {name for each in drawing.iter() for name in each.attrib}
    assert names == {"class", "viewBox", "width", "height", "d", "x", "y"}
    assert "url(" not in response.content.decode()


@pytest.mark.any_database
def test_the_picture_as_png_is_wide_enough_for_a_slide(client: Client, person: User) -> None:
    stands("Afon", person)
    response = client.get(reverse("heat_map_png"), {"by": "criteria"})
    with Image.open(io.BytesIO(response.content)) as picture:
        assert (picture.format, picture.width) == ("PNG", 2032)


# --- Side by side -----------------------------------------------------------------------------------------------------


def test_two_places_stand_side_by_side(client: Client, person: User) -> None:
    low, high = stands("Afon", person, 1), stands("Brook", person, 3)
    html = page(client, "side_by_side", named(low, high))
    assert "Brook lies clearly above Afon." in html
    assert html.count('<h3 id="next-') == 2
    assert html.count('<svg class="level-bar"') == 54


@pytest.mark.parametrize(
    ("number", "said"), [(0, "No place is chosen yet"), (1, "Tick at least one more"), (7, "You chose 7")]
)
def test_fewer_than_two_and_more_than_six_are_asked_to_choose(
    client: Client, person: User, number: int, said: str
) -> None:
    places = [stands(f"Place {at}", person, 2 if at < 2 else None) for at in range(8)]
    html = page(client, "side_by_side", named(*places[:number]))
    assert said in html
    assert html.count('name="place"') == 8
    assert html.count(" checked") == number


def test_a_strangers_place_cannot_be_put_beside_mine(client: Client, person: User) -> None:
    mine, other = stands("Afon", person), stands("Not Mine", make_user("Somebody Else"))
    html = page(client, "side_by_side", named(mine, other))
    assert "Not Mine" not in html
    assert "Tick at least one more" in html


# --- The PDF ----------------------------------------------------------------------------------------------------------


@pytest.mark.any_database
def test_the_comparison_is_of_the_places_chosen(client: Client, person: User) -> None:
    stands("Afon", person), stands("Brook", person)
    response = client.get(reverse("portfolio_pdf"))
    assert (response.status_code, response["Content-Type"], response.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert response["Cache-Control"].startswith("private, no-store")


def test_nothing_to_print_says_so(client: Client) -> None:
    for name in ("portfolio_pdf", "heat_map_png", "heat_map_svg"):
        response = client.get(reverse(name))
        assert response.status_code == 422
        assert "There is nothing to compare" in response.content.decode()


def test_more_places_than_a_comparison_holds_are_refused_calmly(client: Client, person: User) -> None:
    for number in range(61):
        join(make_place(f"Place {number}"), person, "viewer")
    response = client.get(reverse("portfolio_pdf"))
    assert response.status_code == 422
    assert "A comparison holds up to 60 places." in response.content.decode()


# --- Both -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "many"), [("heat_map", 10), ("side_by_side", 6)])
def test_more_places_take_no_more_queries(client: Client, person: User, name: str, many: int) -> None:
    """One place that has submitted and one that has not read all there is to read."""
    places = [stands(f"Place {number}", person, submitted=number % 2 == 0) for number in range(many)]

    def queries(number: int) -> int:
        address = f"{reverse(name)}?{named(*places[:number])}"
        assert client.get(address).status_code == 200
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    assert queries(many) == queries(2) == 15


def test_names_are_only_names(client: Client, person: User) -> None:
    places = [stands(HOSTILE_NAME, person, 1), stands("Brook", person, 3)]
    for name in PAGES:
        html = page(client, name, named(*places))
        assert "<b>Tŷ" not in html
        assert "&lt;b&gt;Tŷ&lt;/b&gt;" in html


@pytest.mark.any_database
@pytest.mark.parametrize("query", ["", "by=criteria"])
def test_every_word_of_the_pages_can_be_translated(
    client: Client, person: User, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    from django.utils.translation import trans_real

    from tests.test_marked_texts import Bracketed

    places = [stands("Afon", person, 1), stands("Brook", person, 3, submitted=False), stands("Cwm", person, None)]
    monkeypatch.setitem(trans_real._translations, "cy", Bracketed("cy"))  # type: ignore[attr-defined]
    said = [*NAMES, person.name, "Afon", "Brook", "Cwm", *texts(playbook()), *complete_answers()]
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "cy"
    addresses = [f"{reverse(name)}?{query}{chosen}" for name in PAGES for chosen in ("", f"&{named(*places)}")]
    assert [unmarked(client.get(address).content.decode(), said) for address in addresses] == [[]] * 4
