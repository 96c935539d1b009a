"""Where batches are computed: in this process, in others of this machine, or on a cluster."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from acanthite.studies.jobs.job import StudyJob
from acanthite.studies.running.tasks import Record, StudyTask, run_tasks


@dataclass(frozen=True, eq=False)
class TaskBatch:
    """Tasks that one worker runs one after the other.

    Parameters
    ----------
    tasks : sequence of StudyTask
    alone : bool
        Whether nothing else is to run meanwhile: to find out which task kills its worker.
    deaths : int
        Workers that died of it.
    """

    tasks: Sequence[StudyTask]
    alone: bool = False
    deaths: int = 0


Completed = tuple[TaskBatch, list[Record] | None]
"""A batch and what it gave; None if its worker died."""


class Executor(Protocol):
    """Computes batches; use as a context, which ends its workers.

    Attributes
    ----------
    workers : int
        How many batches it computes at a time.
    tries : int
        How often it runs a batch, by itself, before it says that its worker died.
    """

    workers: int
    tries: int

    def __enter__(self) -> Executor: ...

    def __exit__(self, *error: object) -> None: ...

    def submit(self, batch: TaskBatch) -> None:
        """Put a batch into the queue."""

    def completed(self) -> list[Completed]:
        """Wait for a batch to finish; return those that have."""
        ...


class InProcess:
    """Computes batches in this process.

    Parameters
    ----------
    job : StudyJob
    """

    workers = 1
    tries = 1

    def __init__(self, job: StudyJob) -> None:
        self._job = job
        self._queue: deque[TaskBatch] = deque()

    def __enter__(self) -> InProcess:
        return self

    def __exit__(self, *error: object) -> None:
        self._queue.clear()

    def submit(self, batch: TaskBatch) -> None:
        """Put a batch into the queue."""
        self._queue.append(batch)

    def completed(self) -> list[Completed]:
        """Compute the next batch."""
        batch = self._queue.popleft()
        return [(batch, run_tasks(self._job, batch.tasks))]
