"""The pages about a version's languages: how far each is, and its texts as a file for a translator, out and in."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import content_disposition_header

from assessments.admin.drafts import version_page
from assessments.admin.journal import journal_page
from assessments.interchange import MOST_BYTES, DocumentError, completeness, dump_translation, read_translation
from assessments.interchange.texts import Completeness, Count, PartDone
from assessments.models import PublishedIsReadOnly, Version
from assessments.selectors.languages import language_name, languages_of, offered_languages, texts_in
from assessments.selectors.playbooks import playbook_document
from assessments.services.translating import import_translation, remove_orphans

if TYPE_CHECKING:
    from assessments.admin.versions import VersionAdmin


@dataclass(frozen=True)
class Group:
    """A lesson with the parts that are translated on pages of their own; the first group is what is in no lesson."""

    title: str
    count: Count
    parts: tuple[PartDone, ...]

    @property
    def left(self) -> int:
        """How many texts are missing or out of date."""
        return self.count.total - self.count.done


@dataclass(frozen=True)
class Language:
    """A language of a version: how far it is, over all and by lesson."""

    code: str
    name: str
    done: Completeness
    groups: tuple[Group, ...]

    @property
    def is_begun(self) -> bool:
        return self.done.count.total > self.done.count.missing

    @property
    def missing(self) -> list[Group]:
        """The lessons that are not done."""
        return [group for group in self.groups if not group.count.is_complete]


def all_languages(version: Version) -> list[Language]:
    """Those that a version has texts in or could have. One query, and those for the version itself."""
    playbook = playbook_document(version)
    found = languages_of(version, playbook)
    nothing = completeness(playbook, {})
    titles = [("", "Beside the lessons"), *((lesson.key, lesson.title) for lesson in playbook.lessons)]
    return [
        Language(
            code,
            language_name(code),
            done,
            tuple(
                Group(title, done.of(key), tuple(each for each in done.parts if each.part.lesson == key))
                for key, title in titles
            ),
        )
        for code, done in (dict.fromkeys(offered_languages(), nothing) | found).items()
    ]


def begun_languages(version: Version) -> list[Language]:
    """Those that a version has texts in."""
    return [language for language in all_languages(version) if language.is_begun]


def languages(admin: "VersionAdmin", request: HttpRequest, version: Version) -> HttpResponse:
    """How far each language is; POST reads a translator's file, or removes what has no text any more."""
    may_change = admin.has_change_permission(request, version)
    if request.method == "POST" and not may_change and not version.is_published:
        raise PermissionDenied
    if request.method == "POST":
        try:
            return _remove(admin, request, version) if "remove" in request.POST else _upload(admin, request, version)
        except PublishedIsReadOnly as error:
            admin.message_user(request, f"Nothing was changed. {error}", messages.ERROR)
            return HttpResponseRedirect(version_page(version.pk))
        except DocumentError as error:
            return _page(admin, request, version, may_change, [str(fault) for fault in error.faults])
    return _page(admin, request, version, may_change, [])


def _page(
    admin: "VersionAdmin", request: HttpRequest, version: Version, may_change: bool, faults: list[str]
) -> HttpResponse:
    context: dict[str, Any] = {"languages": all_languages(version), "may_change": may_change, "refused": faults}
    status = 422 if faults else 200
    return admin.own_page(request, version, "languages", f"Languages of {version}", status=status, **context)


def _upload(admin: "VersionAdmin", request: HttpRequest, version: Version) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None:
        return _page(admin, request, version, True, ["Choose a file first."])
    document = read_translation(file.read(MOST_BYTES + 1), playbook_document(version))
    name = language_name(document.language)
    with transaction.atomic():
        changed = len(import_translation(version=version, document=document, by=request.user).changed)  # type: ignore[arg-type]
        if changed:
            admin.log_change(request, version, f"{name}: {changed} texts read from a file.")
    admin.message_user(
        request,
        f"{name}: {changed} of the file’s {len(document.texts)} translations were new or different, and are stored.",
        messages.SUCCESS,
    )
    return HttpResponseRedirect(journal_page(version.pk, "languages"))


def _remove(admin: "VersionAdmin", request: HttpRequest, version: Version) -> HttpResponse:
    code = request.POST["remove"]
    with transaction.atomic():
        gone = remove_orphans(version=version, language=code)
        if gone:
            admin.log_change(request, version, f"{language_name(code)}: {gone} texts without an English text removed.")
    admin.message_user(request, f"{language_name(code)}: {gone} removed.", messages.SUCCESS)
    return HttpResponseRedirect(journal_page(version.pk, "languages"))


def download(admin: "VersionAdmin", request: HttpRequest, version: Version) -> HttpResponse:
    """One language as a file for a translator: every English text, with its translation or an empty line for one."""
    code = chosen_language(request, version)
    text = dump_translation(playbook_document(version), code, texts_in(version, code))
    response = HttpResponse(text, content_type="application/yaml")
    name = f"{version.playbook.key}-{version.number}.{code}.yaml"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def chosen_language(request: HttpRequest, version: Version) -> str:
    """The language that an address names. Raises Http404 for one that is neither offered nor here."""
    code = request.GET.get("language", "")
    if code not in offered_languages() and not version.translations.filter(language=code).exists():
        raise Http404("There is no such language.")
    return code
