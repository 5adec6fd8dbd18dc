"""Our own HTML as a tree, for what is made from the same words as a page in print: elements with classes, and text."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Union

EMPTY = {"br", "hr", "img", "input", "link", "meta"}


@dataclass
class Element:
    """`children` are elements and texts in their order; a text stands as it was written, entities resolved."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Union["Element", str]] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def elements(self) -> list["Element"]:
        return [each for each in self.children if isinstance(each, Element)]

    def __iter__(self) -> Iterator["Element"]:
        """Every element in it, from the outside in, itself first."""
        yield self
        for child in self.elements:
            yield from child

    def all(self, *tags: str) -> Iterator["Element"]:
        """Every element of these tags in it."""
        return (each for each in self if each.tag in tags)

    @property
    def text(self) -> str:
        """All its text in one line."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._texts()


def parsed(html: str) -> Element:
    """The document as its `html` element. Raises ValueError where an element is not closed as it was opened."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    if len(parser.open) > 1:
        raise ValueError(f"<{parser.open[-1].tag}> is not closed.")
    return next(parser.open[0].all("html"))


class _Parser(HTMLParser):
    """Takes only HTML that closes what it opens, which ours does."""

    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in EMPTY:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in EMPTY:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        closed = self.open.pop()
        if closed.tag != tag:
            raise ValueError(f"<{closed.tag}> is closed as </{tag}>.")

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)
