"""A tile: one array under one algorithm, all of whose state lies in memory that torch and the
kernels share.

Nothing here is torch's: a tile takes and gives NumPy arrays, which are views of tensors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acanthite import threads
from acanthite.crossbar import Wires
from acanthite.errors import TrainingError
from acanthite.nn.algorithms.base import Algorithm, OnDevices, RankOneGradients
from acanthite.nn.algorithms.catalogue import algorithm_named
from acanthite.nn.engine.coincidences import Draws
from acanthite.nn.engine.deferred import Notes
from acanthite.nn.engine.layout import Net
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.periphery import Converters, Periphery
from acanthite.nn.engine.pulses import Array, FiringLines
from acanthite.nn.engine.rng import WORDS, Rng, refill
from acanthite.synapse.base import Synapse
from acanthite.synapse.units.unit_cell import UnitCell
from acanthite.torch.drops import Drops
from acanthite.torch.pairs import Floats, Pair, joined
from acanthite.torch.reads import read_lines, write_lines

_WORTH = 1 << 21  # cells times samples from which an update is worth more than one thread


class Tile:
    """An array of ``n_in`` by ``n_out`` cells (and its companions: a fast array, H ...) under one
    algorithm.

    Parameters
    ----------
    n_in, n_out : int
        Input and output lines.
    synapse : Synapse, optional
        The device; ``"ideal"`` and ``"floating"`` do without.
    algorithm : str or Algorithm
        By name with its tuned knobs, or one with knobs of your own; its ``rate`` and ``decay`` are
        the optimizer's business.
    periphery : Periphery
        Converters, noise and bounds of the reads.
    seed : int
        Key of the devices and of all random numbers.
    wires : Wires, optional
        Resistances of the lines that the layer is read through; ideal without.

    Raises
    ------
    TrainingError
        If there are too many lines, the algorithm needs a device and there is none, or the layer
        runs on no single array to wire.

    Examples
    --------
    >>> import numpy as np
    >>> tile = ac.torch.Tile(3, 2, algorithm="floating", seed=1)
    >>> tile.program(np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]], np.float32))
    >>> tile.weights.tolist(), tile.pulses
    ([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]], 0)
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        synapse: Synapse | None = None,
        algorithm: str | Algorithm = "ttv2",
        periphery: Periphery | None = None,
        seed: int = 0,
        wires: Wires | None = None,
    ) -> None:
        for name, width in (("input", n_in), ("output", n_out)):
            if not 1 <= width < WORDS:
                raise TrainingError(
                    f"a tile of {width} {name} lines; expected 1 to {WORDS - 1}: split the layer"
                )
        self.n_in = n_in
        self.n_out = n_out
        self.seed = seed
        self.synapse = synapse
        self.algorithm = algorithm_named(algorithm, synapse)
        self.periphery = periphery or Periphery()
        self.exact = self.periphery.ideal
        self.wires = wires
        self.state = self.algorithm.start(Network((n_in, n_out), bias="digital"), synapse, seed)
        self.on_devices = self.algorithm.on_devices
        """Whether the weights are cells, with bounds and pulses."""
        self.drops = self._drops()
        self._key(seed)

    def _drops(self) -> Drops | None:
        """Lay the wires of the array that the layer runs on."""
        if self.wires is None:
            return None
        weights = self.algorithm.weights(self.state)
        own = [part for part in self.state if isinstance(part, Array) and part.weights is weights]
        of_units = isinstance(self.synapse, UnitCell)
        on_one = bool(own) and not of_units
        if not on_one or self.synapse is None or not isinstance(self.algorithm, OnDevices):
            raise TrainingError(
                f"wires: a tile of {self.algorithm} runs on no single array of devices; leave out "
                f"wires, or choose another {'device' if of_units else 'algorithm'}"
            )
        return Drops(
            self.wires, own[0], (self.n_in, self.n_out), self.synapse, self.algorithm.window
        )

    def _key(self, seed: int) -> None:
        """Begin the random streams of pulses and reads anew under a seed."""
        self.seed = seed
        stream = f"torch.{self.algorithm.name}"
        self._updater = self.algorithm.updater(self.n_in, self.n_out, seed, stream)
        self._lines = self.periphery.converters(max(self.n_in, self.n_out), seed)

    @property
    def weights(self) -> Floats:
        """What the layer runs on, shape (n_in, n_out): a view, changed by every update."""
        return self.algorithm.weights(self.state).reshape(self.n_in, self.n_out)

    @property
    def pulses(self) -> int:
        """Write pulses on all arrays of the tile so far."""
        return sum(int(part.counts.sum()) for part in self.state if isinstance(part, Array))

    def program(self, weights: Any) -> None:
        """Write weights, shape (n_in, n_out), as near as the cells' bounds let them.

        Raises
        ------
        TrainingError
            If they are not finite numbers of that shape.
        """
        self.algorithm.program(self.state, self._checked(weights).ravel())
        if self.drops is not None:
            self.drops.written()

    def _checked(self, weights: Any) -> Floats:
        """Return a copy of weights that can be written, float32 of shape (n_in, n_out)."""
        try:
            values = np.asarray(weights)
        except (TypeError, ValueError, RuntimeError):  # ragged, or a tensor of autograd
            values = np.asarray(None)
        shape = (self.n_in, self.n_out)
        what = f"{values.dtype} of shape {values.shape}"
        if values.dtype.kind in "biuf" and values.shape == shape:
            with np.errstate(over="ignore"):
                values = np.array(values, np.float32)
            if np.isfinite(values).all():
                return values
            what = "not all finite"
        raise TrainingError(
            f"a tile of {self.n_in} x {self.n_out}: weights are {what}; "
            f"expected finite numbers of shape {shape}"
        )

    def set_widest(self, n_in: int) -> None:
        """Record how many input lines the widest tile of the model has: Tiki-Taka's ``threshold``
        is that of the widest.
        """
        self.algorithm.set_widest(self.state, self.n_in, n_in)

    def read(self, x: Floats, product: Callable[[Floats], Floats]) -> Floats:
        """Return the product of inputs that went through the converters, with the noise and bounds
        of a read, shape (rows, n).

        Parameters
        ----------
        x : ndarray of float32, shape (rows, lines)
        product : callable
            The exact product of such rows.
        """
        inputs = np.empty_like(x)
        top = np.empty(len(x), np.float32)
        norm = np.empty(len(x), np.float32)
        read_lines(self._lines, x, inputs, top, norm)
        z = np.ascontiguousarray(product(inputs), np.float32)
        write_lines(self._lines, z, top, norm)
        return z

    def update(self, pairs: Sequence[Pair], rate: float, factor: float = 1.0) -> None:
        """Train on pairs, in their order.

        Parameters
        ----------
        pairs : sequence of Pair
            Finite.
        rate : float
            In the place of the algorithm's ``rate``. [1]
        factor : float
            On how fast the weights learn: on the rate or, where a threshold sets it, on one over
            the threshold, as the schedules of the online engine. [1]
        """
        x, d, samples = joined(pairs)
        if not len(x) or not rate * factor:
            return
        algorithm, rate = self._scaled(rate, factor)
        workers = threads.count() if x.shape[0] * self.n_in * self.n_out >= _WORTH else 1
        gradients = RankOneGradients(x, d, samples, rate, self._updater, workers)
        algorithm.update(self.state, gradients)
        algorithm.refresh(self.state, samples)
        if self.drops is not None:
            self.drops.moved()

    def _scaled(self, rate: float, factor: float) -> tuple[Algorithm, float]:
        """Return the algorithm learning ``factor`` times as fast, and the rate of its updates."""
        if factor == 1.0:
            return self.algorithm, rate
        algorithm = self.algorithm.at_rate(factor)
        return algorithm, rate * algorithm.rate / self.algorithm.rate

    def knobs(self, rate: float, factor: float, batch: int) -> Any:
        """Return what the kernels of the algorithm take to train sample by sample.

        Parameters
        ----------
        rate, factor : float
            As in :meth:`update`. [1]
        batch : int
            Samples to a step of the optimizer.
        """
        algorithm, rate = self._scaled(rate, factor)
        return algorithm.knobs_at(self.state, rate, batch)

    @property
    def draws(self) -> Draws:
        """What batches of pulses are drawn with, as the kernels take it."""
        return self._updater.draws

    @property
    def converters(self) -> Converters:
        """What the tile is read through, as the kernels take it."""
        return self._lines

    @property
    def identity(self) -> str:
        """Algorithm and device in words; what is saved from one tile goes into those of the same
        identity only.
        """
        wires = "" if self.wires is None else f", {self.wires}"
        return (
            f"{self.n_in} x {self.n_out}, {self.algorithm}, {self.synapse}, {self.periphery}{wires}"
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that training changes or the seed drew, by dotted name; views, except the
        places of the random streams.
        """
        arrays = dict(_saved(self.state, "state"))
        seed = np.array([self.seed], np.int64)
        if self.drops is not None:
            arrays |= {"wires.share": self.drops.share, "wires.solved_at": self.drops.solved_at}
        return {
            **arrays,
            "updater": self._updater.state,
            "periphery": self._lines.rng.state,
            "seed": seed,
        }

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Go on from saved arrays, bit for bit.

        Raises
        ------
        TrainingError
            If they are those of another kind of tile.
        """
        own = self.arrays()
        shapes, saved = (
            {n: (a.shape, str(a.dtype)) for n, a in which.items()} for which in (own, arrays)
        )
        if shapes != saved:
            name = next(n for n in (*own, *arrays) if shapes.get(n) != saved.get(n))
            raise TrainingError(
                f"saved tile: {name} is {_shape(saved.get(name))}; expected "
                f"{_shape(shapes.get(name))}: it is another version's"
            )
        self._key(int(arrays["seed"][0]))
        for name, values in arrays.items():
            if name.startswith(("state.", "wires.")):
                np.copyto(own[name], values)
        self._updater.restore(np.array(arrays["updater"]))
        self._lines.rng.state[:] = arrays["periphery"]
        for stream in (*_rngs(self.state), self._lines.rng):
            stream.key[0] = self.seed
            refill(stream)
        if self.drops is not None:
            self.drops.moved()

    def __deepcopy__(self, memo: dict[int, Any]) -> Tile:
        copy = object.__new__(Tile)
        memo[id(self)] = copy
        copy.__dict__.update(self.__dict__, state=_copied(self.state, {}))
        copy.drops = copy._drops()
        copy._key(self.seed)
        copy.restore(self.arrays())
        return copy

    def __getstate__(self) -> dict[str, Any]:
        arguments = (
            self.n_in,
            self.n_out,
            self.synapse,
            self.algorithm,
            self.periphery,
            self.seed,
            self.wires,
        )
        return {"arguments": arguments, "arrays": self.arrays()}

    def __setstate__(self, saved: dict[str, Any]) -> None:
        self.__init__(*saved["arguments"])
        self.restore(saved["arrays"])


def _saved(state: Any, name: str) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the arrays of a state that are not scratch."""
    if isinstance(state, np.ndarray):
        yield name, state
    elif isinstance(state, Rng):
        yield f"{name}.state", state.state
    elif isinstance(state, tuple) and not isinstance(state, Net | FiringLines | Notes):
        for field in state._fields:  # type: ignore[attr-defined]
            yield from _saved(getattr(state, field), f"{name}.{field}")


def _rngs(state: Any) -> list[Rng]:
    return [part for part in state if isinstance(part, Rng)]


def _copied(state: Any, done: dict[int, Any]) -> Any:
    """Return a state in memory of its own; what was one array stays one."""
    if isinstance(state, np.ndarray):
        return done.setdefault(id(state), state.copy())
    if isinstance(state, tuple) and hasattr(state, "_fields"):
        return type(state)(*(_copied(part, done) for part in state))
    return state


def _shape(saved: tuple[Any, ...] | None) -> str:
    return "missing" if saved is None else f"{saved[1]} of shape {saved[0]}"
