"""docs/scoring.md, figure for figure: every table of the worked example is what the engine computes."""

import re
from pathlib import Path

from assessments.interchange import read_answers, read_playbook, scorable_answers, scorable_playbook
from assessments.scoring import score, score_document

DOCS = Path(__file__).parent.parent / "docs"
PLAYBOOK = read_playbook((DOCS / "examples/worked-playbook.yaml").read_bytes())
ANSWERS = read_answers((DOCS / "examples/worked-answers.yaml").read_bytes(), PLAYBOOK)
SCORE = score_document(score(scorable_playbook(PLAYBOOK), scorable_answers(ANSWERS)))
TEXT = (DOCS / "scoring.md").read_text()
LESSONS = {lesson.title: SCORE["lessons"][lesson.key] for lesson in PLAYBOOK.lessons}
CRITERIA = {criterion.title: SCORE["criteria"][criterion.key] for criterion in PLAYBOOK.criteria()}


def table(heading: str, number: int = 0) -> dict[str, list[str]]:
    """A table of the section under `heading`: its rows by their first cell."""
    section = TEXT.split(f"## {heading}\n")[1].split("\n## ")[0]
    tables = re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE)
    rows = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in tables[number].splitlines()]
    return {row[0]: row[1:] for row in rows[2:]}


def told(value: float) -> str:
    """A figure as the document writes it: without needless zeros."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def test_answers_and_points() -> None:
    rows = table("The answers")
    expected = {}
    for title, result in CRITERIA.items():
        answer = f"level {result['answer']}" if result["points"] is not None else str(result["answer"])
        points = "" if result["points"] is None else told(result["points"])
        supports = "" if result["evidenced_level"] is None else f"level {result['evidenced_level']}"
        expected[title] = (answer.replace("_", " ").replace("dont", "don't"), points, supports)
    assert {title: (rows[title][1], rows[title][2], rows[title][4]) for title in CRITERIA} == expected
    weights = {criterion.title: str(criterion.weight) for criterion in PLAYBOOK.criteria()}
    assert {title: rows[title][0] for title in CRITERIA} == weights


def test_lessons() -> None:
    figures = ("score", "low", "high", "completeness")
    expected = {
        title: [*(told(lesson[name]) for name in figures), lesson["status"], told(lesson["evidenced"])]
        for title, lesson in LESSONS.items()
    }
    assert table("A lesson") == expected


def test_overall() -> None:
    shown = {name: cells[0] for name, cells in table("The whole place").items()}
    assert shown == {name: told(SCORE["overall"][name]) for name in shown}
    assert list(shown) == ["score", "low", "high", "completeness", "evidenced", "balanced"]
    assert (SCORE["overall"]["unbalanced"], SCORE["overall"]["weakest"]) == (False, "everyone")


def test_weight_ranges() -> None:
    expected = {title: [told(end) for end in lesson["weight_range"]] for title, lesson in LESSONS.items()}
    expected["overall"] = [told(end) for end in SCORE["overall"]["weight_range"]]
    assert table("How sure is it?") == expected
    assert SCORE["overall"]["weakest_robust"] is True


def test_stage_and_what_blocks() -> None:
    assert SCORE["stage"] == {
        "declared": "forming",
        "evidenced": "exploring",
        "evidenced_high": "forming",
        "blocking": [{"criterion": "commitment", "needed": 1, "answered": None}],
    }


def test_priorities() -> None:
    titles = {criterion.key: criterion.title for criterion in PLAYBOOK.criteria()}
    expected = {titles[each["criterion"]]: [str(each["gap"]), told(each["gain"])] for each in SCORE["priorities"]}
    assert table("What to do first") == expected
    assert list(table("What to do first")) == list(expected)


def test_several_people() -> None:
    collective = SCORE["collective"]["shared-vision"]
    shown = {name: cells[0] for name, cells in table("Several people").items()}
    assert shown == {name: told(collective[name]) for name in shown}
    assert (collective["role_means"], collective["discuss"]) == ({"council": 2.5, "business": 1.0}, True)


def test_sums_written_out_in_the_text_are_right() -> None:
    sums = re.findall(r"(\d+) ÷ (\d+)\s+= ([\d.]+)", TEXT)
    assert {f"{a}/{b}": told(int(a) / int(b)) for a, b, _ in sums} == {f"{a}/{b}": c.rstrip(".") for a, b, c in sums}
    assert len(sums) >= 3
