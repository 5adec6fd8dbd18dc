"""The tasks of packs. `make_next` makes whatever is next in turn: its rows on the queue are mere calls for a worker.

So a row that is lost, or there twice, changes nothing: `top_up` puts calls on the queue for what can be made now,
after each step, and every worker that has nothing to do looks again whether there is any (`look_round`).
"""

import logging
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from assessments.models import Pack, PackItem, Place, User
from assessments.reports.pdf import ReportBusy, ReportFailed, ReportTooSlow
from assessments.selectors.packs import NotAMember, NothingAnswered, free_items
from assessments.services import evidence, packing
from assessments.services.packing import Wish
from assessments.services.reminding import remove_old_reminders
from assessments.services.storing import FilesAway, discard
from assessments.services.workbooks import KEPT_FOR, remove_old_uploads
from assessments.services.workshop import end_forgotten_workshops
from assessments.tasks import making, zipping
from assessments.tasks.orders import OVERVIEWS, Order

BEAT = 5.0
"""Seconds between two renewals of a claim: a fourth of the time after which it is believed lost."""
LONGEST = 600.0
"""Seconds after which a claim is not renewed any more: what hangs is then begun again, elsewhere."""
MOST_CALLS = 16
"""As many calls wait at most: more workers than this would not find a call each at once."""
RESULTS_KEPT = timedelta(days=1)
log = logging.getLogger(__name__)


PROBLEMS: dict[type[Exception], PackItem.Problem] = {
    NotAMember: PackItem.Problem.LEFT,
    NothingAnswered: PackItem.Problem.NOTHING,
    making.PlaceGone: PackItem.Problem.GONE,
    making.TooManyPlaces: PackItem.Problem.MANY,
    ReportTooSlow: PackItem.Problem.SLOW,
    ReportFailed: PackItem.Problem.FAILED,
}


@task
def make_next() -> None:
    """Make what is next in turn, of whichever pack; nothing where there is nothing to make."""
    item = packing.claim_next()
    if item is None:
        return
    try:
        with kept_alive(item):
            _make(item)
    except (ReportBusy, DatabaseError, FilesAway) as error:
        log.warning("%s has to wait: %s", item, error)
        packing.release(item=item, counts=not isinstance(error, ReportBusy))
        time.sleep(1)
    except Exception as error:
        _fail(item, error)
    except BaseException:
        packing.release(item=item, counts=False)  # the worker was told to stop at once: another begins it anew
        raise
    finally:
        top_up()


def _make(item: PackItem) -> None:
    if item.phase == PackItem.TOGETHER:
        zipping.put_together(item)
        tidy.using(run_after=timezone.now() + timedelta(days=settings.PACK_DAYS, minutes=1)).enqueue()
    else:
        begun = time.monotonic()
        made = making.make_item(item)
        if not packing.finish(item=item, **made, seconds=time.monotonic() - begun) and made.get("file"):
            discard(str(made["file"]))


def _fail(item: PackItem, error: Exception) -> None:
    problem = next((found for kind, found in PROBLEMS.items() if isinstance(error, kind)), PackItem.Problem.FAILED)
    if problem in {PackItem.Problem.FAILED, PackItem.Problem.SLOW}:
        log.error("%s (pack %s) could not be made", item, item.pack_id, exc_info=error)
    if item.phase == PackItem.TOGETHER:
        packing.end_pack(item=item, state=Pack.State.FAILED, problem=Pack.Problem.TOGETHER)
    else:
        packing.fail(item=item, problem=problem)


@contextmanager
def kept_alive(item: PackItem) -> Iterator[None]:
    """Renew the claim on an item while it is made, from a thread with a database connection of its own."""
    over = threading.Event()

    def beat() -> None:
        until = time.monotonic() + LONGEST
        while not over.wait(BEAT) and time.monotonic() < until:
            try:
                if not packing.renew(item=item):
                    return
            except DatabaseError as error:
                log.warning("The claim on %s could not be renewed: %s", item, error)
            finally:
                connection.close()

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


# --- the queue ------------------------------------------------------------------------------------------------------


def top_up() -> None:
    """Have as many calls on the queue as there is to make now. Two that count at once put one too many: no harm."""
    active = Pack.objects.filter(state__in=Pack.UNFINISHED)
    wanted = sum(free_items(pack).count() for pack in active)
    waiting = DBTaskResult.objects.filter(task_path=make_next.module_path, status=TaskResultStatus.READY).count()
    for _ in range(min(wanted, MOST_CALLS) - waiting):
        make_next.enqueue()


def look_round() -> None:
    """What a worker does that has nothing to do: find what was left lying, whoever left it."""
    top_up()


@task
def tidy() -> None:
    """Delete what is kept no longer: packs and reports after their time, files without a row, phones of workshops, and
    who was reminded long ago.
    """
    packing.remove_old()
    packing.remove_orphans()
    evidence.remove_orphans()
    remove_old_uploads(before=timezone.now() - KEPT_FOR)
    remove_old_reminders(today=timezone.localdate())
    end_forgotten_workshops()
    begun = DBTaskResult.objects.filter(started_at__lt=timezone.now() - RESULTS_KEPT)
    begun.exclude(status=TaskResultStatus.READY).delete()


# --- asking for one -------------------------------------------------------------------------------------------------


@transaction.atomic
def order_pack(*, places: Sequence[Place], order: Order, token: uuid.UUID, by: User) -> Pack:
    """Ask for a pack, place by place, and call the workers. The same token again gives the same pack."""
    wishes = [Wish(kind, place) for place in places for kind in order.kinds]
    wishes += [Wish(kind) for kind in OVERVIEWS]
    pack = packing.ask_pack(wishes=wishes, options=order.freeze(), token=token, by=by)
    top_up()
    return pack
