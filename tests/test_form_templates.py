"""The form templates of the pack `hub`: labels, hints and errors that belong together, and the level chooser."""

from typing import Any
from xml.etree.ElementTree import Element

import tinyhtml5
from crispy_forms.layout import Field, Layout
from crispy_forms.utils import render_crispy_form
from django import forms

from assessments.forms import Button, Choice, form_helper
from tests.pages import words

LEVELS = [("0", "None."), ("1", "Some."), ("2", "All."), ("dont_know", "Don’t know")]
NOT_APPLICABLE = ("not_applicable", Choice("Not applicable", "Only without land."))


class Answer(forms.Form):
    helper = form_helper("Save", hx_post="/save/")
    helper.layout = Layout(Field("level", template="hub/levels.html"))
    level = forms.ChoiceField(
        label="How far?",
        help_text="From the top.",
        choices=[*LEVELS, NOT_APPLICABLE],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one."},
    )


class Place(forms.Form):
    helper = form_helper("Save", Button("Delete", name="delete", value="1", kind="danger"))
    name = forms.CharField(label="Name", help_text="As <b>written</b>.")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="Sure")
    secret = forms.CharField(widget=forms.HiddenInput, initial="7")


def page(form: forms.Form) -> Element:
    return tinyhtml5.parse(render_crispy_form(form), namespace_html_elements=False)


def inputs(tree: Element, kind: str) -> list[Element]:
    return tree.findall(f".//input[@type='{kind}']")


def test_the_chooser_numbers_the_levels_and_sets_the_other_answers_apart() -> None:
    tree = page(Answer(initial={"level": "1"}))

    labels = [words(label) for label in tree.findall(".//div[@class='level']/label")]
    assert labels == ["0None.", "1Some.", "2All."]
    others = [words(label) for label in tree.findall(".//div[@class='level-others']//label")]
    assert others == ["Don’t know", "Not applicable"]
    tones = [span.get("class") for span in tree.findall(".//div[@class='level']/label/span[1]")]
    assert tones == ["level-number tone-0", "level-number tone-2", "level-number tone-4"]
    assert [radio.get("value") for radio in inputs(tree, "radio") if radio.get("checked") is not None] == ["1"]


def test_a_group_is_a_fieldset_that_its_hint_and_error_describe() -> None:
    tree = page(Answer({}))
    group = tree.find(".//fieldset")

    assert group is not None
    assert group.get("aria-describedby") == "id_level_helptext id_level_error"
    assert words(group.find("legend")) == "How far?"
    assert words(tree.find(".//*[@id='id_level_error']")) == "Error: Choose one."
    assert [(a.get("href"), words(a)) for a in tree.findall(".//a")] == [("#id_level_0", "Choose one.")]


def test_a_choice_may_carry_a_hint() -> None:
    radio = inputs(page(Answer()), "radio")[-1]
    assert (radio.get("value"), radio.get("aria-describedby")) == ("not_applicable", "id_level_4_hint")


def test_a_form_holds_nothing_back_and_takes_attributes() -> None:
    tree = page(Answer())
    form = tree.find(".//form")

    assert form is not None
    assert (form.get("novalidate"), form.get("hx-post"), form.get("method")) == ("", "/save/", "post")
    assert [e for e in tree.iter() if e.get("required") is not None] == []


def test_words_from_a_database_are_escaped() -> None:
    assert words(page(Place()).find(".//*[@id='id_name_helptext']")) == "As <b>written</b>."


def test_every_visible_input_has_one_label() -> None:
    tree = page(Place())
    labelled = [label.get("for") for label in tree.findall(".//label")]
    visible: list[Any] = [e.get("id") for kind in ("text", "radio", "checkbox") for e in inputs(tree, kind)]
    assert sorted(labelled, key=str) == sorted(visible, key=str)
    assert [e.get("value") for e in inputs(tree, "hidden")] == ["7"]


def test_buttons_say_what_they_do() -> None:
    found = [(b.get("class"), b.get("name"), words(b)) for b in page(Place()).findall(".//button")]
    assert found == [("button button--primary", None, "Save"), ("button button--danger", "delete", "Delete")]
