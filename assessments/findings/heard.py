"""What respondents gave, in the form of the answers file: as much as is shown by role, and no row that is a person.

The file wants a respondent a row, with a role. So the levels that a role gave to a criterion are dealt out anew, from
the lowest to the highest, over as many rows as the role needs: every figure of `scoring.consensus` comes out the same,
and who gave low levels in one place is not told by another. Roles that are not shown by themselves (findings.voices)
are left out.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain, repeat

from assessments.findings.voices import Voice, spread
from assessments.interchange.documents import Answer, Playbook, Respondent


def respondents_told(
    playbook: Playbook, voices: Mapping[str, Sequence[Voice]], *, anonymous: bool
) -> tuple[Respondent, ...]:
    """Rows for the answers file, by role in playbook order."""
    rows: dict[str, list[dict[str, Answer]]] = {role.key: [] for role in playbook.roles}
    for key, levels in _levels(playbook, voices, anonymous=anonymous).items():
        for role, given in levels.items():
            while len(rows[role]) < len(given):
                rows[role].append({})
            for row, level in zip(rows[role], given, strict=False):
                row[key] = level
    return tuple(Respondent(role, row) for role, dealt in rows.items() for row in dealt)


def _levels(
    playbook: Playbook, voices: Mapping[str, Sequence[Voice]], *, anonymous: bool
) -> dict[str, dict[str, list[int]]]:
    """The levels given, from lowest to highest, by criterion in playbook order, then by the roles that are shown."""
    found: dict[str, dict[str, list[int]]] = defaultdict(dict)
    for key in playbook.criterion:
        if key not in voices:
            continue
        for told in spread(playbook, key, voices[key], anonymous=anonymous).roles:
            found[key][told.role] = list(chain.from_iterable(repeat(*each) for each in enumerate(told.counts)))
    return found
