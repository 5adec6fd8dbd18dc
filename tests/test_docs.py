"""What can be set or called must be in docs/operations.md, with its true default, and nothing else must."""

import ast
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
READERS = {"os.environ.get", "os.getenv", "flag", "dj_database_url.config"}


def default_in_words(reader: str, call: ast.Call) -> str | None:
    """Return the default of a setting as the documentation writes it; None if it is computed."""
    if reader == "flag":
        return "`yes`" if len(call.args) > 1 and ast.literal_eval(call.args[1]) else "`no`"
    if len(call.args) > 1 and isinstance(call.args[1], ast.Constant):
        default = str(call.args[1].value)
        return f"`{default}`" if default else "empty"
    return None


def settings_read_by(file: str) -> dict[str, str | None]:
    """Return the name and default of every environment variable that a Python file reads."""
    found = {}
    for node in ast.walk(ast.parse((ROOT / file).read_text())):
        if isinstance(node, ast.Call) and (reader := ast.unparse(node.func)) in READERS:
            names = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "env")]
            name = names[0]
            if isinstance(name, ast.Constant):
                found[str(name.value)] = default_in_words(reader, node)
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            found[ast.literal_eval(node.slice)] = None
    return found


def documented_settings() -> dict[str, str]:
    return dict(re.findall(r"^\| `([A-Z0-9_]+)` \| (.+?) \| .+ \|$", OPERATIONS, re.MULTILINE))


def make_targets() -> list[str]:
    return re.findall(r"^([a-z-]+):.*? ## ", MAKEFILE, re.MULTILINE)


def test_every_setting_is_documented_with_its_default() -> None:
    read = settings_read_by("hubplaybook/settings.py") | settings_read_by("gunicorn.conf.py")
    documented = documented_settings()
    assert sorted(documented) == sorted(read)
    constant = {name: default for name, default in read.items() if default is not None}
    assert {name: documented[name] for name in constant} == constant


def test_tests_see_none_of_the_settings_of_whoever_runs_them() -> None:
    unset = re.search(r"^SETTINGS := ((?:.*\\\n)*.*)$", MAKEFILE, re.MULTILINE)
    assert unset is not None
    assert sorted(unset[1].replace("\\", "").split()) == sorted(
        settings_read_by("hubplaybook/settings.py").keys() - {"DATA_DIR"}
    )


def test_every_make_target_is_documented() -> None:
    documented = re.findall(r"^\| `make ([a-z-]+)` \| .+ \|$", OPERATIONS, re.MULTILINE)
    assert documented == make_targets()


def test_bare_make_lists_every_target_with_a_line_of_its_own() -> None:
    listed = subprocess.run(["make", "-C", str(ROOT)], capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^  make ([a-z-]+) +\S", listed, re.MULTILINE) == make_targets()
