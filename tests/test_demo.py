"""The demo places: what `manage.py demo` makes is what their files say, and making it twice changes nothing."""

from django.conf import settings
from django.core.management import call_command

from assessments.interchange import Answers, read_answers
from assessments.models import Assessment, Membership, Place, User
from assessments.selectors.portfolio import portfolio
from assessments.selectors.results import findings_of
from tests.factories import playbook

FILES = settings.BASE_DIR / "fixtures" / "demo"


def test_each_demo_assessment_is_what_its_file_says(db: None) -> None:
    call_command("demo")
    written = {(each.place, each.stage): each for path in FILES.glob("*.yaml") for each in [read(path.read_bytes())]}
    made = [findings_of(each).answers for each in Assessment.objects.select_related("place", "stage", "version")]
    assert {(each.place, each.stage) for each in made} == set(written)
    assert [each.place for each in made if each.answers != written[each.place, each.stage].answers] == []
    assert [each.place for each in made if each.evidence != written[each.place, each.stage].evidence] == []


def test_making_the_demo_twice_changes_nothing(db: None) -> None:
    call_command("demo")
    before = [model.objects.count() for model in (Place, Membership, User, Assessment)]
    call_command("demo")
    assert [model.objects.count() for model in (Place, Membership, User, Assessment)] == before == [6, 12, 5, 8]


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


def read(data: bytes) -> Answers:
    return read_answers(data, playbook())
