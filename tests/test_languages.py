"""Pages in the reader's language: how it is chosen, how dates and figures are said, in which order names stand."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from assessments.findings import Findings
from assessments.models import Assessment
from assessments.reports.options import Options
from assessments.reports.report import report_html
from assessments.selectors import places
from assessments.selectors.results import findings_for_report
from assessments.templatetags import words, workings
from assessments.wording import alphabetical, marking
from tests.factories import (
    Cast,
    complete_answers,
    join,
    make_assessment,
    make_place,
    make_user,
    submit,
)

WELSH_ORDER = ["Aber", "Conwy", "Cwmbrân", "Chwilog", "Dinbych", "Ddôl", "Fairbourne", "Ffestiniog", "Gwynedd"]


@pytest.fixture
def welsh() -> Iterator[None]:
    with translation.override("cy"):
        yield


def language_of(client: Client, address: str = "/how-it-works/", **headers: str) -> tuple[str, str]:
    """What a page says of its own language: to the browser, and in its text."""
    response = client.get(address, headers=headers)
    text = response.content.decode()
    return response["Content-Language"], text.partition('<html lang="')[2].partition('"')[0]


# --- Which language --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "given_"),
    [
        ("", ("en-gb", "en-GB")),
        ("cy", ("cy", "cy")),
        ("cy-GB,cy;q=0.9,en;q=0.8", ("cy", "cy")),
        ("en-US,en;q=0.9,cy;q=0.8", ("en-gb", "en-GB")),
        ("de,cy;q=0.5", ("cy", "cy")),
        ("de", ("en-gb", "en-GB")),
    ],
)
def test_a_browser_gets_the_first_language_that_it_asks_for(asked: str, given_: tuple[str, str]) -> None:
    assert language_of(Client(), accept_language=asked) == given_


@pytest.mark.django_db
def test_what_a_person_chose_counts_more_than_their_browser() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/language/", {"language": "cy", "next": "/how-it-works/"})
    cookie = response.cookies["language"]
    assert (response.status_code, response["Location"]) == (302, "/how-it-works/")
    assert (cookie["samesite"], cookie["httponly"], cookie["max-age"]) == ("Lax", True, 60 * 60 * 24 * 365)
    assert language_of(client, accept_language="en") == ("cy", "cy")
    client.post("/language/", {"language": "en-gb", "next": "/"})
    assert language_of(client, accept_language="cy") == ("en-gb", "en-GB")


@pytest.mark.django_db
def test_a_language_that_there_is_not_changes_nothing_and_nobody_is_led_elsewhere() -> None:
    client = Client()
    response = client.post("/language/", {"language": "tlh", "next": "https://elsewhere.example/"})
    assert (response["Location"], dict(response.cookies)) == ("/", {})


@pytest.mark.django_db
def test_the_other_language_is_offered_by_its_own_name_but_not_where_a_form_would_be_lost() -> None:
    button = '<button class="button button--quiet" name="language" value="cy" lang="cy">Cymraeg</button>'
    client = Client()
    shown = [client.get("/how-it-works/?a=1"), client.get("/no-such-page/"), client.post("/accounts/login/", {})]
    pages = [response.content.decode() for response in shown]
    assert [button in page for page in pages] == [True, True, False]
    assert '<input type="hidden" name="next" value="/how-it-works/?a=1">' in pages[0]


@pytest.mark.django_db
def test_no_cache_gives_one_reader_the_page_of_another() -> None:
    vary = Client().get("/how-it-works/")["Vary"]
    assert {"Accept-Language", "Cookie"} <= {each.strip() for each in vary.split(",")}


@pytest.mark.django_db
def test_the_admin_is_english_whatever_was_chosen() -> None:
    client = Client(headers={"accept-language": "cy"})
    client.force_login(make_user("Admin Person", is_admin=True))
    assert client.get("/admin/")["Content-Language"] == "en-gb"
    assert client.get("/")["Content-Language"] == "cy"


# --- Dates and figures -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "day", "moment"),
    [
        ("en-gb", "22 November 2026", "22 November 2026 at 14:05"),
        ("cy", "22 Tachwedd 2026", "22 Tachwedd 2026 am 14:05"),
        ("de", "22. November 2026", "22. November 2026 14:05"),
    ],
)
def test_dates_follow_the_language(language: str, day: str, moment: str) -> None:
    with translation.override(language):
        assert words.day(date(2026, 11, 22)) == day
        assert words.moment(datetime(2026, 11, 22, 14, 5, tzinfo=UTC)) == moment


@pytest.mark.parametrize(("language", "said"), [("en-gb", "8.3"), ("cy", "8.3"), ("de", "8,3")])
def test_decimals_follow_the_language(language: str, said: str) -> None:
    with translation.override(language):
        assert workings.tenths(Fraction(33, 4)) == said
        assert [workings.tenths_if_any(Fraction(each, 4)) for each in (33, 300)] == [said, "75"]


# --- Order of names --------------------------------------------------------------------------------------------------


def test_welsh_letters_of_two_signs_are_one_letter() -> None:
    mixed = WELSH_ORDER[::-1]
    assert sorted(mixed, key=alphabetical("cy")) == WELSH_ORDER
    names = ["Llandudno", "Lydney", "Rhyl", "Ruthin", "Lampeter", "Ynys Môn", "Thirsk", "Tywyn"]
    assert sorted(names, key=alphabetical("cy")) == [
        *["Lampeter", "Lydney", "Llandudno", "Ruthin", "Rhyl", "Tywyn", "Thirsk", "Ynys Môn"]
    ]
    assert sorted(names, key=alphabetical("en-gb")) == [
        *["Lampeter", "Llandudno", "Lydney", "Rhyl", "Ruthin", "Thirsk", "Tywyn", "Ynys Môn"]
    ]


def test_n_and_g_that_only_meet_stay_two_letters() -> None:
    assert sorted(["Bangor", "Banc", "Bannau"], key=alphabetical("cy")) == ["Banc", "Bangor", "Bannau"]
    assert sorted(["Llangefni", "Llandaf", "Llanon"], key=alphabetical("cy")) == ["Llandaf", "Llangefni", "Llanon"]


def test_signs_come_first_then_digits_and_case_and_accents_count_last() -> None:
    names = ["Zürich", "zone", "Éire", "Eire", "eire", "Quay 2", "Quay", "Жуков", "2 Quays", "’t Hof"]
    told = ["’t Hof", "2 Quays", "eire", "Eire", "Éire", "Quay", "Quay 2", "zone", "Zürich", "Жуков"]
    assert sorted(names, key=alphabetical("en-gb")) == told


@given(st.lists(st.text(max_size=8)), st.sampled_from(["en-gb", "cy", "de"]))
def test_the_order_of_names_is_one_order(names: list[str], language: str) -> None:
    """However they came: nothing is lost, and only names that are the same share a place."""
    key = alphabetical(language)
    backwards = names[::-1]
    assert sorted(names, key=key) == sorted(backwards, key=key)
    assert len({key(name) for name in names}) == len(set(names))


@given(st.text(alphabet="abcdghlnpŵý LT", max_size=6), st.text(alphabet="abcdghlnpŵý LT", max_size=6))
def test_case_and_accents_never_count_before_letters(one: str, other: str) -> None:
    key = alphabetical("cy")
    plain = str.maketrans("ŵýLT", "wylt")
    letters = [key(name.translate(plain))[0] for name in (one, other)]
    if letters[0] != letters[1]:
        assert (key(one) < key(other)) == (letters[0] < letters[1])


def test_lists_of_names_follow_the_readers_alphabet(cast: Cast, welsh: None) -> None:
    for name in ("Llandudno Quay", "Lydney Docks", "aberystwyth campus"):
        make_place(name, owner=cast.owner)
    for name in ("Llinos", "Lowri"):
        join(cast.place, make_user(name), "owner")
    mine = [card.place.name for card in places.my_places(cast.owner)]
    assert mine == ["aberystwyth campus", "Harbour Quarter", "Lydney Docks", "Llandudno Quay"]
    assert [str(each.user) for each in places.owners(cast.place)] == ["Lowri", "Llinos", "Owner Person"]
    assert [str(each.user) for each in places.people(cast.place)][:3] == ["Lowri", "Llinos", "Owner Person"]


# --- What stays English ----------------------------------------------------------------------------------------------


def test_what_is_kept_is_english_whoever_submits(cast: Cast) -> None:
    assessment = make_assessment(cast.place, cast.owner, complete_answers(2))
    with translation.override("cy"):
        submission = submit(assessment, cast.owner)
    assert json.loads(submission.place)["kind"] == "Science or knowledge quarter"


def test_a_report_is_in_the_language_that_was_chosen_for_it_whoever_prints_it(cast: Cast) -> None:
    assessment = make_assessment(cast.place, cast.owner, complete_answers(2))
    english, welsh = (report_html(_told(assessment, each), Options(language=each)) for each in ("en-gb", "cy"))
    with translation.override("cy"):
        assert english == report_html(_told(assessment, "en-gb"), Options(language="en-gb"))
    assert welsh == report_html(_told(assessment, "cy"), Options(language="cy"))
    assert [">The weights<" in english, ">Y pwysau<" in english] == [True, False]
    assert [">The weights<" in welsh, ">Y pwysau<" in welsh] == [False, True]


def _told(assessment: Assessment, language: str) -> Findings:
    return findings_for_report(assessment, None, language)


def test_the_pure_rooms_say_texts_as_written_until_somebody_speaks_for_them() -> None:
    alone = marking.AsWritten()
    assert [alone.gettext("Level"), alone.pgettext("a place", "Open")] == ["Level", "Open"]
    assert [alone.ngettext("one", "many", number) for number in (0, 1, 2)] == ["many", "one", "many"]
    assert (alone.day(date(2026, 3, 3)), alone.short_day(date(2026, 3, 3))) == ("3 March 2026", "3 Mar")
