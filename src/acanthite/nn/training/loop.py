"""One training under way: sample by sample, in chunks between which it reports, is checked and can be kept.

A run is serial, as the hardware is, and its random streams are keyed by its seed, so neither threads nor where it was
stopped and resumed change a bit of what it gives.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from acanthite.errors import TrainingError
from acanthite.nn.algorithms import Algorithm, Batch, FloatingPoint, Tally
from acanthite.nn.data.datasets import Dataset
from acanthite.nn.engine.layout import Net
from acanthite.nn.engine.network import Network, classify
from acanthite.nn.engine.pulses import BL_MAX
from acanthite.nn.training import checkpoint
from acanthite.nn.training.hardware import IMAGES, Cost, cells_read, cost
from acanthite.nn.training.job import (
    Job,
    algorithm_on_device,
    identity,
    network_on_device,
    split,
    with_rate,
)
from acanthite.nn.training.result import TrainingResult
from acanthite.random import generator

CHUNK = 2000  #: samples between two reports of progress
CHECKPOINT_EVERY = 5.0  #: least time between two checkpoints [s]

_CORRECT = Tally._fields.index("correct")


@dataclass(frozen=True)
class Standing:
    """How far a run is.

    Parameters
    ----------
    fraction : float
        Done, 0 to 1.
    epoch, epochs : int
        Epochs finished, and of how many.
    resumed : bool
        Whether this is where a checkpoint left off.
    train_accuracy : float
        Of the samples of this epoch so far, each before its own update; NaN before the first. [1]
    accuracy : float
        On the held-out images, else on the test images, after the last finished epoch; NaN without either. [1]
    samples_per_second : float
        Of training so far. [1/s]
    """

    fraction: float
    epoch: int
    epochs: int
    resumed: bool
    train_accuracy: float
    accuracy: float
    samples_per_second: float


Watch = Callable[[Standing], None]
"""Called after each chunk with how far the run is."""


class Run:
    """A training from its start, or from its checkpoint, to its result.

    Parameters
    ----------
    job : Job
    dataset : Dataset
    network : Network
    path : pathlib.Path, optional
        Where the checkpoint is; resumed if it is there.
    every : float
        Least time between two checkpoints. [s]
    """

    def __init__(
        self,
        job: Job,
        dataset: Dataset,
        network: Network,
        path: Path | None = None,
        every: float = CHECKPOINT_EVERY,
    ) -> None:
        network = network_on_device(job, network)
        self.job, self.network, self.path, self.every = job, network, path, every
        self.algorithm = algorithm_on_device(job)
        self.learn, self.held = split(job, dataset, network)
        self.state = self.algorithm.start(network, job.synapse, job.seed)
        self.identity = identity(job, dataset, network) if path is not None else {}
        self.tallies: list[NDArray[np.float64]] = []
        self.partial = np.zeros(len(Tally._fields))
        self.done = 0  # samples of the epoch under way
        self.seconds = 0.0
        self.loads: list[float] = []
        self.test: list[float] = []
        self.validation: list[float] = []
        self.resumed = path is not None and path.exists()
        if path is not None and self.resumed:
            self._resume(path)
        else:
            self._look()

    def finish(self, watch: Watch) -> TrainingResult:
        """Train to the end and return the result."""
        kept = time.monotonic()
        watch(self.standing)
        self.resumed = False
        if len(self.tallies) < self.job.epochs:
            nothing = Batch(self.learn.images, self.learn.labels, np.zeros(0, np.int64))
            self.algorithm.run(
                self.state, nothing, 0
            )  # compiles, which is not to count as training
        while len(self.tallies) < self.job.epochs:
            self._advance()
            if self.path is not None and time.monotonic() - kept >= self.every:
                self.keep()
                kept = time.monotonic()
            watch(self.standing)
        if self.path is not None:
            self.keep()
        return self.result()

    def _advance(self) -> None:
        """Train one chunk; at the end of an epoch, look how good the network is."""
        epoch, n = len(self.tallies), len(self.learn.images)
        order = generator(self.job.seed, "nn.order", epoch).permutation(n)[
            self.done : self.done + CHUNK
        ]
        began = time.perf_counter()
        algorithm = self._scheduled(epoch)
        tally = algorithm.run(self.state, Batch(self.learn.images, self.learn.labels, order), epoch)
        self.seconds += time.perf_counter() - began
        if not np.isfinite(tally.loss) or not np.isfinite(self.algorithm.weights(self.state)).all():
            raise TrainingError(
                f"{self.algorithm} diverged in epoch {epoch + 1}; lower its rate (mean loss {tally.loss / len(order):.3g})"
            )
        self.partial += tally
        self.done += len(order)
        if self.done == n:
            self.tallies.append(self.partial)
            images, labels = self.learn.images[:IMAGES], self.learn.labels[:IMAGES]
            self.loads.append(
                cells_read(self.algorithm.weights(self.state), self._net(), images, labels)
            )
            self.partial, self.done = np.zeros(len(Tally._fields)), 0
            self._look()

    def _scheduled(self, epoch: int) -> Algorithm:
        """Return the algorithm with the rate of an epoch, digital biases set to theirs."""
        algorithm, schedule = self.algorithm, self.job.schedule
        if schedule is None:
            factor = getattr(algorithm, "decay", 1.0) ** epoch
        else:
            factor = schedule.factor(epoch, self.job.epochs, self.validation)
            algorithm = with_rate(algorithm, factor)
        self.state.net.bias_rate[0] = self.network.bias_rate * factor
        return algorithm

    def _look(self) -> None:
        """Measure the accuracy on the test images and on those held out."""
        if self.job.test:
            self.test.append(self._accuracy(self.learn.test_images, self.learn.test_labels))
        if self.job.validation:
            self.validation.append(self._accuracy(self.held.images, self.held.labels))

    def _accuracy(self, images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> float:
        if not len(images):
            return float("nan")
        return float((self.classes(images) == labels).mean())

    def classes(self, images: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Return the class the network puts each image in, shape (n,)."""
        return classify(self.algorithm.weights(self.state), self._net(), images)

    def _net(self) -> Net:
        """Return the network as it stands, with scratch and noise of its own: looking at it changes nothing."""
        net = self.network.net(self.job.seed)
        net.bias[:] = self.state.net.bias
        net.bias_rate[:] = 0
        return net

    @property
    def standing(self) -> Standing:
        """How far the run is."""
        n, epochs = len(self.learn.images), self.job.epochs
        epoch = len(self.tallies)
        during = self.partial if self.done else self.tallies[-1] if self.tallies else None
        seen = self.validation or self.test
        return Standing(
            fraction=(epoch + self.done / n) / epochs,
            epoch=epoch,
            epochs=epochs,
            resumed=self.resumed,
            train_accuracy=float(during[_CORRECT]) / (self.done or n)
            if during is not None
            else float("nan"),
            accuracy=seen[-1] if seen else float("nan"),
            samples_per_second=(epoch * n + self.done) / self.seconds if self.seconds else 0.0,
        )

    def keep(self) -> None:
        """Write the checkpoint."""
        assert self.path is not None
        history = {
            "tallies": np.array(self.tallies).reshape(-1, len(Tally._fields)),
            "partial": self.partial,
            "done": np.array(self.done),
            "seconds": np.array(self.seconds),
            "loads": np.array(self.loads),
            "test": np.array(self.test),
            "validation": np.array(self.validation),
        }
        checkpoint.save(self.path, self.identity, self.state, history)

    def _resume(self, path: Path) -> None:
        history = checkpoint.load(path, self.identity, self.state)
        self.tallies = list(history["tallies"])
        self.partial, self.done = history["partial"], int(history["done"])
        self.seconds = float(history["seconds"])
        self.test, self.validation = history["test"].tolist(), history["validation"].tolist()
        self.loads = history["loads"].tolist()
        if len(self.tallies) > self.job.epochs:
            raise TrainingError(
                f"checkpoint {path}: has {len(self.tallies)} epochs behind it, more than epochs = {self.job.epochs}; "
                "ask for as many or more, or start anew in another folder"
            )

    def result(self) -> TrainingResult:
        """Return what the run has given."""
        n = len(self.learn.images)
        total = Tally(*np.array(self.tallies).T)
        return TrainingResult(
            algorithm=self.algorithm,
            seed=self.job.seed,
            loss=np.asarray(total.loss) / n,
            train_accuracy=np.asarray(total.correct) / n,
            test_accuracy=np.array(self.test) if self.job.test else None,
            validation_accuracy=np.array(self.validation) if self.job.validation else None,
            pulses=np.asarray(total.pulses).astype(np.int64),
            cost=self._cost(total),
            write_energy=self.job.pulse_energy,
            weights=self.algorithm.weights(self.state).copy(),
            biases=self.state.net.bias.copy(),
            confusion=self._confusion(),
            samples_per_second=n * len(self.tallies) / self.seconds,
        )

    def _cost(self, total: Tally) -> Cost:
        pulses, transfers = (
            np.asarray(part).astype(np.int64) for part in (total.pulses, total.reads)
        )
        return cost(
            self.network,
            None if isinstance(self.algorithm, FloatingPoint) else self.job.synapse,
            len(self.learn.images),
            pulses,
            transfers,
            np.array(self.loads),
            self.job.pulse_energy,
            getattr(self.algorithm, "bl_max", BL_MAX),
        )

    def _confusion(self) -> NDArray[np.int64] | None:
        """Return how often an image of each class (rows) is put in each (columns): of the test images, else the held-out."""
        images, labels = self.learn.test_images, self.learn.test_labels
        if not self.job.test:
            images, labels = self.held.images, self.held.labels
        if not len(images):
            return None
        n = self.network.widths[-1]
        pairs = labels.astype(np.int64) * n + self.classes(images)
        return np.bincount(pairs, minlength=n * n).reshape(n, n)
