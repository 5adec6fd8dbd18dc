"""The page of the criterion map: an admin decides what became of each criterion; for a published version it is read."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html

from assessments.admin.faults import map_page
from assessments.admin.journal import undo_page
from assessments.admin.origin_forms import RETIRED, GoneForm, OriginForm
from assessments.admin.origins import GoneRow, Map, Row
from assessments.interchange import DocumentError
from assessments.interchange.documents import Origin as Told
from assessments.models import PublishedIsReadOnly, Version
from assessments.selectors.origins import followed_version
from assessments.services.origins import decide_origins

if TYPE_CHECKING:
    from assessments.admin.versions import VersionAdmin


def page(admin: "VersionAdmin", request: HttpRequest, version: Version) -> HttpResponse:
    """Show the map, or save what was decided on it."""
    followed = followed_version(version)
    may_decide = admin.has_change_permission(request, version)
    if followed is None:
        return admin.own_page(request, version, "map", _title(version), followed=None)
    if request.method == "POST" and may_decide:
        sent = Map(version, followed, data=request.POST)
        if done := _save(admin, request, version, sent):
            return done
        return _shown(admin, request, version, followed, sent, status=422)
    shown = Map(version, followed)
    shown.say_what_is_wrong()
    return _shown(admin, request, version, followed, shown)


def _shown(
    admin: "VersionAdmin", request: HttpRequest, version: Version, followed: Version, shown: Map, status: int = 200
) -> HttpResponse:
    may_decide = admin.has_change_permission(request, version)
    context: dict[str, Any] = {"map": shown, "followed": followed, "may_decide": may_decide}
    context["failed"] = status != 200
    return admin.own_page(request, version, "map", _title(version), status=status, **context)


def _title(version: Version) -> str:
    return f"What became of each criterion in {version}"


def _save(admin: "VersionAdmin", request: HttpRequest, version: Version, sent: Map) -> HttpResponse | None:
    """Save what was touched; None where something of it is wrong, which is then said beside its row."""
    posted = _Posted(sent)
    if posted.is_wrong:
        return None
    if posted.decisions or posted.retired:
        try:
            with transaction.atomic():
                change = decide_origins(
                    version=version,
                    decisions=posted.decisions,
                    retired=posted.retired,
                    seen=posted.seen,
                    by=request.user,  # type: ignore[arg-type]
                )
                admin.log_change(request, version, "Decided what became of criteria.")
        except DocumentError as error:
            sent.say(error.faults)
            return None
        except PublishedIsReadOnly as error:
            admin.message_user(request, f"Nothing was saved. {error}", messages.ERROR)
            return HttpResponseRedirect(map_page(version.pk))
        link = format_html(' <a href="{}">Undo it</a>', undo_page(change)) if change else ""
        admin.message_user(request, format_html("Saved.{}", link), messages.SUCCESS)
    else:
        admin.message_user(request, "Nothing was changed. Tick “Decided” where you agree.", messages.INFO)
    return HttpResponseRedirect(map_page(version.pk))


class _Posted:
    """What somebody touched on the map, as decisions; what cannot be read as one is said beside its row."""

    def __init__(self, sent: Map) -> None:
        self.sent = sent
        self.is_wrong = False
        self.decisions: dict[str, Told | None] = {}
        self.retired: dict[str, bool] = {}
        self.seen: dict[str, str] = {}
        rows = {str(row.pk): (row, row.form) for row in sent.rows if row.form and self._is_valid(row, row.form)}
        fates = [(gone, gone.form) for gone in sent.gone if gone.form and self._is_valid(gone, gone.form)]
        for row, form in rows.values():
            if self._is_touched(row, row.now.key, form):
                self._decide(row, form)
        for gone, fate in fates:
            if self._is_touched(gone, gone.old.key, fate):
                self._settle(gone, fate.cleaned_data["fate"], rows)
        for each in sent.all_rows:
            self._show_what_stands(each)

    def _is_valid(self, row: Row | GoneRow, form: OriginForm | GoneForm) -> bool:
        if not form.is_valid():
            self._refuse(row, *(str(error) for errors in form.errors.values() for error in errors))
        return form.is_valid()

    def _is_touched(self, row: Row | GoneRow, key: str, form: OriginForm | GoneForm) -> bool:
        self.seen[key] = form.cleaned_data["seen"]
        if not form.is_touched():
            return False
        if self.seen[key] != form.initial["seen"]:
            self._refuse(row, "has been changed by somebody else meanwhile. This is how it stands now; look again.")
        return not row.errors

    def _decide(self, row: Row, form: OriginForm) -> None:
        key = row.now.key
        if form.cleaned_data["decided"]:
            self.decisions[key] = form.decision()
        elif row.state == "decided":
            self.decisions[key] = None
        else:
            self._refuse(row, "has been filled in but not decided. Tick “Decided” to keep it.")

    def _settle(self, gone: GoneRow, fate: str, rows: dict[str, tuple[Row, OriginForm]]) -> None:
        """Retired, or taken in by a criterion, which is thereby decided as well."""
        if fate in rows:
            row, form = rows[fate]
            told = self.decisions.get(row.now.key) or form.decision()
            self.decisions[row.now.key] = _with_source(told, gone.old.key)
        else:
            self.retired[gone.old.key] = fate == RETIRED

    def _refuse(self, row: Row | GoneRow, *reasons: str) -> None:
        row.errors += reasons
        self.is_wrong = True

    def _show_what_stands(self, row: Row | GoneRow) -> None:
        """In a form that is shown again, what somebody else decided meanwhile takes the place of what was sent."""
        form = row.form
        if form and form.is_valid() and form.cleaned_data["seen"] != form.initial["seen"]:
            if isinstance(row, Row):
                row.form = self.sent.form_of(row)
            else:
                row.form = self.sent.form_of_gone(row)


def _with_source(told: Told, key: str) -> Told:
    """A decision with one more source: of two a criterion is merged, of one a new one becomes a rewording."""
    sources = tuple(dict.fromkeys([*told.sources, key]))
    if len(sources) == 1:
        return Told("reworded" if told.kind == "new" else told.kind, sources, told.comparable)
    return Told(told.kind if told.kind == "split" else "merged", sources, False)
