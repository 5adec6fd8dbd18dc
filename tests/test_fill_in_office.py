"""A hundred workbooks filled in at random, saved by LibreOffice, and read: no answer is lost, none is changed."""

import random
from pathlib import Path

from assessments.interchange.filled import Entry
from assessments.reports.fill_in import fill_in_book
from tests.office import convert
from tests.workbook_cast import filled_in_at_random, given, read, small_book

ESCAPE = "an _x005F_x0041_ in a note"
"""The only text that LibreOffice 7.4 changes: it takes the beginning for an escape, and writes what is left of it."""


def test_a_hundred_random_workbooks_come_back_from_libreoffice_as_they_were(tmp_path: Path) -> None:
    rng, book = random.Random(4), small_book()
    wanted, files = [], []
    for number in range(100):
        data, said = filled_in_at_random(rng, book)
        files.append(tmp_path / f"{number}.xlsx")
        files[-1].write_bytes(data)
        wanted.append(said)
    escaped = tmp_path / "escaped.xlsx"
    escaped.write_bytes(fill_in_book(given({"right-path": Entry(3, note=ESCAPE)}, book)))
    saved = convert([*files, escaped], "xlsx", tmp_path / "saved")
    for path, said in zip(saved, wanted, strict=False):
        filled = read(path.read_bytes())
        assert (path.name, {line.key: line.entry for line in filled.lines}) == (path.name, said)
        assert filled.is_whole
    line = read(saved[-1].read_bytes()).lines[0]
    assert line.before is not None
    assert (line.entry.note, line.entry == line.before.entry) == ("an _x0041_ in a note", True)
