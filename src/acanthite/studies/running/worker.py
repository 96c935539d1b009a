"""What makes a process of this machine a worker."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading


def begin() -> None:
    """Make this process a worker: deaf to Ctrl-C, gone when its parent is.

    Tasks themselves keep to one thread: what sets the number by the environment has been imported
    by now.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    """End this process when its parent ends, however that came about."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
