"""Codes of issued reports: short enough to type from paper, long enough that nobody guesses one."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: without I, L, O and U, so that no letter looks like a digit and no word comes up by chance."""
LENGTH = 10
"""Letters: 50 bits by chance, so that of 10,000 codes issued one guess in a hundred thousand million is right."""
GROUP = 5
LOOKS_LIKE = str.maketrans("OIL", "011")


def drawn_code() -> str:
    """A code by chance."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def in_groups(code: str) -> str:
    """A code as it is shown and read aloud: "7KQ2M-9XW4T"."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def read_code(typed: str) -> str | None:
    """The code that somebody typed, in any case, with spaces and hyphens, O for 0 and I or L for 1; else None."""
    plain = "".join(letter for letter in typed.upper() if letter.isalnum()).translate(LOOKS_LIKE)
    return plain if len(plain) == LENGTH and set(plain) <= set(ALPHABET) else None
