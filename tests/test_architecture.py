"""Imports point one way, from the pure rooms up to the views, and the pure rooms stay pure."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).parent.parent / "assessments"

# From the bottom up; a room may import what stands on a line above its own, and its neighbours on the line.
ORDER = [
    {"wording"},
    {"scoring"},
    {"interchange"},
    {"guide", "findings", "proofreading", "comparing"},
    {"charts"},
    {"models"},
    {"selectors"},
    {"services"},
    {"reports", "files"},
    {"forms"},
    {"accounts", "mail", "tasks", "templatetags"},
    {"views", "admin", "admin_site", "management"},
    {"urls"},
]
LEVEL = {room: level for level, rooms in enumerate(ORDER) for room in rooms}
PURE = {
    room: set[str]() for room in ("wording", "scoring", "guide", "findings", "proofreading", "comparing", "charts")
} | {"interchange": {"yaml"}}
OUTSIDE = {"apps", "migrations"}
LONGEST = 400


def room_of(path: Path) -> str:
    return path.relative_to(APP).parts[0].removesuffix(".py")


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(APP.rglob("*.py")):
        room = room_of(path)
        if room not in OUTSIDE | {"__init__"}:
            yield room, path


def imported(path: Path) -> set[str]:
    """The full names of what a module imports, at any depth of it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return names


def test_every_room_has_its_place() -> None:
    assert {room for room, _ in modules()} - LEVEL.keys() == set()


def test_imports_point_one_way() -> None:
    wrong = [
        f"{path.relative_to(APP)} imports {name}"
        for room, path in modules()
        for name in imported(path)
        if name.startswith("assessments.") and LEVEL.get(name.split(".")[1], 0) > LEVEL[room]
    ]
    assert wrong == []


def test_reports_and_charts_take_results_never_models() -> None:
    wrong = [
        f"{path.relative_to(APP)} imports {name}"
        for room, path in modules()
        for name in imported(path)
        if room in {"reports", "charts", "findings", "proofreading", "comparing"}
        and name.startswith(("assessments.models", "assessments.selectors"))
    ]
    assert wrong == []


@pytest.mark.parametrize("room", PURE)
def test_the_pure_rooms_need_nothing_but_the_standard_library(room: str) -> None:
    allowed = set(sys.stdlib_module_names) | PURE[room] | {"assessments"}
    wrong = [
        f"{path.relative_to(APP)} imports {name}"
        for each, path in modules()
        for name in imported(path)
        if each == room and name.split(".")[0] not in allowed
    ]
    assert wrong == []


def test_only_the_scoring_room_computes_and_only_reports_print() -> None:
    found = {room for room, path in modules() for name in imported(path) if name.split(".")[0] == "weasyprint"}
    assert found <= {"reports"}


def test_only_reports_and_what_judges_files_know_formats() -> None:
    office = {"docx", "openpyxl", "pypdfium2", "segno", "PIL"}
    found = {room for room, path in modules() for name in imported(path) if name.split(".")[0] in office}
    assert found <= {"reports", "files"}


def test_no_module_is_too_long_to_read() -> None:
    lengths = {str(path.relative_to(APP)): len(path.read_text().splitlines()) for _, path in modules()}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST} == {}
