"""The only way to get a place or an assessment: each fetch says who asks, and finds nothing for a stranger.

A stranger gets 404, as if there were no such place; a member who may not do the thing gets 403, which says so.
"""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _

from assessments.models import Assessment, Membership, Place, User, WorkbookUpload


def place_for(user: User, place_id: int) -> tuple[Place, Membership]:
    """The place and the person's membership in it. One query. Raises Http404 for anybody else."""
    membership = Membership.objects.select_related("place").filter(user_id=user.pk, place__pk=place_id).first()
    if membership is None:
        raise Http404("No such place.")
    return membership.place, membership


def place_to_manage(user: User, place_id: int) -> tuple[Place, Membership]:
    """The place, for an owner. Raises Http404 for a stranger, PermissionDenied for another member."""
    place, membership = place_for(user, place_id)
    if not membership.may_submit:
        raise PermissionDenied(_("Only an owner of this place can do that."))
    return place, membership


def place_to_answer(user: User, place_id: int) -> tuple[Place, Membership]:
    """The place, for somebody who may answer. Raises PermissionDenied for a viewer."""
    place, membership = place_for(user, place_id)
    if not membership.may_answer:
        raise PermissionDenied(_("You can read this. The owners, editors and consultants of the place change it."))
    return place, membership


def assessment_for(user: User, assessment_id: int) -> tuple[Assessment, Membership]:
    """The assessment, with its place, version and stage, and the person's membership. Two queries."""
    assessment = (
        Assessment.objects.select_related("place", "version__playbook", "stage").filter(pk=assessment_id).first()
    )
    membership = assessment and Membership.objects.filter(user_id=user.pk, place_id=assessment.place_id).first()
    if not assessment or not membership:
        raise Http404("No such assessment.")
    return assessment, membership


def assessment_to_answer(user: User, assessment_id: int) -> tuple[Assessment, Membership]:
    """The assessment, for somebody who may answer. Raises PermissionDenied for a viewer."""
    assessment, membership = assessment_for(user, assessment_id)
    if not membership.may_answer:
        raise PermissionDenied(_("You can read this assessment. Its owners, editors and consultants answer it."))
    return assessment, membership


def assessment_to_submit(user: User, assessment_id: int) -> tuple[Assessment, Membership]:
    """The assessment, for an owner. Raises PermissionDenied for another member."""
    assessment, membership = assessment_for(user, assessment_id)
    if not membership.may_submit:
        raise PermissionDenied(_("Only an owner of the place can submit or reopen its assessment."))
    return assessment, membership


def workbook_to_review(user: User, assessment_id: int, token: UUID) -> tuple[Assessment, Membership, WorkbookUpload]:
    """A workbook that this person uploaded, for as long as they may answer. Raises Http404 for everybody else's."""
    assessment, membership = assessment_to_answer(user, assessment_id)
    rows = WorkbookUpload.objects.select_related("version__playbook")
    upload = rows.filter(assessment=assessment, person_id=user.pk, token=token).first()
    if upload is None:
        raise Http404("No such upload.")
    return assessment, membership, upload
