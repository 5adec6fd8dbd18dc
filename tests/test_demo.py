"""The demo places: what `manage.py demo` makes is what their files say, and making it twice changes nothing."""

from django.conf import settings
from django.core.management import call_command
from django.test import Client

from assessments.interchange import Answers, read_answers
from assessments.models import Agreement, Assessment, Delegation, Membership, Place, Response, Round, User
from assessments.selectors.portfolio import portfolio
from assessments.selectors.results import findings_of
from tests.factories import playbook

QUARTER = "Aldenmoor Science Quarter"
FILES = settings.BASE_DIR / "fixtures" / "demo"


def test_each_demo_assessment_is_what_its_file_says(db: None) -> None:
    call_command("demo")
    written = {(each.place, each.stage): each for path in FILES.glob("*.yaml") for each in [read(path.read_bytes())]}
    made = [findings_of(each).answers for each in Assessment.objects.select_related("place", "stage", "version")]
    assert {(each.place, each.stage) for each in made} == set(written)
    changed = {each.place: each.answers.items() ^ written[each.place, each.stage].answers.items() for each in made}
    agreed = {("shared-vision", 3), ("shared-vision", 2)}
    assert {place: found for place, found in changed.items() if found} == {QUARTER: agreed}
    assert [each.place for each in made if each.evidence != written[each.place, each.stage].evidence] == []


def test_making_the_demo_twice_changes_nothing(db: None) -> None:
    call_command("demo")
    made = (Place, Membership, User, Assessment, Round, Agreement, Delegation)
    before = [model.objects.count() for model in made]
    call_command("demo")
    assert [model.objects.count() for model in made] == before == [6, 12, 5, 8, 1, 5, 1]


def test_the_consultant_has_a_portfolio_worth_looking_at(db: None) -> None:
    call_command("demo")
    found = portfolio(User.objects.get(email="consultant@demo.example"))
    assert [(each.name, each.stage, each.plan) for each in found] == [
        ("Abermorlas", "Forming", (1, 5)),
        ("Aldenmoor Science Quarter", "Forming", None),
        ("Quillmere Health Campus", "Scaling", None),
        ("Stannerdale Battery Network", "First cycle", None),
        ("Tenterclough Mills", "Gathering pace", (3, 5)),
    ]


def test_a_newcomer_finds_a_group_that_agrees(db: None) -> None:
    call_command("demo")
    assessment = Assessment.objects.get(place__name=QUARTER)
    assert (assessment.rounds.get().answered, Response.objects.filter(is_done=False).count()) == (14, 0)
    for email in ("owner@demo.example", "consultant@demo.example"):
        client = Client()
        client.force_login(User.objects.get(email=email))
        shown = client.get(f"/assessments/{assessment.pk}/agreeing/").context
        assert (shown["progress"].done, shown["progress"].total) == (5, 27)
        assert sum(row.matter.is_shown for row in shown["rows"]) == 10
        page = client.get(f"/assessments/{assessment.pk}/waiting/").content.decode()
        assert "The investors and the anchor businesses first" in page
    assert sum(bool(each.dissent) for each in Agreement.objects.all()) == 2


def read(data: bytes) -> Answers:
    return read_answers(data, playbook())
