"""The process that prints: it keeps WeasyPrint and the fonts loaded and forks one child, with limits, per document.

`pdf.py` starts it as a script and is the only one that talks to it. It imports neither Django nor the project, so
that a child holds no database connection and no secret, and it must stay single-threaded, because it forks.

It speaks over Unix sockets only. On standard input: each message hands over three descriptors (job, lifeline, log).
On the job: the request as JSON, to its end; then the reply, one line of JSON and the PDF. On the lifeline: the web
process hangs up when it is done or out of patience; the child is killed, and its exit code is the answer.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import io
import json
import logging
import os
import re
import resource
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
import unicodedata
from pathlib import Path
from typing import Any, NoReturn

HERE = Path(__file__).resolve().parent
FONTS_CSS = HERE / "fonts.css"
# Printed once before the first fork, so that every child finds what it needs in memory: a tenth less time.
WARM_UP = """<!doctype html><html lang="en"><head><title>Warm-up</title><style>@page { @top-left { content: "x" } }
h1 { break-before: page; string-set: chapter content() } a::after { content: target-counter(attr(href), page) }</style>
</head><body><h1 id="a">One <em>two</em> <strong>ŵ Ω Я عربي 😀</strong></h1><p>Three <a href="#a">four</a></p>
<ul><li>five</li></ul><table><thead><tr><th>Six</th></tr></thead><tbody><tr><td>7</td></tr></tbody></table>
<svg viewBox="0 0 9 9"><title>Eight</title><rect width="9" height="9"/><text y="5">9</text></svg></body></html>"""
LONG_WORD = re.compile(r"\S{25}")
SVG = "{http://www.w3.org/2000/svg}svg"


class Fonts:
    """The shipped faces, decoded once: WOFF2 takes a second to unpack, more than most reports take to print.

    Raises FileNotFoundError if one that fonts.css names is not in `folder`.
    """

    def __init__(self, folder: Path) -> None:
        css = FONTS_CSS.read_text()
        self.css = css
        self.families = list(dict.fromkeys(re.findall(r'@font-face \{\s*font-family: "(.+?)"', css)))
        self.files = {name: _decoded(folder / name) for name in re.findall(r'url\("asset:(.+?)"\)', css)}


def _decoded(path: Path) -> bytes:
    from fontTools.ttLib import woff2

    unpacked = io.BytesIO()
    woff2.decompress(io.BytesIO(path.read_bytes()), unpacked)
    return unpacked.getvalue()


def render(request: dict[str, Any], fonts: Fonts) -> tuple[bytes, list[str]]:
    """Return the PDF/UA-1 bytes and what WeasyPrint complained of, one line a complaint."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    complaints = _Complaints()
    fetcher = _fetcher(fonts)
    configuration = FontConfiguration()
    css = CSS(string=fonts.css, font_config=configuration, url_fetcher=fetcher)
    # The fonts hold ready-made letters with accents; a letter and a loose accent would fall to another font.
    html = HTML(string=unicodedata.normalize("NFC", request["html"]), url_fetcher=fetcher)
    for svg in html.etree_element.iter(SVG):  # page styles do not reach into SVG
        svg.attrib.setdefault("font-family", ", ".join(fonts.families))
    _let_long_words_break(html.etree_element)
    document = html.render(font_config=configuration, stylesheets=[css], pdf_variant="pdf/ua-1")
    if not document.metadata.title:
        complaints.lines.append('ERROR: Missing required "title" of the document')
    identifier = hashlib.sha256(request["identifier"].encode()).hexdigest()[:32]
    pdf = document.write_pdf(finisher=_finish, pdf_variant="pdf/ua-1", pdf_identifier=identifier)
    return pdf, complaints.lines


def _say_the_language_of_parts() -> None:
    """Have WeasyPrint write `lang` of an element into the structure too: it says only that of the whole document."""
    import pydyf
    from weasyprint.pdf import tags

    build = tags._build_box_tree  # it calls itself by this name

    def build_with_language(box: Any, *rest: Any) -> Any:
        element = getattr(box, "element", None)
        lang = element.get("lang") if element is not None and element.tag not in ("html", "body") else None
        for built in build(box, *rest):
            if lang:
                built["Lang"] = pydyf.String(lang)
            yield built

    tags._build_box_tree = build_with_language


def _let_long_words_break(root: Any) -> None:
    """Keep words of any length on the page. The style is costly: on everything, it doubles the time to print."""
    for element in root.iter():
        texts = (element.text, *(child.tail for child in element))
        if any(text and LONG_WORD.search(text) for text in texts) and str(element.tag).isalnum():
            element.set("style", f"{element.get('style', '')}; overflow-wrap: anywhere")


class _Complaints(logging.Handler):
    """Collects what WeasyPrint warns of, from the moment it is made."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []
        logging.getLogger("weasyprint").addHandler(self)
        logging.captureWarnings(True)
        logging.getLogger("py.warnings").addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname}: {record.getMessage()}")


def _fetcher(fonts: Fonts) -> Any:
    """Return the only way out of a document: `data:`, the shipped fonts and the style sheets beside this file."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    sheets = {sheet.name: sheet for sheet in HERE.glob("*.css")}

    class OwnFilesOnly(URLFetcher):
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            if not url.startswith("asset:"):
                return super().fetch(url, headers)  # allows data: and nothing else
            name = url.removeprefix("asset:")
            if name in fonts.files:
                return URLFetcherResponse(url, fonts.files[name], {"Content-Type": "font/ttf"})
            if name in sheets:
                return URLFetcherResponse(url, sheets[name].read_bytes(), {"Content-Type": "text/css"})
            raise FatalURLFetchingError(f"No font or style sheet of the report is called {name!r}")

    return OwnFilesOnly(allowed_protocols=["data"], allow_redirects=False)


def _finish(document: Any, pdf: Any) -> None:
    """Add what PDF/UA-1 wants and WeasyPrint leaves out: a scope for each table head, links that print."""
    import pydyf

    dictionaries = [thing for thing in pdf.objects if isinstance(thing, pydyf.Dictionary)]
    elements = {thing.reference: thing for thing in dictionaries}
    for thing in dictionaries:
        if thing.get("S") == "/TR":
            cells = [elements[kid] for kid in thing["K"]]
            named = [head for cell in cells if cell["S"] == "/TD" for head in cell["A"].get("Headers", ())]
            ids_of_row = {head.data for head in named}
            for cell in cells:
                if cell["S"] == "/TH":
                    of_row = "ID" in cell and cell["ID"].data in ids_of_row
                    cell["A"]["Scope"] = "/Row" if of_row else "/Column"
        elif thing.get("Subtype") == "/Link":
            thing["F"] = 4  # print


def main() -> None:
    """Load everything, say so, then fork a child for each job until the web process is gone."""
    control = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    try:
        fonts = Fonts(Path(sys.argv[1]))
        _say_the_language_of_parts()
        _warm_up(fonts)
    except BaseException as error:
        control.sendall(json.dumps({"error": f"{type(error).__name__}: {error}"}).encode() + b"\n")
        raise SystemExit(1) from error
    gc.collect()
    gc.freeze()  # what is loaded stays shared with the children
    control.sendall(b'{"error": null}\n')
    with tempfile.TemporaryDirectory(prefix="hubplaybook-print-") as folder:
        _serve(control, fonts, Path(folder))


def _warm_up(fonts: Fonts) -> None:
    """Print a page, and wait until Pango's own thread, where it has one, has ended: only then is a fork safe."""
    _, complaints = render({"html": WARM_UP, "identifier": "warm-up"}, fonts)
    if complaints:
        raise RuntimeError("\n".join(complaints))
    gc.collect()
    for _ in range(500):
        if len(os.listdir("/proc/self/task")) == 1:
            return
        time.sleep(0.01)
    raise RuntimeError("WeasyPrint's libraries keep a thread running, so the process cannot fork")


def _serve(control: socket.socket, fonts: Fonts, folder: Path) -> None:
    children: dict[int, tuple[socket.socket, int]] = {}
    events = select.poll()
    events.register(control, select.POLLIN)
    while True:
        for number, _ in events.poll():
            if number != control.fileno():
                events.unregister(number)
                _end(*children.pop(number), folder)
            elif (lifeline_and_child := _start(control, children, fonts, folder)) is not None:
                children[lifeline_and_child[0].fileno()] = lifeline_and_child
                events.register(lifeline_and_child[0], select.POLLIN)
            else:
                for lifeline, child in children.values():
                    _end(lifeline, child, folder)
                return


def _start(
    control: socket.socket, children: dict[int, tuple[socket.socket, int]], fonts: Fonts, folder: Path
) -> tuple[socket.socket, int] | None:
    """Fork a child for the next job; None if the web process has gone."""
    _, descriptors, *_ = socket.recv_fds(control, 1, 3)
    if len(descriptors) != 3:
        return None
    job, lifeline, log = descriptors
    child = os.fork()
    if child == 0:
        for other in (control, *(kept for kept, _ in children.values())):
            other.close()
        os.close(lifeline)
        _print(socket.socket(fileno=job), log, fonts, folder)
    os.close(job)
    os.close(log)
    return socket.socket(fileno=lifeline), child


def _end(lifeline: socket.socket, child: int, folder: Path) -> None:
    """Kill the child if it still runs, clear up after it and answer with its exit code (negative: a signal)."""
    os.kill(child, signal.SIGKILL)  # it is not reaped yet, so the number is still its own
    _, status = os.waitpid(child, 0)
    shutil.rmtree(folder / str(child), ignore_errors=True)
    with lifeline, contextlib.suppress(OSError):  # nobody waits for it any more
        lifeline.sendall(str(os.waitstatus_to_exitcode(status)).encode())


def _print(job: socket.socket, log: int, fonts: Fonts, folder: Path) -> NoReturn:
    """Be the child: print one document within the request's limits, reply, and leave without any clean-up."""
    reply: dict[str, Any] = {"error": "Out of memory"}
    pdf = b""
    try:
        os.dup2(log, 1)
        os.dup2(log, 2)
        tempfile.tempdir = str(folder / str(os.getpid()))
        os.mkdir(tempfile.tempdir, 0o700)
        with job.makefile("rb") as stream:
            request = json.load(stream)
        _limit(request["limits"])
        gc.disable()  # the process ends before garbage could matter
        pdf, complaints = render(request, fonts)
        reply = {"error": None, "complaints": complaints}
    except MemoryError:
        pass
    except BaseException:
        reply["error"] = traceback.format_exc()
    try:
        job.sendall(json.dumps(reply).encode() + b"\n" + pdf)
    finally:
        os._exit(0)


def _limit(limits: dict[str, Any]) -> None:
    memory, processor = int(limits["memory_bytes"]), int(limits["cpu_seconds"])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(int(limits["seconds"]) + 5)  # for when the processes that should kill it are gone themselves


if __name__ == "__main__":
    main()
