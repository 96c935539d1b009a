"""One training under way, in chunks of samples; between them it reports and can be saved.

A run is serial, as the hardware is, and its random streams are keyed by its seed, so neither
threads nor where it was stopped and resumed change a bit of its result.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from acanthite.errors import TrainingError
from acanthite.nn.algorithms.base import Algorithm, Batch, Tally
from acanthite.nn.array_types import Bytes, Integers, Singles
from acanthite.nn.engine.layout import Net, lay_out
from acanthite.nn.engine.passes import classify
from acanthite.nn.training import checkpoint
from acanthite.nn.training.hardware import IMAGES, cells_read, cost, sample_time
from acanthite.nn.training.result import TrainingResult
from acanthite.nn.training.setup import Setup
from acanthite.random import generator

CHUNK = 2000  #: samples between two reports of progress
CHECKPOINT_EVERY = 5.0  #: least time between two checkpoints [s]

_CORRECT = Tally._fields.index("correct")

_NAN = float("nan")


@dataclass(frozen=True)
class TrainingProgress:
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
        On the held-out images, else on the test images, after the last finished epoch; NaN without
        either. [1]
    samples_per_second : float
        Of training so far. [1/s]

    Examples
    --------
    What a training says of itself on its way:

    >>> import numpy as np
    >>> labels = (np.arange(400) % 2).astype(np.uint8)
    >>> images = np.repeat(255 * np.eye(2, dtype=np.uint8)[labels], 8, axis=1)
    >>> data = ac.nn.Dataset("sides", images, labels, images[:20], labels[:20])
    >>> said = []
    >>> result = ac.nn.train(data, "16-2", algorithm="floating", epochs=2, watch=said.append)
    >>> last = said[-1]
    >>> print(f"epoch {last.epoch} of {last.epochs}: {last.accuracy:.0%}")
    epoch 2 of 2: 100%
    """

    fraction: float
    epoch: int
    epochs: int
    resumed: bool
    train_accuracy: float
    accuracy: float
    samples_per_second: float


Watch = Callable[[TrainingProgress], None]
"""Called after each chunk with how far the run is."""


@dataclass
class History:
    """What a run has given so far, and where it stands.

    A checkpoint holds this and the state.
    """

    tallies: list[list[float]] = field(default_factory=list)  # one an epoch
    partial: list[float] = field(default_factory=lambda: [0.0] * len(Tally._fields))
    """Of the epoch under way."""
    done: int = 0  # samples of the epoch under way
    seconds: float = 0.0
    cells_read: list[float] = field(default_factory=list)
    test: list[float] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)


class Run:
    """A training from its start, or from its checkpoint, to its result.

    Parameters
    ----------
    setup : Setup
    path : pathlib.Path, optional
        Where the checkpoint is; resumed if it is there.
    every : float
        Least time between two checkpoints. [s]

    Examples
    --------
    A training that has not begun; :func:`train` makes one and brings it to its end:

    >>> import numpy as np
    >>> labels = (np.arange(40) % 2).astype(np.uint8)
    >>> images = np.repeat(255 * np.eye(2, dtype=np.uint8)[labels], 8, axis=1)
    >>> data = ac.nn.Dataset("sides", images, labels, images[:10], labels[:10])
    >>> job = ac.nn.Job(dataset=data, network="16-2", algorithm="floating", epochs=3)
    >>> run = ac.nn.Run(ac.nn.prepare(job))
    >>> run.progress.epoch, run.progress.epochs, run.resumed
    (0, 3, False)
    """

    def __init__(
        self, setup: Setup, path: Path | None = None, every: float = CHECKPOINT_EVERY
    ) -> None:
        self.setup = setup
        self.path = path
        self.every = every
        self.state = setup.algorithm.start(setup.network, setup.synapse, setup.job.seed)
        self.history = History()
        self.resumed = path is not None and path.exists()
        if path is not None and self.resumed:
            self._resume(path)
        else:
            self._measure_accuracy()

    def finish(self, watch: Watch) -> TrainingResult:
        """Train to the end and return the result."""
        saved = time.monotonic()
        watch(self.progress)
        self.resumed = False
        if not self.finished:
            self._compile()
        while not self.finished:
            self._advance()
            if self.path is not None and time.monotonic() - saved >= self.every:
                self._save(self.path)
                saved = time.monotonic()
            watch(self.progress)
        if self.path is not None:
            self._save(self.path)
        return self._result()

    @property
    def finished(self) -> bool:
        """Whether all epochs are done."""
        return len(self.history.tallies) >= self.setup.job.epochs

    @property
    def weights(self) -> Singles:
        """The weights the network runs on, shape (n_weights,). [1]"""
        return self.setup.algorithm.weights(self.state)

    def _compile(self) -> None:
        """Train on nothing: compiling is not to count as training."""
        images = self.setup.training
        nothing = Batch(images.images, images.labels, np.zeros(0, np.int64))
        self.setup.algorithm.run(self.state, nothing, 0)

    def _advance(self) -> None:
        """Train one chunk; at the end of an epoch, measure how good the network is."""
        images = self.setup.training
        history = self.history
        epoch = len(history.tallies)
        n = len(images.images)
        shuffled = generator(self.setup.job.seed, "nn.order", epoch).permutation(n)
        order = shuffled[history.done : history.done + CHUNK]
        began = time.perf_counter()
        algorithm = self._scheduled(epoch)
        tally = algorithm.run(self.state, Batch(images.images, images.labels, order), epoch)
        history.seconds += time.perf_counter() - began
        self._let_rest(epoch * n + history.done, len(order))
        if not np.isfinite(tally.loss) or not np.isfinite(self.weights).all():
            raise TrainingError(
                f"{self.setup.algorithm} diverged in epoch {epoch + 1}; lower its rate "
                f"(mean loss {tally.loss / len(order):.3g})"
            )
        history.partial = np.add(history.partial, tally).tolist()
        history.done += len(order)
        if history.done == n:
            self._end_epoch()

    def _let_rest(self, moment: int, n_samples: int) -> None:
        """Let the cells decay and diffuse for as long as the samples took them."""
        synapse = self.setup.synapse
        if synapse is not None and synapse.rest is not None and synapse.rest.moves:
            seconds = n_samples * sample_time(self.setup)
            self.setup.algorithm.let_rest(self.state, seconds, self.setup.job.seed, moment)

    def _end_epoch(self) -> None:
        images = self.setup.training.images[:IMAGES]
        labels = self.setup.training.labels[:IMAGES]
        history = self.history
        history.tallies.append(history.partial)
        history.cells_read.append(cells_read(self.weights, self._net(), images, labels))
        history.partial = [0.0] * len(Tally._fields)
        history.done = 0
        self._measure_accuracy()

    def _scheduled(self, epoch: int) -> Algorithm:
        """Return the algorithm at the rate of an epoch, and set the rate of digital biases."""
        job = self.setup.job
        algorithm = self.setup.algorithm
        schedule = self.setup.schedule
        if schedule is None:
            factor = algorithm.decay**epoch
        else:
            factor = schedule.factor(epoch, job.epochs, self.history.validation)
            algorithm = algorithm.at_rate(factor)
        self.state.net.bias_rate[0] = self.setup.network.bias_rate * factor
        return algorithm

    def _measure_accuracy(self) -> None:
        """Measure the accuracy on the test images and on those held out."""
        images = self.setup.training
        held_out = self.setup.held_out
        if self.setup.job.test:
            self.history.test.append(self._accuracy(images.test_images, images.test_labels))
        if self.setup.job.validation:
            self.history.validation.append(self._accuracy(held_out.images, held_out.labels))

    def _accuracy(self, images: Bytes, labels: Bytes) -> float:
        return float((self._classes(images) == labels).mean()) if len(images) else _NAN

    def _classes(self, images: Bytes) -> Integers:
        """Return the class the network puts each image in, shape (n,)."""
        return classify(self.weights, self._net(), images)

    def _net(self) -> Net:
        """Return the network with scratch and noise of its own: measuring it changes nothing."""
        net = lay_out(self.setup.network, self.setup.job.seed)
        net.bias[:] = self.state.net.bias
        net.bias_rate[:] = 0
        return net

    @property
    def progress(self) -> TrainingProgress:
        """How far the run is."""
        history = self.history
        n = len(self.setup.training.images)
        epochs = self.setup.job.epochs
        epoch = len(history.tallies)
        samples = epoch * n + history.done
        train_accuracy = _NAN
        if history.done:
            train_accuracy = history.partial[_CORRECT] / history.done
        elif history.tallies:
            train_accuracy = history.tallies[-1][_CORRECT] / n
        measured = history.validation or history.test
        return TrainingProgress(
            fraction=(epoch + history.done / n) / epochs,
            epoch=epoch,
            epochs=epochs,
            resumed=self.resumed,
            train_accuracy=train_accuracy,
            accuracy=measured[-1] if measured else _NAN,
            samples_per_second=samples / history.seconds if history.seconds else 0.0,
        )

    def _save(self, path: Path) -> None:
        """Write the checkpoint."""
        history = {name: np.array(values) for name, values in vars(self.history).items()}
        checkpoint.save(path, self.setup.identity, self.state, history)

    def _resume(self, path: Path) -> None:
        saved = checkpoint.load(path, self.setup.identity, self.state)
        self.history = History(**{name: values.tolist() for name, values in saved.items()})
        epochs = self.setup.job.epochs
        done = len(self.history.tallies)
        if done > epochs:
            raise TrainingError(
                f"checkpoint {path}: has {done} epochs behind it, more than epochs = {epochs}; "
                "ask for as many or more, or start anew in another folder"
            )

    def _result(self) -> TrainingResult:
        setup = self.setup
        history = self.history
        n = len(setup.training.images)
        loss, correct, pulses, reads = np.array(history.tallies).T
        pulses = pulses.astype(np.int64)
        reads = reads.astype(np.int64)
        return TrainingResult(
            algorithm=setup.algorithm,
            seed=setup.job.seed,
            loss=loss / n,
            train_accuracy=correct / n,
            test_accuracy=np.array(history.test) if setup.job.test else None,
            validation_accuracy=np.array(history.validation) if setup.job.validation else None,
            pulses=pulses,
            cost=cost(setup, pulses, reads, np.array(history.cells_read)),
            write_energy=setup.pulse_energy,
            weights=self.weights.copy(),
            biases=self.state.net.bias.copy(),
            confusion=self._confusion(),
            samples_per_second=n * len(history.tallies) / history.seconds,
        )

    def _confusion(self) -> Integers | None:
        """Return counts of images by class (rows) and predicted class (columns)."""
        images = self.setup.training.test_images
        labels = self.setup.training.test_labels
        if not self.setup.job.test:
            images = self.setup.held_out.images
            labels = self.setup.held_out.labels
        if not len(images):
            return None
        n = self.setup.network.widths[-1]
        pairs = labels.astype(np.int64) * n + self._classes(images)
        return np.bincount(pairs, minlength=n * n).reshape(n, n)
