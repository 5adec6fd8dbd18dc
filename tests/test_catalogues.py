"""The catalogues of translations: they hold every text that is marked, and say it with the same places and tags."""

import gettext
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from tests.catalogues import Entry, entries

CATALOGUES = sorted((settings.BASE_DIR / "locale").glob("*/LC_MESSAGES/django.po"))
PARTS = re.compile(r"%\(\w+\)[a-z]|\{\w+\}|<[^>]*>")
"""What a translation must have as its text has it: places for values, and tags with all that they carry."""

pytestmark = pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.parts[-3])


def test_make_messages_finds_nothing_that_the_catalogue_has_not(catalogue: Path, tmp_path: Path) -> None:
    for name in ("assessments", "hubplaybook", "locale", "scripts", "templates", "manage.py", ".venv"):
        source = settings.BASE_DIR / name
        if name == ".venv":
            (tmp_path / name).symlink_to(source)
        elif source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path)
    env = os.environ | {"DATA_DIR": str(tmp_path / "var")}
    subprocess.run(["scripts/messages.sh"], cwd=tmp_path, env=env, check=True, capture_output=True)
    again = {entry.key for entry in entries(tmp_path / catalogue.relative_to(settings.BASE_DIR))}
    held = {entry.key for entry in entries(catalogue)}
    assert (again - held, held - again) == (set(), set()), "Run `make messages`."


def test_what_is_compiled_is_what_is_written(catalogue: Path) -> None:
    with catalogue.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    written = [entry for entry in entries(catalogue) if entry.is_translated]
    assert [said_by(compiled, entry) for entry in written] == [entry.said[:1] for entry in written]
    assert len(written) == len({key[0] if isinstance(key, tuple) else key for key in compiled._catalog} - {""})  # type: ignore[attr-defined]


def said_by(compiled: gettext.GNUTranslations, entry: Entry) -> tuple[str]:
    """The translation, or its first plural form, as a compiled catalogue has it."""
    text = f"{entry.context}\4{entry.text}" if entry.context else entry.text
    return (compiled._catalog[(text, 0) if entry.plural else text],)  # type: ignore[attr-defined]


def test_a_translation_has_the_places_and_tags_of_its_text(catalogue: Path) -> None:
    wrong = [
        (entry.text, said)
        for entry in entries(catalogue)
        for said in entry.said
        if said and parts(said) != parts(entry.plural or entry.text)
    ]
    assert wrong == []


def parts(text: str) -> list[str]:
    return sorted(PARTS.findall(text))


def test_a_translation_begins_and_ends_as_its_text_does(catalogue: Path) -> None:
    """With or without a full stop, a colon or a question mark; a page puts texts together that have theirs."""
    ends = re.compile(r"[.:?]$")
    wrong = [
        (entry.text, said)
        for entry in entries(catalogue)
        for said in entry.said
        if said and (ends.findall(said) != ends.findall(entry.text) or said != said.strip())
    ]
    assert wrong == []
