"""Training a network on devices, sample by sample; many runs at once on a thread pool.

One run is serial, as the hardware is, and its random streams are keyed by its seed; runs share
nothing. So the number of threads changes how long a set of runs takes and not one bit of their
results.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import numpy as np

from acanthite import threads as thread_count
from acanthite.nn.algorithms.base import Algorithm
from acanthite.nn.data.datasets import Dataset
from acanthite.nn.engine.network import Network
from acanthite.nn.training.job import Job
from acanthite.nn.training.loop import CHECKPOINT_EVERY, Run, TrainingProgress, Watch
from acanthite.nn.training.result import TrainingResult
from acanthite.nn.training.setup import prepare
from acanthite.quantities import accepts_quantities
from acanthite.synapse.base import Synapse

_REPORT_EVERY = 0.1  # of several runs [s]


@accepts_quantities
def train(
    dataset: str | Path | Dataset = "mnist",
    network: str | Network = "mlp",
    synapse: Synapse | str | Path | None = None,
    algorithm: str | Algorithm = "ttv2",
    *,
    data: str | Path | None = None,
    checkpoint: str | Path | None = None,
    checkpoint_every: float = CHECKPOINT_EVERY,
    progress: Callable[[float], None] | None = None,
    watch: Watch | None = None,
    **options: Any,
) -> TrainingResult:
    """Train a network on devices.

    Parameters
    ----------
    dataset, network, synapse, algorithm
        As in :class:`~acanthite.nn.training.job.Job`.
    data : path_like, optional
        Folder where the data set is looked for first.
    checkpoint : path_like, optional
        An ``.npz`` file the run is saved in and, where it is there already, resumed from, to the
        same bits.
    checkpoint_every : float
        Least time between two checkpoints; one more is written at the end. [s]
    progress : callable, optional
        Called with the fraction done.
    watch : callable, optional
        Called with a :class:`~acanthite.nn.training.loop.TrainingProgress`: the fraction done and
        the accuracy so far.
    **options
        The other fields of :class:`~acanthite.nn.training.job.Job`: ``seed``, ``epochs``,
        ``limit``, ``validation`` ...

    Returns
    -------
    TrainingResult

    Raises
    ------
    TrainingError
        If the algorithm, network or numbers cannot be trained with, training diverges, or the
        checkpoint is another's.
    DatasetError
        If the data set is missing, damaged or does not fit the network.

    Examples
    --------
    Pictures that are bright on the left or on the right; the devices' steps shrink towards their
    bounds:

    >>> import numpy as np
    >>> labels = (np.arange(400) % 2).astype(np.uint8)
    >>> images = np.repeat(255 * np.eye(2, dtype=np.uint8)[labels], 8, axis=1)
    >>> data = ac.nn.Dataset("sides", images, labels, images[:20], labels[:20])
    >>> device = ac.synapse.SoftBounds(
    ...     up=0.1, down=0.1, conductance_min=0.0, conductance_max=2e-6
    ... )
    >>> result = ac.nn.train(data, "16-2", device, "sgd", epochs=2, seed=1)
    >>> print(f"{result.test_accuracy[-1]:.0%}")
    100%
    """
    job = Job.of(dataset=dataset, network=network, synapse=synapse, algorithm=algorithm, **options)

    def report(standing: TrainingProgress) -> None:
        if progress is not None:
            progress(standing.fraction)
        if watch is not None:
            watch(standing)

    path = None if checkpoint is None else Path(checkpoint)
    return Run(prepare(job, data), path, checkpoint_every).finish(report)


def train_many(
    jobs: Sequence[Job],
    *,
    threads: int | None = None,
    data: str | Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> list[TrainingResult]:
    """Run several trainings at once, one a thread.

    Parameters
    ----------
    jobs : sequence of Job
    threads : int, optional
        How many at once; :func:`acanthite.threads.count` by default. The results do not depend on
        it.
    data : path_like, optional
        Folder where data sets are looked for first.
    progress : callable, optional
        Called, in the caller's thread, with the fraction of all jobs done.

    Returns
    -------
    list of TrainingResult
        In the order of ``jobs``.

    Examples
    --------
    >>> import numpy as np
    >>> labels = (np.arange(400) % 2).astype(np.uint8)
    >>> images = np.repeat(255 * np.eye(2, dtype=np.uint8)[labels], 8, axis=1)
    >>> data = ac.nn.Dataset("sides", images, labels, images[:20], labels[:20])
    >>> device = ac.synapse.SoftBounds(
    ...     up=0.1, down=0.1, conductance_min=0.0, conductance_max=2e-6
    ... )
    >>> shared = {"dataset": data, "network": "16-2", "synapse": device, "algorithm": "sgd"}
    >>> jobs = [ac.nn.Job(**shared, seed=seed, epochs=2) for seed in (1, 2)]
    >>> [f"{result.test_accuracy[-1]:.0%}" for result in ac.nn.train_many(jobs)]
    ['100%', '100%']
    """
    setups = [prepare(job, data) for job in jobs]
    epochs = np.array([job.epochs for job in jobs], float)
    fractions = np.zeros(len(jobs))  # written by the runs, reported by the caller's thread
    stopped = threading.Event()

    def run(k: int) -> TrainingResult:
        def watch(standing: TrainingProgress) -> None:
            if stopped.is_set():
                raise _StopError
            fractions[k] = standing.fraction

        return Run(setups[k]).finish(watch)

    pool = ThreadPoolExecutor(max_workers=max(1, threads or thread_count.count()))
    try:
        runs = [pool.submit(run, k) for k in range(len(jobs))]
        pending: set[Any] = set(runs)
        while pending:
            done, pending = wait(pending, _REPORT_EVERY, FIRST_EXCEPTION)
            if any(run.exception() for run in done):
                break
            if progress is not None:
                progress(min(float(epochs @ fractions / epochs.sum()), 1.0))
        return [run.result() for run in runs if run.done()]
    finally:
        stopped.set()
        pool.shutdown(wait=True, cancel_futures=True)


class _StopError(Exception):
    """The caller was interrupted; the other runs end at their next report."""
