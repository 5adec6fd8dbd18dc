"""The engine's light path says the same as the whole of it."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.interchange import Answers, Playbook, scorable_answers
from assessments.scoring import Standings, score, standing, whole
from assessments.scoring.frozen import freeze
from assessments.scoring.standing import Standing, Whole, standing_in
from tests.strategies import answers_to, assessed, playbooks, reweighed, scorable

Pair = tuple[Playbook, Answers]


def by_score(pair: Pair) -> Standing:
    """The standing, from the result that `score` computes."""
    result = score(scorable(pair[0]), scorable_answers(pair[1]))
    overall = result.overall
    shown = None if overall.score is None else whole(overall.score)
    lessons = {key: lesson.score for key, lesson in result.lessons.items()}
    return Standing(Whole(overall.status, overall.score, shown, overall.weakest, lessons), result.stage.evidenced)


@settings(max_examples=60)
@given(assessed())
def test_a_standing_is_what_the_score_says(pair: Pair) -> None:
    assert standing(scorable(pair[0]), pair[1].answers) == by_score(pair)


@settings(max_examples=30)
@given(assessed())
def test_a_frozen_result_holds_the_standing(pair: Pair) -> None:
    assert standing_in(freeze(score(scorable(pair[0]), scorable_answers(pair[1])))) == by_score(pair)


@settings(max_examples=30)
@given(playbooks(), st.data())
def test_several_playbooks_at_once_are_each_alone(book: Playbook, data: st.DataObject) -> None:
    """Reweighed lessons share what their criteria come to; a reweighed criterion does not."""
    answers = data.draw(answers_to(book)).answers
    plain, factor = scorable(book), Fraction(7, 3)
    lesson, criterion = book.lessons[0].key, next(book.criteria()).key
    several = [plain, reweighed(plain, {}, {lesson: factor}), reweighed(plain, {criterion: factor}, {}), plain]
    assert Standings(several).of(answers) == [standing(each, answers) for each in several]
