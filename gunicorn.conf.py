"""How gunicorn serves: two processes of four threads each, unless the environment says otherwise.

gunicorn reads this file by itself when it starts in this folder. docs/operations.md lists what may be set.
"""

import gc
import os

from django.urls import get_resolver
from gunicorn.arbiter import Arbiter

wsgi_app = "hubplaybook.wsgi"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
loglevel = os.environ.get("LOG_LEVEL", "INFO").lower()
graceful_timeout = 10  # seconds that requests have to end after a stop
control_socket_disable = True  # it would listen in the home folder of whoever runs this
preload_app = True  # load once, then fork: quicker, and the processes share what was loaded


def when_ready(server: Arbiter) -> None:
    """Load the views, then take what will live for ever out of the garbage collector's sight.

    Otherwise each full collection walks all of it, and that is what the slowest requests wait for.
    """
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
