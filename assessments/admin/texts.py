"""The page on which one part of a version is translated: each English text with its translation beside it.

The page carries what it showed. So only what was typed is written, never over what somebody else wrote meanwhile, and a
translation is known to be of the English that its writer saw.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

from assessments.admin.drafts import version_page
from assessments.admin.journal import journal_page
from assessments.admin.languages import chosen_language
from assessments.interchange import Texts
from assessments.interchange.texts import Part, parts
from assessments.models import PublishedIsReadOnly, Version
from assessments.selectors.languages import language_name, texts_in
from assessments.selectors.playbooks import playbook_document
from assessments.services.translating import Typed, Written, save_texts

if TYPE_CHECKING:
    from assessments.admin.versions import VersionAdmin

WORDS = {
    "title": "Title",
    "name": "Name",
    "summary": "Summary",
    "facts": "Facts",
    "question": "Question",
    "why": "Why it matters",
    "not_applicable": "Not applicable",
    "ask": "Whom to ask",
    "descriptor": "text",
    "next_step": "next step",
}
KINDS = {"evidence": "Evidence", "data": "Open data"}
LETTERS_A_ROW = 46


@dataclass(frozen=True)
class Line:
    """A text on the page. `before` is the translation that it shows as stored, `text` what stands in its field."""

    path: str
    words: str
    source: str
    text: str
    before: str
    was: str = ""
    taken: bool = False

    @property
    def rows(self) -> int:
        """How high the field is: as the longer of the two texts needs it."""
        longest = max(self.source, self.text, key=len)
        return max(1, -(-len(longest) // LETTERS_A_ROW)) + longest.count("\n")


def texts(admin: "VersionAdmin", request: HttpRequest, version: Version) -> HttpResponse:
    """Show a part in both languages; POST saves what was typed."""
    code, found = chosen_language(request, version), list(parts(playbook_document(version)))
    number = next((n for n, part in enumerate(found) if part.key == request.GET.get("part", found[0].key)), None)
    if number is None:
        raise Http404("There is no such part.")
    page = _Page(admin, request, version, code, found, number)
    return page.save() if request.method == "POST" else page.show()


@dataclass(frozen=True)
class _Page:
    admin: "VersionAdmin"
    request: HttpRequest
    version: Version
    language: str
    parts: list[Part]
    number: int

    @property
    def part(self) -> Part:
        return self.parts[self.number]

    def address(self, number: int) -> str:
        asked = urlencode({"language": self.language, "part": self.parts[number].key})
        return f"{journal_page(self.version.pk, 'texts')}?{asked}"

    def show(self, posted: QueryDict | None = None, taken: Mapping[str, str] | None = None) -> HttpResponse:
        name, last = language_name(self.language), len(self.parts) - 1
        context: dict[str, Any] = {
            "language": self.language,
            "language_name": name,
            "part": self.part,
            "lines": list(_lines(self.part, texts_in(self.version, self.language), posted, taken or {})),
            "taken": len(taken or {}),
            "may_change": self.admin.has_change_permission(self.request, self.version),
            "before": (self.parts[self.number - 1], self.address(self.number - 1)) if self.number else None,
            "after": (self.parts[self.number + 1], self.address(self.number + 1)) if self.number < last else None,
        }
        title = f"{self.part.title} in {name}"
        return self.admin.own_page(self.request, self.version, "texts", title, status=409 if taken else 200, **context)

    def save(self) -> HttpResponse:
        if not self.version.is_published and not self.admin.has_change_permission(self.request, self.version):
            raise PermissionDenied
        try:
            written = self._write(dict(_typed(self.request.POST, self.part)))
        except PublishedIsReadOnly as error:
            self.admin.message_user(self.request, f"Nothing was saved. {error}", messages.ERROR)
            return HttpResponseRedirect(version_page(self.version.pk))
        self._say(written)
        if written.taken:
            return self.show(self.request.POST, written.taken)
        goes_on = "_next" in self.request.POST and self.number < len(self.parts) - 1
        return HttpResponseRedirect(self.address(self.number + 1 if goes_on else self.number))

    def _say(self, written: Written) -> None:
        saved = len(written.changed)
        if saved:
            words = f"{saved} {'text' if saved == 1 else 'texts'} saved."
            self.admin.message_user(self.request, words, messages.SUCCESS)
        elif not written.taken:
            self.admin.message_user(self.request, "Nothing was changed.", messages.INFO)

    @transaction.atomic
    def _write(self, typed: Mapping[str, Typed]) -> Written:
        by: Any = self.request.user
        written = save_texts(version=self.version, language=self.language, typed=typed, by=by)
        if written.changed:
            what = f"{language_name(self.language)}: {len(written.changed)} texts of “{self.part.title}”."
            self.admin.log_change(self.request, self.version, what)
        return written


def _lines(part: Part, given: Texts, posted: QueryDict | None, taken: Mapping[str, str]) -> Iterator[Line]:
    """The texts of a part; where a save was refused, with what was typed over what stands there now."""
    for path, source in part.texts.items():
        found = given.get(path)
        stored = found.text if found else ""
        text = _posted(posted, "text", path) if posted is not None and path in taken else stored
        was = found.source if found and found.source != source else ""
        yield Line(path, in_words(part, path), source, text, stored, was, taken=path in taken)


def _typed(posted: QueryDict, part: Part) -> Iterator[tuple[str, Typed]]:
    """What was changed on the page, and what was said to fit the new English as it is."""
    for path, source in part.texts.items():
        if f"text:{path}" not in posted:
            continue
        text, before = _posted(posted, "text", path), _posted(posted, "before", path)
        shown = _posted(posted, "source", path)
        if text != before or f"keep:{path}" in posted:
            yield path, Typed(source if shown == plain(source) else shown, before, text)


def _posted(posted: QueryDict, name: str, path: str) -> str:
    return plain(str(posted.get(f"{name}:{path}", "")))


def plain(text: str) -> str:
    """A text as it is kept: no spaces round it, its lines ended in one way, no letter that no database takes."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()


def in_words(part: Part, path: str) -> str:
    """What a text is: “Question”, “Level 2, next step”, “Local authority, name”."""
    match path.removeprefix(f"{part.key}/").split("/"):
        case ["levels", number, text]:
            return f"Level {number}, {WORDS[text]}"
        case [kind, number] if kind in KINDS and number.isdecimal():  # a role may have the key “data”
            return f"{KINDS[kind]} {int(number) + 1}"
        case [*key, text]:
            owner = part.texts.get("/".join([part.key, *key, "name"]), "") if key else ""
            return f"{owner}, {WORDS[text].lower()}" if owner else WORDS[text]
        case _:
            return path
