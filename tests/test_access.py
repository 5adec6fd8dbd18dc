"""Who may do what: every address for every kind of visitor, and a test that fails when an address is not listed."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from assessments import urls
from assessments.interchange.filled import Filled
from assessments.models import (
    Assessment,
    Delegation,
    Evidence,
    Invitation,
    IssuedReport,
    Membership,
    Pack,
    PlaceGroup,
    Respondent,
    RoundRole,
    WorkbookUpload,
    Workshop,
)
from assessments.reports.making import MAKERS
from assessments.services.assessing import reopen_assessment, submit_assessment
from assessments.services.delegating import delegate
from assessments.services.groups import make_group
from assessments.services.invitations import invite
from assessments.services.packing import Wish, ask_pack
from assessments.services.workbooks import keep_upload
from assessments.tasks.orders import Order
from tests.factories import Cast, add_piece, issue_fake, join, make_assessment, make_place, make_user, submit
from tests.rounds_cast import ROLES, arrive, ask, open_round
from tests.workshop_cast import begin_workshop

PEOPLE = ["owner", "editor", "consultant", "viewer", "stranger", "admin", "nobody"]
RESPONDENTS = ["respondent", "other respondent"]  # with the link of the round, and of another place's; no account
SIGN_IN, KEEP = 302, 401

# What a GET gives the owner, editor, consultant, viewer, a stranger (the owner of another place), an admin who is no
# member, and nobody.
ALL = [200] * 7
MEMBERS = [200, 200, 200, 200, 404, 404, SIGN_IN]
ANSWERERS = [200, 200, 200, 403, 404, 404, SIGN_IN]
UPLOADER = [200, 404, 404, 403, 404, 404, SIGN_IN]  # the owner's own upload, which no other member sees
OWNER = [200, 403, 403, 403, 404, 404, SIGN_IN]
ASKER = [200, 404, 404, 404, 404, 404, SIGN_IN]
SIGNED_IN = [200, 200, 200, 200, 200, 200, SIGN_IN]
MINE = [200, 404, 404, 404, 404, 404, SIGN_IN]
POST_ONLY = [405, 405, 405, 405, 405, 405, SIGN_IN]
POST_BY_ALL = [405] * 7
NO_LINK = [404] * 7  # members too: they see nothing of what respondents do
MADE = {kind: MEMBERS if kind in MAKERS else [404] * 6 + [SIGN_IN] for kind in ("word", "workbook")}
GET = {
    "home": ALL,
    "how_it_works": ALL,
    "live": ALL,
    "ready": ALL,
    "language": POST_BY_ALL,
    "place_new": SIGNED_IN,
    "place": MEMBERS,
    "history": MEMBERS,
    "history_on": MEMBERS,
    "place_edit": OWNER,
    "place_branding": OWNER,
    "place_branding_cover": OWNER,
    "issued_reports": MEMBERS,
    "issued_file": MEMBERS,
    "issue": [200, 403, 200, 403, 404, 404, SIGN_IN],
    "verify": ALL,
    "verified": ALL,
    "take_part": [302] * 7,  # whoever has the link
    "respond": NO_LINK,
    "respond_criterion": NO_LINK,
    "respond_finish": NO_LINK,
    "own_branding": SIGNED_IN,
    "own_branding_cover": SIGNED_IN,
    "start": POST_ONLY,
    "assessment": MEMBERS,
    "stage": ANSWERERS,
    "check": MEMBERS,
    "submit": POST_ONLY,
    "reopen": [302, 403, 403, 403, 404, 404, SIGN_IN],  # an open one leads on to its task list
    "newer": [302, 302, 302, 302, 404, 404, SIGN_IN],  # there is none: back to the task list
    "move": POST_ONLY,
    "move_back": POST_ONLY,
    "stay": POST_ONLY,
    "left_behind": MEMBERS,
    "waiting": MEMBERS,
    "remind": POST_ONLY,
    "delegate": OWNER,
    "lesson_take": POST_ONLY,
    "delegation_edit": OWNER,
    "delegation_end": POST_ONLY,
    "own_reminders": SIGNED_IN,
    "results": MEMBERS,
    "export": MEMBERS,
    "report_preview": MEMBERS,
    "report": MEMBERS,
    "report_word": MADE["word"],
    "workbook": MADE["workbook"],
    "answers_file": MEMBERS,
    "answers_as_json": MEMBERS,
    "answers_as_csv": MEMBERS,
    "playbook_file": MEMBERS,
    "score_file": MEMBERS,
    "submission": MEMBERS,
    "submission_export": MEMBERS,
    "submission_report_preview": MEMBERS,
    "submission_report": MEMBERS,
    "submission_report_word": MADE["word"],
    "submission_workbook": MADE["workbook"],
    "submission_answers_file": MEMBERS,
    "submission_answers_as_json": MEMBERS,
    "submission_answers_as_csv": MEMBERS,
    "submission_playbook_file": MEMBERS,
    "submission_score_file": MEMBERS,
    "fill_in": MEMBERS,
    "fill_in_upload": ANSWERERS,
    "fill_in_review": UPLOADER,
    "criterion": MEMBERS,
    "criterion_history": MEMBERS,
    "answer_restore": POST_ONLY,
    "agreeing": MEMBERS,
    "agree": MEMBERS,
    "evidence_add": POST_ONLY,
    "evidence_choose": ANSWERERS,
    "library": MEMBERS,
    "library_item": ANSWERERS,
    "evidence_file": MEMBERS,
    "evidence_edit": ANSWERERS,
    "portfolio": SIGNED_IN,
    "portfolio_workbook": SIGNED_IN,
    "packs": SIGNED_IN,
    "pack_new": SIGNED_IN,
    "pack": ASKER,
    "pack_file": [302, 404, 404, 404, 404, 404, SIGN_IN],  # it is not ready: back to its page
    "pack_cancel": POST_ONLY,
    "groups": SIGNED_IN,
    "group_new": SIGNED_IN,
    "group_add": SIGNED_IN,
    "group_edit": MINE,
    "group_delete": MINE,
    "invite": OWNER,
    "member_edit": OWNER,
    "member_remove": OWNER,
    "hand_over": OWNER,
    "invitation_made": OWNER,
    "invitation_resend": POST_ONLY,
    "invitation_withdraw": POST_ONLY,
    "leave": MEMBERS,
    "invitation": SIGNED_IN,  # members are told that they are in already
    "invitation_kept": [404] * 6 + [SIGN_IN],  # nobody has opened a link before signing in
    "round_new": [302, 403, 403, 403, 404, 404, SIGN_IN],  # there is a round: on to that one
    "round": MEMBERS,
    "round_edit": OWNER,
    "round_close": OWNER,
    "round_discard": OWNER,
    "reveal": OWNER,
    "respondents_ask": OWNER,
    "respondent_resend": POST_ONLY,
    "respondent_remove": POST_ONLY,
    "round_link": OWNER,
    "heat_map": SIGNED_IN,
    "heat_map_svg": [200, 200, 200, 200, 422, 422, SIGN_IN],  # those without a place with answers have nothing to draw
    "heat_map_png": [200, 200, 200, 200, 422, 422, SIGN_IN],
    "side_by_side": SIGNED_IN,
    "portfolio_pdf": [200, 200, 200, 200, 422, 422, SIGN_IN],
    "workshop": MEMBERS,
    "workshop_end": POST_ONLY,
    "wall_now": [302, 302, 302, 302, 404, 404, SIGN_IN],  # to what the wall shows
    "wall": MEMBERS,
    "wall_state": MEMBERS,
    "wall_show": POST_ONLY,
    "wall_reveal": POST_ONLY,
    "wall_again": POST_ONLY,
    "wall_agree": POST_ONLY,
    "vote_join": ALL,
    "vote": ALL,  # whoever has the code may join; test_voting has phones that have, and those of other workshops
    "vote_state": ALL,
}
# What an empty POST gives: 422 is a form with its errors, 302 is done; no stranger and no reader gets so far.
POST = {
    "pack_new": [422] * 6 + [KEEP],
    "pack_cancel": [302, 404, 404, 404, 404, 404, KEEP],
    "language": [302] * 7,
    "place_new": [422] * 6 + [KEEP],
    "place_edit": [422, 403, 403, 403, 404, 404, KEEP],
    "place_branding": [422, 403, 403, 403, 404, 404, KEEP],
    "own_branding": [422] * 6 + [KEEP],
    "issue": [422, 403, 422, 403, 404, 404, KEEP],
    "verified": [422] * 7,  # no file to compare
    "respond": NO_LINK,
    "respond_criterion": NO_LINK,
    "respond_finish": NO_LINK,
    "start": [302, 302, 302, 302, 404, 404, KEEP],
    "stage": [422, 422, 422, 403, 404, 404, KEEP],
    "submit": [302, 403, 403, 403, 404, 404, KEEP],
    "reopen": [302, 403, 403, 403, 404, 404, KEEP],
    "move": [302, 403, 403, 403, 404, 404, KEEP],
    "move_back": [302, 403, 403, 403, 404, 404, KEEP],
    "stay": [302, 403, 403, 403, 404, 404, KEEP],
    "remind": [302, 403, 403, 403, 404, 404, KEEP],
    "delegate": [422, 403, 403, 403, 404, 404, KEEP],
    "lesson_take": [302, 302, 302, 403, 404, 404, KEEP],
    "delegation_edit": [302, 403, 403, 403, 404, 404, KEEP],
    "delegation_end": [302, 403, 403, 403, 404, 404, KEEP],  # it is another editor's
    "own_reminders": [302] * 6 + [KEEP],
    "fill_in_upload": [422, 422, 422, 403, 404, 404, KEEP],
    "fill_in_review": [302, 404, 404, 403, 404, 404, KEEP],
    "criterion": [422, 422, 422, 403, 404, 404, KEEP],
    "answer_restore": [302, 302, 302, 403, 404, 404, KEEP],
    "agree": [422, 422, 422, 403, 404, 404, KEEP],
    "evidence_add": [422, 422, 422, 403, 404, 404, KEEP],
    "evidence_choose": [422, 422, 422, 403, 404, 404, KEEP],
    "library": [422, 422, 422, 403, 404, 404, KEEP],
    "library_item": [422, 422, 422, 403, 404, 404, KEEP],
    "evidence_edit": [422, 422, 422, 403, 404, 404, KEEP],
    "group_new": [422] * 6 + [KEEP],
    "group_add": [422] * 6 + [KEEP],
    "group_edit": [422, 404, 404, 404, 404, 404, KEEP],
    "group_delete": [302, 404, 404, 404, 404, 404, KEEP],
    "invite": [422, 403, 403, 403, 404, 404, KEEP],
    "member_edit": [422, 403, 403, 403, 404, 404, KEEP],
    "member_remove": [302, 403, 403, 403, 404, 404, KEEP],
    "hand_over": [422, 403, 403, 403, 404, 404, KEEP],
    "invitation_resend": [200, 403, 403, 403, 404, 404, KEEP],  # the new link is shown, once
    "invitation_withdraw": [302, 403, 403, 403, 404, 404, KEEP],
    "leave": [409, 302, 302, 302, 404, 404, KEEP],  # the owner is the only one
    "invitation": [200, 200, 200, 200, 404, 302, KEEP],  # the admin came first and used it
    "invitation_kept": [404] * 6 + [KEEP],
    "round_new": [302, 403, 403, 403, 404, 404, KEEP],
    "round_edit": [422, 403, 403, 403, 404, 404, KEEP],
    "round_close": [302, 403, 403, 403, 404, 404, KEEP],
    "round_discard": [302, 403, 403, 403, 404, 404, KEEP],
    "reveal": [302, 403, 403, 403, 404, 404, KEEP],
    "respondents_ask": [422, 403, 403, 403, 404, 404, KEEP],
    "respondent_resend": [302, 403, 403, 403, 404, 404, KEEP],
    "respondent_remove": [302, 403, 403, 403, 404, 404, KEEP],
    "round_link": [422, 403, 403, 403, 404, 404, KEEP],
    "workshop": [302, 302, 302, 403, 404, 404, KEEP],  # one is on already: to its wall
    "workshop_end": [302, 302, 302, 403, 404, 404, KEEP],
    "wall_show": [302, 302, 302, 403, 404, 404, KEEP],
    "wall_reveal": [302, 302, 302, 403, 404, 404, KEEP],
    "wall_again": [302, 302, 302, 403, 404, 404, KEEP],
    "wall_agree": [404, 404, 404, 403, 404, 404, KEEP],  # on no ballot
    "vote": [200] * 7,  # who has not joined is asked to
}
# What the two respondents get: everywhere what nobody gets, but for the pages of a round.
BY_LINK = {"respond": [200, 404], "respond_criterion": [200, 404], "respond_finish": [200, 404]}
POST_BY_LINK = {"respond": [302, 404], "respond_criterion": [302, 404], "respond_finish": [302, 404]}


def names() -> Iterator[str]:
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        yield str(pattern.name)


def test_every_address_is_in_the_matrix() -> None:
    assert sorted(names()) == sorted(GET)
    assert sorted(POST) == sorted(set(names()) - READ_ONLY)
    assert POST_BY_LINK.keys() == BY_LINK.keys() <= set(names())


READ_ONLY = {
    "evidence_file",
    "criterion_history",
    "wall_now",
    "wall",
    "wall_state",
    "vote_join",
    "vote_state",
    "invitation_made",
    "agreeing",
    "packs",
    "pack",
    "pack_file",
    "home",
    "how_it_works",
    "live",
    "ready",
    "place",
    "history",
    "history_on",
    "place_branding_cover",
    "own_branding_cover",
    "issued_reports",
    "issued_file",
    "verify",
    "take_part",
    "assessment",
    "check",
    "newer",
    "left_behind",
    "waiting",
    "results",
    "export",
    "report_preview",
    "report",
    "report_word",
    "workbook",
    "answers_file",
    "answers_as_json",
    "answers_as_csv",
    "playbook_file",
    "score_file",
    "submission",
    "submission_export",
    "submission_report_preview",
    "submission_report",
    "submission_report_word",
    "submission_workbook",
    "submission_answers_file",
    "submission_answers_as_json",
    "submission_answers_as_csv",
    "submission_playbook_file",
    "submission_score_file",
    "portfolio",
    "portfolio_workbook",
    "round",
    "fill_in",
    "groups",
    "heat_map",
    "heat_map_svg",
    "heat_map_png",
    "side_by_side",
    "portfolio_pdf",
}
PRINTED = {"report", "report_preview", "submission_report", "submission_report_preview"}
# Printed for whoever is signed in; test_branding and test_comparing_pages look at them.
SLOW = PRINTED | {"own_branding_cover", "heat_map_png", "portfolio_pdf"}


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    found = make_assessment(cast.place, cast.owner, {"right-path": 2})
    issue_fake(submit(found, cast.owner), cast.owner)
    reopen_assessment(assessment=found, by=cast.owner, reason="A slip.")
    item = add_piece(found, "right-path", by=cast.owner).evidence
    stored = default_storage.save("evidence/minutes.pdf", ContentFile(b"%PDF-1.7"))
    Evidence.objects.filter(pk=item.pk).update(file=stored, file_name="minutes.pdf", file_type="pdf", file_size=8)
    ask_pack(
        wishes=[Wish("full", cast.place)], options=Order(("full",), "en-gb").freeze(), token=uuid4(), by=cast.owner
    )
    keep_upload(assessment=found, name="answers.xlsx", filled=Filled(()), by=cast.owner)
    make_group(name="Coast", places=[cast.place.pk], by=cast.owner)
    other = join(cast.place, make_user("Somebody Else"), Membership.Role.EDITOR)
    delegate(assessment=found, lesson_key="long-path", people=[other.user_id], due=None, note="", by=cast.owner)
    open_round(found, cast.owner, people={"Asked Person": ROLES[0]})
    begin_workshop(found, cast.owner)
    return found


@pytest.fixture
def links(cast: Cast, assessment: Assessment) -> dict[str, str]:
    """The secrets of the two respondents; the stranger is the owner of the place of the other one."""
    elsewhere = make_assessment(make_place("Other Place", owner=cast.stranger), cast.stranger)
    rounds = {"respondent": assessment.rounds.get(), "other respondent": open_round(elsewhere, cast.owner).round}
    return {who: ask(asked, who, ROLES[0]) for who, asked in rounds.items()}


@pytest.fixture
def secret(cast: Cast) -> str:
    return invite(place=cast.place, role=Membership.Role.VIEWER, note="A friend", by=cast.owner)[1]


def address(name: str, assessment: Assessment, secret: str = "", link: str = "") -> str:
    known: dict[str, Any] = {
        "secret": (link if name == "take_part" else secret) or "none",
        "invitation_id": Invitation.objects.get().pk if secret else 0,
        "member_id": Membership.objects.get(user__name="Somebody Else").pk,
        "group_id": PlaceGroup.objects.get().pk,
        "place_id": assessment.place_id,
        "playbook_id": assessment.version.playbook_id,
        "assessment_id": assessment.pk,
        "number": 1,
        "revision": 1,
        "lesson_number": 1,
        "delegation_id": Delegation.objects.get().pk,
        "code": Workshop.objects.get().code if name.startswith("vote") else IssuedReport.objects.get().code,
        "evidence_id": Evidence.objects.get().pk,
        "pack_id": Pack.objects.get().pk,
        "round_id": assessment.rounds.get().pk,
        "respondent_id": Respondent.objects.get(name="Asked Person").pk,
        "role_id": RoundRole.objects.get(round__assessment=assessment, role=ROLES[0]).pk,
        "token": WorkbookUpload.objects.get().token,
    }
    wanted = next(each for each in get_resolver("assessments.urls").reverse_dict.getlist(name))[0][0][1]
    return reverse(name, kwargs={key: known[key] for key in wanted})


def visitor(cast: Cast, who: str, links: dict[str, str] | None = None) -> Client:
    client = Client()
    if links and who in links:
        return arrive(links[who], client)
    if who != "nobody":
        client.force_login(getattr(cast, who))
    return client


def expected(name: str, people: dict[str, list[int]], by_link: dict[str, list[int]]) -> dict[str, int]:
    told = people[name] + by_link.get(name, people[name][-1:] * 2)
    return dict(zip(PEOPLE + RESPONDENTS, told, strict=True))


@pytest.mark.any_database
@pytest.mark.parametrize("name", [name for name in GET if name not in SLOW])
def test_who_may_read(cast: Cast, assessment: Assessment, secret: str, links: dict[str, str], name: str) -> None:
    target = address(name, assessment, secret, links["respondent"])
    replies = {who: visitor(cast, who, links).get(target) for who in PEOPLE + RESPONDENTS}
    for reply in replies.values():
        b"".join(getattr(reply, "streaming_content", []))  # which closes a file
    assert {who: reply.status_code for who, reply in replies.items()} == expected(name, GET, BY_LINK)


@pytest.mark.any_database
@pytest.mark.parametrize("name", POST)
def test_who_may_write(cast: Cast, assessment: Assessment, secret: str, links: dict[str, str], name: str) -> None:
    target = address(name, assessment, secret, links["respondent"])
    # The strongest come last, so that what they do does not change what the others find.
    found = {who: visitor(cast, who, links).post(target).status_code for who in reversed(PEOPLE + RESPONDENTS)}
    assert {who: found[who] for who in PEOPLE + RESPONDENTS} == expected(name, POST, POST_BY_LINK)


@pytest.mark.parametrize("name", sorted(READ_ONLY - PRINTED))
def test_what_is_only_read_takes_no_post(cast: Cast, assessment: Assessment, name: str) -> None:
    assert visitor(cast, "owner").post(address(name, assessment)).status_code == 405


@pytest.mark.any_database
@pytest.mark.parametrize("name", sorted(PRINTED))
def test_the_report_is_for_members_only(cast: Cast, assessment: Assessment, links: dict[str, str], name: str) -> None:
    target = address(name, assessment)
    all_others = {"stranger": 404, "admin": 404, "nobody": SIGN_IN, **dict.fromkeys(RESPONDENTS, SIGN_IN)}
    found = {who: visitor(cast, who, links).get(target).status_code for who in ("viewer", *all_others)}
    assert found == {"viewer": 200, **all_others}


def test_a_submitted_assessment_takes_no_more_answers(cast: Cast, assessment: Assessment) -> None:
    submit_assessment(assessment=assessment, by=cast.owner)
    client = visitor(cast, "owner")
    data = {"answer": "4", "note": "Too late", "seen": "1"}
    response = client.post(address("criterion", assessment), data)
    assert (response.status_code, "Too late" in response.content.decode()) == (409, True)
    assert client.get(address("criterion", assessment)).status_code == 302


def test_two_places_never_mix(cast: Cast, assessment: Assessment) -> None:
    """A member of one place cannot reach another place's evidence through an assessment of their own."""
    other = make_assessment(make_place("Other Place", owner=cast.stranger), cast.stranger)
    mixed = reverse("evidence_edit", args=[other.pk, 1, Evidence.objects.get().pk])
    client = visitor(cast, "stranger")
    assert client.get(mixed).status_code == 404
    client.post(mixed, {"go": "remove"})
    assert Evidence.objects.count() == 1
