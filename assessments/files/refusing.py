"""Why a file is refused, in words for the person who sent it."""

from django.utils.translation import gettext as _


class FileRefused(ValueError):
    """The file is not taken; the message says why, and what to do."""


def damaged() -> FileRefused:
    return FileRefused(_("The file is damaged or incomplete. Open it, save it again, and choose that file."))


def swells() -> FileRefused:
    return FileRefused(_("The file unpacks to far more than such a document needs. Save it again, or send it as PDF."))


def of_no_kind() -> FileRefused:
    return FileRefused(
        _("By its content this is no PDF, Word, Excel, PowerPoint or CSV file, and no PNG, JPEG or WebP picture.")
    )


def a_web_page() -> FileRefused:
    return FileRefused(_("This is a web page, a drawing (SVG) or a script. Print it to PDF, and send that."))
