"""Codes that people type: of issued reports, long enough that nobody guesses one; of workshops, short, for a day."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: without I, L, O and U, so that no letter looks like a digit and no word comes up by chance."""
LENGTH = 10
"""Letters: 50 bits by chance, so that of 10,000 codes issued one guess in a hundred thousand million is right."""
GROUP = 5
SHORT = 6
"""Letters of a workshop's code: one guess in a hundred million is right while ten workshops are on."""
SHORT_GROUP = 3
LOOKS_LIKE = str.maketrans("OIL", "011")


def drawn_code(length: int = LENGTH) -> str:
    """A code by chance."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def in_groups(code: str) -> str:
    """A code as it is shown and read aloud: "7KQ2M-9XW4T", "7KQ-2M9"."""
    group = SHORT_GROUP if len(code) == SHORT else GROUP
    return "-".join(code[at : at + group] for at in range(0, len(code), group))


def read_code(typed: str, length: int = LENGTH) -> str | None:
    """The code that somebody typed, in any case, with spaces and hyphens, O for 0 and I or L for 1; else None."""
    plain = "".join(letter for letter in typed.upper() if letter.isalnum()).translate(LOOKS_LIKE)
    return plain if len(plain) == length and set(plain) <= set(ALPHABET) else None
