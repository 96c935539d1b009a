"""What makes a process of this machine a worker."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from multiprocessing.synchronize import Event

_POLL = 0.5  # s between two looks at whether the run is to end


def begin(stop: Event) -> None:
    """Make this process a worker: deaf to Ctrl-C, gone when its run is to end or its parent ended.

    Tasks themselves keep to one thread: what sets the number by the environment has been imported
    by now.

    Parameters
    ----------
    stop : multiprocessing.synchronize.Event
        Set when the run is to end at once, whatever is being computed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, args=(stop,), daemon=True).start()


def _follow(stop: Event) -> None:
    parent = multiprocessing.parent_process()
    while not stop.is_set():
        if parent is not None and not parent.is_alive():
            break
        time.sleep(_POLL)
    os._exit(1)
