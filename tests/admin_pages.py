"""The admin's pages as a test reads and sends them: forms are filled in from the page, as a browser would."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.urls import reverse

from assessments.interchange import dump_playbook
from assessments.models import Criterion, Version
from assessments.selectors.playbooks import playbook_document


class _Form(HTMLParser):
    """What a browser would send of one form: names with values, without what is disabled, unticked or a button."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id, self.inside, self.data = form_id, False, dict[str, Any]()
        self.select = self.area = ""

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attrs = dict(pairs)
        if tag == "form":
            self.inside = attrs.get("id") == self.form_id
        name = attrs.get("name") or ""
        if not self.inside or "disabled" in attrs or "__prefix__" in name:
            return
        if tag == "textarea":
            self.area, self.data[name] = name, ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in attrs or self.select not in self.data):
            self.data[self.select] = attrs.get("value") or ""
        elif tag == "input" and name and attrs.get("type") not in {"submit", "checkbox", "radio"}:
            self.data[name] = attrs.get("value") or ""
        elif tag == "input" and name and attrs.get("type") != "submit" and "checked" in attrs:
            value = attrs.get("value") or "on"  # several boxes of one name send a list
            self.data[name] = [*self._list(name), value] if name in self.data else value

    def _list(self, name: str) -> list[str]:
        found = self.data[name]
        return found if isinstance(found, list) else [found]

    def handle_endtag(self, tag: str) -> None:
        self.select = "" if tag == "select" else self.select
        self.area = "" if tag == "textarea" else self.area

    def handle_data(self, text: str) -> None:
        if self.area:
            self.data[self.area] += text.removeprefix("\n") if not self.data[self.area] else text


def form_of(response: Any, form_id: str) -> dict[str, Any]:
    parser = _Form(form_id)
    parser.feed(response.content.decode())
    return parser.data


def page(row: Any, name: str = "change") -> str:
    """The address of a row's page in the admin."""
    return reverse(f"admin:assessments_{row._meta.model_name}_{name}", args=[row.pk])


def adding(model: Any, version: Version) -> str:
    return reverse(f"admin:assessments_{model._meta.model_name}_add") + f"?version={version.pk}"


def listing(model: Any, version: Version) -> str:
    return reverse(f"admin:assessments_{model._meta.model_name}_changelist") + f"?version={version.pk}"


def send(admin: Client, address: str, changes: dict[str, Any], form_id: str) -> Any:
    """Open a page, type these values into its form, and save; a value of None unticks or leaves out."""
    data = {**form_of(admin.get(address), form_id), **changes, "_save": "Save"}
    return admin.post(address, {name: value for name, value in data.items() if value is not None})


def edit(admin: Client, row: Any, **changes: Any) -> Any:
    return send(admin, page(row), changes, f"{row._meta.model_name}_form")


def faults(response: Any) -> dict[str, list[str]]:
    """What a form page says is wrong, by the name of the input that it is said beside."""
    context = response.context
    found = dict(context["adminform"].form.errors)
    for inline in context["inline_admin_formsets"]:
        formset = inline.formset
        found |= {formset.prefix: list(formset.non_form_errors())} if formset.non_form_errors() else {}
        for form in formset.forms:
            found |= {f"{form.prefix}-{name}": errors for name, errors in form.errors.items()}
    return {name: list(errors) for name, errors in found.items()}


def said(response: Any) -> list[str]:
    """The messages on top of the page that a saved form leads to."""
    return [str(message) for message in response.context["messages"]]


def export(version: Version) -> str:
    return dump_playbook(playbook_document(Version.objects.select_related("playbook").get(pk=version.pk)))


def criterion_of(version: Version, key: str = "shared-vision") -> Criterion:
    return version.criteria.get(key=key)
