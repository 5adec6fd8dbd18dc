"""Texts of a playbook in another language: paths, fallback, files, and what becomes of them from draft to draft."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.interchange import (
    Playbook,
    Texts,
    Translated,
    completeness,
    dump_translation,
    falls_back,
    read_playbook,
    read_translation,
    texts,
    translated,
)
from assessments.interchange.texts import Count, parts
from tests.strategies import WORDS, playbooks
from tests.test_interchange import PLAYBOOK_TEXT, TRANSLATION_TEXT, faults_of, put

ROOT = Path(__file__).parents[1]
BOOK = read_playbook(PLAYBOOK_TEXT)
GIVEN = yaml.safe_load(TRANSLATION_TEXT)
WELSH = ROOT / "fixtures/translations/hubs-of-innovation-1.0.cy.yaml"
THE_PLAYBOOK = ROOT / "fixtures/hubs-of-innovation-1.0.yaml"


@st.composite
def translations(draw: st.DrawFn, playbook: Playbook) -> Texts:
    """Some of the texts translated, a few of them from another text than stands there now."""
    given_texts = {}
    for path, source in texts(playbook).items():
        if draw(st.booleans()):
            made_from = draw(st.one_of(st.just(source), st.just(source), WORDS))
            given_texts[path] = Translated(made_from, draw(WORDS))
    return given_texts


@st.composite
def books_with_translations(draw: st.DrawFn) -> tuple[Playbook, Texts]:
    playbook = draw(playbooks())
    return playbook, draw(translations(playbook))


# --- texts and fallback ---------------------------------------------------------------------------------------------


def test_paths_name_texts_by_keys() -> None:
    assert list(texts(BOOK)) == [
        "title",
        "roles/local-authority/name",
        "stages/exploring/name",
        "stages/exploring/facts",
        "stages/forming/name",
        "stages/forming/facts",
        "lessons/long-path/title",
        "criteria/shared-vision/title",
        "criteria/shared-vision/question",
        *(f"criteria/shared-vision/levels/{n}/{text}" for n in range(3) for text in ("descriptor", "next_step")),
        "criteria/shared-vision/ask",
        "criteria/shared-vision/evidence/0",
    ]


@given(playbooks())
@settings(max_examples=15)
def test_translated_into_itself_a_playbook_stays_as_it_is(playbook: Playbook) -> None:
    same = {path: Translated(text, text) for path, text in texts(playbook).items()}
    assert translated(playbook, same) == (playbook, frozenset())
    assert not falls_back(translated(playbook, same)[0])


@given(playbooks())
@settings(max_examples=15)
def test_without_translations_every_text_falls_back_and_says_so(playbook: Playbook) -> None:
    found, fell_back = translated(playbook, {})
    assert (found, fell_back) == (playbook, texts(playbook).keys())
    assert falls_back(found)


@given(books_with_translations())
@settings(max_examples=20)
def test_a_text_is_taken_only_where_it_was_made_from_what_stands_there(pair: tuple[Playbook, Texts]) -> None:
    playbook, made = pair
    found, fell_back = translated(playbook, made)
    shown, sources = texts(found), texts(playbook)
    assert list(shown) == list(sources)
    for path, source in sources.items():
        is_current = path in made and made[path].source == source
        assert (shown[path], path in fell_back) == (made[path].text if is_current else source, not is_current)
        assert falls_back(shown[path]) is (path in fell_back)


@given(books_with_translations(), st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_order_makes_no_difference(pair: tuple[Playbook, Texts], chance: random.Random) -> None:
    playbook, made = pair

    def shuffled(book: Playbook) -> Playbook:
        lessons = [replace(each, criteria=each.criteria[::-1]) for each in book.lessons]
        return replace(book, lessons=tuple(lessons[::-1]), roles=book.roles[::-1])

    assert dict(texts(shuffled(playbook))) == texts(playbook)
    assert translated(shuffled(playbook), made)[0] == shuffled(translated(playbook, made)[0])
    paths = list(made)
    chance.shuffle(paths)
    assert translated(playbook, {path: made[path] for path in paths}) == translated(playbook, made)


@given(books_with_translations())
@settings(max_examples=15)
def test_what_is_done_missing_and_out_of_date_adds_up(pair: tuple[Playbook, Texts]) -> None:
    playbook, made = pair
    found = completeness(playbook, {**made, "criteria/gone/title": Translated("Gone", "Wedi mynd")})
    count = found.count
    assert count.total == len(texts(playbook)) == sum(len(part.texts) for part in parts(playbook))
    assert count.total - count.done == len(translated(playbook, made)[1]) == count.missing + count.out_of_date
    assert sum(found.of(key).done for key in ["", *(lesson.key for lesson in playbook.lessons)]) == count.done
    assert found.orphans == ("criteria/gone/title",)


@pytest.mark.parametrize(
    ("count", "percent"), [(Count(200, 199, 1), 99), (Count(3, 3, 0), 100), (Count(3, 0, 0), 0), (Count(0, 0, 0), 100)]
)
def test_a_hundred_per_cent_is_said_only_of_all(count: Count, percent: int) -> None:
    assert count.percent == percent


def test_a_text_in_english_says_so_wherever_it_is_shown() -> None:
    text = translated(replace(BOOK, title="A & <b>"), {})[0].title
    assert text == "A & <b>"
    assert text.__html__() == '<span lang="en">A &amp; &lt;b&gt;</span>'  # type: ignore[attr-defined]


# --- files ----------------------------------------------------------------------------------------------------------


@given(books_with_translations())
@settings(max_examples=20)
def test_a_translation_survives_the_round_trip(pair: tuple[Playbook, Texts]) -> None:
    playbook, made = pair
    text = dump_translation(playbook, "cy", made)
    found = read_translation(text, playbook)
    assert (found.key, found.version, found.language, found.texts) == (playbook.key, playbook.version, "cy", made)
    assert dump_translation(playbook, "cy", found.texts) == text


def faults(*changes: Callable[[Any], object]) -> dict[str, str]:
    document = yaml.safe_load(TRANSLATION_TEXT)
    for change in changes:
        change(document)
    return faults_of(lambda: read_translation(yaml.safe_dump(document), BOOK))


def test_the_documented_form_is_read() -> None:
    found = read_translation(TRANSLATION_TEXT, BOOK)
    assert found.texts == {
        "criteria/shared-vision/title": Translated("Shared vision", "Gweledigaeth gyffredin"),
        "criteria/shared-vision/question": Translated(
            "Do partners share a vision?", "A yw partneriaid yn rhannu gweledigaeth?"
        ),
    }
    assert completeness(BOOK, found.texts).count == Count(17, 1, 1)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (put("schema", "hubplaybook/playbook@1"), "schema"),
        (put("playbook", "key", "another"), "playbook.key"),
        (put("playbook", "version", "2.0"), "playbook.version"),
        (put("playbook", "version", 1.0), "playbook.version"),
        (put("language", "en-gb"), "language"),
        (put("language", "Welsh"), "language"),
        (put("language", "cy-" + "a" * 8), "language"),
        (put("texts", {}), "texts"),
        (put("texts", 0, "path", "criteria/other/title"), "texts[0].path"),
        (put("texts", 1, "path", "criteria/shared-vision/title"), "texts[1].path"),
        (put("texts", 0, "source", ""), "texts[0].source"),
        (put("texts", 0, "text", None), "texts[0].text"),
        (put("texts", 0, "text", True), "texts[0].text"),
        (put("texts", 0, "translation", "x"), "texts[0].translation"),
    ],
)
def test_faults_are_told_at_their_path(change: Callable[[Any], object], path: str) -> None:
    assert list(faults(change)) == [path]


def test_all_faults_at_once() -> None:
    assert list(faults(put("language", ""), put("texts", 0, "path", "x"), put("texts", 2, "source", 3))) == [
        "language",
        "texts[0].path",
        "texts[2].source",
    ]


@given(st.sampled_from(["playbook", "language", "texts"]), st.sampled_from([None, 1, "x", [], {}, [[]], [{}], [None]]))
@settings(max_examples=24)
def test_junk_is_a_fault_or_a_translation(key: str, junk: Any) -> None:
    found = faults_of(lambda: read_translation(yaml.safe_dump({**GIVEN, key: junk}), BOOK))
    assert found or (key, junk) == ("texts", [])


# --- the Welsh of the first playbook --------------------------------------------------------------------------------

SAME_IN_BOTH: set[str] = set()
"""Texts that are the same in Welsh: names."""


def test_the_welsh_file_fits_its_playbook() -> None:
    playbook = read_playbook(THE_PLAYBOOK.read_bytes())
    welsh = read_translation(WELSH.read_bytes(), playbook)
    found = completeness(playbook, welsh.texts)
    assert (found.count.out_of_date, found.orphans) == (0, ())
    begun = {"title", "summary"} | {path for path in texts(playbook) if path.startswith(("roles", "stages", "lessons"))}
    begun |= {f"criteria/{key}/{text}" for key in playbook.criterion for text in ("title", "question")}
    for criterion in playbook.lessons[0].criteria:
        begun |= {path for path in texts(playbook) if path.startswith(f"criteria/{criterion.key}/levels/")}
    assert begun - welsh.texts.keys() == set()


def test_nothing_was_left_in_english_by_mistake() -> None:
    welsh = read_translation(WELSH.read_bytes(), None).texts
    assert {path for path, each in welsh.items() if each.text == each.source} == SAME_IN_BOTH
    english = {"the", "and", "of", "with", "least", "hub's", "partners", "vision"}
    left = {path: set(each.text.split()) & english for path, each in welsh.items() if path != "summary"}
    assert {path: words for path, words in left.items() if words} == {}
    ends = {path: (each.source[-1], each.text[-1]) for path, each in welsh.items()}
    assert {path: pair for path, pair in ends.items() if {*pair} & set(".?:") and pair[0] != pair[1]} == {}


def test_one_welsh_word_for_one_thing() -> None:
    """Where the English says board or vision, the Welsh has its word for it, mutated or not."""
    words = {
        "board": "wrdd",
        "vision": "weledigaeth",
        "partner": "artner",
        "investor": "uddsodd",
        "budget": "yllideb",
    }
    welsh = read_translation(WELSH.read_bytes(), None).texts
    missing = {
        (path, word)
        for path, each in welsh.items()
        for word, stem in words.items()
        if f" {word}" in each.source.lower() and stem not in each.text.lower()
    }
    assert missing == set()
