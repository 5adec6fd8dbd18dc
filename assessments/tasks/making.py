"""One file of a pack: the report of a place, from the store where the same was made before, or what tells of all.

Nothing here is inside a transaction but the row of the report at the end.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from assessments.findings import Findings
from assessments.models import PackItem, StoredReport
from assessments.reports.file_names import file_name
from assessments.reports.fingerprints import stored_name
from assessments.reports.making import make
from assessments.reports.options import KINDS, Options
from assessments.selectors.packs import NothingAnswered, places_made, result_to_pack
from assessments.selectors.portfolio import portfolio
from assessments.selectors.results import findings_for_report
from assessments.services.packing import store_report, stored_report
from assessments.tasks.orders import OVERVIEWS, Order, thaw_order


class PlaceGone(Exception):
    """The place was deleted while its report was made."""


class TooManyPlaces(Exception):
    """More places than one file can compare."""


def make_item(item: PackItem) -> Mapping[str, Any]:
    """What `services.packing.finish` is to write of the item, its file being stored.

    Raises NotAMember, NothingAnswered, PlaceGone, TooManyPlaces, and what printing raises.
    """
    order = thaw_order(item.pack.options)
    return _overview(item, order) if item.phase == PackItem.OVERVIEWS else _report(item, order)


def _report(item: PackItem, order: Order) -> Mapping[str, Any]:
    if item.place_id is None:
        raise PlaceGone
    assessment, number = result_to_pack(item.pack.person_id, item.place_id)
    findings = findings_for_report(assessment, number, order.language)
    if not findings.answers.answers:
        raise NothingAnswered
    options = order.options(item.kind)
    with override(order.language):
        name = report_name(findings, options.kind)
    fingerprint = stored_name(findings, options)
    found = stored_report(place_id=item.place_id, fingerprint=fingerprint)
    report = found or _made(item.place_id, fingerprint, findings, options)
    return {"report": report, "reused": found is not None, "name": name}


def report_name(findings: Findings, kind: str) -> str:
    """What the file is called: place, kind, date, and that it is not submitted where it is not."""
    parts = [findings.place.name, str(KINDS[kind].name), findings.answers.dated.isoformat()]
    if not findings.is_final:
        parts.append(_("not submitted"))
    return file_name(parts, KINDS[kind].suffix)


def _made(place_id: int, fingerprint: str, findings: Findings, options: Options) -> StoredReport:
    content = make(findings, options)
    name = stored_file("made", KINDS[options.kind].suffix, content)
    size = len(content)
    report = store_report(place_id=place_id, fingerprint=fingerprint, kind=options.kind, file=name, size=size)
    if report is None:
        raise PlaceGone
    return report


def stored_file(folder: str, suffix: str, content: bytes) -> str:
    """Store the bytes under a name that nobody can guess, and return it."""
    return default_storage.save(f"{folder}/{timezone.now():%Y/%m}/{uuid4().hex}.{suffix}", ContentFile(content))


def _overview(item: PackItem, order: Order) -> Mapping[str, Any]:
    """What tells of all places whose files could be made, as far as the asker is still a member."""
    kind, today = OVERVIEWS[item.kind], _day(item)
    with override(order.language):
        standings = portfolio(item.pack.person, [place.pk for place in places_made(item.pack)])
        if not standings:
            raise NothingAnswered
        if kind.most and len(standings) > kind.most:
            raise TooManyPlaces
        content = kind.make(standings, today, order.language, order.branding)
        name = file_name([str(kind.name), today.isoformat()], kind.suffix)
    return {"file": stored_file("packs", kind.suffix, content), "name": name}


def _day(item: PackItem) -> date:
    """The day on which the pack was asked for: the same bytes whenever its files are made."""
    return timezone.localdate(item.pack.asked_at)
