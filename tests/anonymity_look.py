"""A look at everything that is kept, logged and given out: does anything of it tie an answer to a person?

It reads every column of every table by plain SQL, what sessions hold inside, lines of a log, and files, also packed
ones. It knows nothing of how the app means to keep them apart.
"""

import io
import logging
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.models import Session
from django.db import connection

from assessments.models import Respondent, Response, ResponseAnswer, User, Vote, Voter

ANSWERS = ("assessments_response", "assessments_responseanswer", "assessments_voter", "assessments_vote")
PEOPLE = ("assessments_user", "assessments_respondent", "assessments_membership", "django_session")
SHORTEST = 4
"""Shorter values stand everywhere and tell nothing."""


@dataclass(frozen=True)
class Text:
    """Something that is kept in one piece: a row, a line, a file; `where` says which."""

    where: str
    words: str

    def has(self, marks: Iterable[str]) -> bool:
        return any(mark in self.words for mark in marks)


class Lines(logging.Handler):
    """Keeps each line that is logged, as a file of the log would hold it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def rows() -> list[Text]:
    """Every row of every table, all its columns as text; and what is inside of sessions."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - the database's own names
            found += [Text(table, " | ".join(map(_plain, row))) for row in cursor.fetchall()]
    found += [Text("inside a session", str(session.get_decoded())) for session in Session.objects.all()]
    return found


def _plain(value: Any) -> str:
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)


def files(contents: Mapping[str, bytes]) -> list[Text]:
    """Files by name, packed ones with all that is in them."""
    return [Text(name, part.decode("utf-8", "replace")) for name, file in contents.items() for part in _parts(file)]


def _parts(file: bytes) -> Iterator[bytes]:
    if not zipfile.is_zipfile(io.BytesIO(file)):
        yield file
        return
    with zipfile.ZipFile(io.BytesIO(file)) as packed:
        yield from (packed.read(name) for name in packed.namelist())


def marks_of_answers() -> set[str]:
    """What tells one response, answer, phone or vote from others: keys in both spellings, hashes, comments."""
    found: set[str] = set()
    for model in (Response, ResponseAnswer, Voter, Vote):
        for pk in model._default_manager.values_list("pk", flat=True):
            found |= {str(pk), pk.hex}
    for model in (Response, Voter):
        hashes = model._default_manager.exclude(token_hash=None).values_list("token_hash", flat=True)
        found |= {str(each) for each in hashes}
    return found | set(ResponseAnswer.objects.exclude(comment="").values_list("comment", flat=True))


def marks_of_people() -> set[str]:
    """What tells a person: names, addresses of e-mail, the hash of their link, the keys of their sessions."""
    found = set(Session.objects.values_list("session_key", flat=True))
    for user in User.objects.all():
        found |= {user.email, user.name}
    for asked in Respondent.objects.all():
        found |= {asked.email, asked.name, asked.token_hash or ""}
    return {mark for mark in found if len(mark) >= SHORTEST}


def ties(texts: Iterable[Text], *, secrets: Iterable[str], addresses: Iterable[str]) -> list[str]:
    """What is wrong, one line each: a secret anywhere, an internet address anywhere, an answer beside a person, and an
    answer anywhere but in the tables of answers.
    """
    answers, people = marks_of_answers(), marks_of_people()
    found = []
    for text in texts:
        found += [f"{text.where}: a secret"] * text.has(secrets)
        found += [f"{text.where}: an internet address"] * text.has(addresses)
        if text.has(answers):
            found += [f"{text.where}: an answer beside a person"] * text.has(people)
            found += [f"{text.where}: an answer"] * (text.where not in ANSWERS)
    return found


def columns_that_tell(tables: Iterable[str]) -> list[str]:
    """Columns of these tables that hold a time or lead to a person."""
    found = []
    with connection.cursor() as cursor:
        for table in tables:
            for column in connection.introspection.get_table_description(cursor, table):
                kind = connection.introspection.get_field_type(column.type_code, column)
                if kind in ("DateField", "DateTimeField", "TimeField", "GenericIPAddressField"):
                    found.append(f"{table}.{column.name}: a time or an address")
            relations = connection.introspection.get_relations(cursor, table)
            found += [f"{table}.{name}: a person" for name, leads in relations.items() if leads[1] in PEOPLE]
    return found
