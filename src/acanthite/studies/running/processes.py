"""Batches computed by processes of this machine, each on one thread."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from acanthite.errors import StudyError
from acanthite.studies.jobs.job import StudyJob
from acanthite.studies.running.executors import Completed, TaskBatch
from acanthite.studies.running.shipping import job_from, shipped
from acanthite.studies.running.tasks import Record, StudyTask, run_tasks
from acanthite.studies.running.worker import begin

_jobs: dict[bytes, StudyJob] = {}  # of a worker


class LocalProcesses:
    """Computes batches in processes of this machine.

    Parameters
    ----------
    job : StudyJob
    workers : int
    """

    tries = 1

    def __init__(self, job: StudyJob, workers: int) -> None:
        self.workers = workers
        self._job = shipped(job)
        self._context = multiprocessing.get_context("spawn")
        self._stop = self._context.Event()
        self._pool: ProcessPoolExecutor | None = None
        self._running: dict[Future[Any], TaskBatch] = {}

    def __enter__(self) -> LocalProcesses:
        return self

    def __exit__(self, *error: object) -> None:
        if error[0] is not None:  # Ctrl-C, or a failure: nothing that runs is wanted any more
            self._stop.set()
        self._end()

    def submit(self, batch: TaskBatch) -> None:
        """Put a batch into the queue."""
        try:
            future = self._open().submit(_run, self._job, batch.tasks)
        except BrokenProcessPool:  # a worker died since the last look
            future = Future()
            future.set_exception(BrokenProcessPool())
        self._running[future] = batch

    def completed(self) -> list[Completed]:
        """Wait for a batch to finish; return those that have.

        Where a worker died, all that ran or waited come back without a result.
        """
        done, _ = wait(self._running, return_when=FIRST_COMPLETED)
        if any(isinstance(future.exception(), BrokenProcessPool) for future in done):
            done, _ = wait(self._running)
            self._end()
        return [(self._running.pop(future), _result(future)) for future in done]

    def _open(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self.workers, self._context, begin, (self._stop,))
        return self._pool

    def _end(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


def _result(future: Future[Any]) -> list[Record] | None:
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, BrokenProcessPool):
        return None
    if isinstance(error, StudyError):
        raise error
    raise StudyError(f"a worker could not begin: {type(error).__name__}: {error}") from error


def _run(job: bytes, tasks: Sequence[StudyTask]) -> list[Record]:
    if job not in _jobs:
        _jobs[job] = job_from(job)
    return run_tasks(_jobs[job], tasks)
