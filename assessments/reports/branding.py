"""Branding as reports take it: a name, two colours that can be read, a logo that we drew ourselves. Plain values."""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
"""How a colour is kept, whatever a form takes."""
WHITE, INK = "#ffffff", "#1a2327"
LEAST_CONTRAST = 4.5
"""Of text against its ground: WCAG 2.2, 1.4.3."""


@dataclass(frozen=True)
class Branding:
    """`main` is the ground of the cover, `accent` the colour of heads on white, `logo` a PNG or nothing."""

    name: str
    main: str
    accent: str
    contact: str = ""
    disclaimer: str = ""
    logo: bytes = b""

    @property
    def ink(self) -> str:
        """What can be read best on the main colour: white or the ink of the pages."""
        return max(WHITE, INK, key=lambda ink: contrast(ink, self.main))

    @property
    def logo_uri(self) -> str:
        return f"data:image/png;base64,{base64.b64encode(self.logo).decode()}" if self.logo else ""

    def document(self) -> dict[str, str]:
        """As JSON takes it; `Branding.of` reads it."""
        texts = {name: getattr(self, name) for name in ("name", "main", "accent", "contact", "disclaimer")}
        return texts | {"logo": base64.b64encode(self.logo).decode()}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Branding":
        return cls(**{**document, "logo": base64.b64decode(document["logo"])})


class Branded(Protocol):
    """A row that holds a branding."""

    name: str
    main: str
    accent: str
    contact: str
    disclaimer: str
    logo: Any  # bytes, or a view of them, as the database gives it


def branding_of(row: Branded | None) -> Branding | None:
    """The plain values of a row; nothing of nothing."""
    if row is None:
        return None
    return Branding(row.name, row.main, row.accent, row.contact, row.disclaimer, bytes(row.logo))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (#rrggbb) as WCAG 2.2 reckons it: from 1 (the same) to 21 (black and white)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def best_contrast(ground: str) -> float:
    """The contrast of what is written on a cover of this colour (#rrggbb) with it."""
    return max(contrast(WHITE, ground), contrast(INK, ground))


def nearest_darker(colour: str, reaches: Callable[[str], float]) -> str:
    """The lightest shade of a colour (#rrggbb), no lighter than itself, that reaches LEAST_CONTRAST; black at last."""
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    shades = (f"#{''.join(f'{part * left // 255:02x}' for part in parts)}" for left in range(255, -1, -1))
    return next(shade for shade in shades if reaches(shade) >= LEAST_CONTRAST)
