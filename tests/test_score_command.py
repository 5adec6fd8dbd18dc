"""`manage.py score` and `manage.py playbook` as they are called: exit codes, streams, and no database for the first."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from assessments.interchange import dump_playbook, read_playbook
from assessments.models import Criterion, Version
from assessments.selectors.playbooks import playbook_document
from assessments.services.playbooks import import_playbook

ROOT = Path(__file__).parent.parent
PLAYBOOK = "docs/examples/worked-playbook.yaml"
ANSWERS = "docs/examples/worked-answers.yaml"


def manage(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Call manage.py with a database that nobody answers at."""
    environment = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "PYTHONWARNINGS": "error"}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_score_prints_json_and_needs_no_database() -> None:
    done = manage("score", PLAYBOOK, ANSWERS)
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert (document["schema"], document["overall"]["score"]) == ("hubplaybook/score@1", 52.1875)
    keys = ["schema", "overall", "stage", "lessons", "criteria", "priorities", "collective"]
    assert list(document) == keys


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        (PLAYBOOK,),
        (PLAYBOOK, ANSWERS, ANSWERS),
        (PLAYBOOK, ANSWERS, "--fast"),
        (PLAYBOOK, "no-such-file.yaml"),
        (PLAYBOOK, "docs"),
    ],
    ids=["none", "one", "three", "an unknown option", "a missing file", "a folder"],
)
def test_wrong_arguments_exit_1_with_nothing_on_standard_output(arguments: tuple[str, ...]) -> None:
    done = manage("score", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert (done.stderr != "", "Traceback" in done.stderr) == (True, False)


def test_bad_files_are_told_together_on_standard_error(tmp_path: Path) -> None:
    playbook, answers = tmp_path / "p.yaml", tmp_path / "a.yaml"
    playbook.write_text((ROOT / PLAYBOOK).read_text().replace("weight: 25", "weight: 0"))
    answers.write_text((ROOT / ANSWERS).read_text().replace("date: 2026-11-22", "date: soon"))
    done = manage("score", str(playbook), str(answers))
    assert (done.returncode, done.stdout) == (1, "")
    told = [path for path in ("lessons[0].weight", "date") if f": {path}: " not in done.stderr]
    assert told == []


def test_check_needs_no_database() -> None:
    done = manage("playbook", "check", "fixtures/hubs-of-innovation-1.0.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "hubs-of-innovation 1.0: 4 lessons, 27 criteria, 6 stages, 10 roles. No faults.\n"


def test_import_then_export_is_the_same_document(
    db: None, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    call_command("playbook", "import", str(ROOT / "docs/examples/worked-playbook.yaml"), verbosity=0)
    capfdbinary.readouterr()
    call_command("playbook", "export", "worked-example", "1")
    first = capfdbinary.readouterr().out
    assert read_playbook(first) == read_playbook((ROOT / PLAYBOOK).read_bytes())
    Version.objects.all().delete()
    copy = tmp_path / "copy.yaml"
    copy.write_bytes(first)
    call_command("playbook", "import", str(copy), verbosity=0)
    capfdbinary.readouterr()
    call_command("playbook", "export", "worked-example", "1")
    assert capfdbinary.readouterr().out == first


def test_a_version_is_never_imported_over(db: None) -> None:
    call_command("playbook", "import", str(ROOT / PLAYBOOK))
    with pytest.raises(CommandError, match="is here already"):
        call_command("playbook", "import", str(ROOT / PLAYBOOK))
    assert Version.objects.count() == 1


def test_an_import_that_is_refused_leaves_nothing(db: None, tmp_path: Path) -> None:
    wide = tmp_path / "wide.yaml"
    wide.write_text((ROOT / PLAYBOOK).read_text().replace("weight: 40", "weight: 0.1234567"))
    with pytest.raises(CommandError, match=r"lessons\[1\]\.criteria\[1\]\.weight: has more digits"):
        call_command("playbook", "import", str(wide))
    assert (Version.objects.count(), Criterion.objects.count()) == (0, 0)


def test_follows_survives_the_database(db: None) -> None:
    text = (ROOT / "docs/interchange.md").read_text().split("```yaml\n")[1].split("```")[0]
    document = read_playbook(text)
    version = import_playbook(document=document, by=None)
    assert playbook_document(version) == document
    assert dump_playbook(playbook_document(version)) == dump_playbook(document)


def test_export_of_what_is_not_there_says_what_is(db: None) -> None:
    import_playbook(document=read_playbook((ROOT / PLAYBOOK).read_bytes()), by=None)
    with pytest.raises(CommandError, match="Here are: worked-example 1"):
        call_command("playbook", "export", "worked-example", "2")


# --- diff ---------------------------------------------------------------------------------------------------------


FULL = "fixtures/hubs-of-innovation-1.0.yaml"
DIFFERENT = """hubs-of-innovation 1.0 → hubs-of-innovation 1.1: 1 criterion reworded

The playbook itself
    version: 1.0 → 1.1

Criteria
  1.1 The right path for this place (right-path): changed
    question: Has [-someone-]{+somebody+} independent tested whether this place can become a hub at the scale you claim?
"""


@pytest.fixture
def edited(tmp_path: Path) -> str:
    text = (ROOT / FULL).read_text().replace('version: "1.0"', 'version: "1.1"')
    file = tmp_path / "edited.yaml"
    file.write_text(text.replace("Has someone independent", "Has somebody independent"))
    return str(file)


def test_diff_says_in_words_what_differs_and_exits_as_diff_does(edited: str, tmp_path: Path) -> None:
    same = manage("playbook", "diff", FULL, FULL)
    told = "hubs-of-innovation 1.0 → hubs-of-innovation 1.0: no difference\n"
    assert (same.returncode, same.stdout, same.stderr) == (0, told, "")
    done = manage("playbook", "diff", FULL, edited)
    assert (done.returncode, done.stdout, done.stderr) == (1, DIFFERENT, "")
    (tmp_path / "bad.yaml").write_text("just words")
    wrong = manage("playbook", "diff", str(tmp_path / "bad.yaml"), "no-such-file.yaml")
    assert (wrong.returncode, wrong.stdout, len(wrong.stderr.splitlines())) == (2, "", 2)
    new = manage("playbook", "diff", os.devnull, FULL)
    assert (new.returncode, new.stdout.splitlines()[0]) == (
        1,
        "nothing → hubs-of-innovation 1.0: the whole playbook added: 27 criteria, 4 lessons, 6 stages, 10 roles",
    )


@pytest.mark.django_db
def test_diff_knows_stored_versions_too(edited: str, capsys: pytest.CaptureFixture[str]) -> None:
    import_playbook(document=read_playbook((ROOT / FULL).read_bytes()), by=None)
    with pytest.raises(SystemExit) as done:
        call_command("playbook", "diff", "hubs-of-innovation@1.0", edited)
    assert (done.value.code, capsys.readouterr().out) == (1, DIFFERENT)
    with pytest.raises(CommandError) as wrong:
        call_command("playbook", "diff", "hubs-of-innovation@2.0", edited)
    told = "There is no hubs-of-innovation 2.0. Here are: hubs-of-innovation 1.0."
    assert (wrong.value.returncode, str(wrong.value)) == (2, told)


def test_git_shows_the_same_with_the_documented_line(edited: str) -> None:
    """The line of docs/editing-the-playbook.md, called as git calls it: path, old file, hash, mode, new file, …"""
    (line,) = re.findall(
        r"git config diff\.playbook\.command '(.+)'", (ROOT / "docs/editing-the-playbook.md").read_text()
    )
    line = line.replace(".venv/bin/python", sys.executable)
    assert (ROOT / ".gitattributes").read_text() == "fixtures/*.yaml diff=playbook\n"
    called = ["sh", "-c", f'{line} "$@"', line, FULL, FULL, "0" * 40, "100644", edited, "0" * 40, "100644"]
    done = subprocess.run(called, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, DIFFERENT)
