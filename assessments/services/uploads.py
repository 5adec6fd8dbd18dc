"""Store an uploaded playbook as a draft: a new one, or in place of what a draft said. Whole, or not at all."""

from django.db import IntegrityError, transaction

from assessments.comparing.differences import differences
from assessments.comparing.telling import summary
from assessments.interchange import Playbook
from assessments.models import User, Version
from assessments.selectors.uploads import landing_of
from assessments.services.playbooks import import_playbook
from assessments.services.restoring import ChangedMeanwhile, write_document


@transaction.atomic
def store_upload(*, document: Playbook, seen: str, by: User) -> Version:
    """Store a checked document as the draft of its number. `seen` is that of the landing that the person was shown.

    Raises ChangedMeanwhile where what is here is not what they saw any more, VersionExists where the number is
    published, DocumentError for what the database cannot hold.
    """
    list(
        Version.objects.select_for_update().filter(playbook__key=document.key).order_by("pk")
    )  # nobody writes meanwhile
    landing = landing_of(document)
    if landing.seen != seen:
        raise ChangedMeanwhile
    if landing.here is not None and not landing.here.is_published:
        what = f"Read from a file: {summary(differences(landing.compared, document))}"
        write_document(draft=landing.here, document=document, by=by, what=what)
        return landing.here
    try:
        with transaction.atomic():
            return import_playbook(document=document, by=by)
    except IntegrityError:  # somebody took the number in this very moment
        raise ChangedMeanwhile from None
