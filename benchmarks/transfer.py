"""Bytes over the wire of each page on the first and on a later visit, in Chromium against the server of `make run`."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.core.management import call_command
from playwright.sync_api import BrowserContext, Page, sync_playwright

from assessments.management.commands.demo import OWNER, PASSWORD
from assessments.models import Assessment
from benchmarks.data import load_demo
from benchmarks.measure import table


def main() -> None:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    load_demo()
    call_command("collectstatic", "--no-input", verbosity=0)
    still_open = Assessment.objects.filter(state="open").latest("pk")
    done = Assessment.objects.filter(state="submitted").latest("pk")
    addresses = {
        "landing page": "/",
        "home": "/",
        "task list": f"/assessments/{still_open.pk}/",
        "question": f"/assessments/{still_open.pk}/criteria/5/",
        "check": f"/assessments/{still_open.pk}/check/",
        "results": f"/assessments/{done.pk}/results/",
    }
    with server() as base, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which(os.environ.get("CHROMIUM", "chromium")))
        rows = []
        for name, address in addresses.items():
            context = chromium.new_context(base_url=base)
            if name != "landing page":
                sign_in(context, base)
            first, later = visit(context, address), visit(context, address)
            rows.append([name, f"{first / 1024:.1f}", f"{later / 1024:.1f}"])
            context.close()
        chromium.close()
    table("Transferred, KiB", ["page", "first visit", "later visit"], rows)


def sign_in(context: BrowserContext, base: str) -> None:
    """Sign in without filling the browser's cache: the cookie is carried over from another one."""
    other = context.browser.new_context(base_url=base)  # type: ignore[union-attr]
    page = other.new_page()
    page.goto("/accounts/login/")
    page.fill("input[name=login]", OWNER)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{base}/")
    context.add_cookies(other.cookies())  # type: ignore[arg-type]
    other.close()


def visit(context: BrowserContext, address: str) -> int:
    """All bytes that came over the wire until the page was quiet, headers included."""
    page: Page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.close()
    return int(sum(received))


@contextmanager
def server() -> Iterator[str]:
    """gunicorn as `make run` starts it, on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    gunicorn = Path(sys.executable).parent / "gunicorn"
    environment = {**os.environ, "PORT": str(port), "LOG_LEVEL": "ERROR"}
    process = subprocess.Popen([str(gunicorn)], env=environment)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            with suppress(OSError):
                urllib.request.urlopen(f"{base}/health/live/")
                break
            time.sleep(0.1)
        yield base
    finally:
        process.terminate()
        process.wait(20)


if __name__ == "__main__":
    main()
