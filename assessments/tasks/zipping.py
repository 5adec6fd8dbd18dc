"""The files of a pack put together into one ZIP, which is written to disk piece by piece and never held in memory."""

import csv
import io
import logging
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from assessments.interchange.spreadsheets import harmless
from assessments.models import Pack, PackItem
from assessments.reports.file_names import unique_names
from assessments.services import packing
from assessments.services.storing import discard
from assessments.tasks.orders import item_title, thaw_order

MARK = "\ufeff"
"""Before a text, so that Notepad and Excel read it as UTF-8."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """One file of the ZIP: its name there, where it is stored, its size in bytes, whose it is."""

    name: str
    stored: str
    size: int
    item: PackItem


def put_together(item: PackItem) -> None:
    """End a pack whose other items have ended: with a ZIP, or without where there is nothing to put into it."""
    if packing.leave_out_places_left(item=item):
        return
    pack = item.pack
    items = list(pack.items.exclude(phase=PackItem.TOGETHER).select_related("report"))
    made = [each for each in items if each.state == PackItem.State.DONE]
    if not any(each.phase == PackItem.REPORTS for each in made):
        packing.end_pack(item=item, state=Pack.State.FAILED, problem=Pack.Problem.ALL)
        return
    if gone := [each for each in made if not (_stored(each) and default_storage.exists(_stored(each)))]:
        packing.make_again(item=item, gone=gone)
        return
    failed = [each for each in items if each.state == PackItem.State.FAILED]
    with override(thaw_order(pack.options).language):
        name = _stored_zip(entries(made), failed, pack)
    size = default_storage.size(name)
    if not packing.end_pack(item=item, state=Pack.State.READY, file=name, size=size):
        discard(name)


def entries(made: Iterable[PackItem]) -> list[Entry]:
    """The files in their order, those of all places first, each under a name of its own."""
    of_all_first = sorted(made, key=lambda item: (item.phase != PackItem.OVERVIEWS, item.position))
    stored = [_stored(item) for item in of_all_first]
    names = unique_names([contents_name(), problems_name(), *(item.name for item in of_all_first)])[2:]
    rows = zip(names, stored, of_all_first, strict=True)
    return [Entry(name, where, default_storage.size(where), item) for name, where, item in rows]


def _stored(item: PackItem) -> str:
    """Where its file is stored; nothing where the report is kept no longer."""
    return str(item.report.file) if item.report else str(item.file)


def contents_name() -> str:
    return _("Contents.csv")


def problems_name() -> str:
    return _("What failed and why.txt")


def _stored_zip(entries: Sequence[Entry], failed: Sequence[PackItem], pack: Pack) -> str:
    moment = timezone.localtime(pack.asked_at)
    # Beside the files, as the folder for temporary files may be memory; nameless, so that a kill leaves nothing.
    with tempfile.TemporaryFile(dir=settings.DATA_DIR) as stream:
        with zipfile.ZipFile(stream, "w") as archive:
            _add_text(archive, contents_name(), contents(entries), moment)
            if failed:
                _add_text(archive, problems_name(), problems(failed), moment)
            for entry in entries:
                _add_file(archive, entry, moment)
        stream.seek(0)
        return default_storage.save(f"packs/{timezone.now():%Y/%m}/{uuid4().hex}.zip", File(stream))


def _add_file(archive: zipfile.ZipFile, entry: Entry, moment: datetime) -> None:
    """As it is: PDF and office files are compressed already."""
    info = _info(entry.name, moment, zipfile.ZIP_STORED)
    info.file_size = entry.size
    with default_storage.open(entry.stored) as source, archive.open(info, "w") as target:
        shutil.copyfileobj(source, target, 1 << 18)


def _add_text(archive: zipfile.ZipFile, name: str, text: str, moment: datetime) -> None:
    archive.writestr(_info(name, moment, zipfile.ZIP_DEFLATED), (MARK + text).encode())


def _info(name: str, moment: datetime, compression: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, moment.timetuple()[:6])
    info.compress_type = compression
    info.external_attr = 0o100644 << 16
    return info


# --- the lists ------------------------------------------------------------------------------------------------------


def contents(entries: Iterable[Entry]) -> str:
    """What is in the ZIP, as a table for a spreadsheet. No text of it is taken for a formula."""
    lines = io.StringIO()
    table = csv.writer(lines, lineterminator="\r\n")
    table.writerow([_("Place"), _("Report"), _("File"), _("Size in bytes")])
    for entry in entries:
        place = entry.item.place_name or _("All places")
        table.writerow([*map(harmless, (place, item_title(entry.item), entry.name)), entry.size])
    return lines.getvalue()


def problems(failed: Iterable[PackItem]) -> str:
    """What could not be made and why, for people to read: a line a place, a line for each of its files."""
    lines = [_("What could not be made, and why"), ""]
    for item in failed:
        place = " ".join((item.place_name or _("All places")).split())
        lines += [f"{place}, {item_title(item)}", f"    {item.get_problem_display()}", ""]
    return "\r\n".join(lines)
