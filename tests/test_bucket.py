"""Files in a bucket: every way in and out, against a server that speaks S3; and nothing half done where it is away."""

import io
import logging
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from assessments.models import Evidence, IssuedReport, Pack
from assessments.services.evidence import delete_evidence
from assessments.services.storing import FilesAway, files_in
from assessments.tasks.packs import tidy
from tests import files_cast, packs_cast
from tests.factories import Cast, issue_fake, make_assessment, make_cast, make_user, submit
from tests.pages import main, signed_in

SECRET = "a-secret-of-the-bucket"
BUCKET = {
    "FILES_S3_BUCKET": "kept",
    "FILES_S3_KEY": "KEY",
    "FILES_S3_SECRET": SECRET,
    "FILES_S3_ENDPOINT": "http://h:1",
}
SERVER = """
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0)
server.start()
print(*server.get_host_and_port(), flush=True)
input()
"""
pytestmark = pytest.mark.any_database


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of an S3 server on a free port of this machine, which ends with the tests."""
    command = [sys.executable, "-c", SERVER]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **pipes) as process:
        lines: Iterable[str] = process.stdout or []
        host, port = next(line for line in lines if line.startswith("127.")).split()
        yield f"http://{host}:{port}"
        process.terminate()


def kept_at(endpoint: str, settings: Any, **options: str) -> None:
    """Let files be kept there, as the settings file does it."""
    named = {"bucket_name": "kept", "region_name": "", "access_key": "KEY", "secret_key": SECRET, "location": "hub"}
    storage = {
        "BACKEND": "assessments.services.bucket.Bucket",
        "OPTIONS": {"endpoint_url": endpoint, **named, **options},
    }
    settings.STORAGES = {**settings.STORAGES, "default": storage}


@pytest.fixture
def bucket(server: str, settings: Any) -> Any:
    """The client of an empty bucket, in which files are kept."""
    kept_at(server, settings)
    client = default_storage.connection.meta.client  # type: ignore[attr-defined]
    client.create_bucket(Bucket="kept")
    for found in client.list_objects(Bucket="kept").get("Contents", ()):
        client.delete_object(Bucket="kept", Key=found["Key"])
    return client


def post_evidence(cast: Cast) -> Any:
    sent = {"title": "Minute 14", "grade": "2", "link": "", "dated": "", "token": str(uuid4())}
    file = files_cast.upload(files_cast.PDF, "Minutes.pdf")
    return signed_in(cast.owner).post(reverse("library", args=[cast.place.pk]), sent | {"file": file})


def file_of(item: Evidence) -> str:
    return reverse("evidence_file", args=[item.place_id, item.pk])


def streamed(response: Any) -> bytes:
    data = b"".join(response.streaming_content)
    assert response.headers["Content-Length"] == str(len(data))
    return data


@pytest.mark.django_db(transaction=True)
def test_evidence_goes_in_comes_out_and_goes_and_no_transaction_waits_for_it(bucket: Any) -> None:
    asked = []

    def note(request: Any, **_: Any) -> None:
        asked.append((request.method, connection.in_atomic_block))

    bucket.meta.events.register("before-send.s3", note)
    cast = make_cast()
    assert post_evidence(cast).status_code == 302
    item = Evidence.objects.get()
    keys = [found["Key"] for found in bucket.list_objects(Bucket="kept")["Contents"]]
    assert (keys, files_in("evidence")) == ([f"hub/{item.file}"], [item.file])
    response = signed_in(cast.viewer).get(file_of(item))
    assert streamed(response) == files_cast.PDF
    assert response.headers["Content-Disposition"] == 'attachment; filename="Minutes.pdf"'
    assert signed_in(cast.stranger).get(file_of(item)).status_code == 404
    post_evidence(cast)  # the library holds it already, so the second file goes at once
    assert files_in("evidence") == [item.file]
    delete_evidence(evidence=item, seen=1, by=cast.owner)
    assert (files_in("evidence"), Evidence.objects.count()) == ([], 0)
    assert {method for method, _ in asked} == {"HEAD", "PUT", "GET", "DELETE"}
    assert {held for _, held in asked} == {False}


def test_an_issued_report_is_kept_whole_or_told_to_be_gone(db: None, bucket: Any) -> None:
    cast = make_cast()
    report = issue_fake(submit(make_assessment(cast.place, cast.owner, {"right-path": 2}), cast.owner), cast.owner)
    address = reverse("issued_file", args=[cast.place.pk, report.code])
    with default_storage.open(str(report.file.name)) as file:
        assert signed_in(cast.viewer).get(address).content == file.read()
    default_storage.delete(str(report.file.name))
    assert signed_in(cast.viewer).get(address).status_code == 500
    assert IssuedReport.objects.count() == 1


def test_a_pack_is_put_together_from_the_bucket_and_comes_out_of_it(db: None, bucket: Any) -> None:
    asker = make_user("Carys Beddoe")
    pack = packs_cast.ask(asker, [packs_cast.place_of(asker, "Harbour")], "workbook")
    packs_cast.work()
    pack.refresh_from_db()
    with zipfile.ZipFile(io.BytesIO(streamed(signed_in(asker).get(reverse("pack_file", args=[pack.pk]))))) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 2
    assert (pack.state, files_in("packs"), len(files_in("made"))) == (Pack.State.READY, [pack.file.name], 1)


def test_files_without_a_row_go_after_an_hour(db: None, bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("made/2026/11/a.pdf", "packs/2026/11/b.zip", "evidence/2026/11/c.pdf", "issued/2026/d.pdf"):
        default_storage.save(name, ContentFile(b"x"))
    tidy.call()
    assert len(files_in("made") + files_in("packs") + files_in("evidence")) == 3
    later = timezone.now() + timedelta(hours=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    tidy.call()
    assert files_in("made") + files_in("packs") + files_in("evidence") + files_in("issued") == ["issued/2026/d.pdf"]


def test_a_file_is_never_written_over_and_has_no_address(bucket: Any) -> None:
    names = [default_storage.save("evidence/a.pdf", ContentFile(content)) for content in (b"first", b"second")]
    large = b"%" * (9 << 20)  # more than goes in one piece
    names.append(default_storage.save("evidence/b.pdf", ContentFile(large)))
    assert len({*names}) == 3
    found = []
    for name in names:
        with default_storage.open(name) as file:
            found.append(b"".join(file.chunks()))
    assert found == [b"first", b"second", large]
    assert [default_storage.size(name) for name in names] == [5, 6, len(large)]
    with pytest.raises(ValueError, match="no address"):
        default_storage.url(names[0])
    with pytest.raises(FileNotFoundError):
        default_storage.open("evidence/c.pdf")
    with pytest.raises(FileNotFoundError):
        default_storage.get_modified_time("evidence/c.pdf")
    assert default_storage.listdir("nothing") == ([], [])


@pytest.mark.django_db(transaction=True)
def test_a_store_that_is_away_is_told_and_leaves_nothing_half_done(
    bucket: Any, server: str, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    cast = make_cast()
    post_evidence(cast)
    item = Evidence.objects.get()
    kept_at("http://127.0.0.1:9", settings)
    with caplog.at_level(logging.DEBUG):
        saved, read = post_evidence(cast), signed_in(cast.viewer).get(file_of(item))
        delete_evidence(evidence=item, seen=1, by=cast.owner)
    assert (saved.status_code, read.status_code, Evidence.objects.count()) == (503, 503, 0)
    assert "Not saved: the store of files does not answer What you typed is below" in main(saved)
    assert "The store of files does not answer The file could not be read just now." in main(read)
    assert saved.headers["Retry-After"] == "5"
    assert f"{item.file} could not be deleted yet" in caplog.text
    assert (SECRET in caplog.text, "Signature" in caplog.text) == (False, False)
    kept_at(server, settings)
    assert files_in("evidence") == [item.file]  # until workers clear up
    kept_at(server, settings, bucket_name="another")
    with pytest.raises(FilesAway, match="NoSuchBucket"):
        default_storage.save("evidence/a.pdf", ContentFile(b"x"))


def told_by_settings(**environment: str) -> str:
    """What a process says of the storage with these settings, and whether it has loaded boto3 by then."""
    code = (
        "import sys, django; django.setup()\n"
        "from django.core.files.storage import default_storage as s\n"
        "s.get_valid_name('a'); print(type(s._wrapped).__name__, 'boto3' in sys.modules)"
    )
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("FILES_")}
    whole = inherited | {"DJANGO_SETTINGS_MODULE": "hubplaybook.settings"} | environment
    ended = subprocess.run([sys.executable, "-c", code], env=whole, capture_output=True, text=True, check=False)
    return (ended.stdout or ended.stderr).strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "FileSystemStorage False"),
        (BUCKET, "Bucket True"),
        (BUCKET | {"FILES_S3_SECRET": ""}, "FILES_S3_BUCKET needs FILES_S3_KEY and FILES_S3_SECRET"),
    ],
)
def test_the_settings_choose_where_files_are_kept(environment: dict[str, str], said: str) -> None:
    assert said in told_by_settings(**environment)
