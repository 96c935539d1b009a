"""Trainings side by side, each in a process of its own with one thread."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acanthite import threads as thread_count

if TYPE_CHECKING:
    from acanthite.explore.study import PropertyStudy, Task
    from acanthite.nn.data.datasets import Dataset

_own: dict[str, Any] = {}  # of a worker: what all its trainings share


def run_all(
    tasks: Iterable[Task],
    study: PropertyStudy,
    device: Path,
    dataset: Dataset,
    keep: Callable[[Task, dict[str, Any]], None],
    workers: int | None = None,
) -> None:
    """Run trainings and hand over what each gave, in the order they finish.

    Parameters
    ----------
    tasks : iterable of Task
    study : PropertyStudy
    device : pathlib.Path
        Device file.
    dataset : Dataset
    keep : callable
        Called in this process with each task and its result.
    workers : int, optional
        Processes; :func:`acanthite.threads.count` by default. No result depends on it.
    """
    context = multiprocessing.get_context("spawn")
    number = workers or thread_count.count()
    pool = ProcessPoolExecutor(number, context, _begin, (study, device, dataset))
    try:
        running = {pool.submit(_run, task): task for task in tasks}
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                keep(running.pop(future), future.result())
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin(study: PropertyStudy, device: Path, dataset: Dataset) -> None:
    """Make a worker ready: one thread, deaf to Ctrl-C, gone when its parent is."""
    for name in ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, daemon=True).start()
    from acanthite.synapse import load

    # the study's own folder, written by the process that started this one from the device it was
    # given
    _own.update(study=study, synapse=load(device, trust=True), dataset=dataset)


def _follow() -> None:
    """End this process when its parent ends, however that came about."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _run(task: Task) -> dict[str, Any]:
    return task.run(_own["study"], _own["synapse"], _own["dataset"])
