"""Printing cannot hold or hurt the web process, and works wherever it is called from."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assessments.reports.pdf import Limits, Press, ReportBusy, ReportFailed, ReportTooSlow, asker, render_pdf
from tests.printing import (
    FONTS,
    HUGE,
    PARAGRAPH,
    ROOT,
    document,
    eventually,
    offspring,
    pressing,
    printer,
)


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    with pressing() as one:
        yield one


def test_what_takes_too_long_is_stopped(press: Press) -> None:
    press.start()
    begun = time.monotonic()
    with pytest.raises(ReportTooSlow) as raised:
        press.print(HUGE, identifier="slow", limits=Limits(seconds=0.5))
    assert time.monotonic() - begun < 1.5
    assert str(raised.value) == "The report was not printed within 0.5 s (30 s of computing) and was stopped."
    assert offspring(printer(press)) == []
    assert press.print(document("<p>x</p>"), identifier="next", strict=True).startswith(b"%PDF-1.7")


def test_what_computes_too_long_is_stopped(press: Press) -> None:
    with pytest.raises(ReportTooSlow):
        press.print(document(PARAGRAPH * 600), identifier="busy", limits=Limits(seconds=60, cpu_seconds=1))


def test_what_takes_too_much_memory_fails_alone(press: Press) -> None:
    # The process stands at 230 MiB before it begins; each thread that a library starts wants 8 more for its stack.
    small = Limits(seconds=120, cpu_seconds=90, memory_bytes=300 * 1024**2)
    assert press.print(document("<p>x</p>"), identifier="small", limits=small).startswith(b"%PDF-1.7")
    # Whoever asks for the last byte decides how it ends: Python, GLib or a library that does not look.
    with pytest.raises(ReportFailed, match=r"Out of memory|failed to allocate|exit code -(5|6|11)"):
        press.print(document(PARAGRAPH * 1500), identifier="large", limits=small)
    assert offspring(printer(press)) == []
    assert press.print(document("<p>x</p>"), identifier="next", strict=True).startswith(b"%PDF-1.7")


def test_a_child_that_dies_is_reported(press: Press) -> None:
    with ThreadPoolExecutor(1) as thread:
        printing = thread.submit(press.print, HUGE, identifier="dies")
        assert eventually(lambda: offspring(printer(press)) != [])
        os.kill(offspring(printer(press))[0], signal.SIGSEGV)
        with pytest.raises(ReportFailed, match="died with exit code -11"):
            printing.result()


def test_who_finds_no_place_is_told_so() -> None:
    with pressing(at_once=1, patience=0.2) as here, ThreadPoolExecutor(1) as thread:
        here.start()
        printing = thread.submit(here.print, HUGE, identifier="first")
        assert eventually(lambda: offspring(printer(here)) != [])
        with pytest.raises(ReportBusy) as raised:
            here.print(document("<p>x</p>"), identifier="second")
        assert str(raised.value) == "1 reports are being printed; none ended within 0.2 s."
        assert printing.result().startswith(b"%PDF-1.7")
        assert here.print(document("<p>x</p>"), identifier="third").startswith(b"%PDF-1.7")


def test_no_more_print_at_once_than_may() -> None:
    html = document(PARAGRAPH * 15)
    with pressing(at_once=2, patience=60) as here, ThreadPoolExecutor(6) as threads:
        here.start()
        printing = [threads.submit(here.print, html, identifier="same") for _ in range(6)]
        seen = {len(offspring(printer(here)))}
        while not all(one.done() for one in printing):
            seen.add(len(offspring(printer(here))))
        assert max(seen) == 2
        assert len({one.result() for one in printing}) == 1


def test_a_press_that_was_killed_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with pressing() as here:
        before = printer(here)
        os.kill(before, signal.SIGKILL)
        assert here.print(document("<p>x</p>"), identifier="x", strict=True).startswith(b"%PDF-1.7")
        assert printer(here) != before


def test_nothing_is_left_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with pressing() as here:
        here.print(document("<p>x</p>"), identifier="x")
        with pytest.raises(ReportTooSlow):
            here.print(HUGE, identifier="slow", limits=Limits(seconds=0.3))
        (folder,) = tmp_path.iterdir()
        assert list(folder.iterdir()) == []
    assert list(tmp_path.iterdir()) == []


def test_the_press_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "do-not-tell")
    with pressing() as here:
        told = Path(f"/proc/{printer(here)}/environ").read_bytes()
    assert b"FONTCONFIG_FILE" in told
    assert b"do-not-tell" not in told


SITE = """
import os, sys
from pathlib import Path
from django.conf import settings
if not settings.configured:
    settings.configure(DEBUG=True, ALLOWED_HOSTS=["*"], SECRET_KEY="x", ROOT_URLCONF="site_under_test",
                       REPORT_FONTS=Path(__file__).with_name("fonts"))
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import execute_from_command_line
from django.http import HttpResponse
from django.urls import path
from assessments.reports.pdf import render_pdf
urlpatterns = [path("", lambda request: HttpResponse(render_pdf("<html lang=en><title>x</title><p>y",
                                                                identifier="web"), "application/pdf"))]
def application(environ, start_response):
    import django; django.setup()
    return WSGIHandler()(environ, start_response)
if __name__ == "__main__":
    execute_from_command_line(sys.argv)
"""


def command(server: str, port: int) -> list[str]:
    if server == "runserver":
        return [sys.executable, "site_under_test.py", "runserver", str(port)]
    options = ["--threads", "4", "--bind", f"127.0.0.1:{port}", "--no-control-socket", "--log-level", "error"]
    return [sys.executable, "-m", "gunicorn", *options, "site_under_test"]


def presses(fonts: Path) -> int:
    """Return how many presses with these fonts run on the machine."""
    count = 0
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            count += str(fonts).encode() in line.read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
    return count


@pytest.mark.parametrize("server", ["gunicorn", "runserver"])
def test_it_prints_from_the_threads_of_a_server(tmp_path: Path, server: str) -> None:
    (tmp_path / "site_under_test.py").write_text(SITE)
    (tmp_path / "fonts").symlink_to(FONTS)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{tmp_path}", "DJANGO_SETTINGS_MODULE": ""}

    def get(_: int) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as answer:
            return bytes(answer.read())

    def answers() -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", port)) == 0

    with subprocess.Popen(
        command(server, port), cwd=tmp_path, env=environment, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            assert eventually(answers, 30)
            with ThreadPoolExecutor(4) as threads:
                printed = set(threads.map(get, range(6)))
            assert presses(tmp_path / "fonts") == 1
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.communicate(timeout=30)
    assert [pdf[:8] for pdf in printed] == [b"%PDF-1.7"]
    assert eventually(lambda: presses(tmp_path / "fonts") == 0)


SCRIPT = """
import os, sys
print("begun", flush=True)
from pathlib import Path
from assessments.reports.pdf import Press
press = Press(Path(sys.argv[1]))
pdf = press.print(sys.argv[2], identifier="script", strict=True)
print(pdf[:8], press._process.pid, flush=True)
sys.stdin.read()
"""


def test_a_script_without_a_guard_is_not_run_twice_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    (tmp_path / "fonts").symlink_to(FONTS)
    arguments = [sys.executable, "script.py", str(tmp_path / "fonts"), document("<p>x</p>")]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        arguments, cwd=tmp_path, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as script:
        assert script.stdout is not None
        assert script.stdout.readline() == "begun\n"
        assert script.stdout.readline().startswith("b'%PDF-1.7' ")
        assert presses(tmp_path / "fonts") == 2  # the script itself names the fonts too
        script.kill()
        assert script.stdout.read() == ""
    assert eventually(lambda: presses(tmp_path / "fonts") == 0)


FORKING = """
import os, sys
from assessments.reports.pdf import press, render_pdf
here = render_pdf(sys.argv[1], identifier="fork", strict=True)
child = os.fork()
there = render_pdf(sys.argv[1], identifier="fork", strict=True)
if child == 0:
    press().stop()
    os._exit(0 if there == here else 1)
assert os.waitpid(child, 0)[1] == 0 and there == here
print("same")
"""


def test_a_forked_worker_gets_a_press_of_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKING, document("<p>x</p>")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "hubplaybook.settings"},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "same\n", "")


def test_the_settings_name_the_fonts() -> None:
    assert render_pdf(document("<p>x</p>"), identifier="x", strict=True).startswith(b"%PDF-1.7")


def test_neither_side_imports_what_it_must_not() -> None:
    script = (
        "import sys, json, assessments.reports.pdf as web; print('weasyprint' in sys.modules);"
        "import assessments.reports.pdf_process; print('weasyprint' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
    alone = "import sys, runpy; runpy.run_path('assessments/reports/pdf_process.py'); print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", alone], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.lower()) is False


def test_who_has_two_documents_printed_is_refused_a_third_and_others_are_not(press: Press) -> None:
    one = document("<p>x</p>")
    with press._turn("Carys"), press._turn("Carys"):
        held = asker.set("Carys")
        with pytest.raises(ReportBusy, match="The same person"):
            press.print(one, identifier="third")
        asker.set("Dafydd")
        assert press.print(one, identifier="another's").startswith(b"%PDF")
    asker.set("Carys")
    assert press.print(one, identifier="after").startswith(b"%PDF")
    asker.reset(held)
    assert not press._asked
