"""A result as a workbook: what the report says, as cells to count with, to filter and to take into a plan."""

from collections.abc import Iterator
from html import unescape
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import override

from assessments import scoring
from assessments.findings import Findings
from assessments.reports.fingerprints import fingerprint
from assessments.reports.heading import brand_of
from assessments.reports.markup import parsed
from assessments.reports.options import Options, Seal
from assessments.reports.spreadsheet import Column, Held, Value, add_table, new_book, written
from assessments.reports.workbook_plan import add_plan
from assessments.reports.workbook_tables import add_answers, add_evidence, add_priorities, add_scores
from assessments.scoring.rounding import four_decimals
from assessments.wording import day

Line = tuple[str, Value | Held]


def report_workbook(findings: Findings, options: Options | None = None, seal: Seal | None = None) -> bytes:
    """The result as .xlsx; the same findings and options give the same bytes.

    Figures are those of the interchange form, to four decimals; their format shows tenths, or whole per cent. It shows
    no seal.
    """
    options = options or Options("workbook")
    with override(options.language):
        book = new_book()
        heads = [Column(_("Summary"), 32, strong=True), Column(findings.place.name, 96)]
        add_table(book, _("Summary"), heads, _summary(findings, options))
        add_scores(book, findings)
        add_answers(book, findings)
        add_evidence(book, findings)
        add_priorities(book, findings)
        add_plan(book, findings)
        about = [Column(_("About"), 32, strong=True), Column(_("What it means"), 96)]
        add_table(book, _("Method"), about, _method(findings, options))
        told = {"place": findings.place.name, "date": day(findings.answers.dated)}
        return written(book, title=_("%(place)s: report of %(date)s") % told, dated=findings.answers.dated)


def said(template: str, **context: Any) -> str:
    """What a template of the printed report says, as plain text in one line."""
    return " ".join(unescape(strip_tags(render_to_string(template, context))).split())


def _summary(findings: Findings, options: Options) -> Iterator[Line]:
    """Lines without anything to say are left out."""
    lines = [*_place(findings), *_figures(findings), *_words(findings), *_small_print(findings, options)]
    return (line for line in lines if line[1] not in (None, ""))


def _place(findings: Findings) -> Iterator[Line]:
    place, submitted = findings.place, findings.submitted
    yield _("Place"), place.name
    yield _("Kind"), _(place.kind) if place.kind else ""
    yield _("Region"), _(place.region) if place.region else ""
    yield _("Boundary"), place.boundary
    yield _("Date") if submitted else _("As of"), Held(findings.answers.dated, "date")
    yield _("Status"), said("report/status.html", findings=findings)
    yield _("Prepared by"), submitted.by if submitted else ""
    yield _("Playbook"), findings.playbook.title
    yield _("Version"), findings.playbook.version


def _figures(findings: Findings) -> Iterator[Line]:
    overall, counts = findings.overall, findings.overall.counts
    withheld = findings.status_words
    yield _("Stage declared"), findings.declared.name
    yield _("Stage supported"), findings.supported.name
    yield _("State"), findings.status_words
    yield _("Score"), withheld if overall.score is None else Held(four_decimals(overall.score), "points")
    yield _("Range from"), Held(four_decimals(overall.low), "points")
    yield _("Range to"), Held(four_decimals(overall.high), "points")
    supported = four_decimals(overall.evidenced)
    yield _("Evidence supports"), withheld if supported is None else Held(supported, "points")
    yield _("Known"), Held(four_decimals(overall.completeness), "percent")
    yield _("Criteria that have a level"), Held(counts.answered, "whole")
    yield _("Criteria answered “Don’t know”"), Held(counts.dont_know, "whole")
    yield _("Criteria without an answer"), Held(counts.missing, "whole")
    yield _("Criteria that do not apply"), Held(counts.not_applicable, "whole")


def _words(findings: Findings) -> Iterator[Line]:
    yield _("Score in words"), findings.score_sentence
    yield _("Stage in words"), findings.stage_sentence
    yield _("Weakest lesson"), findings.weakest_sentence
    yield _("Evidence"), findings.evidence_sentence
    yield _("Weights"), findings.weights_sentence
    yield _("Balance"), findings.balance_sentence
    yield _("Since last time"), findings.change.sentence if findings.change else ""


def _small_print(findings: Findings, options: Options) -> Iterator[Line]:
    brand = brand_of(options.branding)
    yield _("Under the name of"), "" if brand.is_ours else brand.name
    yield _("Contact"), brand.contact
    yield _("Disclaimer"), brand.disclaimer
    yield _("Language"), said("report/not_translated.html", findings=findings)
    yield _("Independence"), said("report/independence.html")


def _method(findings: Findings, options: Options) -> Iterator[Line]:
    yield _("Playbook"), said("report/version.html", findings=findings)
    yield _("Scoring engine"), findings.submitted.engine if findings.submitted else scoring.VERSION
    yield _("Fingerprint of playbook, answers and choices"), fingerprint(findings, options)
    page = parsed(f"<html>{render_to_string('results/method.html', {'findings': findings})}</html>")
    for item in page.all("li"):
        yield next(item.all("strong")).text.rstrip("."), item.text
    yield _("Weights"), _("Each weight stands on the sheet of scores, with its share of all that applies.")
    figures = _("Points run from 0 to 100, exact to four decimals. A cell stands empty where there is no figure.")
    yield _("Figures"), figures
