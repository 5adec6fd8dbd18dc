"""Printing asks nobody for anything and reads no file but its own, whatever stands in the document."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest
import weasyprint
from weasyprint.urls import URLFetchingError

from assessments.findings import Findings, PlaceFacts, Submitted, assess
from assessments.interchange import documents
from assessments.reports.branding import Branding
from assessments.reports.options import Options, Seal
from assessments.reports.pdf import Press, ReportFailed
from assessments.reports.report import report_html
from tests.findings_cast import demo
from tests.paper_cast import logo
from tests.printing import document, opened, pressing, text_of


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    with pressing() as one:
        yield one


HOSTILE = {
    "image": '<img alt="x" src="{url}">',
    "redirected image": '<img alt="x" src="{redirect}">',
    "image with a base": '<base href="{url}"><img alt="x" src="there.png">',
    "drawing": '<svg viewBox="0 0 9 9"><title>x</title><image href="{url}" width="9" height="9"/></svg>',
    "drawing in a drawing": '<img alt="x" src="data:image/svg+xml,{svg}">',
    "font in a drawing": '<svg viewBox="0 0 9 9"><title>x</title><style>@font-face {{ font-family: F; '
    'src: url("{url}") }}</style><text font-family="F">x</text></svg>',
    "style attribute": '<p style="background: url({url})">x</p>',
    "border": '<p style="border: 9px solid; border-image: url({url}) 9">x</p>',
    "content": '<style>p::before {{ content: url("{url}") }}</style><p>x</p>',
    "bullet": '<ul style="list-style-image: url({url})"><li>x</li></ul>',
    "page background": '<style>@page {{ background: url("{url}") }}</style>',
    "import": '<style>@import "{url}";</style>',
    "import in data": '<link rel="stylesheet" href="data:text/css,@import%20%22{url}%22;">',
    "style sheet": '<link rel="stylesheet" href="{url}">',
    "font": '<style>@font-face {{ font-family: F; src: url("{url}") }} p {{ font-family: F }}</style><p>x</p>',
    "object": '<object data="{url}">x</object>',
    "embed": '<embed src="{url}">',
    "attachment": '<link rel="attachment" href="{url}">',
    "attached link": '<p><a rel="attachment" href="{url}">x</a></p>',
    "colour profile": '<style>@color-profile --p {{ src: url("{url}"); components: a, b, c }}</style>',
}
HARMLESS = {"link": '<p><a href="{url}">x</a></p>', "frame": '<iframe src="{url}"></iframe>'}


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[str, list[str]]]:
    """Listen on a local port; note what is asked for."""
    asked: list[str] = []

    class Notes(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302 if self.path == "/redirect" else 404)
            self.send_header("Location", "/target")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Notes) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def hostile(construct: str, host: str) -> str:
    svg = quote(f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{host}/svg" width="9" height="9"/></svg>')
    return document(construct.format(url=f"{host}/x.svg", redirect=f"{host}/redirect", svg=svg))


@pytest.mark.parametrize("construct", HOSTILE.values(), ids=HOSTILE.keys())
def test_nothing_is_asked_of_another_host(press: Press, listener: tuple[str, list[str]], construct: str) -> None:
    host, asked = listener
    html = hostile(construct, host)
    with suppress(URLFetchingError):  # a colour profile must load
        weasyprint.HTML(string=html).write_pdf()
    assert asked != []  # so WeasyPrint alone would ask, and we would see it
    asked.clear()
    with suppress(ReportFailed):
        press.print(html, identifier="hostile")
    assert asked == []


@pytest.mark.parametrize("kind", ["full", "board", "funder", "evidence"])
def test_no_field_of_any_report_asks_for_anything_or_reads_a_file(
    press: Press, listener: tuple[str, list[str]], tmp_path: Path, kind: str
) -> None:
    """Every construct above, and the same for a file of the machine, in every field that a person fills in."""
    host, asked = listener
    secret = tmp_path / "secret.svg"
    secret.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 99 9"><text y="9">secret words</text></svg>'
    )
    svg = quote(f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{host}/svg" width="9" height="9"/></svg>')
    addresses = {"url": f"{host}/x.svg", "redirect": f"{host}/redirect", "svg": svg}
    words = "".join(each.format(**addresses) for each in (*HOSTILE.values(), *HARMLESS.values()))
    words += f'<img alt="x" src="{secret.as_uri()}"><link rel="attachment" href="{secret.as_uri()}">'
    brand = Branding(words[:120], f"url({host})", f"#fff; background: url({host})", words, words, logo())
    seal = Seal("7KQ2M9XW4T", "https://playbook.example.org/check/7KQ2M9XW4T", date(2026, 11, 22), words)
    html = report_html(written_everywhere(words, secret.as_uri()), Options(kind=kind, branding=brand), seal)
    pdf = press.print(html, identifier="fields", strict=True)
    assert asked == []
    with opened(pdf) as document:
        assert len(document.attachments) == 0
    assert "secret words" not in text_of(pdf)


def written_everywhere(words: str, link: str) -> Findings:
    """Findings with these words in every field that is written by hand, and every piece of evidence linked to there."""
    found = demo("tenterclough-mills-2026")
    keys = list(found.playbook.criterion)
    pieces = tuple(documents.Evidence(grade, date(2020, 1, 1), words, link) for grade in range(5))
    answers = replace(
        found.answers,
        place=words,
        answers=dict(found.answers.answers) | {keys[0]: "dont_know"},
        notes={keys[0]: words},
        reasons={keys[1]: words},
        evidence={keys[0]: pieces},
    )
    place = PlaceFacts(words[:200], words[:200], words[:200], words)
    return replace(assess(found.playbook, answers, place), submitted=Submitted(date(2026, 10, 20), words, 1, "1"))


@pytest.mark.parametrize("construct", HARMLESS.values(), ids=HARMLESS.keys())
def test_links_and_frames_are_not_followed(press: Press, listener: tuple[str, list[str]], construct: str) -> None:
    host, asked = listener
    press.print(hostile(construct, host), identifier="hostile", strict=True)
    assert asked == []


def test_what_is_refused_is_not_passed_over_in_silence(press: Press) -> None:
    with pytest.raises(ReportFailed) as raised:
        press.print(hostile(HOSTILE["image"], "http://127.0.0.1:9"), identifier="x", strict=True)
    refused = "ValueError: URI uses disallowed protocol: http://127.0.0.1:9/x.svg"
    assert raised.value.log == f"ERROR: Failed to load image at 'http://127.0.0.1:9/x.svg': {refused}"


@pytest.mark.parametrize(
    "construct",
    [
        '<img alt="x" src="{url}">',
        '<object data="{url}"></object>',
        '<link rel="attachment" href="{url}">',
        '<svg viewBox="0 0 9 9"><title>x</title><image href="{url}" width="9" height="9"/></svg>',
    ],
    ids=["image", "object", "attachment", "drawing"],
)
def test_no_file_of_the_machine_gets_in(press: Press, tmp_path: Path, construct: str) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 99 9"><text y="9" font-size="9">secret</text></svg>'
    )
    html = document(construct.format(url=secret.as_uri()))

    def leaked(pdf: bytes) -> bool:
        with opened(pdf) as document:
            return "secret" in text_of(pdf) or len(document.attachments) > 0

    assert leaked(weasyprint.HTML(string=html).write_pdf())  # what WeasyPrint alone would do
    assert not leaked(press.print(html, identifier="file"))
    with pytest.raises(ReportFailed, match="disallowed protocol: file:"):
        press.print(html, identifier="file", strict=True)


@pytest.mark.parametrize("name", ["gone.css", "../../../../etc/passwd", "/etc/passwd", "fonts.conf", "pdf.py"])
def test_an_asset_that_is_not_ours_stops_the_report(press: Press, name: str) -> None:
    with pytest.raises(ReportFailed, match=f"No font or style sheet of the report is called '{name}'"):
        press.print(document(f'<img alt="x" src="asset:{name}">'), identifier="asset")


def test_a_style_sheet_of_ours_is_found(press: Press) -> None:
    html = document("<p>x</p>", head='<link rel="stylesheet" href="asset:fonts.css">')
    assert press.print(html, identifier="sheet", strict=True).startswith(b"%PDF-1.7")
