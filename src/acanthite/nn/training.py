"""Training a network on devices, sample by sample; many runs at once on a thread pool.

One run is serial, as the hardware is, and its random streams are keyed by its seed; runs share nothing. So the number
of threads changes how long a set of runs takes and not one bit of what it gives.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from acanthite import threads as thread_count
from acanthite.errors import DatasetError, TrainingError, nearest
from acanthite.nn.algorithms import ALGORITHMS, Algorithm, Batch, Tally
from acanthite.nn.datasets import Dataset, load
from acanthite.nn.network import Network, count_correct
from acanthite.random import generator
from acanthite.synapse.base import Synapse

if TYPE_CHECKING:
    import xarray as xr

NETWORKS = {"mlp": Network((784, 256, 128, 10), "relu")}
"""By name; ``"mlp"`` has the widths of Gokmen and Vlasov (2016)."""

Progress = Callable[[float], None]
"""Called with the fraction done, 0 to 1."""

_CHUNK = 2000  # samples between two reports of progress
_REPORT_EVERY = 0.1  # of several runs [s]


@dataclass(frozen=True)
class Job:
    """One run of training.

    Parameters
    ----------
    algorithm : str or Algorithm
        ``"sgd"``, ``"ttv2"``, ``"ideal"``, ``"floating"`` with their tuned knobs, or one with knobs of your own.
    synapse : Synapse, optional
        The device; ``"ideal"`` and ``"floating"`` do without.
    seed : int
        Key of the devices, the initial weights, the order of the samples and the pulses.
    epochs : int
        Passes over the training images.
    samples : int, optional
        Train on this many of the training images, the first ones; on all by default.
    validation : int
        Training images held out, the last ones; accuracy is then measured on them.
    test : bool
        Whether the test images are looked at. Choosing knobs must not.
    write_energy : float, optional
        Of one pulse; the synapse's own by default. [J]
    """

    algorithm: str | Algorithm = "ttv2"
    synapse: Synapse | None = None
    seed: int = 1
    epochs: int = 10
    samples: int | None = None
    validation: int = 0
    test: bool = True
    write_energy: float | None = None


@dataclass(frozen=True)
class TrainingResult:
    """What a run gave; arrays have one entry an epoch, accuracies one more in front for the untrained network.

    Parameters
    ----------
    algorithm : Algorithm
        With its knobs.
    seed : int
    loss : ndarray, shape (epochs,)
        Mean cross-entropy of each sample before its own update. [nat]
    train_accuracy : ndarray, shape (epochs,)
        Of each sample before its own update. [1]
    test_accuracy, validation_accuracy : ndarray of shape (epochs + 1,) or None
        After each epoch. [1]
    pulses : ndarray of int64, shape (epochs,)
        Write pulses on all arrays.
    write_energy : float
        Of one pulse. [J]
    weights : ndarray of float32, shape (n_weights,)
        The network's, at the end. [1]
    samples_per_second : float
        Wall-clock speed of training; not part of the result's identity. [1/s]
    """

    algorithm: Algorithm
    seed: int
    loss: NDArray[np.float64]
    train_accuracy: NDArray[np.float64]
    test_accuracy: NDArray[np.float64] | None
    validation_accuracy: NDArray[np.float64] | None
    pulses: NDArray[np.int64]
    write_energy: float
    weights: NDArray[np.float32] = field(repr=False)
    samples_per_second: float = field(compare=False)

    @property
    def energy(self) -> NDArray[np.float64]:
        """Write energy, shape (epochs,). [J]"""
        return (self.pulses * self.write_energy).astype(np.float64)

    def to_dataset(self) -> xr.Dataset:
        """Return the learning curve with units and knobs, the same bits for the same seed."""
        import xarray as xr

        accuracy = {"test_accuracy": self.test_accuracy, "validation_accuracy": self.validation_accuracy}
        curves = {
            name: ("epoch", values, {"units": "1", "long_name": name.replace("_", " ")})
            for name, values in accuracy.items()
            if values is not None
        }
        during = {
            "loss": ("pass", self.loss, {"units": "nat", "long_name": "training loss"}),
            "train_accuracy": ("pass", self.train_accuracy, {"units": "1", "long_name": "online accuracy"}),
            "pulses": ("pass", self.pulses, {"units": "1", "long_name": "write pulses"}),
            "energy": ("pass", self.energy, {"units": "J", "long_name": "write energy"}),
        }
        attrs = {"algorithm": repr(self.algorithm), "seed": self.seed, "write_energy": self.write_energy}
        return xr.Dataset({**curves, **during}, attrs=attrs)


def train(
    dataset: str | Path | Dataset = "mnist",
    network: str | Network = "mlp",
    synapse: Synapse | None = None,
    algorithm: str | Algorithm = "ttv2",
    *,
    data: str | Path | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> TrainingResult:
    """Train a network on devices.

    Parameters
    ----------
    dataset : str, path_like or Dataset
        ``"mnist"``, ``"fashion-mnist"``, ``"digits"``, an ``.npz`` file, or a data set of your own.
    network : str or Network
        ``"mlp"``, or a shape of your own.
    synapse : Synapse, optional
        The device, from :func:`acanthite.synapse.fit`.
    algorithm : str or Algorithm
    data : path_like, optional
        Folder where the data set is looked for first.
    progress : callable, optional
        Called with the fraction done.
    **options
        ``seed``, ``epochs``, ``samples``, ``validation``, ``test``, ``write_energy``: see :class:`Job`.

    Returns
    -------
    TrainingResult

    Raises
    ------
    TrainingError
        If the algorithm, network or numbers cannot be trained with, or training diverges.
    DatasetError
        If the data set is missing, damaged or does not fit the network.
    """
    return _train(
        _job(algorithm, synapse, options),
        load(dataset, data),
        _network(network),
        progress or (lambda _: None),
    )


def _job(algorithm: str | Algorithm, synapse: Synapse | None, options: dict[str, Any]) -> Job:
    known = set(Job.__dataclass_fields__)
    for name in options:
        if name not in known:
            raise TrainingError(f"train: unknown option {name!r}{nearest(name, known)}")
    return Job(algorithm, synapse, **options)


def train_many(
    jobs: Sequence[Job],
    dataset: str | Path | Dataset = "mnist",
    network: str | Network = "mlp",
    *,
    threads: int | None = None,
    data: str | Path | None = None,
    progress: Progress | None = None,
) -> list[TrainingResult]:
    """Run several trainings at once, one a thread.

    Parameters
    ----------
    jobs : sequence of Job
    dataset, network, data
        As in :func:`train`.
    progress : callable, optional
        Called, in the caller's thread, with the fraction of all jobs done.
    threads : int, optional
        How many at once; :func:`acanthite.threads.count` by default. The results do not depend on it.

    Returns
    -------
    list of TrainingResult
        In the order of ``jobs``.
    """
    images, shape = load(dataset, data), _network(network)
    shared = _SharedProgress([job.epochs for job in jobs])
    pool = ThreadPoolExecutor(max_workers=max(1, threads or thread_count.count()))
    try:
        runs = [pool.submit(_train, job, images, shape, shared.part(k)) for k, job in enumerate(jobs)]
        pending: set[Any] = set(runs)
        while pending:
            done, pending = wait(pending, _REPORT_EVERY, FIRST_EXCEPTION)
            if any(run.exception() for run in done):
                break
            if progress is not None:
                progress(shared.fraction)
        return [run.result() for run in runs if run.done()]
    finally:
        shared.stop()
        pool.shutdown(wait=True, cancel_futures=True)


class _StopError(Exception):
    """The caller was interrupted; the other runs end at their next report."""


class _SharedProgress:
    """How far runs on several threads are; written by them, read and reported by the caller's thread."""

    def __init__(self, weights: Sequence[float]) -> None:
        self._share = np.asarray(weights, float) / max(sum(weights), 1)
        self._done = np.zeros(len(weights))
        self._stopped = threading.Event()

    def part(self, index: int) -> Progress:
        def report(fraction: float) -> None:
            if self._stopped.is_set():
                raise _StopError
            self._done[index] = fraction

        return report

    @property
    def fraction(self) -> float:
        return min(float(self._share @ self._done), 1.0)

    def stop(self) -> None:
        self._stopped.set()


def _network(network: str | Network) -> Network:
    if isinstance(network, Network):
        return network
    if network not in NETWORKS:
        raise TrainingError(
            f"network = {network!r}; expected one of {', '.join(NETWORKS)} or a Network{nearest(network, NETWORKS)}"
        )
    return NETWORKS[network]


def resolve(algorithm: str | Algorithm) -> Algorithm:
    """Return an algorithm by name with its tuned knobs, or the one given.

    Raises
    ------
    TrainingError
        If there is none of that name.
    """
    if not isinstance(algorithm, str):
        return algorithm
    if algorithm not in ALGORITHMS:
        raise TrainingError(
            f"algorithm = {algorithm!r}; expected one of {', '.join(ALGORITHMS)}{nearest(algorithm, ALGORITHMS)}"
        )
    return ALGORITHMS[algorithm]()


def _split(job: Job, dataset: Dataset, network: Network) -> tuple[Dataset, Dataset]:
    """Return the images to train on (its test part the job's test images) and those held out."""
    n = len(dataset.images)
    if job.epochs < 1:
        raise TrainingError(f"epochs = {job.epochs}; expected one or more")
    if not 0 <= job.validation < n:
        raise TrainingError(
            f"validation = {job.validation}; expected 0 to {n - 1} of the {n} training images"
        )
    rest = n - job.validation
    samples = rest if job.samples is None else job.samples
    if not 1 <= samples <= rest:
        raise TrainingError(f"samples = {samples}; expected 1 to {rest} (training images not held out)")
    for images, labels in ((dataset.images, dataset.labels), (dataset.test_images, dataset.test_labels)):
        if images.ndim != 2 or images.shape[1] != network.widths[0] or images.dtype != np.uint8:
            raise DatasetError(
                f"data set {dataset.name!r} has images of shape {images.shape} and type {images.dtype}; "
                f"expected (n, {network.widths[0]}) of uint8 for this network"
            )
        if len(labels) != len(images) or (len(labels) and int(labels.max()) >= network.widths[-1]):
            raise DatasetError(
                f"data set {dataset.name!r} has {len(labels)} labels for {len(images)} images, up to "
                f"{int(labels.max()) if len(labels) else 0}; expected one each, below {network.widths[-1]}"
            )
    learn = replace(dataset, images=dataset.images[:samples], labels=dataset.labels[:samples])
    held = replace(dataset, images=dataset.images[rest:], labels=dataset.labels[rest:])
    return learn, held


def _train(job: Job, dataset: Dataset, network: Network, progress: Progress) -> TrainingResult:
    algorithm = resolve(job.algorithm)
    learn, held = _split(job, dataset, network)
    state = algorithm.start(network, job.synapse, job.seed)
    test = [_accuracy(algorithm, state, network, learn.test_images, learn.test_labels)] if job.test else None
    validation = [_accuracy(algorithm, state, network, held.images, held.labels)] if job.validation else None
    tallies, seconds = [], 0.0
    for epoch in range(job.epochs):
        began = time.perf_counter()
        tallies.append(_epoch(algorithm, state, learn, job, epoch, progress))
        seconds += time.perf_counter() - began
        if not np.isfinite(algorithm.weights(state)).all():
            raise TrainingError(f"{algorithm} diverged in epoch {epoch + 1}; lower its rate")
        if test is not None:
            test.append(_accuracy(algorithm, state, network, learn.test_images, learn.test_labels))
        if validation is not None:
            validation.append(_accuracy(algorithm, state, network, held.images, held.labels))
    n = len(learn.images)
    energy = job.write_energy if job.write_energy is not None else getattr(job.synapse, "write_energy", 0.0)
    return TrainingResult(
        algorithm=algorithm,
        seed=job.seed,
        loss=np.array([t.loss / n for t in tallies]),
        train_accuracy=np.array([t.correct / n for t in tallies]),
        test_accuracy=None if test is None else np.array(test),
        validation_accuracy=None if validation is None else np.array(validation),
        pulses=np.array([t.pulses for t in tallies], np.int64),
        write_energy=float(energy),
        weights=algorithm.weights(state).copy(),
        samples_per_second=n * job.epochs / seconds,
    )


def _epoch(
    algorithm: Algorithm, state: Any, learn: Dataset, job: Job, epoch: int, progress: Progress
) -> Tally:
    order = generator(job.seed, "nn.order", epoch).permutation(len(learn.images))
    total = np.zeros(len(Tally._fields))
    for first in range(0, len(order), _CHUNK):
        chunk = Batch(learn.images, learn.labels, order[first : first + _CHUNK])
        total += algorithm.run(state, chunk, epoch)
        progress((epoch + (first + len(chunk.order)) / len(order)) / job.epochs)
    loss, correct, pulses, reads = total
    return Tally(float(loss), int(correct), int(pulses), int(reads))


def _accuracy(algorithm: Algorithm, state: Any, network: Network, images: Any, labels: Any) -> float:
    if not len(images):
        return float("nan")
    correct = count_correct(algorithm.weights(state), network.net(), images, labels)
    return correct / len(images)
