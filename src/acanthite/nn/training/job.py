"""What one training is asked to do, and the images it gets to see."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from acanthite.errors import DatasetError, TrainingError, nearest
from acanthite.nn.algorithms import ALGORITHMS, Algorithm, Ideal
from acanthite.nn.data.datasets import Dataset
from acanthite.nn.engine.network import Network, lenet5
from acanthite.nn.training.schedule import Cosine, Plateau, Schedule
from acanthite.synapse.base import Synapse

NETWORKS = {"mlp": Network((784, 256, 128, 10), "relu"), "lenet5": lenet5((28, 28, 1), 10)}
"""By name, fitted to the pixels and classes of a data set; ``"mlp"`` has the hidden widths of Gokmen and Vlasov (2016)."""


@dataclass(frozen=True)
class Job:
    """One run of training.

    Parameters
    ----------
    algorithm : str or Algorithm
        ``"sgd"``, ``"ttv2"``, ``"ideal"``, ``"floating"`` ... with their tuned knobs, or one with knobs of your own.
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
    schedule : Schedule, optional
        Of the rate; instead of the algorithm's own ``decay``, if it has one.
    """

    algorithm: str | Algorithm = "ttv2"
    synapse: Synapse | None = None
    seed: int = 1
    epochs: int = 10
    samples: int | None = None
    validation: int = 0
    test: bool = True
    write_energy: float | None = None
    schedule: Schedule | None = None

    @property
    def pulse_energy(self) -> float:
        """Energy of one write pulse; zero without a device. [J]"""
        if self.write_energy is not None:
            return float(self.write_energy)
        return float(getattr(self.synapse, "write_energy", 0.0))


def job(algorithm: str | Algorithm, synapse: Synapse | None, options: dict[str, Any]) -> Job:
    """Return a job from keyword arguments, naming one that is unknown."""
    known = set(Job.__dataclass_fields__)
    for name in options:
        if name not in known:
            raise TrainingError(f"train: unknown option {name!r}{nearest(name, known)}")
    return Job(algorithm, synapse, **options)


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


def suited(algorithm: str | Algorithm, synapse: Synapse | None) -> Algorithm:
    """Return the algorithm given, or one named, its tuned knobs suited to a device of far smaller steps than those tuned on.

    A rate at which a mean update would ask for more than the longest pulse train is one at which every cell gets that train, whatever
    its gradient: it is lowered to where the longest train just does. And a symmetry point is found in no fewer pairs of pulses than
    take a cell through its window. On devices of fifty levels or less nothing changes.
    """
    found: Any = resolve(algorithm)
    if synapse is None or not isinstance(algorithm, str):
        return found
    changed = {}
    if hasattr(found, "bl_max"):
        step = synapse.step * (1.0 if _has_fast_array(found) else found.window)
        changed["rate"] = min(found.rate, float(found.bl_max * step))
    if hasattr(found, "shift_pairs"):
        changed["shift_pairs"] = max(found.shift_pairs, math.ceil(2.0 / synapse.step))
    return replace(found, **changed)


def _has_fast_array(algorithm: Algorithm) -> bool:
    """Return whether gradients are pulsed on an array of its own, in half windows, as in Tiki-Taka."""
    return hasattr(algorithm, "transfer_every")


def algorithm_on_device(job: Job) -> Algorithm:
    """Return a job's algorithm suited to its device, with the read noise of that in the column reads it makes."""
    algorithm, noise = (
        suited(job.algorithm, job.synapse),
        job.synapse.read_noise if job.synapse else 0.0,
    )
    if not noise or not hasattr(algorithm, "read_noise"):
        return algorithm
    knobs: Any = algorithm
    return replace(knobs, read_noise=math.hypot(knobs.read_noise, noise))


def network_on_device(job: Job, network: Network) -> Network:
    """Return the network with the read noise of the device in its passes, where its weights are devices."""
    noise = job.synapse.read_noise if job.synapse else 0.0
    algorithm = resolve(job.algorithm)
    window = getattr(algorithm, "window", None)
    if not noise or window is None or isinstance(algorithm, Ideal):
        return network
    total = math.hypot(network.periphery.read_noise, window * noise)
    return replace(network, periphery=replace(network.periphery, read_noise=total))


def with_rate(algorithm: Algorithm, factor: float) -> Algorithm:
    """Return an algorithm that learns at ``factor`` times its rate, with no decay of its own.

    Where a threshold sets how fast the weights learn, as in TTv2, it is divided by the factor.
    """
    knobs: Any = algorithm
    if hasattr(knobs, "threshold"):
        return replace(knobs, threshold=knobs.threshold / factor, decay=1.0)
    changed = {"rate": knobs.rate * factor} | (
        {"decay": 1.0} if hasattr(algorithm, "decay") else {}
    )
    return replace(knobs, **changed)


def network_for(network: str | Network, dataset: Dataset) -> Network:
    """Return a network by name, fitted to the pixels and classes of a data set, or the one given.

    Parameters
    ----------
    network : str or Network
        ``"mlp"`` or ``"lenet5"``; layer widths such as ``"784-256-128-10"``; or a shape of your own, taken as it is.
    dataset : Dataset

    Raises
    ------
    TrainingError
        If there is none of that name.
    """
    if isinstance(network, Network):
        return network
    parts = network.split("-")
    if len(parts) > 1 and all(part.isdigit() for part in parts):
        return Network(tuple(int(part) for part in parts), "relu")
    if network not in NETWORKS:
        raise TrainingError(
            f"network = {network!r}; expected one of {', '.join(NETWORKS)}, widths such as 784-256-128-10, "
            f"or a Network{nearest(network, NETWORKS)}"
        )
    named, n_classes = NETWORKS[network], max(dataset.n_classes, 2)
    image = dataset.image_shape if named.convolutions else None
    return replace(
        named, widths=(dataset.images.shape[1], *named.widths[1:-1], n_classes), image=image
    )


def split(job: Job, dataset: Dataset, network: Network) -> tuple[Dataset, Dataset]:
    """Return the images to train on (its test part the job's test images) and those held out.

    Raises
    ------
    TrainingError
        If the numbers of images or epochs make no sense.
    DatasetError
        If the data set does not fit the network.
    """
    n = len(dataset.images)
    if job.epochs < 1:
        raise TrainingError(f"epochs = {job.epochs}; expected one or more")
    if not 0 <= job.validation < n:
        raise TrainingError(
            f"validation = {job.validation}; expected 0 to {n - 1} of the {n} training images"
        )
    if isinstance(job.schedule, Plateau) and not job.validation:
        raise TrainingError(
            "schedule plateau needs validation = how many training images to hold out"
        )
    rest = n - job.validation
    samples = rest if job.samples is None else job.samples
    if not 1 <= samples <= rest:
        raise TrainingError(
            f"samples = {samples}; expected 1 to {rest} (training images not held out)"
        )
    _fits(dataset, network)
    learn = replace(dataset, images=dataset.images[:samples], labels=dataset.labels[:samples])
    held = replace(dataset, images=dataset.images[rest:], labels=dataset.labels[rest:])
    return learn, held


def _fits(dataset: Dataset, network: Network) -> None:
    for images, labels in (
        (dataset.images, dataset.labels),
        (dataset.test_images, dataset.test_labels),
    ):
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


def identity(job: Job, dataset: Dataset, network: Network) -> dict[str, str | int | None]:
    """Return all that the result of a job depends on, by name, as text or numbers."""
    crc = 0
    for part in (dataset.images, dataset.labels, dataset.test_images, dataset.test_labels):
        crc = zlib.crc32(np.ascontiguousarray(part).data, crc)
    return {
        "dataset": f"{dataset.name} (CRC {crc:08x})",
        "network": repr(network),
        "algorithm": repr(algorithm_on_device(job)),
        "device": repr(job.synapse),
        "seed": job.seed,
        "samples": job.samples,
        "validation": job.validation,
        "test": job.test,
        "schedule": repr(job.schedule),
        "epochs of the schedule": job.epochs if isinstance(job.schedule, Cosine) else None,
    }
