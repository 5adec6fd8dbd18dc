"""The full report as a Word document, made of the very words and pictures of the printed one."""

import io
import re
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import override

from assessments.findings import Findings
from assessments.findings.told import web_address
from assessments.reports.figures import data_png, drawn, lifted
from assessments.reports.fingerprints import fingerprint
from assessments.reports.markup import Element, parsed
from assessments.reports.office import holdable, settled
from assessments.reports.options import Options, Seal
from assessments.reports.report import report_html
from assessments.reports.sheets import colours_of, light_colours
from assessments.reports.word_blocks import Contents, blocks_of
from assessments.reports.word_fields import contents, counted
from assessments.reports.word_runs import TAB, Run
from assessments.reports.word_styles import MM, new_document, number_lists
from assessments.reports.word_xml import LANGUAGES, Writer, node

CHART_MM = 160
"""How wide a chart is."""
LONGEST_LINK = 2_000
"""What Word takes, in characters."""
HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|[0-9a-f:.]+")


def report_word(findings: Findings, options: Options | None = None, seal: Seal | None = None) -> bytes:
    """The report as a .docx; the same findings give the same bytes. Raises what `render_pdf` raises.

    It shows no seal, whatever is given: what anybody can change is never issued.
    """
    options = options or Options("word")
    html, drawings = lifted(report_html(findings, replace(options, kind="full")))
    charts = drawn(drawings, identifier=fingerprint(findings, options))
    page = parsed(html)
    language = LANGUAGES[options.language]
    ground, ink, heads = colours_of(options.branding)
    colours = light_colours() | {"cover": ground, "cover-ink": ink, "accent": heads}
    document = new_document(language, colours)
    _write(document, next(page.all("body")), charts)
    with override(options.language):
        _running(document, page)
    moment = datetime(findings.answers.dated.year, findings.answers.dated.month, findings.answers.dated.day)
    _properties(document.core_properties, page, language, moment)
    stream = io.BytesIO()
    document.save(stream)
    return settled(stream.getvalue(), moment)


def _write(document: Any, body: Element, charts: list[bytes]) -> None:
    blocks = blocks_of(body)
    writer = Writer(lambda address: _relation(document.part, address), _Drawing(document, charts))
    writer.name_anchors(blocks)
    number_lists(document, writer.lists)
    written = writer.written(blocks)
    place = document.element.body
    for element in written:
        place.insert(len(place) - 1, contents(element, writer) if isinstance(element, Contents) else element)
    if blocks and written[-1].tag.endswith("}tbl"):
        place.insert(len(place) - 1, node("p"))  # Word wants a paragraph after the last table


def _relation(part: Any, address: str) -> str:
    """The id of a relationship to a web address; nothing where Word might stumble over it."""
    from docx.opc.constants import RELATIONSHIP_TYPE

    target = plain_address(address)
    return part.relate_to(target, RELATIONSHIP_TYPE.HYPERLINK, is_external=True) if target else ""


def plain_address(address: str) -> str:
    """A web address in plain ASCII, as relationships take it; nothing for what is none, or what none would find."""
    if not web_address(address):
        return ""
    parts = urlsplit(address)
    try:
        host = (parts.hostname or "").encode("idna").decode()
    except UnicodeError:
        return ""
    if not HOST.fullmatch(host):
        return ""
    port = f":{parts.port}" if parts.port else ""
    path = quote(re.sub(r"%(?![0-9a-fA-F]{2})", "%25", parts.path), safe="/%:@!$&'()*+,;=~")
    query = quote(re.sub(r"%(?![0-9a-fA-F]{2})", "%25", parts.query), safe="/%:@!$&'()*+,;=~?")
    fragment = quote(re.sub(r"%(?![0-9a-fA-F]{2})", "%25", parts.fragment), safe="/%:@!$&'()*+,;=~?")
    bracketed = f"[{host}]" if ":" in host else host
    told = f"{parts.scheme}://{bracketed}{port}{path}{query and '?' + query}{fragment and '#' + fragment}"
    return told if len(told) <= LONGEST_LINK else ""


class _Drawing:
    """Puts pictures into the document: charts by their number, others from what they hold."""

    def __init__(self, document: Any, charts: list[bytes]) -> None:
        self.document, self.charts, self.count = document, charts, 0

    def __call__(self, run: Run) -> Any:
        from docx.shared import Emu

        number = re.fullmatch(r"chart:(\d+)", run.picture)
        png = self.charts[int(number[1])] if number else data_png(run.picture)
        inline = self.document.part.new_pic_inline(io.BytesIO(png), width=Emu(round((run.width or CHART_MM) * MM)))
        self.count += 1
        inline.docPr.set("id", str(self.count))
        inline.docPr.set("name", f"Picture {self.count}")
        inline.docPr.set("descr", holdable(" ".join(run.text.split())))
        return node("r", node("drawing", inline))


def _running(document: Any, page: Element) -> None:
    """The head and foot of every page but the cover."""
    title = next(page.all("h1"))
    section = document.sections[0]
    head, foot = section.header.paragraphs[0]._p, section.footer.paragraphs[0]._p
    writer = Writer(lambda address: "", lambda run: None)
    head.extend(writer.run(Run(title.attributes["data-running"])))
    foot.extend([*writer.run(Run(title.attributes["data-foot"])), *writer.run(TAB)])
    foot.extend(counted(re.split(r"\{\w+\}", _("Page {page} of {pages}"))))


def _properties(core: Any, page: Element, language: str, moment: datetime) -> None:
    """What a library or a screen reader learns of the document."""
    said = {meta.attributes.get("name", ""): meta.attributes.get("content", "") for meta in page.all("meta")}
    core.title = holdable(next(page.all("title")).text)[:255]
    core.author = core.last_modified_by = holdable(said.get("author", "Hub Playbook"))[:255]
    core.subject = holdable(said.get("description", ""))[:255]
    core.comments, core.keywords, core.category = "", "", ""
    core.language, core.created, core.modified, core.revision = language, moment, moment, 1
