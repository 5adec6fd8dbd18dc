"""Runs the web server and a worker side by side: `together.py PYTHON COMMAND ...`, where COMMAND is the web server's.

One Ctrl-C or SIGTERM ends both in peace: each finishes what it has in hand. When the web server ends, for whatever
reason, so does the worker, and its exit code is ours. A worker that dies is started again, since the pages go on
without it. If this process is killed itself, the system ends both.
"""

import ctypes
import signal
import subprocess
import sys
import time
from types import FrameType

PAUSE = 2.0  # seconds before a worker that died is started again, so that one that cannot start does not spin
PATIENCE = 90.0  # seconds that either has to finish what it has in hand
PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Between fork and exec: have the kernel send SIGTERM when the parent is gone. Linux only; elsewhere nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start(command: list[str]) -> "subprocess.Popen[bytes]":
    """Away from the terminal's Ctrl-C, which would reach it twice."""
    return subprocess.Popen(command, start_new_session=True, preexec_fn=die_with_parent)  # noqa: S603


def end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def stop(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def main(python: str, web_command: list[str]) -> int:
    """Watch both until the web server ends or somebody stops us."""
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    work = [python, "manage.py", "worker"]
    web, worker = start(web_command), start(work)
    try:
        while web.poll() is None:
            if worker.poll() is not None:
                print(f"The worker ended with {worker.returncode}; another is started.", file=sys.stderr, flush=True)
                time.sleep(PAUSE)
                worker = start(work)
            time.sleep(0.2)
        return web.returncode
    except KeyboardInterrupt:
        web.terminate()  # both at once, and then wait for either
        return 0
    finally:
        end(worker)
        end(web)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
