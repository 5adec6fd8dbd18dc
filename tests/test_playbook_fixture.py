"""Audits the words and numbers of the playbooks as they stand in their files, without the app.

Each audit lists what is wrong; a playbook must give an empty list, and a planted fault must show in it. What differs
from one playbook to the other is stated here, file by file, and compared as a whole.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

FIXTURES = Path(__file__).parents[1] / "fixtures"
FULL, FIRST_LOOK = "hubs-of-innovation-1.0.yaml", "first-look-1.0.yaml"

Playbook = dict[str, Any]
Audit = Callable[[Playbook], list[str]]
Plant = Callable[[Playbook], object]

HEAD = {"schema": "hubplaybook/playbook@1", "version": "1.0", "indicative_from": 0.7}
PROMISES = [
    "independent",
    "not endorsed by the publishers of the Hubs of Innovation Playbook",
    "cannot be compared with the full playbook's",
]
STATED = {
    FULL: HEAD
    | {"key": "hubs-of-innovation", "promises": PROMISES[:2]}
    | {"lessons": 4, "criteria": [6, 6, 6, 9], "levels": {5: 27}, "stages": 6, "roles": 10},
    FIRST_LOOK: HEAD
    | {"key": "first-look", "promises": PROMISES}
    | {"lessons": 4, "criteria": [2, 2, 3, 3], "levels": {4: 10}, "stages": 3, "roles": 10},
}
FORM = {
    "playbook": ["schema", "key", "version", "title", "summary", "indicative_from", "roles", "stages", "lessons"],
    "role": ["key", "name", "summary"],
    "first stage": ["key", "name", "facts"],
    "stage": ["key", "name", "facts", "gates"],
    "lesson": ["key", "title", "summary", "weight", "criteria"],
    "criterion": [
        *("key", "title", "question", "why", "weight", "not_applicable"),
        *("evidence", "data", "ask", "levels", "targets"),
    ],
    "level": ["descriptor", "next_step"],
}
PLACEHOLDERS = r"lorem|ipsum|\btodo\b|\btbc\b|\btbd\b|fixme|xxx|placeholder|\?\?|\.\.\.|…|\[insert|repeat the check"
VAGUE = (
    r"\b(good|strong|adequate|appropriate|robust|effective|world[- ]class|excellent|sufficient|significant|suitable|"
    r"meaningful|reasonable|regular|regularly|sound|mature|vibrant|world-leading|best practice|high[- ]quality|"
    r"last year|several|many)\b"
)
AMERICAN = (
    r"\b(colors?|centers?|programs?|labor|neighbor\w*|favor\w*|behavior\w*|meters?|fulfill|enrollment|"
    r"catalog|math|toward|gotten|(?:organ|real|recogn|priorit|util|minim|maxim|emphas|special|summar)iz\w+|analyz\w+)\b"
)


def source(name: str) -> str:
    return (FIXTURES / name).read_text(encoding="utf-8")


def load(name: str = FULL) -> Playbook:
    return yaml.safe_load(source(name))


def criteria(playbook: Playbook) -> list[dict[str, Any]]:
    return [criterion for lesson in playbook["lessons"] for criterion in lesson["criteria"]]


def levels(playbook: Playbook) -> list[tuple[str, dict[str, str]]]:
    """Every level with its address, such as `skills 3`."""
    return [(f"{c['key']} {k}", level) for c in criteria(playbook) for k, level in enumerate(c["levels"])]


def texts(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of the document with its path."""
    if isinstance(node, str):
        yield path, node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from texts(value, f"{path}.{key}".lstrip("."))
    elif isinstance(node, list):
        for position, value in enumerate(node):
            yield from texts(value, f"{path}[{position}]")


def sentences(text: str) -> int:
    return len(re.findall(r"[.?!](?:\s|$)", text))


def twice(values: list[str]) -> list[str]:
    return [value for value, times in Counter(values).items() if times > 1]


def matches(pattern: str, found: list[tuple[str, str]]) -> list[str]:
    """Where the pattern occurs, as `path: word`."""
    return [f"{path}: {hit.group(0)}" for path, text in found for hit in re.finditer(pattern, text, re.I)]


def shape(playbook: Playbook) -> dict[str, Any]:
    """What is stated of each file: its head, its promises and its counts."""
    return {name: playbook[name] for name in (*HEAD, "key")} | {
        "promises": [promise for promise in PROMISES if promise in playbook["summary"]],
        "lessons": len(playbook["lessons"]),
        "criteria": [len(lesson["criteria"]) for lesson in playbook["lessons"]],
        "levels": dict(Counter(len(criterion["levels"]) for criterion in criteria(playbook))),
        "stages": len(playbook["stages"]),
        "roles": len(playbook["roles"]),
    }


def wrong_form(playbook: Playbook) -> list[str]:
    """Parts whose keys are not exactly those of the form, in its order."""
    first, *later = playbook["stages"]
    parts = [("playbook", "playbook", playbook), ("first stage", first["key"], first)]
    parts += [("stage", stage["key"], stage) for stage in later]
    parts += [("role", role["key"], role) for role in playbook["roles"]]
    parts += [("lesson", lesson["key"], lesson) for lesson in playbook["lessons"]]
    parts += [("criterion", criterion["key"], criterion) for criterion in criteria(playbook)]
    parts += [("level", address, level) for address, level in levels(playbook)]
    return [f"{name}: {list(part)}" for kind, name, part in parts if list(part) != FORM[kind]]


def empty_texts(playbook: Playbook) -> list[str]:
    """Texts that are blank or carry stray spaces. Only `not_applicable` may be null."""
    stray = [path for path, text in texts(playbook) if not text or text != " ".join(text.split())]
    prose = ("title", "question", "why", "ask")
    return stray + [f"{c['key']}.{name}" for c in criteria(playbook) for name in prose if not isinstance(c[name], str)]


def doubled_keys(playbook: Playbook) -> list[str]:
    kinds = [playbook["lessons"], criteria(playbook), playbook["stages"], playbook["roles"]]
    keys = [[part["key"] for part in kind] for kind in kinds]
    odd = [key for kind in keys for key in kind if not re.fullmatch(r"[a-z]+(-[a-z]+)*", key)]
    return [key for kind in keys for key in twice(kind)] + odd


def doubled_texts(playbook: Playbook) -> list[str]:
    kinds = [[level[name] for _, level in levels(playbook)] for name in ("descriptor", "next_step")]
    kinds += [[criterion[name] for criterion in criteria(playbook)] for name in ("title", "question", "why")]
    return [text for kind in kinds for text in twice(kind)]


def placeholders(playbook: Playbook) -> list[str]:
    return matches(PLACEHOLDERS, list(texts(playbook)))


def american_forms(playbook: Playbook) -> list[str]:
    return matches(AMERICAN, list(texts(playbook)))


def vague_descriptors(playbook: Playbook) -> list[str]:
    return matches(VAGUE, [(address, level["descriptor"]) for address, level in levels(playbook)])


def misshapen_descriptors(playbook: Playbook) -> list[str]:
    """One or two sentences, 20 to 260 characters, at most 35 words, ended by a full stop."""
    found = [(address, level["descriptor"]) for address, level in levels(playbook)]
    return [
        f"{address}: {text}"
        for address, text in found
        if not (20 <= len(text) <= 260 and len(text.split()) <= 35 and text.endswith(".") and sentences(text) in (1, 2))
    ]


def misshapen_next_steps(playbook: Playbook) -> list[str]:
    """One or two sentences that begin with something to do and end with a full stop."""
    not_an_action = r"(The|A|An|It|We|You|They|This|There|At|In|Hold it)\b"
    return [
        f"{address}: {level['next_step']}"
        for address, level in levels(playbook)
        if re.match(not_an_action, level["next_step"])
        or not re.fullmatch(r"[A-Z].{39,199}\.", level["next_step"])
        or sentences(level["next_step"]) not in (1, 2)
    ]


def misshapen_questions(playbook: Playbook) -> list[str]:
    rules: dict[str, Callable[[dict[str, Any]], bool]] = {
        "question": lambda c: c["question"].endswith("?") and sentences(c["question"]) == 1,
        "why": lambda c: c["why"].endswith(".") and sentences(c["why"]) <= 2,
        "evidence": lambda c: 3 <= len(c["evidence"]) <= 5 and all(e[0].isupper() for e in c["evidence"]),
        "evidence is a phrase": lambda c: not any(e.endswith(".") or len(e) > 60 for e in c["evidence"]),
        "data names a publisher": lambda c: all("(" in source for source in c["data"]),
        "ask": lambda c: c["ask"].startswith("The ") and not c["ask"].endswith("."),
        "not_applicable": lambda c: c["not_applicable"] is None or c["not_applicable"].startswith("Only if "),
    }
    return [f"{c['key']}: {name}" for c in criteria(playbook) for name, holds in rules.items() if not holds(c)]


def misshapen_summaries(playbook: Playbook) -> list[str]:
    """Stage facts of one or two sentences, lesson summaries of two or three, role summaries of one line."""
    stages = [s["key"] for s in playbook["stages"] if sentences(s["facts"]) not in (1, 2)]
    lessons = [part["key"] for part in playbook["lessons"] if sentences(part["summary"]) not in (2, 3)]
    roles = [r["key"] for r in playbook["roles"] if not 20 <= len(r["summary"]) <= 100 or sentences(r["summary"])]
    return stages + lessons + roles


def wrong_weights(playbook: Playbook) -> list[str]:
    """Lesson weights that do not sum to 100, nor the criteria's within a lesson; weights that are no number."""
    shares = {"lessons": [lesson["weight"] for lesson in playbook["lessons"]]}
    shares |= {part["key"]: [c["weight"] for c in part["criteria"]] for part in playbook["lessons"]}
    sums = [f"{name}: {sum(weights)}" for name, weights in shares.items() if sum(weights) != 100]
    return sums + [
        f"{name}: {w!r}" for name, weights in shares.items() for w in weights if type(w) is not int or w <= 0
    ]


def wrong_targets(playbook: Playbook) -> list[str]:
    """Targets that leave a stage out, are no level, or fall from a stage to a later one."""
    order = [stage["key"] for stage in playbook["stages"]]
    whole = [c["key"] for c in criteria(playbook) if list(c["targets"]) != order]
    ranges = [
        f"{c['key']}: {stage} {target!r}"
        for c in criteria(playbook)
        for stage, target in c["targets"].items()
        if type(target) is not int or target not in range(len(c["levels"]))
    ]
    falls = [
        f"{c['key']}: {later} below {earlier}"
        for c in criteria(playbook)
        for earlier, later in pairwise(c["targets"])
        if c["targets"][later] < c["targets"][earlier]
    ]
    return whole + ranges + falls


def wrong_gates(playbook: Playbook) -> list[str]:
    """Gates on no criterion, gates that ask for no level at all, and gates above their stage's own target."""
    target = {c["key"]: c["targets"] for c in criteria(playbook)}
    return [
        f"{stage['key']}: {key} {least!r}"
        for stage in playbook["stages"]
        for key, least in stage.get("gates", {}).items()
        if type(least) is not int or not 1 <= least <= target.get(key, {}).get(stage["key"], 0)
    ]


def idle_gates(playbook: Playbook) -> list[str]:
    """Gates that ask for no more than an earlier stage did of the same criterion: gates add up, so these do nothing."""
    asked: dict[str, int] = {}
    idle = []
    for stage in playbook["stages"]:
        gates = stage.get("gates", {})
        idle += [f"{stage['key']}: {key} {least}" for key, least in gates.items() if least <= asked.get(key, 0)]
        asked |= gates
    return idle


AUDITS: list[Audit] = [
    wrong_form,
    empty_texts,
    doubled_keys,
    doubled_texts,
    placeholders,
    american_forms,
    vague_descriptors,
    misshapen_descriptors,
    misshapen_next_steps,
    misshapen_questions,
    misshapen_summaries,
    wrong_weights,
    wrong_targets,
    wrong_gates,
    idle_gates,
]


def test_every_playbook_is_audited() -> None:
    assert sorted(STATED) == sorted(path.name for path in FIXTURES.glob("*.yaml"))


@pytest.mark.parametrize("name", STATED)
def test_playbook_is_as_stated(name: str) -> None:
    assert shape(load(name)) == STATED[name]


@pytest.mark.parametrize("name", STATED)
@pytest.mark.parametrize("audit", AUDITS)
def test_playbook_has_no_fault(audit: Audit, name: str) -> None:
    faults = audit(load(name))
    assert faults == []


def own_texts(playbook: Playbook) -> set[str]:
    """What a playbook says in its own words: all but keys, roles, evidence, data and what the lessons are called."""
    asked = [[c[name] for name in ("key", "title", "question", "why")] for c in criteria(playbook)]
    asked += [list(level.values()) for _, level in levels(playbook)]
    facts = [stage["facts"] for stage in playbook["stages"]] + [lesson["summary"] for lesson in playbook["lessons"]]
    return {text for part in asked for text in part} | set(facts)


def test_the_first_look_has_the_same_lessons_and_roles() -> None:
    first_look, full = load(FIRST_LOOK), load(FULL)
    names = [[(lesson["key"], lesson["title"]) for lesson in p["lessons"]] for p in (first_look, full)]
    assert names[0] == names[1]
    assert first_look["roles"] == full["roles"]


def test_the_first_look_is_no_copy() -> None:
    assert own_texts(load(FIRST_LOOK)) & own_texts(load(FULL)) == set()


def stands_for(text: str) -> list[list[str]]:
    """The criteria of the full playbook that each criterion's comment names."""
    return [line.split(", ") for line in re.findall(r"^ +# Stands for: (.+)$", text, re.M)]


def test_the_first_look_stands_for_the_whole_of_the_full_one() -> None:
    named = stands_for(source(FIRST_LOOK))
    assert [len(keys) for keys in named] == [3, 3, 3, 3, 2, 2, 2, 3, 3, 3]
    assert sorted(key for keys in named for key in keys) == sorted(c["key"] for c in criteria(load(FULL)))


def repeated_keys(node: yaml.Node | None) -> list[str]:
    """Keys that stand twice in one mapping of the file, which a loader would pass over in silence."""
    if isinstance(node, yaml.SequenceNode):
        return [key for item in node.value for key in repeated_keys(item)]
    if not isinstance(node, yaml.MappingNode):
        return []
    inner = [key for _, value in node.value for key in repeated_keys(value)]
    return twice([key.value for key, _ in node.value]) + inner


@pytest.mark.parametrize("name", STATED)
def test_no_key_stands_twice_in_a_mapping_of_the_file(name: str) -> None:
    assert repeated_keys(yaml.compose(source(name), Loader=yaml.SafeLoader)) == []


def test_a_key_that_stands_twice_is_noticed() -> None:
    assert repeated_keys(yaml.compose("a: [{b: 1, c: 2, b: 3}]", Loader=yaml.SafeLoader)) == ["b"]


def unreadable_lines(text: str) -> list[str]:
    """Lines wider than 100 columns, with tabs or with trailing spaces."""
    return [line for line in text.splitlines() if len(line) > 100 or "\t" in line or line != line.rstrip()]


@pytest.mark.parametrize("name", STATED)
def test_file_is_readable_by_hand(name: str) -> None:
    text = source(name)
    assert unreadable_lines(text) == []
    assert [line for line in text.splitlines() if "manage.py playbook check FILE" in line and line[0] == "#"] == [
        "# Check it after every edit:  manage.py playbook check FILE"
    ]


def test_unreadable_lines_are_noticed() -> None:
    assert unreadable_lines("fine\nspace \n\ttab\n" + "x" * 101) == ["space ", "\ttab", "x" * 101]


def skills(playbook: Playbook) -> dict[str, Any]:
    return next(criterion for criterion in criteria(playbook) if criterion["key"] == "skills")


def at_skills(name: str, value: Any) -> Plant:
    return lambda playbook: skills(playbook).update({name: value})


def at_level(number: int, name: str, value: str) -> Plant:
    return lambda playbook: skills(playbook)["levels"][number].update({name: value})


def at_stage(number: int, name: str, value: Any) -> Plant:
    return lambda playbook: playbook["stages"][number].update({name: value})


def at(part: str, number: int, name: str, value: Any) -> Plant:
    return lambda playbook: playbook[part][number].update({name: value})


LONG = "Someone " * 36 + "agrees."
PLANTED: dict[str, tuple[Audit, Plant, list[str]]] = {
    "a key too many": (wrong_form, at_level(2, "note", "x"), ["skills 2: ['descriptor', 'next_step', 'note']"]),
    "gates at the first stage": (
        wrong_form,
        at_stage(0, "gates", {}),
        ["exploring: ['key', 'name', 'facts', 'gates']"],
    ),
    "a blank text": (empty_texts, at_stage(1, "facts", ""), ["stages[1].facts"]),
    "two spaces": (empty_texts, at_stage(1, "facts", "A  b."), ["stages[1].facts"]),
    "no question": (empty_texts, at_skills("question", None), ["skills.question"]),
    "a criterion twice": (doubled_keys, at_skills("key", "space"), ["space"]),
    "a key with a space": (doubled_keys, at("roles", 0, "key", "Place leadership"), ["Place leadership"]),
    "a descriptor twice": (
        doubled_texts,
        lambda p: skills(p)["levels"][4].update(skills(p)["levels"][3], next_step="Do it."),
        [skills(load())["levels"][3]["descriptor"]],
    ),
    "a next step twice": (
        doubled_texts,
        lambda p: skills(p)["levels"][4].update(skills(p)["levels"][3], descriptor="It is so."),
        [skills(load())["levels"][3]["next_step"]],
    ),
    "a placeholder": (placeholders, at_stage(1, "facts", "TBC"), ["stages[1].facts: TBC"]),
    "the draft's last step": (
        placeholders,
        at("roles", 0, "summary", "Hold it: repeat the check each year."),
        ["roles[0].summary: repeat the check"],
    ),
    "American spelling": (
        american_forms,
        at("roles", 0, "summary", "A program of organized labor in the center, of one color"),
        [f"roles[0].summary: {word}" for word in ("program", "organized", "labor", "center", "color")],
    ),
    "a vague word": (
        vague_descriptors,
        at_level(3, "descriptor", "Courses are good and world-class."),
        ["skills 3: good", "skills 3: world-class"],
    ),
    "a long descriptor": (misshapen_descriptors, at_level(3, "descriptor", LONG), [f"skills 3: {LONG}"]),
    "a short descriptor": (misshapen_descriptors, at_level(3, "descriptor", "It runs."), ["skills 3: It runs."]),
    "no full stop": (
        misshapen_descriptors,
        at_level(3, "descriptor", "Courses run at two levels"),
        ["skills 3: Courses run at two levels"],
    ),
    "a step that is no action": (
        misshapen_next_steps,
        at_level(1, "next_step", "The employers should be surveyed by somebody."),
        ["skills 1: The employers should be surveyed by somebody."],
    ),
    "a short step": (misshapen_next_steps, at_level(1, "next_step", "Survey widely."), ["skills 1: Survey widely."]),
    "two questions": (misshapen_questions, at_skills("question", "Who? And why?"), ["skills: question"]),
    "a long why": (misshapen_questions, at_skills("why", "One. Two. Three."), ["skills: why"]),
    "little evidence": (misshapen_questions, at_skills("evidence", ["Survey", "Note"]), ["skills: evidence"]),
    "evidence in lower case": (misshapen_questions, at_skills("evidence", ["A", "B", "c"]), ["skills: evidence"]),
    "evidence as a sentence": (
        misshapen_questions,
        at_skills("evidence", ["A", "B", "It is so."]),
        ["skills: evidence is a phrase"],
    ),
    "no publisher": (misshapen_questions, at_skills("data", ["Census"]), ["skills: data names a publisher"]),
    "nobody to ask": (misshapen_questions, at_skills("ask", "Skills lead"), ["skills: ask"]),
    "a loose condition": (misshapen_questions, at_skills("not_applicable", "Maybe."), ["skills: not_applicable"]),
    "long facts": (misshapen_summaries, at_stage(1, "facts", "One. Two. Three."), ["forming"]),
    "a short lesson": (misshapen_summaries, at("lessons", 0, "summary", "One."), ["long-path"]),
    "a short role": (misshapen_summaries, at("roles", 9, "summary", "Residents"), ["citizen"]),
    "a heavy criterion": (wrong_weights, at_skills("weight", 19), ["fundamentals: 101"]),
    "a heavy lesson": (wrong_weights, at("lessons", 1, "weight", 30), ["lessons: 105"]),
    "a weight of nothing": (
        wrong_weights,
        at("lessons", 1, "weight", 0),
        ["lessons: 75", "lessons: 0"],
    ),
    "a target that falls": (
        wrong_targets,
        lambda p: skills(p)["targets"].update({"scaling": 2}),
        ["skills: scaling below gathering-pace"],
    ),
    "a target left out": (wrong_targets, lambda p: skills(p)["targets"].pop("exploring"), ["skills"]),
    "a target that is no level": (
        wrong_targets,
        lambda p: skills(p)["targets"].update({"whole-place-return": 5}),
        ["skills: whole-place-return 5"],
    ),
    "a gate above its target": (wrong_gates, at_stage(1, "gates", {"skills": 3}), ["forming: skills 3"]),
    "a gate on nothing": (wrong_gates, at_stage(1, "gates", {"luck": 1}), ["forming: luck 1"]),
    "a gate that falls": (idle_gates, at_stage(2, "gates", {"right-path": 1}), ["first-cycle: right-path 1"]),
    "a gate that does not rise": (
        idle_gates,
        at_stage(5, "gates", {"right-path": 2}),
        ["whole-place-return: right-path 2"],
    ),
}
MISSTATED: dict[str, tuple[Plant, dict[str, Any]]] = {
    "a version that is a number": (lambda p: p.update(version=1.0), {"version": 1.0}),
    "another key": (lambda p: p.update(key="hubs"), {"key": "hubs"}),
    "another threshold": (lambda p: p.update(indicative_from=0.5), {"indicative_from": 0.5}),
    "a claim of endorsement": (lambda p: p.update(summary="An independent tool."), {"promises": ["independent"]}),
    "a role too few": (lambda p: p["roles"].pop(), {"roles": 9}),
    "a stage too few": (lambda p: p["stages"].pop(), {"stages": 5}),
    "a criterion too few": (
        lambda p: p["lessons"][1]["criteria"].pop(),
        {"criteria": [6, 5, 6, 9], "levels": {5: 26}},
    ),
    "a level too few": (lambda p: skills(p)["levels"].pop(), {"levels": {5: 26, 4: 1}}),
}


@pytest.mark.parametrize("case", MISSTATED)
def test_what_is_not_as_stated_is_noticed(case: str) -> None:
    plant, expected = MISSTATED[case]
    playbook = load()
    plant(playbook)
    assert shape(playbook) == STATED[FULL] | expected


def test_a_copied_text_is_noticed() -> None:
    full, first_look = load(FULL), load(FIRST_LOOK)
    copied = skills(full)["levels"][2]["descriptor"]
    first_look["lessons"][0]["criteria"][1]["levels"][1]["descriptor"] = copied
    assert own_texts(first_look) & own_texts(full) == {copied}


def test_what_a_criterion_stands_for_is_read() -> None:
    assert stands_for("    # Stands for: a, b\n# Stands for c\n  # Stands for: d\n") == [["a", "b"], ["d"]]


@pytest.mark.parametrize("case", PLANTED)
def test_planted_fault_is_noticed(case: str) -> None:
    audit, plant, expected = PLANTED[case]
    playbook = load()
    plant(playbook)
    faults = audit(playbook)
    assert faults == expected


def test_every_audit_has_a_planted_fault() -> None:
    planted = {audit.__name__ for audit, _, _ in PLANTED.values()}
    assert [audit.__name__ for audit in AUDITS if audit.__name__ not in planted] == []
