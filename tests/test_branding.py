"""Branding: who may set it, colours that can be read, two people at once, and hostile uploads that meet plain words."""

import base64
import io
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from assessments.forms.branding import BrandingForm
from assessments.models import Branding, Place, User
from assessments.reports.branding import WHITE, best_contrast, branding_of, contrast, nearest_darker
from assessments.services.branding import ChangedMeanwhile, Content, remove_branding, save_branding
from tests.factories import Cast, make_assessment, published_version, submit
from tests.findings_cast import HOSTILE

GOOD = {"name": "Harbour Trust", "main": "#12475a", "accent": "#8a3f00", "contact": "", "disclaimer": ""}
CONTENT = Content("Harbour Trust", "#12475a", "#8a3f00")


def png(colour: str = "red", size: tuple[int, int] = (80, 40)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, "PNG")
    return written.getvalue()


def send(user: User, place: Place | None, **data: Any) -> Any:
    """What the page answers to a form sent by this person."""
    client = Client()
    client.force_login(user)
    address = reverse("place_branding", args=[place.pk]) if place else reverse("own_branding")
    return client.post(address, {**GOOD, "revision": "0", **data})


def errors(response: Any) -> dict[str, list[str]]:
    form: BrandingForm = response.context["form"]
    return {name: [str(each) for each in told] for name, told in form.errors.items()}


# --- Colours ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("colour", "accent", "main"),
    [
        ("#000000", "#000000", "#000000"),
        ("#767676", "#767676", "#767676"),
        ("#777777", "#767676", "#767676"),
        ("#f0a030", "#a16b20", "#f0a030"),  # dark letters can be read on it as it is
        ("#ff0000", "#ee0000", "#ee0000"),
        ("#ffffff", "#767676", "#ffffff"),
    ],
)
def test_the_nearest_darker_shade_is_the_first_that_can_be_read(colour: str, accent: str, main: str) -> None:
    found = nearest_darker(colour, lambda each: contrast(each, WHITE)), nearest_darker(colour, best_contrast)
    assert found == (accent, main)


@pytest.mark.parametrize(
    ("main", "accent", "told"),
    [
        ("#12475a", "#8a3f00", {}),
        ("ABC", " #8A3F00 ", {}),
        (
            "#7f7f7f",
            "#f0a030",
            {
                "main": "Neither white nor dark letters can be read on this colour: they reach a contrast of 4 to 1, "
                "and 4.5 is needed. The nearest darker shade that does is #767676.",
                "accent": "This colour is too faint on white paper: it reaches a contrast of 2.14 to 1, and 4.5 is "
                "needed. The nearest darker shade that does is #a16b20.",
            },
        ),
        (
            "red",
            "",
            {
                "main": "Write the colour as # and six digits or letters from a to f, like #12475a.",
                "accent": "Choose the accent colour.",
            },
        ),
    ],
)
def test_a_colour_can_be_read_or_the_error_says_which_shade_can(main: str, accent: str, told: dict[str, str]) -> None:
    form = BrandingForm({**GOOD, "main": main, "accent": accent}, shown=None)
    assert {name: list(words) for name, words in form.errors.items()} == {name: [text] for name, text in told.items()}
    if not told:
        assert (form.cleaned_data["main"][0], form.cleaned_data["accent"]) == ("#", "#8a3f00")


@pytest.mark.parametrize(
    ("typed", "picked", "kept"),
    [("#12475a", "#5a1f4b", "#5a1f4b"), ("#333333", "#5a1f4b", "#333333"), ("#333333", "#12475a", "#333333")],
    ids=["only picked", "both changed: the text", "only typed"],
)
def test_without_scripts_a_picked_colour_counts_where_the_text_was_left_alone(
    typed: str, picked: str, kept: str
) -> None:
    form = BrandingForm({**GOOD, "main": typed, "main_picked": picked, "main_was": "#12475a"}, shown=None)
    assert form.is_valid()
    assert form.cleaned_data["main"] == kept


# --- Saving -------------------------------------------------------------------------------------------------------


def test_an_owner_saves_the_branding_of_a_place_and_takes_it_away(cast: Cast) -> None:
    logo = SimpleUploadedFile("logo.png", png())
    assert send(cast.owner, cast.place, logo=logo, contact="Line 1\r\nLine 2").status_code == 302
    row = Branding.objects.get()
    assert (row.place, row.person, row.updated_by, row.revision) == (cast.place, None, cast.owner, 1)
    plain = branding_of(row)
    assert plain is not None
    assert (plain.name, plain.contact, plain.logo[:4]) == ("Harbour Trust", "Line 1\nLine 2", b"\x89PNG")

    assert send(cast.owner, cast.place, revision="1", name="Other").status_code == 302
    row.refresh_from_db()
    assert (row.name, row.revision, bytes(row.logo)) == ("Other", 2, plain.logo)  # without a new logo the old one stays
    assert send(cast.owner, cast.place, revision="2", remove_logo="on").status_code == 302
    row.refresh_from_db()
    assert bytes(row.logo) == b""
    assert send(cast.owner, cast.place, go="remove", revision="3").status_code == 302
    assert Branding.objects.count() == 0


def test_everybody_has_a_branding_of_their_own(cast: Cast) -> None:
    send(cast.consultant, None, name="Consultants")
    send(cast.viewer, None, name="Viewers")
    assert {row.person: row.name for row in Branding.objects.all()} == {
        cast.consultant: "Consultants",
        cast.viewer: "Viewers",
    }


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (SimpleUploadedFile("logo.png", b"<html><script>alert(1)</script></html>"), "This is no PNG, JPEG or SVG"),
        (SimpleUploadedFile("logo.png", b""), "The file is empty."),
        (SimpleUploadedFile("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>"), "holds a script"),
        (SimpleUploadedFile("logo.jpg", b"\xff\xd8\xff" + b"x" * 90), "damaged or incomplete"),
        (SimpleUploadedFile("logo.png", b"\x89PNG\r\n\x1a\n" + bytes(3_000_000)), "larger than 1 MB"),
    ],
    ids=["page", "empty", "script", "half", "large"],
)
def test_a_refused_logo_is_told_beside_the_field_and_what_was_typed_survives(
    cast: Cast, file: SimpleUploadedFile, words: str
) -> None:
    file.seek(0)
    typed = {"name": HOSTILE[:100], "disclaimer": "A long disclaimer.", "main": "#5a1f4b"}
    response = send(cast.owner, cast.place, logo=file, **typed)
    assert (response.status_code, list(errors(response))) == (422, ["logo"])
    assert words in errors(response)["logo"][0]
    form: BrandingForm = response.context["form"]
    assert {name: form[name].value() for name in typed} == typed
    assert "A long disclaimer." in response.content.decode()
    assert Branding.objects.count() == 0


def test_a_logo_survives_a_mistake_elsewhere(cast: Cast) -> None:
    response = send(cast.owner, cast.place, logo=SimpleUploadedFile("logo.png", png()), accent="#ffff00")
    assert response.status_code == 422
    form: BrandingForm = response.context["form"]
    sent = form["logo_sent"].value()
    assert unescape(response.content.decode()).count(sent) == 2  # hidden in the form, and shown
    assert send(cast.owner, cast.place, logo_sent=sent).status_code == 302
    assert bytes(Branding.objects.get().logo) == base64.b64decode(sent)


@pytest.mark.any_database
@pytest.mark.parametrize("forged", ["no base64!", base64.b64encode(b"<script>").decode(), "aGk=" * 1000])
def test_a_forged_logo_in_the_hidden_field_is_nothing(cast: Cast, forged: str) -> None:
    assert send(cast.owner, cast.place, logo_sent=forged).status_code == 302
    assert bytes(Branding.objects.get().logo) == b""


# --- Two people at once -------------------------------------------------------------------------------------------


def test_two_people_at_once_are_shown_both_and_nothing_is_overwritten(cast: Cast) -> None:
    save_branding(owner=cast.place, content=CONTENT, seen=0, by=cast.admin)
    response = send(cast.owner, cast.place, name="Mine", contact="My contact", revision="0")
    page = unescape(response.content.decode())
    assert response.status_code == 409
    assert [text in page for text in ("Not saved", "Admin Person", "Harbour Trust", "Mine", "My contact")] == [True] * 5
    assert Branding.objects.get().name == "Harbour Trust"
    form: BrandingForm = response.context["form"]
    assert (form["name"].value(), form["revision"].value()) == ("Mine", "1")
    assert send(cast.owner, cast.place, name="Mine", revision="1").status_code == 302
    assert Branding.objects.get().name == "Mine"


def test_what_somebody_took_away_meanwhile_is_told(cast: Cast) -> None:
    save_branding(owner=cast.place, content=CONTENT, seen=0, by=cast.admin)
    remove_branding(owner=cast.place, seen=1)
    response = send(cast.owner, cast.place, revision="1")
    assert (response.status_code, "took the branding away" in response.content.decode()) == (409, True)


def test_nobody_takes_away_what_they_have_not_seen(cast: Cast) -> None:
    save_branding(owner=cast.place, content=CONTENT, seen=0, by=cast.admin)
    assert [send(cast.owner, cast.place, go="remove", revision=each).status_code for each in ("0", "7", "9" * 30)] == [
        409
    ] * 3
    assert Branding.objects.count() == 1


def test_sent_twice_it_is_saved_once(cast: Cast) -> None:
    first = save_branding(owner=cast.place, content=CONTENT, seen=0, by=cast.owner)
    assert save_branding(owner=cast.place, content=CONTENT, seen=0, by=cast.owner) == first
    with pytest.raises(ChangedMeanwhile) as raised:
        save_branding(owner=cast.place, content=CONTENT, seen=0, by=cast.admin)
    assert raised.value.stored == first
    assert Branding.objects.get().revision == 1


# --- The picture of the cover -------------------------------------------------------------------------------------


@pytest.mark.any_database
def test_the_page_shows_the_cover_as_it_would_be(cast: Cast) -> None:
    submit(make_assessment(cast.place, cast.owner, {"right-path": 2}), cast.owner)
    client = Client()
    client.force_login(cast.owner)
    page = client.get(reverse("place_branding", args=[cast.place.pk]))
    assert 'alt="The first page of a report with this name, main colour #12475a' in page.content.decode()
    response = client.get(page.context["cover"])
    picture = Image.open(io.BytesIO(response.content))
    assert (response["Content-Type"], picture.size) == ("image/png", (600, 849))


@pytest.mark.any_database
def test_the_cover_takes_no_colour_that_is_none(cast: Cast) -> None:
    published_version()
    client = Client()
    client.force_login(cast.viewer)
    hostile = {"main": "red;}*{x", "accent": "url(file:///etc/passwd)", "name": HOSTILE}
    assert client.get(reverse("own_branding_cover"), hostile).status_code == 200


def test_without_a_playbook_there_is_no_cover_to_show(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.viewer)
    page = client.get(reverse("own_branding"))
    assert (page.status_code, page.context["cover"]) == (200, "")
    assert client.get(reverse("own_branding_cover")).status_code == 404
