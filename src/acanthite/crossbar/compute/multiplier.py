r"""A matrix held by arrays of memristors: y = W x with converters, mapping, tiles and errors.

.. math:: y = \frac{w}{u}\,\frac{x_0}{v_0}\,\sum_\mathrm{tiles}
          \mathrm{combine}\Big(\mathrm{ADC}\big(\tfrac{v_0}{x_0}\,\mathrm{drive}(\mathrm{DAC}(x))\,
          G_\mathrm{eff}\big)\Big)

with w the largest weight, u the conductance of a weight of one, and x_0 the input read with the
voltage v_0. Devices are linear, as they are within the read window.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from acanthite.constants import mV
from acanthite.crossbar.array_types import Array, Shape
from acanthite.crossbar.arrays.conductance_range import AG2S_RANGE, ConductanceRange
from acanthite.crossbar.circuit.checks import count, finite, number, numbers
from acanthite.crossbar.circuit.wires import Wires
from acanthite.crossbar.compute.converters import Converter
from acanthite.crossbar.compute.effects import Effects
from acanthite.crossbar.compute.mapping import ColumnPairs, Mapping, combined, tile
from acanthite.display import Described
from acanthite.errors import CrossbarError
from acanthite.quantities import accepts_quantities
from acanthite.random import generator


@dataclass(frozen=True, repr=False)
class MatrixTile(Described, target="S", made="S", effective="S", unit="S"):
    """One array and the part of the matrix it holds.

    Parameters
    ----------
    outputs, inputs : slice
        Of the matrix.
    target, made, effective : ndarray, shape (rows, columns)
        Conductances wanted, those of the cells as made, and those seen through the lines. [S]
    unit : float
        Conductance of a weight of one. [S]

    Examples
    --------
    >>> import numpy as np
    >>> matrix = ac.crossbar.AnalogMatrix(np.ones((4, 10)), array=(8, 8))
    >>> [(tile.inputs.start, tile.inputs.stop, tile.target.shape) for tile in matrix.tiles]
    [(0, 8, (8, 8)), (8, 10, (2, 8))]
    """

    outputs: slice
    inputs: slice
    target: Array
    made: Array
    effective: Array
    unit: float


@accepts_quantities
@dataclass(frozen=True, eq=False)
class AnalogMatrix:
    """A matrix on arrays: ``matrix @ x``, or ``x @ matrix`` on arrays of its transpose :attr:`T`.

    ``numpy.asarray(matrix)`` is the matrix it multiplies by, converters and noise aside:
    :attr:`seen`.

    Parameters
    ----------
    weights : array_like, shape (outputs, inputs)
        Any real matrix.
    mapping : Mapping
        How signed weights are held.
    cells : ConductanceRange
        What conductances there are.
    array : tuple of int
        Rows and columns of the largest array; the matrix is cut to fit.
    dac, adc : Converter
        Of inputs, in the user's unit, and of the current of each column. [A] An ADC without a range
        takes the largest current its array can give.
    read_voltage : float
        Of the largest input. [V]
    wires : Wires, optional
        Of each array; without them lines are ideal. Every array then costs one solve for each of
        its rows, once.
    effects : Effects
    seed : int
        Key of all draws.
    largest_weight : float, optional
        What the highest conductance stands for; the largest magnitude of the weights without it.
    made : array_like, shape (rows, columns), optional
        Conductances of real devices, used instead of the mapping's where the whole matrix fits one
        array. [S]

    Raises
    ------
    CrossbarError
        If a matrix cannot be held so.

    Examples
    --------
    >>> import numpy as np
    >>> weights = np.array([[0.5, -1.0], [0.25, 0.75]])
    >>> inputs = ac.crossbar.Converter(bits=4, full_scale=1.0)
    >>> matrix = ac.crossbar.AnalogMatrix(weights, dac=inputs)
    >>> (matrix @ [1.0, 0.4]).round(3).tolist()  # exact: 0.1 and 0.55
    [0.071, 0.571]
    """

    weights: Array
    mapping: Mapping = field(default_factory=ColumnPairs)
    cells: ConductanceRange = AG2S_RANGE
    array: tuple[int, int] = (128, 128)
    dac: Converter = field(default_factory=Converter)
    adc: Converter = field(default_factory=Converter)
    read_voltage: float = 25.5 * mV
    wires: Wires | None = None
    effects: Effects = field(default_factory=Effects)
    seed: int = 0
    largest_weight: float | None = None
    made: Array | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        W = np.array(numbers("weights", self.weights))  # its own: the caller's may change
        W.flags.writeable = False
        if W.ndim != 2 or 0 in W.shape or not np.isfinite(W).all():
            raise CrossbarError(
                f"weights: shape {W.shape}; expected finite numbers (outputs, inputs)"
            )
        number("read_voltage", self.read_voltage, above=0)
        if self.largest_weight is not None:
            number("largest_weight", self.largest_weight, above=0)
        if not (isinstance(self.array, tuple) and len(self.array) == 2):
            raise CrossbarError(
                f"array = {self.array!r:.60}; expected two whole numbers, rows and columns"
            )
        for n in self.array:
            count("array", n, least=0)
        object.__setattr__(self, "weights", W)

    @property
    def shape(self) -> Shape:
        """Outputs and inputs."""
        return self.weights.shape[0], self.weights.shape[1]

    @cached_property
    def scale(self) -> float:
        """The weight that the highest conductance stands for."""
        largest = float(np.abs(self.weights).max())
        if self.largest_weight is None:
            return largest or 1.0
        if not self.largest_weight >= largest:
            raise CrossbarError(
                f"largest_weight = {self.largest_weight}; the weights go up to {largest}"
            )
        return self.largest_weight

    @cached_property
    def tiles(self) -> tuple[MatrixTile, ...]:
        """The arrays, programmed; inputs running fastest."""
        parts = tile(self.mapping, *self.shape, *self.array)
        if self.made is not None and len(parts) > 1:
            raise CrossbarError(
                f"made: the matrix takes {len(parts)} arrays of at most {self.array[0]} x "
                f"{self.array[1]}; conductances can be given for one only: take a larger array"
            )
        return tuple(self._tile(k, *part) for k, part in enumerate(parts))

    def _tile(self, index: int, outputs: slice, inputs: slice) -> MatrixTile:
        target = self.mapping.encode(self.weights[outputs, inputs] / self.scale, self.cells)
        given = target
        if self.made is not None:
            given = np.array(finite("made", self.made, target.shape, least=0.0))
        made = self.effects.make(given, self.cells, self.seed, index)
        seen = made if self.wires is None else self.wires.crossbar(made).effective_conductance()
        unit = self.mapping.unit(target, made, self.cells)
        return MatrixTile(outputs, inputs, target, made, seen, unit)

    @property
    def held(self) -> Array:
        """The weights as the cells came out, without wires and converters, (outputs, inputs)."""
        return self._weights(lambda t: t.made)

    @property
    def seen(self) -> Array:
        """The weights as the lines show them, wires included, shape (outputs, inputs)."""
        return self._weights(lambda t: t.effective)

    def _weights(self, conductance: Callable[[MatrixTile], Array]) -> Array:
        W = np.empty(self.shape)
        for t in self.tiles:
            inputs = t.inputs.stop - t.inputs.start
            weights = combined(self.mapping, conductance(t), inputs) / t.unit
            W[t.outputs, t.inputs] = self.scale * weights
        return W

    def multiply(self, x: ArrayLike, *, read: int = 0) -> Array:
        """Return W x as the arrays give it.

        Parameters
        ----------
        x : array_like, shape (inputs,) or (batch, inputs)
            Without a range of the DAC the largest magnitude in ``x`` is read with the full voltage.
        read : int
            Number of the read: noise is drawn by it, so the same number gives the same bits.

        Returns
        -------
        ndarray, shape (outputs,) or (batch, outputs)

        Raises
        ------
        CrossbarError
            If ``x`` has another shape or is not finite, or the product is too large for a number.
        """
        x = numbers("x", x)
        count("read", read, least=0)
        y = np.zeros((max(1, x.size // self.shape[1]), self.shape[0]))
        for t, current in self._currents(x, read):
            codes = self.adc.convert(current, self._largest_current(t))
            y[:, t.outputs] += self.mapping.combine(codes) / t.unit
        with np.errstate(over="ignore", invalid="ignore"):
            y *= self.scale * self._input_scale(x) / self.read_voltage
        if not np.isfinite(y).all():
            raise CrossbarError(
                "multiply: the product is beyond what a number holds; scale the weights or x"
            )
        return y.reshape(*x.shape[:-1], self.shape[0])

    def __matmul__(self, x: ArrayLike) -> Array:
        """Return W x for x of shape (inputs,), or (inputs, batch) as for a NumPy matrix."""
        x = numbers("x", x)
        return self.multiply(x) if x.ndim < 2 else self.multiply(x.T).T

    __array_ufunc__ = None  # so that NumPy leaves x @ matrix to __rmatmul__

    def __rmatmul__(self, x: ArrayLike) -> Array:
        """Return x W for x of shape (outputs,) or (batch, outputs), as for a NumPy matrix."""
        return self.T.multiply(x)

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray:
        """Return :attr:`seen`."""
        return np.array(self.seen, dtype)

    @cached_property
    def T(self) -> AnalogMatrix:  # noqa: N802 - as NumPy calls it
        """The transpose, on arrays of its own made alike; its converters have no range yet.

        Raises
        ------
        CrossbarError
            If the conductances are those of real devices: they hold this matrix, not the transposed
            one.
        """
        if self.made is not None:
            raise CrossbarError(
                "made: these devices hold the matrix itself; its transposed one takes others"
            )
        dac, adc = (replace(converter, full_scale=None) for converter in (self.dac, self.adc))
        return replace(self, weights=self.weights.T, dac=dac, adc=adc)

    def calibrate(self, x: ArrayLike, quantile: float = 1.0, margin: float = 1.25) -> AnalogMatrix:
        """Return this matrix with the ranges of its converters set by what inputs like ``x`` give.

        Parameters
        ----------
        x : array_like, shape (batch, inputs)
            Typical inputs: not those it is judged by.
        quantile : float
            Of the magnitudes of all column currents; beyond the range they are clipped.
        margin : float
            Range over that quantile, and over the largest input where the DAC has no range of its
            own.

        Examples
        --------
        >>> import numpy as np
        >>> bits = ac.crossbar.Converter(bits=6)
        >>> matrix = ac.crossbar.AnalogMatrix(np.eye(4), dac=bits, adc=bits).calibrate(np.eye(4))
        >>> matrix.dac.full_scale, (matrix @ np.ones(4)).round(2).tolist()
        (1.25, [1.02, 1.02, 1.02, 1.02])
        """
        number("calibrate: quantile", quantile, above=0, most=1)
        number("calibrate: margin", margin, above=0)
        x = numbers("x", x)
        dac = replace(self.dac, full_scale=self.dac.full_scale or margin * self._input_scale(x))
        fixed = replace(self, dac=dac)
        seen = np.concatenate([np.abs(i).ravel() for _, i in fixed._currents(x, 0)])
        top = margin * float(np.quantile(seen, quantile))
        if not top > 0:
            raise CrossbarError(
                "calibrate: these inputs give no current; take inputs that are not zero"
            )
        return replace(fixed, adc=replace(self.adc, full_scale=top))

    def clipped(self, x: ArrayLike) -> float:
        """Return the share of column currents beyond the range of the ADC for inputs ``x``."""
        shares = [
            (self.adc.clipped(i, self._largest_current(t)), i.size)
            for t, i in self._currents(numbers("x", x), 0)
        ]
        return float(np.average([s for s, _ in shares], weights=[n for _, n in shares]))

    def _input_scale(self, x: Array) -> float:
        return self.dac.full_scale or float(np.abs(x).max()) or 1.0

    def _currents(self, x: Array, read: int) -> Iterator[tuple[MatrixTile, Array]]:
        """Yield each tile with its column currents [A], shape (batch, columns)."""
        if x.ndim not in (1, 2) or x.shape[-1] != self.shape[1]:
            raise CrossbarError(
                f"x: shape {x.shape}; expected ({self.shape[1]},) or (batch, {self.shape[1]})"
            )
        if x.size == 0 or not np.isfinite(x).all():
            raise CrossbarError("x: empty, or holds values that are not finite")
        top = self._input_scale(x)
        volts = self.dac.convert(np.atleast_2d(x), top) * (self.read_voltage / top)
        for k, t in enumerate(self.tiles):
            drive = self.mapping.drive(volts[:, t.inputs])
            current = drive @ t.effective
            if self.effects.noise is not None:
                rng = generator(self.seed, "crossbar-read", read * len(self.tiles) + k)
                current = current + self.effects.noise.draw(drive, t.effective, rng)
            yield t, current

    def _largest_current(self, t: MatrixTile) -> float:
        return float(self.read_voltage * np.abs(t.effective).sum(0).max())
