"""What a person probably did to a file that cannot be read: said so that they can put it right with only that.

Asked only once reading has failed, so a wrong guess refuses nothing that is right.
"""

import re
from collections.abc import Callable

from assessments.interchange.faults import shortened

EDIT_TEXT = "Download the playbook as a file, edit that in a text editor such as Notepad, and save it as plain text"
SAVE_AS_UTF_8 = "save it again with the encoding UTF-8 (in Notepad: Save as, then Encoding)"

_SIGNATURES = (
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel file"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a text with formatting (RTF)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
_ZIPPED = ((b"xl/", "an Excel workbook"), (b"word/", "a Word document"), (b"opendocument", "a LibreOffice document"))


def other_file(data: bytes) -> str | None:
    """What these bytes are where they are no text at all, or text of an encoding that tells itself."""
    if data.startswith(b"PK\x03\x04"):
        kind = next((kind for mark, kind in _ZIPPED if mark in data), "a zipped file")
        return f"this is {kind}, not text. {EDIT_TEXT}"
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return f"this is {kind}, not text. {EDIT_TEXT}"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[1:2] == b"\0" or data[:1] == b"\0":
        return f"the file is UTF-16, which Excel and Notepad call Unicode; {SAVE_AS_UTF_8}"
    return None


def not_utf_8(data: bytes, start: int) -> str:
    """What stands at the byte that is no UTF-8, as Windows programs of this country would have meant it."""
    begun = data.rfind(b"\n", 0, start) + 1
    line = data[begun:].partition(b"\n")[0].decode("cp1252", "replace")
    at = start - begun
    around = line[max(0, at - 12) : at + 12].strip()
    return f"the file is not UTF-8 text: see “{shortened(line[at : at + 1])}” in “{shortened(around)}”; {SAVE_AS_UTF_8}"


def table(text: str) -> str | None:
    """Whether this is a table, saved as CSV, and not a tree of keys and values."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    separator = max(",;\t", key=lambda each: sum(each in line for line in lines))
    columns = [line.count(separator) for line in lines]
    if len(lines) > 1 and min(columns) > 0 and not re.match(r"[\w-]+:\s", lines[0]):
        return f"this looks like a table saved as CSV; a playbook is a tree, which no table holds. {EDIT_TEXT}"
    return None


# --- one line that is not YAML ------------------------------------------------------------------------------------

Guess = Callable[[str, str], str | None]
"""From the parser's problem and the text of the line to what is the matter; None where it is something else."""


def _tab(problem: str, line: str) -> str | None:
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent:
        return "the line begins with a tab; set lines in with spaces only, as many as the lines round it"
    return None


def _curly(problem: str, line: str) -> str | None:
    if re.search(r"(?:^|[:\[{,-])\s*[“”„‘]", line):
        return 'the line has curly quotation marks (“ ”), as word processors write them; type straight ones (")'
    return None


def _no_space(problem: str, line: str) -> str | None:
    if found := re.match(r"\s*(?:- )?([\w-]+):[^\s/]", line):
        return f"a space is missing after the colon of “{shortened(found[1])}:”"
    return None


def _colon(problem: str, line: str) -> str | None:
    if not problem.startswith("mapping values are not allowed"):
        return None
    if len(re.findall(r":\s", line + " ")) > 1:
        return "a text with a colon and a space in it must stand in quotation marks, from its beginning to its end"
    return "the line is set in further than the line before it, which has a value of its own already"


def _after_quotes(problem: str, line: str) -> str | None:
    if problem.startswith("did not find expected key") and re.search(r":\s+(\"[^\"]*\"|'[^']*')\s*[^\s#,}\]]", line):
        return "the text goes on after its quotation mark; put all of it in quotation marks, those inside as ” or ’"
    return None


def _indent(problem: str, line: str) -> str | None:
    if problem.startswith(("did not find expected key", "did not find expected '-'", "expected <block end>")):
        return "the line is not set in like the lines that it belongs with; they all begin in the same column"
    return None


def _open_quote(problem: str, line: str) -> str | None:
    if problem.startswith("found unexpected end of stream"):
        return "a quotation mark is opened here, and nowhere closed"
    return None


def _bracket(problem: str, line: str) -> str | None:
    if problem.startswith(("did not find expected ','", "expected ',' or")):
        return "a comma or a closing bracket is missing, here or just before"
    return None


def _no_colon(problem: str, line: str) -> str | None:
    if problem.startswith("could not find expected ':'"):
        return "a colon is missing here; or the line goes on with the text above and is not set in as far"
    return None


def _first_letter(problem: str, line: str) -> str | None:
    found = re.search(r"(?::\s+|-\s+|^\s*)([@`%])", line)
    if problem.startswith("found character") and found:
        return f"a text cannot begin with {found[1]}; put it in quotation marks"
    return None


_GUESSES: tuple[Guess, ...] = (
    _tab,
    _curly,
    _no_space,
    _colon,
    _after_quotes,
    _indent,
    _open_quote,
    _bracket,
    _no_colon,
    _first_letter,
)
OF_WHERE_IT_BEGAN = ("found unexpected end of stream", "could not find expected ':'")
"""Problems that stand where something began, not where the parser gave up."""
LINES_BACK = 5


def bad_line(problem: str, lines: list[str], at: int) -> str | None:
    """What is the matter with a line, counted from 0, that the parser had a problem at."""
    if problem.startswith("did not find expected key") and (opened := _not_closed(lines, at)):
        return f"the quotation mark that opens in line {opened} is not closed there"
    return next((said for guess in _GUESSES if (said := guess(problem, lines[at]))), None)


def _not_closed(lines: list[str], at: int) -> int | None:
    """The number, from 1, of a line shortly before whose text begins with a quotation mark and has no second one."""
    for number in range(at, max(at - LINES_BACK, 0), -1):
        if re.search(r"(?::|-)\s+(\"[^\"]*|'[^']*)$", lines[number - 1]):
            return number
    return None


# --- one value ------------------------------------------------------------------------------------------------------


def as_number(text: str) -> str:
    """What to write instead of a text that is meant as a number: "; write 12.5" for “12,5”; nothing for any other."""
    plain = text.strip("\"'“”„‘’ \u00a0").removesuffix("%").strip()
    if re.fullmatch(r"\d+,\d+", plain) and not re.fullmatch(r"[1-9]\d{0,2},\d{3}", plain):
        plain = plain.replace(",", ".")
    return f"; write {plain}" if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", plain) else ""
