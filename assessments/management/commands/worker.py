"""`manage.py worker`: works the queue off, until it is told to stop. As many as you like may run, on any machine."""

import gc
import logging
import os
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections, connection
from django.utils.autoreload import DJANGO_AUTORELOAD_ENV, run_with_reloader
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from assessments.services.storing import FilesAway
from assessments.tasks.packs import look_round, tidy
from assessments.tasks.reminding import Daily

REST = 1.0
"""Seconds between two looks at a queue that is empty."""
LOOK_ROUND = 5.0
"""Seconds between two looks at what a dead worker may have left."""
PAUSE = 5.0
"""Seconds after which a database that did not answer is asked again."""
log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Make packs of reports, and remind people once a day. SIGTERM or Ctrl-C ends it after the file in work."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="End when there is nothing left to do.")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        worker = Worker(
            queue_names=["default"],
            interval=REST,
            batch=True,  # it comes back when the queue is empty, so that we can look round
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        if settings.DEBUG and not once:
            if os.environ.get(DJANGO_AUTORELOAD_ENV) == "true":
                worker.configure_signals()
            run_with_reloader(work, worker)
        else:
            worker.configure_signals()
            work(worker, once=once)


def work(worker: Worker, *, once: bool = False) -> None:
    """Clear up, then work, rest, look round and remind by turns; `once`, work until the queue is empty, and no more."""
    log.info("The worker is ready (process %s).", os.getpid())
    gc.collect()
    gc.freeze()  # what lives for ever is not walked again at each collection
    whatever_the_database_does(tidy.call)
    remind, looked = Daily(), -LOOK_ROUND
    while worker.running:
        if time.monotonic() - looked >= LOOK_ROUND:
            whatever_the_database_does(look_round)
            if not once:
                whatever_the_database_does(remind)
            looked = time.monotonic()
        whatever_the_database_does(worker.run)
        if once:
            return
        if worker.running:
            time.sleep(REST)


def whatever_the_database_does(step: Callable[[], Any]) -> None:
    """A database that is locked, or files that are away, must not end the worker: what is left is done next time."""
    try:
        step()
    except (DatabaseError, FilesAway) as error:
        what = "The database" if isinstance(error, DatabaseError) else "The store of files"
        log.warning("%s did not answer, and is asked again in %g seconds: %s", what, PAUSE, error)
        time.sleep(PAUSE)
    finally:
        if not connection.in_atomic_block:
            close_old_connections()
