"""Documents → the text of their files: one form only, so that the same document is always the same bytes."""

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import yaml

from assessments.interchange.answers import SCHEMA as ANSWERS_SCHEMA
from assessments.interchange.documents import Answers, Criterion, Evidence, Lesson, Playbook, Stage
from assessments.interchange.playbooks import INDICATIVE_FROM
from assessments.interchange.playbooks import SCHEMA as PLAYBOOK_SCHEMA

WIDTH = 100


def dump_playbook(playbook: Playbook) -> str:
    """The playbook as a YAML file; what is optional and empty is left out."""
    return as_yaml(playbook_values(playbook))


def dump_answers(answers: Answers) -> str:
    """The answers as a YAML file; what is optional and empty is left out."""
    return as_yaml(answers_values(answers))


def playbook_values(playbook: Playbook) -> dict[str, Any]:
    """The playbook as dicts, lists and scalars, in the order of the form."""
    values: dict[str, Any] = {
        "schema": PLAYBOOK_SCHEMA,
        "key": playbook.key,
        "version": playbook.version,
        "title": playbook.title,
        "summary": playbook.summary,
    }
    if playbook.indicative_from != INDICATIVE_FROM:
        values["indicative_from"] = playbook.indicative_from
    values["roles"] = [{"key": role.key, "name": role.name, "summary": role.summary} for role in playbook.roles]
    values["stages"] = [_stage(playbook, stage) for stage in playbook.stages]
    values["lessons"] = [_lesson(playbook, lesson) for lesson in playbook.lessons]
    if playbook.follows:
        follows = playbook.follows
        values["follows"] = {
            "version": follows.version,
            "criteria": {
                key: {"kind": origin.kind, "from": list(origin.sources), "comparable": origin.comparable}
                for key, origin in _in_order(playbook, follows.criteria).items()
            },
            "retired": list(follows.retired),
        }
    return values


def answers_values(answers: Answers) -> dict[str, Any]:
    """The answers as dicts, lists and scalars, in the order of the form."""
    values: dict[str, Any] = {"schema": ANSWERS_SCHEMA}
    if answers.playbook:
        values["playbook"] = dict(zip(("key", "version"), answers.playbook, strict=True))
    values |= {
        "place": answers.place,
        "date": answers.dated,
        "stage": answers.stage,
        "answers": dict(answers.answers),
    }
    optional = {
        "reasons": dict(answers.reasons),
        "notes": dict(answers.notes),
        "evidence": {key: [_piece(piece) for piece in pieces] for key, pieces in answers.evidence.items()},
        "respondents": [{"role": each.role, "answers": dict(each.answers)} for each in answers.respondents],
    }
    return values | {key: value for key, value in optional.items() if value}


def _stage(playbook: Playbook, stage: Stage) -> dict[str, Any]:
    values: dict[str, Any] = {"key": stage.key, "name": stage.name, "facts": stage.facts}
    if stage.gates:
        values["gates"] = _in_order(playbook, stage.gates)
    return values


def _lesson(playbook: Playbook, lesson: Lesson) -> dict[str, Any]:
    return {
        "key": lesson.key,
        "title": lesson.title,
        "summary": lesson.summary,
        "weight": lesson.weight,
        "criteria": [_criterion(playbook, criterion) for criterion in lesson.criteria],
    }


def _criterion(playbook: Playbook, criterion: Criterion) -> dict[str, Any]:
    return {
        "key": criterion.key,
        "title": criterion.title,
        "question": criterion.question,
        "why": criterion.why,
        "weight": criterion.weight,
        "not_applicable": criterion.not_applicable,
        "evidence": list(criterion.evidence),
        "data": list(criterion.data),
        "ask": criterion.ask,
        "levels": [{"descriptor": level.descriptor, "next_step": level.next_step} for level in criterion.levels],
        "targets": {
            stage.key: criterion.targets[stage.key] for stage in playbook.stages if stage.key in criterion.targets
        },
    }


def _piece(piece: Evidence) -> dict[str, Any]:
    values = {"grade": piece.grade, "date": piece.dated, "title": piece.title, "link": piece.link}
    return {key: value for key, value in values.items() if value is not None}


def _in_order(playbook: Playbook, values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: values[key] for key in playbook.criterion if key in values}


class _Dumper(yaml.SafeDumper):
    """The safe dumper, with lists set in, decimals as they are, and texts of several lines as blocks."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


_ESCAPED = re.compile("[\0-\t\v-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
"""Letters that YAML would fold, take for a line end, or not take at all: they are written as escapes."""


def _decimal(dumper: yaml.SafeDumper, value: Decimal) -> yaml.Node:
    if value == value.to_integral_value():
        return dumper.represent_scalar("tag:yaml.org,2002:int", f"{value:.0f}")
    return dumper.represent_scalar("tag:yaml.org,2002:float", f"{value:f}".rstrip("0"))


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    style = '"' if _ESCAPED.search(value) else "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(Decimal, _decimal)
_Dumper.add_representer(str, _text)


def as_yaml(values: dict[str, Any]) -> str:
    """Values as the text of a YAML file."""
    text: str = yaml.dump(values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)
    return text


def answers_json(answers: Answers) -> str:
    """The answers in the same form as JSON, which is read wherever YAML is."""
    return json.dumps(answers_values(answers), ensure_ascii=False, indent=2, default=date.isoformat) + "\n"
