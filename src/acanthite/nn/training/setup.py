"""A job made ready: its images, its network and its algorithm on its device."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from acanthite.errors import DatasetError, TrainingError
from acanthite.nn.advice import advised_algorithm
from acanthite.nn.algorithms.base import Algorithm
from acanthite.nn.algorithms.catalogue import algorithm_named
from acanthite.nn.data.datasets import Dataset, load_dataset
from acanthite.nn.engine.network import Network
from acanthite.nn.training.job import AUTO_ANALOGUE, AUTOMATIC, Job
from acanthite.nn.training.networks import network_named
from acanthite.nn.training.schedule import Cosine, LearningRateSchedule, Plateau, schedule_named
from acanthite.synapse.base import Synapse
from acanthite.synapse.literature import LITERATURE, literature


@dataclass(frozen=True)
class Setup:
    """What a job comes to.

    Parameters
    ----------
    job : Job
    synapse : Synapse, optional
        The device.
    algorithm : Algorithm
        Adapted to the device, with the read noise of that in its column reads.
    network : Network
        Fitted to the data set, with the read noise of the device in its passes.
    dataset : Dataset
        All of it.
    training : Dataset
        The images to train on; its test part is the data set's.
    held_out : Dataset
        The training images held out.

    Examples
    --------
    What :func:`prepare` makes of a job:

    >>> import numpy as np
    >>> images = np.zeros((4, 16), np.uint8)
    >>> data = ac.nn.Dataset(
    ...     "dark", images, np.zeros(4, np.uint8), images, np.zeros(4, np.uint8)
    ... )
    >>> setup = ac.nn.prepare(ac.nn.Job(dataset=data, network="16-2", algorithm="floating"))
    >>> len(setup.training.labels)
    4
    """

    job: Job
    synapse: Synapse | None
    algorithm: Algorithm
    network: Network
    dataset: Dataset
    training: Dataset
    held_out: Dataset

    @property
    def pulse_energy(self) -> float:
        """Energy of one write pulse; zero without a device. [J]"""
        if self.job.write_energy is not None:
            return float(self.job.write_energy)
        return float(self.synapse.write_energy) if self.synapse else 0.0

    @property
    def schedule(self) -> LearningRateSchedule | None:
        """The schedule of the rate; None for the algorithm's own decay."""
        return None if self.job.schedule is None else schedule_named(self.job.schedule)

    @property
    def identity(self) -> dict[str, str | int | None]:
        """All that the result depends on, by name, as text or numbers."""
        job = self.job
        schedule = self.schedule
        return {
            "dataset": self.dataset.fingerprint,
            "network": repr(self.network),
            "algorithm": repr(self.algorithm),
            "device": repr(self.synapse),
            "seed": job.seed,
            "limit": job.limit,
            "validation": job.validation,
            "test": job.test,
            "schedule": repr(schedule),
            "epochs of the schedule": job.epochs if isinstance(schedule, Cosine) else None,
        }


def prepare(
    job: Job, data: str | Path | None = None, measure: Callable[[], Synapse | None] | None = None
) -> Setup:
    """Load the data set, fit the network to it, and adapt network and algorithm to the device.

    Parameters
    ----------
    job : Job
    data : path_like, optional
        Folder where the data set is looked for first.
    measure : callable, optional
        Returns the device, instead of the job's ``synapse``; called once the data set is loaded.

    Raises
    ------
    TrainingError
        If there is no such network or algorithm, or the numbers of images or epochs make no sense.
    DatasetError
        If the data set is missing, damaged or does not fit the network.

    Examples
    --------
    >>> import numpy as np
    >>> images = np.zeros((4, 16), np.uint8)
    >>> data = ac.nn.Dataset(
    ...     "dark", images, np.zeros(4, np.uint8), images, np.zeros(4, np.uint8)
    ... )
    >>> setup = ac.nn.prepare(ac.nn.Job(dataset=data, network="16-2", algorithm="floating"))
    >>> setup.network.widths, setup.algorithm.name
    ((16, 2), 'floating')
    """
    dataset = load_dataset(job.dataset, data).read_only()
    network = _network(job, dataset)
    training, held_out = _split(job, dataset)
    _check_fit(dataset, network)
    synapse = measure() if measure else device(job.synapse)
    algorithm = _algorithm(job, synapse, network)
    if synapse is not None and synapse.read_noise:
        network = _with_read_noise(network, algorithm.weight_noise(synapse.read_noise))
        noise = math.hypot(algorithm.column_noise, synapse.read_noise)
        algorithm = algorithm.with_column_noise(noise)
    return Setup(job, synapse, algorithm, network, dataset, training, held_out)


def device(synapse: Synapse | str | Path | None) -> Synapse | None:
    """Return the device of a job: the one given, one known by name, or that of a device file."""
    if synapse == "ag2s":
        from acanthite.synapse.measured import ag2s

        return ag2s()
    if isinstance(synapse, str) and synapse in LITERATURE:
        return literature(synapse)
    if isinstance(synapse, str | Path):
        from acanthite.fitting import load_synapse

        return load_synapse(synapse)
    return synapse


def _algorithm(job: Job, synapse: Synapse | None, network: Network) -> Algorithm:
    """Return the algorithm of a job, adapted to its device: the one named, or the one advised."""
    if job.algorithm not in AUTOMATIC:
        return algorithm_named(job.algorithm, synapse)
    if synapse is None:
        raise TrainingError(
            f"algorithm = {job.algorithm!r} needs a device to choose for; give synapse=..., or name one"
        )
    analogue_only = job.algorithm == AUTO_ANALOGUE
    return advised_algorithm(synapse, network, job.epochs, analogue_only=analogue_only)[0]


def _network(job: Job, dataset: Dataset) -> Network:
    """Return the network of a job, fitted to its data set, with the job's options over it."""
    options = {
        name: getattr(job, name) for name in ("activation", "bias", "bias_rate", "periphery")
    }
    changes = {name: value for name, value in options.items() if value is not None}
    return replace(network_named(job.network, dataset), **changes)


def _with_read_noise(network: Network, noise: float) -> Network:
    """Return the network with more noise of each weight in its passes. [1]"""
    total = math.hypot(network.periphery.read_noise, noise)
    return replace(network, periphery=replace(network.periphery, read_noise=total))


def _split(job: Job, dataset: Dataset) -> tuple[Dataset, Dataset]:
    """Return the images to train on, with the data set's test images, and those held out."""
    n = len(dataset.images)
    if not 0 <= job.validation < n:
        raise TrainingError(
            f"validation = {job.validation}; expected 0 to {n - 1} of the {n} training images"
        )
    plateau = job.schedule == "plateau" or isinstance(job.schedule, Plateau)
    if plateau and not job.validation:
        raise TrainingError(
            "schedule plateau needs validation = how many training images to hold out"
        )
    rest = n - job.validation
    limit = rest if job.limit is None else job.limit
    if not 1 <= limit <= rest:
        raise TrainingError(f"limit = {limit}; expected 1 to {rest} (training images not held out)")
    return dataset.part(slice(limit)), dataset.part(slice(rest, None))


def _check_fit(dataset: Dataset, network: Network) -> None:
    """Raise where images or labels do not fit the network."""
    n_pixels, n_classes = network.widths[0], network.widths[-1]
    if dataset.images.shape[1] != n_pixels:
        raise DatasetError(
            f"data set {dataset.name!r} has images of shape {dataset.images.shape} of uint8; "
            f"expected (n, {n_pixels}) for this network"
        )
    if dataset.n_classes > n_classes:
        raise DatasetError(
            f"data set {dataset.name!r} has labels up to {dataset.n_classes - 1}; expected labels "
            f"below {n_classes} for this network"
        )
