"""Where people answer in the tests: one criterion of an assessment, and what the database holds of it."""

from datetime import date
from typing import NamedTuple

from playwright.sync_api import Page

from assessments.models import Answer, Assessment, Backing
from assessments.selectors.playbooks import criterion_ids
from tests.factories import Cast, number_of

KEY = "vision-kept-alive"  # the third criterion; it may be not applicable


class Scene(NamedTuple):
    cast: Cast
    assessment: Assessment

    @property
    def address(self) -> str:
        return f"/assessments/{self.assessment.pk}/criteria/{number_of(KEY)}/"

    @property
    def next_address(self) -> str:
        return f"/assessments/{self.assessment.pk}/criteria/{number_of(KEY) + 1}/"

    def stored(self) -> Answer | None:
        pk = criterion_ids(self.assessment.version)[KEY]
        return Answer.objects.filter(assessment=self.assessment, criterion_id=pk).first()

    def note(self) -> str:
        stored = self.stored()
        return stored.note if stored else ""

    def pieces(self) -> list[tuple[str, int, str, date | None]]:
        rows = Backing.objects.filter(assessment=self.assessment).order_by("pk")
        return list(rows.values_list("evidence__title", "evidence__grade", "evidence__link", "evidence__dated"))


def die(page: Page) -> None:
    """The tab dies without a connection: it sends nothing more, although the browser takes "offline" off it first."""
    page.evaluate("() => { XMLHttpRequest.prototype.send = window.fetch = () => new Promise(() => {}); }")
    page.close()
