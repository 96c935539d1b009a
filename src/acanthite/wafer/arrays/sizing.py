"""How large an array of a technology may be to be read in time, and to be read at all.

Each candidate size is drawn with its own lines.

A smaller array has shorter leads, and a larger one longer leads, so no array can lend its wires to
another. So no result depends on the size anybody happened to ask about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from acanthite.constants import mV
from acanthite.crossbar import (
    SCHEMES,
    ConductanceRange,
    Crosstalk,
    ReadMargin,
    Transient,
    Wires,
    crosstalk,
    read_error,
    read_margin,
    transient,
)
from acanthite.crossbar.arrays.read_time import largest_size
from acanthite.display import Display
from acanthite.errors import LayoutError
from acanthite.parameters import AG2S, ParameterSet
from acanthite.quantities import accepts_quantities
from acanthite.wafer.layout.design import ArrayDesign
from acanthite.wafer.layout.wires import Substrate, parasitics

Shape = tuple[int, int]

_MOST_LINES = 1024  # of a square array that is looked at
_MOST_LEAKY = 128  # of one whose every node is eliminated
_SETTLED = 5e-3  # over the steady current: a read that came so near is followed no longer
_DECADES = 12  # of time, beyond the given one
_COARSE = 1e-4  # of a step: to judge an array
_FINE = 1e-5  # of a step: to say when it has settled, which coarse steps blur


@accepts_quantities
@dataclass(frozen=True)
class Technology:
    """What every array is drawn with, whatever its size.

    Parameters
    ----------
    parameters : ParameterSet
        Groups ``layout``, ``stack``, ``wire`` and ``filament``.
    film_thickness : float, optional
        Of the electrolyte; that of the stack's thin film without it. [m]
    substrate : {"silicon", "polyimide"}
    segment_resistance : float, optional
        Of all lines, in place of what the drawing gives. [ohm]

    Examples
    --------
    >>> technology = ac.wafer.Technology(substrate="polyimide", segment_resistance=2.0)
    >>> technology.wires(8).word_line_resistance
    2.0
    """

    parameters: ParameterSet = AG2S
    film_thickness: float | None = None
    substrate: Substrate = "silicon"
    segment_resistance: float | None = None

    def wires(self, rows: int, columns: int | None = None, *, continuous: bool = False) -> Wires:
        """Return the lines of an array of this technology.

        Parameters
        ----------
        rows : int
            Word lines.
        columns : int, optional
            Bit lines; as many as word lines without it.
        continuous : bool
            One electrolyte over the array, its excess not removed.

        Returns
        -------
        Wires

        Raises
        ------
        LayoutError
            If no such array can be drawn.
        """
        lines = int(rows), int(rows if columns is None else columns)
        design = ArrayDesign.of(self.parameters, *lines, continuous=continuous)
        drawn = parasitics(
            design, self.film_thickness, self.substrate, self.parameters
        ).of_crossbar()
        if self.segment_resistance is None:
            return drawn
        resistance = self.segment_resistance
        return replace(drawn, word_line_resistance=resistance, bit_line_resistance=resistance)

    def leaky_wires(self, lines: int) -> Wires:
        """Return the lines of a square array with the electrolyte left between its cells."""
        return self.wires(lines, continuous=True)


@dataclass(frozen=True)
class Settling(Display):
    """How fast an array and smaller ones are read.

    Parameters
    ----------
    reads : mapping of (int, int) to Transient
        By word and bit lines, the array asked about last; each followed until its currents have
        settled.
    steady : mapping of (int, int) to ndarray
        What the currents of each settle to, of an array at rest. [A]
    largest : int
        Lines of the largest square array that reads within ``time`` and ``error``; 0 if none does.
    time : float
        [s]
    error : float
        Of a column current, over the largest ideal one.
    conductance : float
        Of every cell. [S]
    read_voltage : float
        Of every word line. [V]

    Examples
    --------
    >>> from acanthite.constants import ns
    >>> found = ac.wafer.settling(ac.wafer.Technology(), (2, 2), limit=1)
    >>> [
    ...     f"{rows} x {columns}: {time / ns:.2f} ns"
    ...     for (rows, columns), time in found.settled().items()
    ... ]
    ['1 x 1: 0.03 ns', '2 x 2: 0.05 ns']
    """

    reads: Mapping[Shape, Transient]
    steady: Mapping[Shape, NDArray[np.float64]]
    largest: int
    time: float
    error: float
    conductance: float
    read_voltage: float

    def settled(self, within: float = 0.01) -> dict[Shape, float]:
        """Return when [s] the currents of each array have settled to within a share."""
        return {
            shape: read.settled(within, self.steady[shape]) for shape, read in self.reads.items()
        }

    def lost(self) -> dict[Shape, float]:
        """Return the share of its ideal current [1] that the worst column of each array lacks."""
        return {
            shape: 1.0 - float(current.min()) / self.ideal(shape)
            for shape, current in self.steady.items()
        }

    def ideal(self, shape: Shape) -> float:
        """Return the current of a column of ideal wires [A]."""
        return shape[0] * self.read_voltage * self.conductance


@accepts_quantities
def settling(
    technology: Technology,
    shape: Shape,
    *,
    time: float = 100e-9,
    error: float = 0.05,
    conductance: float = 2e-6,
    read_voltage: float = 5 * mV,
    limit: int = _MOST_LINES,
) -> Settling:
    """Return how fast an array is read, and the largest array that reads well enough.

    Arrays of half and a quarter of its lines are beside it.

    Parameters
    ----------
    technology : Technology
    shape : tuple of int
        Word and bit lines.
    time : float
        A read may take. [s]
    error : float
        A column current may be off by, over the largest ideal one.
    conductance : float
        Of all cells: the worst case of drops over wires. [S]
    read_voltage : float
        Of every word line. [V]
    limit : int
        Lines at most of the largest array.

    Returns
    -------
    Settling

    Raises
    ------
    LayoutError
        If ``time``, ``error`` or ``limit`` is not positive.

    Examples
    --------
    >>> result = settling(Technology(), (4, 8), limit=8)
    >>> list(result.reads), result.largest
    ([(1, 2), (2, 4), (4, 8)], 8)
    """
    technology.wires(*shape)  # refused before anything is computed
    largest = largest_array(
        technology, time, error, conductance=conductance, read_voltage=read_voltage, limit=limit
    )
    reads, steady = {}, {}
    for part in _parts(shape):
        wires = technology.wires(*part)
        cells, inputs = np.full(part, conductance), np.full(part[0], read_voltage)
        steady[part] = wires.crossbar(cells).solve(inputs).output_current
        reads[part] = _followed(cells, wires, inputs, 10 * time, steady[part])
    return Settling(reads, steady, largest, time, error, conductance, read_voltage)


def _followed(
    cells: NDArray[np.float64],
    wires: Wires,
    inputs: NDArray[np.float64],
    duration: float,
    steady: NDArray[np.float64],
) -> Transient:
    """Return a read, followed for a time [s] or until its currents have settled."""
    for _ in range(_DECADES):
        rough = transient(cells, wires, inputs, duration)
        if np.isfinite(rough.settled(_SETTLED, steady)):
            break
        duration *= 10
    return transient(cells, wires, inputs, duration, tolerance=_FINE)


def _parts(shape: Shape) -> list[Shape]:
    """Return a quarter, a half and the whole of a shape, each once."""
    return sorted({(max(1, shape[0] // k), max(1, shape[1] // k)) for k in (4, 2, 1)})


@accepts_quantities
def largest_array(
    technology: Technology,
    time: float,
    error: float,
    *,
    conductance: float = 2e-6,
    read_voltage: float = 5 * mV,
    limit: int = _MOST_LINES,
) -> int:
    """Return the lines of the largest square array that reads within a time and an error.

    0 if none does.

    Unlike :func:`acanthite.crossbar.largest_array`, which takes the same wires at every size, each
    size has the lines it is drawn with.

    Parameters
    ----------
    technology : Technology
    time : float
        From the step of the drivers. [s]
    error : float
        Of a column current, over the largest ideal one: unfinished charging and drops over the
        wires together.
    conductance : float
        Of all cells. [S]
    read_voltage : float
        Of every word line. [V]
    limit : int
        Lines at most.

    Returns
    -------
    int

    Raises
    ------
    LayoutError
        If ``time``, ``error`` or ``limit`` is not positive.

    Examples
    --------
    >>> from acanthite.constants import ns
    >>> ac.wafer.largest_array(ac.wafer.Technology(), time=0.06 * ns, error=0.05, limit=4)
    2
    """
    if not (time > 0 and error > 0 and limit >= 1):
        raise LayoutError(
            f"largest array: time = {time:g} s, error = {error:g}, limit = {limit}; expected "
            f"positive numbers"
        )

    def reads_well(lines: int) -> bool:
        wires = technology.wires(lines)
        cells = np.full((lines, lines), conductance)
        if not _steady_error(cells, wires, np.full(lines, read_voltage)) <= error:
            return False
        options = {"read_voltage": read_voltage, "tolerance": _COARSE}
        return read_error(cells, wires, time, **options) <= error

    return largest_size(reads_well, limit)


def _steady_error(cells: NDArray[np.float64], wires: Wires, inputs: NDArray[np.float64]) -> float:
    """Return how far off the settled currents are at the worst, over the largest ideal one."""
    ideal = inputs @ cells
    steady = wires.crossbar(cells).solve(inputs).output_current
    return float(np.abs(steady - ideal).max() / np.abs(ideal).max())


@dataclass(frozen=True)
class Margins(Display):
    """How well the states of the farthest cell of square arrays are told apart.

    Parameters
    ----------
    margins : mapping of str to ReadMargin
        By bias scheme, all over the same sizes.
    largest : mapping of str to int
        Lines of the largest array with the margin asked for; 0 if none has it.
    least : float
        That margin.
    limit : int
        Lines at most of the largest array.
    film_left : Crosstalk
        What an electrolyte left between the cells adds at V/2.

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> cells = ac.crossbar.ConductanceRange(lowest=0.01 * uS, highest=100 * uS)
    >>> found = ac.wafer.margins(ac.wafer.Technology(), 2, cells, level=1 * uS, limit=2)
    >>> found.largest["ground"], found.largest["V/2"]
    (2, 1)
    """

    margins: Mapping[str, ReadMargin]
    largest: Mapping[str, int]
    least: float
    limit: int
    film_left: Crosstalk


@accepts_quantities
def margins(
    technology: Technology,
    lines: int,
    cells: ConductanceRange,
    *,
    level: float,
    least: float = 0.5,
    read_voltage: float = 5 * mV,
    limit: int = _MOST_LINES,
    seed: int = 0,
) -> Margins:
    """Return the read margin of square arrays, and the largest array that can be read at all.

    Parameters
    ----------
    technology : Technology
    lines : int
        Of the largest array whose margin is listed, after the powers of two below it.
    cells : ConductanceRange
        Their lowest and highest conductance are the two states.
    level : float
        Of all cells while looking for what the electrolyte between them adds. [S]
    least : float
        Margin of an array that can be read.
    read_voltage : float
        [V]
    limit : int
        Lines at most of the largest array.
    seed : int
        Of the random patterns.

    Returns
    -------
    Margins

    Raises
    ------
    LayoutError
        If there is no line, or ``limit`` is not positive.

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> cells = ac.crossbar.ConductanceRange(lowest=0.01 * uS, highest=100 * uS)
    >>> found = ac.wafer.margins(ac.wafer.Technology(), 2, cells, level=1 * uS, limit=2)
    >>> [f"{bias}: {margin.margin[-1]:.2f}" for bias, margin in found.margins.items()]
    ['V/2: 0.50', 'V/3: 0.66', 'ground: 0.99', 'float: 0.66']
    """
    if lines < 1 or limit < 1:
        raise LayoutError(
            f"margins: lines = {lines}, limit = {limit}; expected whole numbers of at least 1"
        )
    sizes = [*(n for n in _powers_of_two() if n < lines), lines]

    def margin(n: list[int], bias: str) -> ReadMargin:
        return read_margin(
            n, bias, cells=cells, wires=technology.wires, read_voltage=read_voltage, seed=seed
        )

    by_bias = {bias: margin(sizes, bias) for bias in SCHEMES}
    largest = {
        bias: largest_size(lambda n, bias=bias: bool(margin([n], bias).margin[0] >= least), limit)
        for bias in SCHEMES
    }
    small = [n for n in sizes if n <= _MOST_LEAKY]
    film_left = crosstalk(
        small, technology.leaky_wires, "V/2", selected=level, others=level, voltage=read_voltage
    )
    return Margins(by_bias, largest, least, limit, film_left)


def _powers_of_two() -> tuple[int, ...]:
    return tuple(2**k for k in range(1, _MOST_LINES.bit_length()))
