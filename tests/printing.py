"""A press to test with, documents to print on it, and ways to look at what comes out."""

import io
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pikepdf
from django.conf import settings

from assessments.reports.pdf import Press

ROOT = Path(__file__).resolve().parent.parent
FONTS = Path(settings.REPORT_FONTS)
CSS = (ROOT / "assessments/reports/fonts.css").read_text()
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>'


def document(body: str, *, head: str = "", title: str = "Harbour Quarter", lang: str = "en-GB") -> str:
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body><h1>Harbour Quarter</h1>{body}</body></html>"
    )


# Every construct that a report is made of.
SAMPLE = document(
    head="""<meta name="dcterms.created" content="2026-01-05T10:00:00Z">
<meta name="dcterms.modified" content="2026-01-06T11:30:00Z"><meta name="author" content="Hub Playbook"><style>
@page { size: A4; margin: 24mm 18mm; @top-left { content: string(place) } @top-right { content: string(lesson) }
        @bottom-right { content: "Page " counter(page) " of " counter(pages) } }
@page :first { @top-left { content: none } @top-right { content: none } @bottom-right { content: none } }
h1 { string-set: place content() } h2 { string-set: lesson content(); break-before: page }
nav ol { list-style: none } nav a::after { content: leader(dotted) target-counter(attr(href url), page) }
p { hyphens: auto; text-align: justify } th, td { border-bottom: 0.5pt solid; text-align: left } </style>""",
    body="""<nav aria-label="Contents"><h2>Contents</h2><ol><li><a href="#people">People</a></li>
<li><a href="#place">Place</a></li></ol></nav>
<main><section><h2 id="people">People</h2><p>Overwhelmingly <em>internationalisation</em>, see
<a href="https://example.org/evidence">the evidence</a>.</p><ul><li>one<ul><li>nested</li></ul></li></ul>
<table><caption>Levels</caption><thead><tr><th scope="col">Criterion</th><th scope="col">Level</th></tr></thead>
<tbody>"""
    + "".join(f'<tr><th scope="row">C{n}</th><td>{n % 5} of 4</td></tr>' for n in range(60))
    + f"""</tbody></table></section><section><h2 id="place">Place</h2><h3>Scores</h3>
<figure><svg viewBox="0 0 99 20"><title>People 2.4 of 4</title><rect width="60" height="20" fill="#345"/>
<text x="65" y="15" font-size="9">2.4 ŵ</text></svg><figcaption>Scores</figcaption></figure>
<p><img alt="A dot" src="data:image/svg+xml,{quote(DRAWING)}"></p>
<dl><dt>Stage</dt><dd>Emerging</dd></dl></section></main>""",
)
PARAGRAPH = "<p>" + "Partners meet, agree and publish what they agreed. " * 40 + "</p>"
HUGE = document(PARAGRAPH * 150)  # 50 pages, two to five seconds


@contextmanager
def pressing(fonts: Path = FONTS, **options: Any) -> Iterator[Press]:
    one = Press(fonts, **options)
    try:
        yield one
    finally:
        one.stop()


def text_of(pdf: bytes, *options: str) -> str:
    return subprocess.run(["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def lines_of(pdf: bytes) -> list[str]:
    """Return the lines as one would copy them, without the marks of direction that pdftotext adds."""
    return [line for line in re.sub("[\u202a-\u202e\f]", "", text_of(pdf)).splitlines() if line]


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def offspring(parent: int) -> list[int]:
    """Return the processes whose parent is this one."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == parent:
            found.append(int(status.parent.name))
    return found


def printer(press: Press) -> int:
    """Return the process id of the press, started if need be."""
    press.start()
    assert press._process is not None
    return press._process.pid


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()
