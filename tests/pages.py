"""Pages as the server makes them: asked for by somebody, read, and their queries counted."""

from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import tinyhtml5
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.models import User

VNU = Path(settings.BASE_DIR) / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
HTMX = {"HX-Request": "true"}


def signed_in(user: User, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def queries(client: Client, address: str) -> int:
    """How many queries a page takes once the published playbook has been read."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def tree(response: Any) -> Element:
    return tinyhtml5.parse(response.content.decode(), namespace_html_elements=False)


def words(element: Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def main(response: Any) -> str:
    """All the words of the page between its header and its footer."""
    return words(tree(response).find(".//main"))


def links(response: Any) -> dict[str, str]:
    """Where each link of the page's main part leads, by its words."""
    return {words(link): link.get("href", "") for link in tree(response).findall(".//main//a")}


def buttons(response: Any) -> list[str]:
    return [words(button) for button in tree(response).findall(".//main//button")]


def values(response: Any) -> dict[str, str]:
    """What the page would send again: hidden fields, chosen radios, texts."""
    found = {}
    for element in tree(response).iter():
        name, kind = element.get("name", ""), element.get("type", "text")
        if element.tag == "textarea":
            found[name] = "".join(element.itertext()).removeprefix("\n")
        elif element.tag == "input" and (kind != "radio" or element.get("checked") is not None):
            found[name] = element.get("value", "")
    return found
