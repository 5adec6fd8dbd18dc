"""A QR code as a drawing: the printed page takes it as SVG, without a picture file."""

from dataclasses import dataclass

QUIET = 4
"""Modules of white round the code, as the standard asks."""


@dataclass(frozen=True)
class QR:
    """A code of `size` modules a side, the quiet zone with it; `path` draws the dark ones as SVG's user units."""

    size: int
    path: str


def qr(text: str) -> QR:
    """The code of a text, error correction M: a seventh of it may be lost. The same text gives the same code.

    Raises segno.DataOverflowError for more than about 2,300 letters.
    """
    import segno

    code = segno.make_qr(text, error="m", boost_error=False)
    rows = [bytes(row) for row in code.matrix]
    drawn = [_runs(row, number + QUIET) for number, row in enumerate(rows)]
    return QR(len(rows) + 2 * QUIET, "".join(drawn))


def _runs(row: bytes, y: int) -> str:
    """Each run of dark modules of a row as one box."""
    parts, x = [], 0
    while (x := row.find(1, x)) >= 0:
        end = row.find(0, x)
        end = len(row) if end < 0 else end
        parts.append(f"M{x + QUIET} {y}h{end - x}v1h{x - end}z")
        x = end
    return "".join(parts)
