"""The demo places: what `manage.py demo` makes is what their files say, and making it twice changes nothing."""

from django.conf import settings
from django.core.management import call_command

from assessments.interchange import Answers, read_answers
from assessments.models import Assessment, Membership, Place, User
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
    assert [model.objects.count() for model in (Place, Membership, User, Assessment)] == before == [3, 6, 4, 4]


def read(data: bytes) -> Answers:
    return read_answers(data, playbook())
