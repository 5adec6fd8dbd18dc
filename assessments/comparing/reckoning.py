"""What a draft does to one assessment: its standing now and under the draft, and what each change does alone."""

from collections.abc import Mapping

from assessments.comparing.impact import EARLIER, EMPTY, UNFIT, Outcome, Step
from assessments.comparing.mixing import Mix
from assessments.comparing.origins import Origins
from assessments.comparing.taking import Taking, taking
from assessments.scoring import Playbook, Standing, Standings
from assessments.scoring.inputs import Answer, answer_problem


class Uncomparable(ValueError):
    """The assessment cannot be compared; `why` is one of the words of `impact`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Road:
    """From one version to the draft: how its answers are held against the draft and the version that this follows."""

    def __init__(self, own: Playbook, mix: Mix, to_before: Origins | None, to_draft: Origins) -> None:
        """`to_before` is None where the draft follows this very version."""
        self.own = own
        self._own = Standings([own])
        self._to_draft = _takings(own, mix.after, to_draft)
        self._to_before = None if to_before is None else _takings(own, mix.before, to_before)

    def check(self, answers: Mapping[str, Answer]) -> None:
        """Raises Uncomparable where nothing was answered, or an answer does not fit its own version."""
        if not answers:
            raise Uncomparable(EMPTY)
        for key, answer in answers.items():
            criterion = self.own.criterion.get(key)
            if criterion is None or answer_problem(criterion, answer):
                raise Uncomparable(UNFIT)

    def standing(self, answers: Mapping[str, Answer]) -> Standing:
        """Where the answers put a place in the version that they were given to."""
        return self._own.of(answers)[0]

    def in_draft(self, answers: Mapping[str, Answer]) -> dict[str, Answer]:
        """The answers as the draft's criteria take them over."""
        return _taken(self._to_draft, answers)

    def in_before(self, answers: Mapping[str, Answer]) -> Mapping[str, Answer] | None:
        """The same for the version that the draft follows; None where they were given to it."""
        if self._to_before is None:
            return None
        return _taken(self._to_before, answers)


def _takings(own: Playbook, other: Playbook, origins: Origins) -> dict[str, Taking]:
    return {
        key: taking([own.criterion[each] for each in origins.criteria[key].sources if each in own.criterion], criterion)
        for key, criterion in other.criterion.items()
    }


def _taken(takings: Mapping[str, Taking], answers: Mapping[str, Answer]) -> dict[str, Answer]:
    found = ((key, each.of(answers)) for key, each in takings.items())
    return {key: answer for key, answer in found if answer is not None}


class Reckoning:
    """A draft held against the version that it follows, with each of its changes alone, for any number of answers."""

    def __init__(self, mix: Mix) -> None:
        self.mix = mix
        self._draft = Standings([mix.after])
        self._alone = Standings([mix.playbook(()), *(mix.playbook({part}) for part in mix.parts)])

    def outcome(self, road: Road, answers: Mapping[str, Answer], submitted: Standing | None = None) -> Outcome:
        """What becomes of one assessment; `submitted` is the standing that it froze, if it did. Raises Uncomparable."""
        road.check(answers)
        own = submitted or road.standing(answers)
        draft = self._draft.of(road.in_draft(answers))[0]
        in_before = road.in_before(answers)
        given = answers if in_before is None else in_before
        base, *alone = self._alone.of(self.mix.answers(given))
        causes = {part: Step(base, each) for part, each in zip(self.mix.parts, alone, strict=True)}
        if in_before is not None:
            causes[EARLIER] = Step(own, base)
        return Outcome(Step(own, draft), causes)
