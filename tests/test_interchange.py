"""Documents in and out: every fault with its path, hostile files, and round trips that lose nothing."""

import copy
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.interchange import (
    Answers,
    DocumentError,
    Playbook,
    dump_answers,
    dump_playbook,
    freeze_answers,
    freeze_playbook,
    read_answers,
    read_playbook,
)
from tests.strategies import assessed, playbooks

ROOT = Path(__file__).parent.parent
DOCS = (ROOT / "docs/interchange.md").read_text()
PLAYBOOK_TEXT, ANSWERS_TEXT, TRANSLATION_TEXT = re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL)
BOOK = yaml.safe_load(PLAYBOOK_TEXT)
GIVEN = yaml.safe_load(ANSWERS_TEXT)

Change = Callable[[Any], object]


def faults_of(read: Callable[[], object]) -> dict[str, str]:
    """What is wrong, by path; {} where nothing is."""
    try:
        read()
    except DocumentError as error:
        return {str(fault).split(": ")[0]: fault.reason for fault in error.faults}
    return {}


def playbook_faults(*changes: Change) -> dict[str, str]:
    book = copy.deepcopy(BOOK)
    for change in changes:
        change(book)
    return faults_of(lambda: read_playbook(yaml.safe_dump(book)))


def skippable() -> Playbook:
    """The documented playbook, with a criterion that may be not applicable, as the documented answers need it."""
    book = copy.deepcopy(BOOK)
    book["lessons"][0]["criteria"][0]["not_applicable"] = "Only if there is no partnership."
    return read_playbook(yaml.safe_dump(book))


def answers_faults(*changes: Change) -> dict[str, str]:
    answers = copy.deepcopy(GIVEN)
    for change in changes:
        change(answers)
    return faults_of(lambda: read_answers(yaml.safe_dump(answers), skippable()))


def put(*path: Any) -> Change:
    """Set the value at a path: put("lessons", 0, "weight", -1)."""
    *steps, last, value = path

    def change(document: Any) -> None:
        for step in steps:
            document = document[step]
        document[last] = value

    return change


def drop(*path: Any) -> Change:
    *steps, last = path

    def change(document: Any) -> None:
        for step in steps:
            document = document[step]
        del document[last]

    return change


def criterion(*path: Any) -> Change:
    return put("lessons", 0, "criteria", 0, *path)


C = "lessons[0].criteria[0]"
NEW = {"kind": "new", "from": [], "comparable": False}


def test_the_documented_forms_are_read() -> None:
    assert playbook_faults() == {}
    assert answers_faults() == {}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (put("schema", "hubplaybook/answers@1"), "schema"),
        (put("schema", "playbook"), "schema"),
        (drop("key"), "key"),
        (put("key", ""), "key"),
        (put("key", 7), "key"),
        (put("version", 1.0), "version"),
        (put("title", "  "), "title"),
        (put("title", None), "title"),
        (put("extra", 1), "extra"),
        (put("indicative_from", 0), "indicative_from"),
        (put("indicative_from", 1.1), "indicative_from"),
        (put("indicative_from", None), "indicative_from"),
        (put("indicative_from", "0.7"), "indicative_from"),
        (put("roles", 0, "key", None), "roles[0].key"),
        (put("roles", {}), "roles"),
        (put("stages", []), "stages"),
        (put("stages", 0, "gates", {"shared-vision": 1}), "stages[0].gates"),
        (put("stages", 1, "gates", {"other": 1}), "stages[1].gates.other"),
        (put("stages", 1, "gates", {"shared-vision": 3}), "stages[1].gates.shared-vision"),
        (put("stages", 1, "gates", {"shared-vision": 2.0}), "stages[1].gates.shared-vision"),
        (put("stages", 1, "gates", None), "stages[1].gates"),
        (put("stages", 1, "facts", ""), "stages[1].facts"),
        (put("lessons", []), "lessons"),
        (put("lessons", 0, "weight", 0), "lessons[0].weight"),
        (put("lessons", 0, "weight", -1), "lessons[0].weight"),
        (put("lessons", 0, "weight", float("nan")), "lessons[0].weight"),
        (put("lessons", 0, "weight", float("inf")), "lessons[0].weight"),
        (put("lessons", 0, "weight", True), "lessons[0].weight"),
        (put("lessons", 0, "weight", "25"), "lessons[0].weight"),
        (put("lessons", 0, "weight", 10**31 + 1), "lessons[0].weight"),
        (put("lessons", 0, "criteria", []), "lessons[0].criteria"),
        (put("lessons", 0, "wieght", 25), "lessons[0].wieght"),
        (criterion("levels", [BOOK["lessons"][0]["criteria"][0]["levels"][0]]), f"{C}.levels"),
        (criterion("levels", 1, "descriptor", "No  written vision."), f"{C}.levels[1].descriptor"),
        (criterion("levels", 1, "next_step", ""), f"{C}.levels[1].next_step"),
        (criterion("not_applicable", ""), f"{C}.not_applicable"),
        (criterion("evidence", [1]), f"{C}.evidence[0]"),
        (criterion("evidence", None), f"{C}.evidence"),
        (criterion("data", ["a", ""]), f"{C}.data[1]"),
        (criterion("ask", ""), f"{C}.ask"),
        (criterion("targets", {"exploring": 1}), f"{C}.targets.forming"),
        (criterion("targets", {"exploring": 1, "forming": 1, "third": 1}), f"{C}.targets.third"),
        (criterion("targets", "forming", 3), f"{C}.targets.forming"),
        (criterion("targets", "forming", -1), f"{C}.targets.forming"),
        (criterion("targets", "forming", True), f"{C}.targets.forming"),
        (criterion("targets", "forming", "2"), f"{C}.targets.forming"),
        (put("follows", "version", "1.0"), "follows.version"),
        (put("follows", "criteria", "other", NEW), "follows.criteria.other"),
        (put("follows", "criteria", "shared-vision", "kind", "same"), "follows.criteria.shared-vision.kind"),
        (put("follows", "criteria", "shared-vision", "from", []), "follows.criteria.shared-vision.from"),
        (put("follows", "criteria", "shared-vision", "comparable", "yes"), "follows.criteria.shared-vision.comparable"),
        (put("follows", "retired", ["shared-vision"]), "follows.retired[0]"),
        (drop("follows", "retired"), "follows.retired"),
        (put("follows", None), "follows"),
    ],
)  # fmt: skip
def test_playbook_faults_are_told_at_their_path(change: Change, path: str) -> None:
    assert list(playbook_faults(change)) == [path]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (drop("place"), "place"),
        (put("place", ""), "place"),
        (drop("date"), "date"),
        (put("date", "22/11/2026"), "date"),
        (put("date", 2026), "date"),
        (put("date", "2026-W01-1"), "date"),
        (put("stage", "other"), "stage"),
        (put("stage", None), "stage"),
        (put("playbook", "version", "2.0"), "playbook.version"),
        (put("playbook", "key", "other"), "playbook.key"),
        (put("answers", "other", 1), "answers.other"),
        (put("answers", {"shared-vision": 3}), "answers.shared-vision"),
        (put("answers", {"shared-vision": -1}), "answers.shared-vision"),
        (put("answers", {"shared-vision": 1.0}), "answers.shared-vision"),
        (put("answers", {"shared-vision": "1"}), "answers.shared-vision"),
        (put("answers", {"shared-vision": True}), "answers.shared-vision"),
        (put("answers", {"shared-vision": None}), "answers.shared-vision"),
        (put("answers", {"shared-vision": "n/a"}), "answers.shared-vision"),
        (put("reasons", "shared-vision", ""), "reasons.shared-vision"),
        (put("notes", "other", "x"), "notes.other"),
        (put("notes", None), "notes"),
        (put("evidence", "shared-vision", 0, "grade", 5), "evidence.shared-vision[0].grade"),
        (drop("evidence", "shared-vision", 0, "grade"), "evidence.shared-vision[0].grade"),
        (put("evidence", "shared-vision", 0, "date", "soon"), "evidence.shared-vision[0].date"),
        (put("evidence", "shared-vision", 0, "size", 1), "evidence.shared-vision[0].size"),
        (put("respondents", 0, "role", "nobody"), "respondents[0].role"),
        (put("respondents", 0, "answers", {"other": 1}), "respondents[0].answers.other"),
        (put("respondents", 0, "name", "Ann"), "respondents[0].name"),
    ],
)
def test_answers_faults_are_told_at_their_path(change: Change, path: str) -> None:
    without_reason: list[Change] = [drop("reasons")] if path.startswith("answers.shared") else []
    assert list(answers_faults(change, *without_reason)) == [path]


def test_a_double_key_is_told_with_what_it_takes_away() -> None:
    faults = playbook_faults(put("stages", 1, "key", "exploring"))
    assert sorted(faults) == [f"{C}.targets.forming", "stages[1].key"]


def test_what_is_missing_is_told_once() -> None:
    assert list(playbook_faults(drop("lessons", 0, "criteria", 0, "targets"))) == [f"{C}.targets"]
    assert list(playbook_faults(criterion("targets", [1]))) == [f"{C}.targets"]
    assert list(playbook_faults(put("follows", "criteria", "shared-vision", "from", None))) == [
        "follows.criteria.shared-vision.from"
    ]


def test_a_reason_stands_only_where_not_applicable() -> None:
    assert list(answers_faults(put("answers", {"shared-vision": 1}))) == ["reasons.shared-vision"]


def test_not_applicable_only_where_allowed() -> None:
    faults = faults_of(lambda: read_answers(yaml.safe_dump(GIVEN), read_playbook(PLAYBOOK_TEXT)))
    assert list(faults) == ["answers.shared-vision"]


def test_all_faults_at_once_in_the_order_of_the_file_with_lines() -> None:
    text = PLAYBOOK_TEXT.replace("weight: 25", "weight: -25").replace("key: exploring", "key: forming")
    text = text.replace("kind: reworded", "kind: renamed")
    with pytest.raises(DocumentError) as error:
        read_playbook(text)
    told = str(error.value).splitlines()
    lines = [int(re.search(r"\(line (\d+)\)", line).group(1)) for line in told]  # type: ignore[union-attr]
    assert lines == sorted(lines)
    paths = [line.split(": ")[0] for line in told]
    expected = ["stages[1].key", "lessons[0].weight", "follows.criteria.shared-vision.kind"]
    assert [path for path in expected if path not in paths] == []


def test_a_double_key_is_told_in_yaml_and_in_json() -> None:
    doubled = PLAYBOOK_TEXT.replace("title: The long path", "title: The long path\n    title: Again")
    told = "stands here twice, first at line 14; keep one of the two"
    assert faults_of(lambda: read_playbook(doubled)) == {"lessons[0].title": told}
    as_json = json.dumps(BOOK).replace('"title": "The long path"', '"title": "The long path", "title": "Again"')
    assert faults_of(lambda: read_playbook(as_json)) == {"lessons[0].title": "stands here twice; keep one of the two"}


def test_json_is_accepted_wherever_yaml_is() -> None:
    assert read_playbook(json.dumps(BOOK)) == read_playbook(PLAYBOOK_TEXT)
    answers = {**GIVEN, "date": "2026-11-22"}
    answers["evidence"] = {"shared-vision": [{"grade": 3, "title": "😀 \u2028", "date": "2025-06-01"}]}
    read = read_answers(json.dumps(answers), skippable())
    assert read.evidence["shared-vision"][0].title == "😀 \u2028"


BILLION_LAUGHS = b"a: &a [x, x]\n" + b"".join(b"%c: &%c [*%c, *%c]\n" % (n, n, n - 1, n - 1) for n in range(98, 122))


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (b"\xef\xbb\xbf" + PLAYBOOK_TEXT.encode(), None),
        (PLAYBOOK_TEXT.encode("utf-16"), "UTF-8"),
        (PLAYBOOK_TEXT.replace("title", "titl\xe9").encode("latin-1"), "UTF-8"),
        (b"", "empty"),
        (b" \n# nothing\n", "empty"),
        (b"a" * 1_048_577, "too large"),
        (b"- " * 100_000, "deep"),
        (b"[" * 100_000, "deep"),
        (b'{"a":' * 100_000, "deep"),
        (b'{"a":[' * 9 + b"1" + b"]}" * 9, "deep"),
        (b"[" + b"1," * 400_000 + b"1]", "too many"),
        (b"- 1\n" * 250_000, "too many"),
        (BILLION_LAUGHS, "too many"),
        (b"a: &a " + b"x" * 900_000 + b"\nb: [" + b"*a, " * 20_000 + b"]", "too many"),
        (b"a: &a [*a]", "itself"),
        (b"a: *b", "nothing"),
        (b"!!python/object/apply:os.system [id]", "tag"),
        (b"a: !thing 1", "tag"),
        (b"a: !!binary aGk=", "tag"),
        (b"a: 1\n---\nb: 2\n", "second document"),
        (b"a: [1", "cannot be read"),
        (b"\ta: 1", "cannot be read"),
        (b"just words", "text"),
        (b"[1, 2]", "a list"),
        (b"null", "empty"),
        (b'{"a": \xff}', "UTF-8"),
        (b"a: \x00", "cannot be read"),
    ],
)  # fmt: skip
def test_hostile_and_broken_files_are_refused_quickly_and_plainly(written: bytes, reason: str | None) -> None:
    begun = time.perf_counter()
    if reason is None:
        assert read_playbook(written) == read_playbook(PLAYBOOK_TEXT)
        return
    with pytest.raises(DocumentError, match=reason):
        read_playbook(written)
    assert time.perf_counter() - begun < 5  # about a second; these machines are noisy


@pytest.mark.parametrize(
    "value",
    [
        "2026-02-30",
        "1e400",
        "9" * 5000,
        "0x" + "f" * 500,
        "1:99:99",
        ".inf",
        "-.inf",
        ".nan",
        "[]",
        "{}",
        "~",
        "yes",
        "<<",
    ],
)
def test_odd_values_are_faults_and_no_crash(value: str) -> None:
    text = PLAYBOOK_TEXT.replace("weight: 25  ", f"weight: {value}  ").replace('version: "1.0"', f"version: {value}")
    assert "lessons[0].weight" in faults_of(lambda: read_playbook(text))


MANY_FAULTS = {
    "unknown keys": lambda: PLAYBOOK_TEXT + "\n".join(f"unknown-{n}: 1" for n in range(45_000)),
    "unknown gates": lambda: PLAYBOOK_TEXT.replace(
        "gates: {shared-vision: 2}", "gates: {" + ", ".join(f"k{n}: 1" for n in range(40_000)) + "}"
    ),
    "empty criteria": lambda: PLAYBOOK_TEXT.split("    criteria:")[0] + "    criteria: [" + "{}, " * 45_000 + "]\n",
    "odd integers": lambda: PLAYBOOK_TEXT.replace("weight: 25", "weight: !!int '_'"),
}


@pytest.mark.parametrize("kind", MANY_FAULTS)
def test_a_file_of_a_thousand_faults_is_refused_quickly(kind: str) -> None:
    begun = time.perf_counter()
    assert faults_of(lambda: read_playbook(MANY_FAULTS[kind]())) != {}
    assert time.perf_counter() - begun < 5


def test_a_message_carries_no_control_letters() -> None:
    with pytest.raises(DocumentError) as error:
        read_playbook(json.dumps({**BOOK, "\x1b[31mred\x07": 1, "long" * 1000: 1}))
    assert all(letter.isprintable() or letter == "\n" for letter in str(error.value))
    assert len(str(error.value)) < 500


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300)))
@settings(max_examples=300)
def test_no_input_crashes(data: bytes | str) -> None:
    for read in (read_playbook, lambda text: read_answers(text, None)):
        with pytest.raises(DocumentError):
            read(data)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
PATHS = [("roles",), ("stages",), ("stages", 1, "gates"), ("lessons",), ("lessons", 0, "criteria"),
         ("follows",),
         ("follows", "criteria"), ("follows", "retired"), ("lessons", 0, "criteria", 0, "levels"),
         ("lessons", 0, "criteria", 0, "targets"), ("lessons", 0, "weight"), ("key",)]  # fmt: skip


@given(st.sampled_from(PATHS), JUNK)
@settings(max_examples=300)
def test_junk_anywhere_is_a_fault_or_a_playbook(path: tuple[Any, ...], junk: Any) -> None:
    book = copy.deepcopy(BOOK)
    put(*path, junk)(book)
    told = faults_of(lambda: read_playbook(yaml.safe_dump(book)))
    assert told or isinstance(read_playbook(yaml.safe_dump(book)), Playbook)


@given(st.sampled_from(["answers", "reasons", "notes", "evidence", "respondents", "playbook", "date", "stage"]), JUNK)
@settings(max_examples=300)
def test_junk_anywhere_is_a_fault_or_answers(key: str, junk: Any) -> None:
    text = yaml.safe_dump({**GIVEN, key: junk})
    told = faults_of(lambda: read_answers(text, skippable()))
    assert told or isinstance(read_answers(text, skippable()), Answers)


# --- round trips --------------------------------------------------------------------------------------------------


@given(playbooks())
def test_a_playbook_survives_the_round_trip(playbook: Playbook) -> None:
    text = dump_playbook(playbook)
    assert read_playbook(text) == playbook
    assert dump_playbook(read_playbook(text)) == text
    assert read_playbook(freeze_playbook(playbook)) == playbook


@given(assessed())
def test_answers_survive_the_round_trip(pair: tuple[Playbook, Answers]) -> None:
    playbook, answers = pair
    text = dump_answers(answers)
    assert read_answers(text, playbook) == answers
    assert dump_answers(read_answers(text, playbook)) == text
    assert read_answers(freeze_answers(answers), playbook) == answers


@pytest.mark.parametrize("path", sorted((ROOT / "fixtures").glob("*.yaml")), ids=lambda path: path.name)
def test_the_fixtures_survive_the_round_trip(path: Path) -> None:
    playbook = read_playbook(path.read_bytes())
    assert read_playbook(dump_playbook(playbook)) == playbook


@pytest.mark.parametrize(
    "written",
    [
        "0.7",
        "33.333333333333333333",
        "0.000001",
        "20",
        "12345678901234567890",
        "1e3",
        "0.12345678901234567890123456789",
    ],
)
def test_weights_keep_the_decimals_they_were_written_with(written: str) -> None:
    text = json.dumps(BOOK).replace('"weight": 25', f'"weight": {written}')
    playbook = read_playbook(text)
    assert str(playbook.lessons[0].weight) == str(type(playbook.lessons[0].weight)(written))
    assert read_playbook(dump_playbook(playbook)) == playbook
