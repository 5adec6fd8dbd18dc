"""axe-core in the page that is open: what it finds wrong, in a form that a failing test prints well."""

from functools import cache

from django.conf import settings
from playwright.sync_api import Page

LOOK = """async () => {
    const found = await axe.run(document, { resultTypes: ["violations"] });
    return { violations: found.violations, passes: found.passes.length };
}"""


@cache
def axe() -> str:
    return (settings.BASE_DIR / "node_modules" / "axe-core" / "axe.min.js").read_text()


def violations(page: Page) -> list[str]:
    """Each fault as "rule: the element", by all of axe's rules for WCAG and for good practice."""
    page.evaluate(axe())
    found = page.evaluate(LOOK)
    assert found["passes"] > 10, "axe has hardly looked at anything"
    return [f"{fault['id']}: {node['html'][:160]}" for fault in found["violations"] for node in fault["nodes"]]
