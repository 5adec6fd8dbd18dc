"""Under whose name a report goes out and what it says of itself: brand, logo, seal, running foot. Plain values."""

import io
from dataclasses import dataclass
from typing import Any

from assessments.findings.codes import in_groups
from assessments.reports.branding import INK, WHITE, Branding, contrast
from assessments.reports.cutting import cut
from assessments.reports.options import Seal
from assessments.reports.qr import QR, qr
from assessments.reports.sheets import colours_of

OURS = "Hub Playbook"
LOGO_BOX = (56.0, 17.0)
"""How wide and how high a logo may be on paper, in mm."""


@dataclass(frozen=True)
class Logo:
    """A picture in its size on paper, in mm. `plated`: it needs white behind it to be seen on the main colour."""

    uri: str
    width: float
    height: float
    plated: bool


@dataclass(frozen=True)
class Brand:
    """The name over a report, and what stands beside it where somebody else's name is on it."""

    name: str = OURS
    contact: str = ""
    disclaimer: str = ""
    logo: Logo | None = None

    @property
    def is_ours(self) -> bool:
        return self.name == OURS


def brand_of(branding: Branding | None) -> Brand:
    """What a report shows of a branding; our own name of none."""
    if branding is None:
        return Brand()
    contact = " · ".join(filter(None, map(str.strip, branding.contact.splitlines())))
    return Brand(" ".join(branding.name.split()) or OURS, contact, branding.disclaimer.strip(), _logo(branding))


def _logo(branding: Branding) -> Logo | None:
    if not branding.logo:
        return None
    from PIL import Image

    with Image.open(io.BytesIO(branding.logo), formats=["PNG"]) as picture:
        wide, high = picture.size
        shade = _shade(picture)
    scale = min(LOGO_BOX[0] / wide, LOGO_BOX[1] / high)
    ground = colours_of(branding)[0]
    plated = shade is not None and contrast(shade, ground) < min(3.0, contrast(shade, WHITE))
    return Logo(branding.logo_uri, round(wide * scale, 2), round(high * scale, 2), plated)


def _shade(picture: Any) -> str | None:
    """The middle colour of what is drawn of a picture that can be seen through; nothing of one that cannot."""
    from PIL import ImageStat

    pixels = picture.convert("RGBA")
    pixels.thumbnail((64, 64))
    alpha = pixels.getchannel("A")
    if alpha.getextrema()[0] > 200:
        return None
    drawn = alpha.point(lambda value: 255 if value > 127 else 0)
    if drawn.getbbox() is None:
        return INK
    red, green, blue = ImageStat.Stat(pixels.convert("RGB"), drawn).mean
    return f"#{round(red):02x}{round(green):02x}{round(blue):02x}"


@dataclass(frozen=True)
class Stamp:
    """What an issued report shows of its seal."""

    seal: Seal
    qr: QR

    @property
    def code(self) -> str:
        return in_groups(self.seal.code)


def stamp_of(seal: Seal | None) -> Stamp | None:
    return Stamp(seal, qr(seal.address)) if seal else None


def running_foot(brand: Brand, stamp: Stamp | None) -> str:
    """What stands at the foot of every page: whose report it is, and its code."""
    parts = [OURS] if brand.is_ours else [cut(brand.name, 1, 30), OURS]
    return " · ".join([*parts, *([stamp.code] if stamp else [])])
