"""What the pure rooms need of a language: marked texts, and names in the order of its alphabet.

Pure, and below all other rooms. It knows no translator: by itself it says every text as it is written, in English.
`assessments.apps` hands it Django's, which knows what language the reader chose.
"""

from assessments.wording.marking import (
    Speaker,
    day,
    gettext,
    gettext_noop,
    ngettext,
    pgettext,
    short_day,
    speak_through,
)
from assessments.wording.sorting import alphabetical

__all__ = [
    "Speaker",
    "alphabetical",
    "day",
    "gettext",
    "gettext_noop",
    "ngettext",
    "pgettext",
    "short_day",
    "speak_through",
]
