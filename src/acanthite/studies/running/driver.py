"""Tasks go out in batches, records come in; a worker that dies takes nothing with it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice

from acanthite.studies.running.batches import BatchSize
from acanthite.studies.running.executors import Executor, TaskBatch
from acanthite.studies.running.tasks import Record, StudyTask

_AHEAD = 3  # batches a worker, so that none waits for its next one
_MOST_DEATHS = 3
_DIED = "its worker died {} times while this point ran by itself: out of memory, or killed"


def drive(
    tasks: Iterable[StudyTask], executor: Executor, record: Callable[[list[Record]], None]
) -> None:
    """Run tasks and record what they gave, in the order they finish.

    Parameters
    ----------
    tasks : iterable of StudyTask
        Taken as they are needed.
    executor : Executor
    record : callable
        Called in this process with what a batch gave.
    """
    size = BatchSize()
    _Driver(_cut(iter(tasks), size), executor, record, size.learn).run()


def drive_batches(
    batches: Iterable[TaskBatch], executor: Executor, record: Callable[[list[Record]], None]
) -> None:
    """Run batches as they are given and record what they gave, in the order they finish.

    For tasks that share work where one process runs them one after the other.

    Parameters
    ----------
    batches : iterable of TaskBatch
        Taken as they are needed.
    executor : Executor
    record : callable
        Called in this process with what a batch gave.
    """
    _Driver(iter(batches), executor, record, lambda records: None).run()


def _cut(tasks: Iterator[StudyTask], size: BatchSize) -> Iterator[TaskBatch]:
    """Yield tasks in batches of the size that is right when each is asked for."""
    while batch := list(islice(tasks, size.tasks)):
        yield TaskBatch(batch)


class _Driver:
    def __init__(
        self,
        batches: Iterator[TaskBatch],
        executor: Executor,
        record: Callable[[list[Record]], None],
        learn: Callable[[list[Record]], None],
    ) -> None:
        self.batches = batches
        self.executor = executor
        self.record = record
        self.learn = learn
        self.suspects: deque[TaskBatch] = deque()
        self.running = 0

    def run(self) -> None:
        while self._submit() or self.running:
            for batch, records in self.executor.completed():
                self.running -= 1
                if records is None:
                    self._died(batch)
                else:
                    self.learn(records)
                    self.record(records)

    def _submit(self) -> bool:
        """Put batches out, as many as may be; return whether there was one."""
        if self.suspects:
            return self.running == 0 and self._put(self.suspects.popleft())
        any_put = False
        while self.running < _AHEAD * self.executor.workers:
            batch = next(self.batches, None)
            if batch is None:
                break
            any_put = self._put(batch)
        return any_put

    def _put(self, batch: TaskBatch) -> bool:
        self.executor.submit(batch)
        self.running += 1
        return True

    def _died(self, batch: TaskBatch) -> None:
        """Let a batch that was lost run again by itself, to see whether it was the one.

        A batch that dies alone is halved, until the task is found that kills its worker.
        """
        deaths = batch.deaths + self.executor.tries
        if not batch.alone:
            self.suspects.append(TaskBatch(batch.tasks, alone=True))
        elif len(batch.tasks) > 1:
            middle = len(batch.tasks) // 2
            for part in (batch.tasks[:middle], batch.tasks[middle:]):
                self.suspects.append(TaskBatch(part, alone=True, deaths=batch.deaths))
        elif deaths < _MOST_DEATHS:
            self.suspects.append(replace(batch, deaths=deaths))
        else:
            self.record([Record(batch.tasks[0].key, None, _DIED.format(deaths), 0.0)])
