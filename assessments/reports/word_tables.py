"""How wide the columns of a table are: by what stands in them, so that no word is broken that need not be."""

from collections.abc import Sequence

from assessments.reports.word_blocks import Paragraph, Table

PAGE_WIDTH = 9638
"""Between the margins of the page, in twentieths of a point: 170 mm."""
LETTER = 112
"""What a letter takes at most of the size of tables, and"""
PADDING = 200
"""what a cell takes beside its words."""
SHORT_TEXT, LONGEST_WORD, LONGEST_TEXT = 14, 18, 90
"""Texts up to the first number of letters stand in one line; more than the others ask for no more room."""


def widths_of(table: Table) -> list[int]:
    """The width of each column, `PAGE_WIDTH` together: room for words and short answers, then shares by its texts."""
    texts = _columns(table)
    least = [PADDING + LETTER * max(_unbroken(each, table.heads), 5) for each in texts]
    wish = [PADDING + LETTER * min(max((len(text) for text in each), default=0), LONGEST_TEXT) for each in texts]
    if sum(least) >= PAGE_WIDTH:
        return _together([width * PAGE_WIDTH // sum(least) for width in least])
    more = [max(wished - width, 0) for wished, width in zip(wish, least, strict=True)]
    free = PAGE_WIDTH - sum(least)
    if not sum(more):
        return _together([width + free // len(least) for width in least])
    return _together([width + free * part // sum(more) for width, part in zip(least, more, strict=True)])


def _columns(table: Table) -> list[list[str]]:
    """The texts of each column, without those that go over several."""
    count = max((sum(cell.span for cell in row) for row in table.rows), default=0)
    texts: list[list[str]] = [[] for _ in range(count)]
    for row in table.rows:
        at = 0
        for cell in row:
            if cell.span == 1:
                texts[at] += [each.text for each in cell.blocks if isinstance(each, Paragraph)]
            at += cell.span
    return texts


def _unbroken(texts: Sequence[str], heads: int) -> int:
    """How many letters must stand in one line: those of the longest word, and of answers where all are short."""
    word = max((len(word) for text in texts for word in text.split()), default=0)
    answer = max((len(text) for text in texts[heads:]), default=0)
    return max(min(word, LONGEST_WORD), answer if answer <= SHORT_TEXT else 0)


def _together(widths: list[int]) -> list[int]:
    """What rounding has left over goes to the first."""
    return [widths[0] + PAGE_WIDTH - sum(widths), *widths[1:]] if widths else []
