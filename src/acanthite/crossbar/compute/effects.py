r"""What makes an array differ from the matrix it should hold, each to be switched on alone.

Spread, bending and stuck cells change the conductances once, when the array is made; noise comes
anew with every read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from acanthite.constants import boltzmann, us
from acanthite.crossbar.array_types import Array
from acanthite.crossbar.circuit.checks import check_fields, number
from acanthite.device import ContactNoise
from acanthite.errors import CrossbarError
from acanthite.parameters import AG2S, ParameterSet
from acanthite.quantities import accepts_quantities
from acanthite.random import generator

if TYPE_CHECKING:
    from acanthite.crossbar.arrays.conductance_range import ConductanceRange
    from acanthite.device.noise.contact_noise import Hypothesis
    from acanthite.film import Film


@dataclass(frozen=True)
class Spread:
    """Factors between the conductances cells come out at and the targets, above the lowest.

    Parameters
    ----------
    sigma : float
        Standard deviation of the logarithm of the factor, whose median is one.
    factors : tuple of float
        Factors of measured or simulated devices, of which each cell draws one; ``sigma`` comes on
        top.

    Raises
    ------
    CrossbarError
        If a number is negative or not finite.

    Examples
    --------
    A tenth of mismatch in every cell of a matrix of ones:

    >>> import numpy as np
    >>> effects = ac.crossbar.Effects(spread=ac.crossbar.Spread(sigma=0.1))
    >>> matrix = ac.crossbar.AnalogMatrix(np.ones((4, 64)), effects=effects, seed=1)
    >>> print(f"{np.log(matrix.held).std():.2f}")
    0.10
    """

    sigma: float = 0.0
    factors: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        number("spread: sigma", self.sigma, least=0)
        for factor in self.factors:
            number("spread: factor", factor, least=0)

    @classmethod
    def of(cls, conductance: ArrayLike, nominal: float | None = None) -> Spread:
        """Return the spread of devices that should be alike.

        Parameters
        ----------
        conductance : array_like, shape (n,)
            As read. [S]
        nominal : float, optional
            What a factor of one is; the median without it. [S]

        Examples
        --------
        >>> from acanthite.constants import uS
        >>> ac.crossbar.Spread.of([80 * uS, 100 * uS, 130 * uS]).factors
        (0.8, 1.0, 1.3)
        """
        G = np.asarray(conductance, float).ravel()
        if G.size == 0 or not np.isfinite(G).all() or not (G > 0).all():
            raise CrossbarError(
                "spread: expected finite positive conductances of at least one device"
            )
        return cls(factors=tuple((G / (np.median(G) if nominal is None else nominal)).tolist()))

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        """Return a factor for each cell."""
        factor = np.exp(self.sigma * rng.standard_normal(shape))
        if self.factors:
            factor *= rng.choice(np.array(self.factors), shape)
        return factor


@dataclass(frozen=True)
class Stuck:
    """Cells that cannot be programmed.

    Parameters
    ----------
    high, low : float
        Share of the cells stuck at the highest and at the lowest conductance.

    Raises
    ------
    CrossbarError
        If the shares are negative or more than all cells.

    Examples
    --------
    >>> import numpy as np
    >>> effects = ac.crossbar.Effects(stuck=ac.crossbar.Stuck(low=0.1))
    >>> matrix = ac.crossbar.AnalogMatrix(np.ones((8, 64)), effects=effects, seed=1)
    >>> print(f"{(matrix.held < 0.5).mean():.0%} of the weights are lost")
    11% of the weights are lost
    """

    high: float = 0.0
    low: float = 0.0

    def __post_init__(self) -> None:
        check_fields(self, "stuck", vars(self), least=0)
        number("stuck: shares together", self.high + self.low, most=1)


@accepts_quantities
@dataclass(frozen=True)
class ReadNoise:
    r"""Noise of a read, independent between cells and reads.

    The current of a column of ideal lines varies by
    :math:`\sigma^2 = s^2 \sum_i (G_i v_i)^2 + 4 k_B T B \sum_i G_i`: the cells' own fluctuation
    (random telegraph and flicker noise within the band) and Johnson noise. The fluctuation is one
    relative figure, or that of a metallic contact, which follows from each cell's resistance:
    :meth:`of`.

    Parameters
    ----------
    relative : float
        Standard deviation s of a cell's conductance from read to read, over its value.
    bandwidth : float
        B of the read; zero is no Johnson noise. [Hz]
    temperature : float
        [K]
    contact : ContactNoise, optional
        Of cells whose conductance is a quantum or more; comes on top of ``relative``.
    lowest, highest : float
        Band of the contact's noise: one over the time since the cells were written, and over that
        of a read. [Hz], [Hz]

    Raises
    ------
    CrossbarError
        If a number is negative, or the band of a contact's noise is empty.

    Examples
    --------
    Two reads of the same input differ:

    >>> import numpy as np
    >>> effects = ac.crossbar.Effects(noise=ac.crossbar.ReadNoise(relative=0.01))
    >>> matrix = ac.crossbar.AnalogMatrix(np.ones((1, 16)), effects=effects, seed=1)
    >>> reads = [matrix.multiply(np.ones(16), read=k)[0] for k in range(100)]
    >>> print(f"{np.mean(reads):.1f} +- {np.std(reads):.2f}")
    16.0 +- 0.03
    """

    relative: float = 0.0
    bandwidth: float = 0.0
    temperature: float = 300.0
    contact: ContactNoise | None = None
    lowest: float = 1e-3
    highest: float = 1e6

    def __post_init__(self) -> None:
        names = ("relative", "bandwidth", "temperature", "lowest", "highest")
        check_fields(self, "read noise", names, least=0)
        if self.contact is not None and not 0 < self.lowest < self.highest:
            raise CrossbarError(
                f"read noise: lowest = {self.lowest:g} Hz, highest = {self.highest:g} Hz; expected "
                "0 < lowest < highest: one over the time since writing, and over that of a read"
            )

    @classmethod
    def of(
        cls,
        parameters: ParameterSet = AG2S,
        *,
        since_written: float = 1e3,
        read_time: float = 1 * us,
        hypothesis: Hypothesis = "scatterers",
    ) -> ReadNoise:
        """Return the noise of silver contacts, from each cell's resistance and the band of the
        reads, with Johnson noise.

        Parameters
        ----------
        parameters : ParameterSet
            Groups ``noise`` and ``filament``.
        since_written : float
            Time over which reads are compared. [s]
        read_time : float
            Of one read. [s]
        hypothesis : {"scatterers", "carriers"}
            As in :class:`acanthite.device.ContactNoise`.

        Examples
        --------
        >>> import numpy as np
        >>> from acanthite.constants import mS, mV
        >>> noise = ac.crossbar.ReadNoise.of(since_written=1.0)
        >>> cells = np.full((1, 1), 1 * mS)
        >>> rng = np.random.default_rng(1)
        >>> read = [noise.draw(np.full((1, 1), 25 * mV), cells, rng).item() for k in range(1000)]
        >>> print(f"{np.std(read) / (25 * mV * 1 * mS):.2%} of the current")
        0.08% of the current
        """
        number("read noise: since_written", since_written, above=0)
        number("read noise: read_time", read_time, above=0)
        return cls(
            bandwidth=1.0 / read_time,
            temperature=parameters.value("filament.temperature"),
            contact=ContactNoise.of(parameters, hypothesis),
            lowest=1.0 / since_written,
            highest=1.0 / read_time,
        )

    def fluctuation(self, conductance: Array) -> Array:
        """Return the standard deviation of each cell's conductance over its value, of its shape. [1]"""
        relative = np.full(conductance.shape, self.relative)
        if self.contact is not None:
            of_contact = self.contact.of_device(conductance, self.lowest, self.highest)
            relative = np.hypot(relative, of_contact)
        return relative

    def draw(self, voltage: Array, conductance: Array, rng: np.random.Generator) -> Array:
        """Return what is added to the column currents [A], shape (reads, columns)."""
        if self.contact is None:
            variance = self.relative**2 * (voltage**2 @ conductance**2)
        else:
            variance = voltage**2 @ (self.fluctuation(conductance) * conductance) ** 2
        variance += 4 * boltzmann * self.temperature * self.bandwidth * np.abs(conductance).sum(0)
        return np.sqrt(variance) * rng.standard_normal(variance.shape)


@dataclass(frozen=True)
class Bending:
    """Factors of a bent foil's cells, written by the pulses of the flat one, above the lowest.

    Parameters
    ----------
    factors : tuple of float
        Conductance bent over flat of devices, of which each cell draws one.

    Raises
    ------
    CrossbarError
        If there is no factor, or one is negative or not finite.

    Examples
    --------
    >>> import numpy as np
    >>> effects = ac.crossbar.Effects(bending=ac.crossbar.Bending(factors=(0.8, 0.9)))
    >>> matrix = ac.crossbar.AnalogMatrix(np.ones((2, 8)), effects=effects)
    >>> sorted(set(matrix.held.ravel().round(2).tolist()))
    [0.8, 0.9]
    """

    factors: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.factors:
            raise CrossbarError("bending: no factors; expected at least one")
        for factor in self.factors:
            number("bending: factor", factor, least=0)

    @classmethod
    def of(
        cls,
        film: Film,
        radius: float,
        parameters: ParameterSet = AG2S,
        *,
        pulse: tuple[float, float] = (-0.25, 20 * us),
        n: int = 200,
        seed: int = 0,
    ) -> Bending:
        """Return what strain does to devices by their law: the same pulse, flat and bent; nothing is
        left of one that breaks.

        Parameters
        ----------
        film : Film
            Flat.
        radius : float
            As in :func:`acanthite.film.bend`; infinite is flat. [m]
        parameters : ParameterSet
        pulse : tuple of float
            Voltage [V] and width [s] that writes the fresh devices.
        n, seed : int
            Devices, and the key of their spread.

        Raises
        ------
        RecipeError
            If the radius is below the foil's thickness.
        """
        from acanthite.crossbar.arrays.dynamic_cells import DynamicCells
        from acanthite.device import Filament
        from acanthite.film import bend, broken

        conductances = []
        bent = bend(film, radius, parameters)
        for sheet in (film, bent):
            cells = DynamicCells(Filament.from_film(sheet, parameters).sample(n, seed=seed), (1, n))
            for volts, time in (pulse, (0.0, 50 * us)):  # polarisation is gone by the read
                cells.hold(volts, volts, time)
            conductances.append(cells.conductance().ravel())
        factors = conductances[1] / conductances[0]
        factors[broken(bent, n, seed=seed, parameters=parameters)] = 0.0
        return cls(tuple(factors.tolist()))


@dataclass(frozen=True)
class Effects:
    """Which effects an array has; none unless given.

    Parameters
    ----------
    spread : Spread, optional
        Mismatch of the devices.
    stuck : Stuck, optional
    noise : ReadNoise, optional
    bending : Bending, optional

    Examples
    --------
    >>> import numpy as np
    >>> from acanthite.crossbar import Effects, ReadNoise, Spread, Stuck
    >>> effects = Effects(
    ...     spread=Spread(sigma=0.2), stuck=Stuck(high=0.01), noise=ReadNoise(0.01)
    ... )
    >>> matrix = ac.crossbar.AnalogMatrix(np.eye(8), effects=effects, seed=1)
    >>> print(f"the worst weight is off by {abs(matrix.held - np.eye(8)).max():.1f}")
    the worst weight is off by 1.0
    """

    spread: Spread | None = None
    stuck: Stuck | None = None
    noise: ReadNoise | None = None
    bending: Bending | None = None

    def make(self, target: Array, cells: ConductanceRange, seed: int, index: int = 0) -> Array:
        """Return the conductances [S] that cells come out at.

        Parameters
        ----------
        target : ndarray, shape (rows, columns)
            [S]
        cells : ConductanceRange
        seed, index : int
            Key of the draws; which array.
        """
        made = target
        if self.spread is not None:
            rng = generator(seed, "crossbar-spread", index)
            made = cells.lowest + (target - cells.lowest) * self.spread.draw(target.shape, rng)
        if self.bending is not None:
            rng = generator(seed, "crossbar-bending", index)
            factor = rng.choice(np.array(self.bending.factors), target.shape)
            made = cells.lowest + (made - cells.lowest) * factor
        if self.stuck is not None:
            u = generator(seed, "crossbar-stuck", index).random(target.shape)
            made = np.where(u < self.stuck.high, cells.highest, made)
            made = np.where(u > 1 - self.stuck.low, cells.lowest, made)
        return made
