"""Read the document `hubplaybook/answers@1`, and hold it against the playbook that it answers."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from assessments.interchange.documents import Answer, Answers, Evidence, Playbook, Respondent
from assessments.interchange.faults import Path, shortened
from assessments.interchange.reading import Reader, named

SCHEMA = "hubplaybook/answers@1"
NOT_APPLICABLE = "not_applicable"
DONT_KNOW = "dont_know"
HIGHEST_GRADE = 4


def read_answers(data: bytes | str, playbook: Playbook | None) -> Answers:
    """The answers that a file holds. Raises DocumentError with all that is wrong with it.

    With no playbook (it could not be read itself) only the form is checked, not what it refers to.
    """
    reader = Reader.of(data)
    answers = _AnswersReader(reader, playbook).document()
    reader.finish()
    return answers


def thaw_answers(text: str, playbook: Playbook) -> Answers:
    """The answers that `freeze_answers` wrote."""
    reader = Reader.of_own(text)
    answers = _AnswersReader(reader, playbook).document()
    reader.finish()
    return answers


class _AnswersReader:
    def __init__(self, reader: Reader, playbook: Playbook | None) -> None:
        self.reader = reader
        self.playbook = playbook
        self.roles = frozenset(role.key for role in playbook.roles) if playbook is not None else None

    def document(self) -> Answers:
        read = self.reader
        value = read.document(
            SCHEMA,
            ["place", "date", "stage", "answers"],
            ["playbook", "reasons", "notes", "evidence", "respondents"],
        )
        answers = self._answers(value.get("answers", {}), ("answers",))
        return Answers(
            place=read.text(value["place"], ("place",)) if "place" in value else "",
            dated=read.day(value.get("date"), ("date",)) if "date" in value else read.day("2000-01-01", ()),
            stage=self._stage(value["stage"]) if "stage" in value else "",
            answers=answers,
            playbook=self._playbook(value["playbook"]) if "playbook" in value else None,
            reasons=self._reasons(value.get("reasons", {}), answers),
            notes=self._texts(value.get("notes", {}), ("notes",)),
            evidence=self._evidence(value.get("evidence", {})),
            respondents=tuple(
                self._respondent(each, ("respondents", number))
                for number, each in enumerate(read.items(value.get("respondents", []), ("respondents",)))
            ),
        )

    def _playbook(self, value: Any) -> tuple[str, str]:
        value = self.reader.mapping(value, ("playbook",), ["key", "version"])
        named = {key: self.reader.text(value[key], ("playbook", key)) for key in value}
        if self.playbook is not None:
            own = {"key": self.playbook.key, "version": self.playbook.version}
            for key in named:
                if named[key] and named[key] != own[key]:
                    said = f"is “{shortened(named[key])}”; these answers are held against “{shortened(own[key])}”"
                    self.reader.fault(("playbook", key), said)
        return named.get("key", ""), named.get("version", "")

    def _stage(self, value: Any) -> str:
        stage = self.reader.text(value, ("stage",))
        if stage and self.playbook is not None and stage not in self.playbook.stage:
            known = ", ".join(shortened(key) for key in list(self.playbook.stage)[:12])
            self.reader.fault(("stage",), f"no stage has the key “{shortened(stage)}”; there are {known}")
        return stage

    def _answers(self, value: Any, path: Path) -> Mapping[str, Answer]:
        return {
            key: self._answer(key, each, (*path, key))
            for key, each in self.reader.table(value, path).items()
            if self._known(key, (*path, key))
        }

    def _answer(self, key: str, value: Any, path: Path) -> Answer:
        criterion = self.playbook.criterion[key] if self.playbook is not None else None
        if isinstance(value, str) and value == DONT_KNOW:
            return value
        if isinstance(value, str) and value == NOT_APPLICABLE:
            if criterion is not None and criterion.not_applicable is None:
                self.reader.fault(path, "not_applicable may not be said of this criterion")
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            if value < 0 or (criterion is not None and value > criterion.top):
                top = criterion.top if criterion is not None else "its highest"
                self.reader.fault(path, f"is {shortened(value, 20)}; the levels run from 0 to {top}")
            return value
        said = f"“{shortened(value)}”" if isinstance(value, str | Decimal) else named(value)
        self.reader.fault(path, f"is {said}; it must be a level (a whole number), not_applicable or dont_know")
        return DONT_KNOW

    def _reasons(self, value: Any, answers: Mapping[str, Answer]) -> Mapping[str, str]:
        reasons = self._texts(value, ("reasons",))
        for key in reasons:
            if answers.get(key) != NOT_APPLICABLE:
                self.reader.fault(("reasons", key), "a reason stands only where the answer is not_applicable")
        return reasons

    def _texts(self, value: Any, path: Path) -> Mapping[str, str]:
        return {
            key: self.reader.text(each, (*path, key))
            for key, each in self.reader.table(value, path).items()
            if self._known(key, (*path, key))
        }

    def _evidence(self, value: Any) -> Mapping[str, tuple[Evidence, ...]]:
        return {
            key: tuple(
                self._piece(piece, ("evidence", key, number))
                for number, piece in enumerate(self.reader.items(each, ("evidence", key)))
            )
            for key, each in self.reader.table(value, ("evidence",)).items()
            if self._known(key, ("evidence", key))
        }

    def _piece(self, value: Any, path: Path) -> Evidence:
        read = self.reader
        value = read.mapping(value, path, ["grade"], ["date", "title", "link"])
        return Evidence(
            grade=read.whole(value["grade"], (*path, "grade"), 0, HIGHEST_GRADE) if "grade" in value else 0,
            dated=read.day(value["date"], (*path, "date")) if "date" in value else None,
            title=read.text(value["title"], (*path, "title")) if "title" in value else None,
            link=read.text(value["link"], (*path, "link")) if "link" in value else None,
        )

    def _respondent(self, value: Any, path: Path) -> Respondent:
        value = self.reader.mapping(value, path, ["role", "answers"])
        role = self.reader.text(value["role"], (*path, "role")) if "role" in value else ""
        if role and self.roles is not None and role not in self.roles:
            self.reader.fault((*path, "role"), f"no role has the key “{shortened(role)}”")
        return Respondent(role, self._answers(value.get("answers", {}), (*path, "answers")))

    def _known(self, key: str, path: Path) -> bool:
        if self.playbook is None or key in self.playbook.criterion:
            return True
        self.reader.fault(path, f"no criterion has the key “{shortened(key)}”")
        return False
