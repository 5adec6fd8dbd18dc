"""The look keeps its promises: contrast in both schemes, levels that differ in grey, sheets that stay small."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings

CSS = Path(settings.BASE_DIR) / "static" / "css"
SCHEMES = ["light", "dark"]
GROUNDS = ["paper", "surface", "sunk"]
LEVELS = range(5)

TEXT = [
    *[
        (ink, ground)
        for ground in GROUNDS
        for ink in ("ink", "ink-soft", "link", "link-hover", "error", "good", "warn")
    ],
    *[(ink, f"{box}-wash") for box in ("info", "good", "warn", "error") for ink in ("ink", "ink-soft", "link", box)],
    *[(f"level-{level}-ink", f"level-{level}") for level in LEVELS],
    *[("chart-ink", ground) for ground in GROUNDS],
    ("accent-ink", "accent"),
    ("accent-ink", "accent-hover"),
    ("danger-ink", "danger"),
    ("danger-ink", "danger-hover"),
]
MARKS = [
    *[(mark, ground) for ground in GROUNDS for mark in ("edge", "focus", "accent")],
    *[
        (f"chart-{mark}", ground)
        for ground in ("paper", "surface")
        for mark in ("score", "evidenced", "target", "range-edge")
    ],
    *[(f"chart-{mark}", "chart-range") for mark in ("score", "evidenced", "target")],
    *[(f"level-{level}-edge", ground) for ground in ("paper", "surface") for level in LEVELS],
]


def tokens(scheme: str) -> dict[str, str]:
    """The colours of a scheme by name; the dark one says only what differs."""
    light, dark = (CSS / "tokens.css").read_text().split("@media", 1)
    found = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
    return dict(found.findall(light)) | (dict(found.findall(dark)) if scheme == "dark" else {})


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def too_low(scheme: str, pairs: list[tuple[str, str]], least: float) -> dict[tuple[str, str], float]:
    colours = tokens(scheme)
    found = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}
    return {pair: round(figure, 2) for pair, figure in found.items() if figure < least}


def test_contrast_is_computed_as_wcag_does() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_has_a_contrast_of_4_5(scheme: str) -> None:
    assert too_low(scheme, TEXT, 4.5) == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_marks_and_outlines_have_a_contrast_of_3(scheme: str) -> None:
    assert too_low(scheme, MARKS, 3) == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_levels_are_steps_of_lightness(scheme: str) -> None:
    """At least 10 apart on the scale from black (0) to white (100), so that grey print keeps them apart."""
    colours = tokens(scheme)
    lightness = [116 * luminance(colours[f"level-{level}"]) ** (1 / 3) - 16 for level in LEVELS]
    steps = [after - before for before, after in pairwise(lightness)]
    assert min(abs(step) for step in steps) >= 10
    assert len({step > 0 for step in steps}) == 1


def test_every_token_that_is_used_is_defined() -> None:
    sheets = "".join(path.read_text() for path in CSS.glob("*.css"))
    defined = set(re.findall(r"(--[\w-]+):", sheets))
    assert set(re.findall(r"var\((--[\w-]+)", sheets)) - defined == set()


def test_the_sheets_of_every_page_stay_small() -> None:
    assert sum((CSS / name).stat().st_size for name in ("tokens.css", "base.css", "components.css")) < 32 * 1024
