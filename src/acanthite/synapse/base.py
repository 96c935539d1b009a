"""What a synapse is: how far one write pulse moves a weight, and how that varies.

A weight ``w`` is dimensionless: -1 is the mean device's lowest conductance, +1 its highest. One
device is a row of :class:`Cells`. The steps of many laws, the soft bounds that follow from the
physics among them, are linear in the weight and share one rule; any other law brings its own
(:class:`PulseLaw`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from acanthite.arguments import count, instance, number
from acanthite.display import Display, Plotted
from acanthite.errors import ParameterError, brief
from acanthite.synapse.disturbance import Disturbance
from acanthite.synapse.rest import Rest
from acanthite.synapse.rule import (
    DOWN_OFFSET,
    DOWN_SHARE,
    DOWN_SLOPE,
    INVERSE,
    LINEAR,
    LOWER,
    OFFSET,
    SCALE,
    SHARES,
    UP_OFFSET,
    UP_SHARE,
    UP_SLOPE,
    UPPER,
    StepRule,
)

if TYPE_CHECKING:
    import xarray as xr
    from numpy.typing import NDArray

LARGEST = 1e15
"""Of any number of a synapse: beyond it nothing is left of what it is multiplied with in single
precision.
"""


def check_draw(n: int, generator: np.random.Generator) -> int:
    """Return a number of devices to draw.

    Raises
    ------
    ParameterError
        If it is not a whole number of at least 1, or ``generator`` is not a generator.
    """
    expected = "a numpy.random.Generator, from acanthite.random.generator"
    instance("cells: generator", generator, np.random.Generator, expected, error=ParameterError)
    return count("cells: n", n, error=ParameterError)


@dataclass(frozen=True)
class Cells(Display):
    r"""Devices drawn from a synapse, each with its own law.

    Parameters
    ----------
    coefficients : ndarray of float32, shape (n_cells or 1, k)
        One row stands for any number of identical cells. Columns 0 and 1 are the lower and upper
        bound of ``w``. Of soft bounds the others are the shares :math:`s_\downarrow, s_\uparrow` of
        the way left that a step covers; of the linear rule, :math:`\Delta w_\uparrow = a_\uparrow -
        b_\uparrow w` and :math:`\Delta w_\downarrow = -(a_\downarrow + b_\downarrow w)`, they are
        :math:`a_\uparrow, b_\uparrow, a_\downarrow, b_\downarrow`; of others see
        :mod:`acanthite.synapse.rule`. [1]
    noise : float
        Standard deviation of a step over its mean, from pulse to pulse. [1]
    rule : StepRule
        The law they share.
    disturbance : Disturbance, optional
        Noise that is not in proportion to a step, if there is any.

    Examples
    --------
    >>> import numpy as np
    >>> from acanthite.constants import uS
    >>> synapse = ac.synapse.SoftBounds(
    ...     up=0.1, down=0.05, up_spread=0.2, conductance_min=1 * uS, conductance_max=5 * uS
    ... )
    >>> cells = synapse.cells(4, np.random.default_rng(1))
    >>> up, down = cells.steps(0.0)
    >>> up.shape, bool((up > 0).all() and (down < 0).all())
    ((4,), True)
    """

    coefficients: NDArray[np.float32]
    noise: float
    rule: StepRule = LINEAR
    disturbance: Disturbance | None = None

    @property
    def lower(self) -> NDArray[np.float32]:
        """Lower bounds, shape (n_cells or 1,). [1]"""
        return self.coefficients[:, LOWER]

    @property
    def upper(self) -> NDArray[np.float32]:
        """Upper bounds, shape (n_cells or 1,). [1]"""
        return self.coefficients[:, UPPER]

    def steps(self, weight: Any) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the mean steps up and down (negative) at ``weight``, shape (n_cells or 1,) or
        (n,), bounds aside. [1]
        """
        return self.rule.steps(self.coefficients, weight)

    @property
    def symmetry_points(self) -> NDArray[np.float32]:
        """Weight at which a step up and a step down cancel on average, shape (n_cells or 1,); 0
        without one. [1]
        """
        c = self.coefficients
        if self.rule.key == SHARES.key:
            up, down = c[:, UP_SHARE], c[:, DOWN_SHARE]
            return ((up * c[:, UPPER] + down * c[:, LOWER]) / (up + down)).astype(np.float32)
        if self.rule.key != LINEAR.key:
            return self._crossings()
        slope = c[:, UP_SLOPE] + c[:, DOWN_SLOPE]
        offset = c[:, UP_OFFSET] - c[:, DOWN_OFFSET]
        return np.divide(offset, slope, out=np.zeros_like(offset), where=slope > 0)

    def _crossings(self) -> NDArray[np.float32]:
        """Bisect where up and down together fall through zero; a cell where they do not has none."""
        low, high = self.lower.astype(np.float64), self.upper.astype(np.float64)
        first, last = sum(self.steps(low)), sum(self.steps(high))
        crosses = (np.asarray(first) > 0) & (np.asarray(last) < 0)
        for _ in range(48):
            middle = 0.5 * (low + high)
            rising = np.asarray(sum(self.steps(middle))) > 0
            low, high = np.where(rising, middle, low), np.where(rising, high, middle)
        return np.where(crosses, 0.5 * (low + high), 0.0).astype(np.float32)

    def referred(self, reference: float | NDArray[Any], scale: float) -> Cells:
        """Return the same devices in network units, ``scale * (w - reference)``.

        Parameters
        ----------
        reference : float or ndarray, shape (n_cells,)
            Weight that is read as zero. [1]
        scale : float
            Network weight of one unit of ``w - reference``. [1]
        """
        reference = np.asarray(reference, np.float64)
        n = max(len(self.coefficients), reference.size)
        c = np.broadcast_to(self.coefficients, (n, self.coefficients.shape[1])).astype(np.float64)
        if self.rule.key == LINEAR.key:
            c[:, UP_OFFSET] = scale * (c[:, UP_OFFSET] - c[:, UP_SLOPE] * reference)
            c[:, DOWN_OFFSET] = scale * (c[:, DOWN_OFFSET] + c[:, DOWN_SLOPE] * reference)
        elif self.rule.key != SHARES.key:
            c[:, OFFSET] += c[:, INVERSE] * reference
            c[:, SCALE] *= scale
            c[:, INVERSE] /= scale
        c[:, LOWER] = scale * (c[:, LOWER] - reference)
        c[:, UPPER] = scale * (c[:, UPPER] - reference)
        disturbance = self.disturbance
        if disturbance is not None:
            disturbance = disturbance.referred(reference, scale)
        return Cells(c.astype(np.float32), self.noise, self.rule, disturbance)

    def deviations(self, direction: int, weight: Any, step: Any) -> NDArray[Any]:
        """Return the standard deviation of a pulse's change, shape (n,), bounds aside. [1]

        Parameters
        ----------
        direction : int
            0 of steps up, 1 of steps down.
        weight, step : ndarray, shape (n,)
            Where the cells stand, and the mean change. [1]
        """
        relative = np.float32(self.noise) * np.abs(step)
        if self.disturbance is None:
            return relative
        return relative + self.disturbance.deviations(direction, weight)


@dataclass(frozen=True)
class Evidence(Display):
    """What a fitted synapse stands on.

    Parameters
    ----------
    standard_error : mapping of str to float
        Of each population mean, by parameter name, in the parameter's unit.
    device_spread : mapping of str to float
        Standard deviation between devices, the fit's own error taken out, in the parameter's unit.
    cycle_spread : mapping of str to float
        Standard deviation between cycles of one device, in the parameter's unit.
    residuals : xarray.Dataset, optional
        ``conductance`` before the pulse, ``step`` and ``predicted`` step, dims (device, cycle,
        pulse); not stored in device files. [S]
    n_devices, n_steps : int
        How many of each.
    interval : mapping of str to (float, float)
        95 % interval of each population mean, in the parameter's unit.
    correlation : mapping of str to tuple of float
        Of each parameter's error with those of all, in the order of the mapping.

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> film = ac.film.grow(ac.film.Recipe(thickness=200 * nm))
    >>> devices = ac.device.Filament.from_film(film).sample(2, seed=1)
    >>> ladders = ac.measurement.run(
    ...     devices, ac.measurement.PulseLadder(up=10, down=10, repeats=3)
    ... )
    >>> evidence = ac.synapse.fit(ladders).evidence
    >>> evidence.n_devices, evidence.n_steps, sorted(evidence.standard_error)
    (2, 114, ['conductance_max', 'conductance_min', 'down', 'up'])
    """

    standard_error: Mapping[str, float]
    device_spread: Mapping[str, float]
    cycle_spread: Mapping[str, float]
    residuals: xr.Dataset | None
    n_devices: int
    n_steps: int
    interval: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    correlation: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Synapse(Plotted, ABC, picture="acanthite.synapse.drawings:response"):
    """A pulse law with its spreads and the conductances it stands for.

    Parameters
    ----------
    conductance_min, conductance_max : float
        Of the mean device: ``w = -1`` and ``w = +1``. [S]
    pulse_noise : float
        Standard deviation of a step over its mean, from pulse to pulse of one device. [1]
    read_noise : float
        Standard deviation of a read of one device, in ``w``; nothing of it stays in the device. [1]
    additive_noise : float
        Standard deviation of a step from pulse to pulse whatever its size, over the device's step
        at the symmetry point; it adds to that of ``pulse_noise``. [1]
    write_noise : float
        Standard deviation, in ``w``, of what every read of a device finds beside its weight until
        the next pulse draws it anew. [1]
    dead_cells : float
        Share of devices that stay where they are whatever the pulse. [1]
    dead_range : float
        They are stuck at a weight up to this far from zero, within their bounds. [1]
    rest : Rest, optional
        What a device does between pulses; nothing by default.
    pulse_voltage : float
        Magnitude of a write pulse. [V]
    pulse_width : float
        Its width. [s]
    read_voltage : float
        Of a read at full scale; the paper's 5 mV by default. [V]
    read_width : float
        How long a read takes; assumed as long as a write pulse of the paper. [s]
    evidence : Evidence, optional
        The data behind it, if it was fitted.
    provenance : mapping of str to str, float or int
        Where it comes from: free entries, stored in device files.

    Raises
    ------
    ParameterError
        If a value is not a number, or out of range.

    Examples
    --------
    What all laws have in common:

    >>> from acanthite.constants import fJ, us, uS
    >>> synapse = ac.synapse.ConstantStep(
    ...     size=0.02, conductance_min=1 * uS, conductance_max=5 * uS, pulse_width=1 * us
    ... )
    >>> isinstance(synapse, ac.synapse.Synapse), float(synapse.weight(5 * uS))
    (True, 1.0)
    >>> print(f"{synapse.write_energy / fJ:.0f} fJ a write")
    270 fJ a write
    """

    NAME: ClassVar[str] = ""
    conductance_min: float = field(metadata={"unit": "S"})
    conductance_max: float = field(metadata={"unit": "S"})
    pulse_noise: float = 0.0
    read_noise: float = field(default=0.0, repr=False)
    additive_noise: float = 0.0
    write_noise: float = 0.0
    dead_cells: float = 0.0
    dead_range: float = 1.0
    rest: Rest | None = None
    pulse_voltage: float = field(default=0.3, metadata={"unit": "V"})
    pulse_width: float = field(default=1e-6, metadata={"unit": "s"})
    read_voltage: float = field(default=5e-3, metadata={"unit": "V"})
    read_width: float = field(default=1e-6, metadata={"unit": "s"})
    evidence: Evidence | None = field(default=None, compare=False, repr=False)
    provenance: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        for f in fields(self):
            if (
                f.type in ("float", float)
                and abs(number(f.name, getattr(self, f.name), error=ParameterError)) > LARGEST
            ):
                raise ParameterError(
                    f"{f.name} = {getattr(self, f.name):g}; expected at most {LARGEST:g}"
                )
        for name in ("pulse_width", "read_width"):
            number(name, getattr(self, name), above=0, error=ParameterError)
        for name in ("pulse_voltage", "read_voltage"):
            number(name, getattr(self, name), least=0, error=ParameterError)
        for name in ("provenance", "spread"):
            value = getattr(self, name, {})
            if not isinstance(value, Mapping):
                raise ParameterError(f"{name} = {brief(value)}; expected names with values")
        if not (self.evidence is None or isinstance(self.evidence, Evidence)):
            raise ParameterError(
                f"evidence = {brief(self.evidence)}; expected the Evidence of a fit"
            )
        if not (self.rest is None or isinstance(self.rest, Rest)):
            raise ParameterError(f"rest = {brief(self.rest)}; expected a Rest")
        if not 0 <= self.conductance_min < self.conductance_max:
            raise ParameterError(
                f"conductance_min = {self.conductance_min:g} S, conductance_max = "
                f"{self.conductance_max:g} S; "
                "expected 0 <= conductance_min < conductance_max"
            )
        for name in ("pulse_noise", "read_noise", "additive_noise", "write_noise", "dead_range"):
            if not getattr(self, name) >= 0:
                raise ParameterError(f"{name} = {getattr(self, name):g}; expected zero or more")
        number("dead_cells", self.dead_cells, least=0, most=1, error=ParameterError)

    @abstractmethod
    def step_up(self, weight: Any) -> Any:
        """Return the mean change of ``weight`` by one potentiating pulse, of its shape. [1]"""

    @abstractmethod
    def step_down(self, weight: Any) -> Any:
        """Return the mean change of ``weight`` by one depressing pulse, of its shape, negative. [1]"""

    @property
    @abstractmethod
    def symmetry_point(self) -> float:
        """Weight of the mean device at which up and down cancel; 0 for a law without one. [1]"""

    @abstractmethod
    def cells(self, n: int, generator: np.random.Generator) -> Cells:
        """Draw ``n`` devices with their spread.

        Parameters
        ----------
        n : int
        generator : numpy.random.Generator
            From :func:`acanthite.random.generator`.
        """

    @property
    def noise_reference(self) -> float:
        """Weight at which a device's step is what ``additive_noise`` is a multiple of. [1]"""
        return self.symmetry_point

    @property
    def noise_line(self) -> tuple[float, float]:
        """Standard deviation of every step at ``w = 0``, and what it grows by with ``w``. [1]

        It is that of a law which brings such noise of its own, and adds to ``additive_noise``.
        """
        return 0.0, 0.0

    def disturbed(
        self,
        cells: Cells,
        n: int,
        generator: np.random.Generator,
        reference: float | None = None,
    ) -> Cells:
        """Return drawn cells with the noise that is not in proportion to a step, some of them dead.

        Every law calls it on what it has drawn.

        Parameters
        ----------
        cells : Cells
        n : int
            How many they stand for.
        generator : numpy.random.Generator
        reference : float, optional
            Weight of the cells at which their step is what ``additive_noise`` is a multiple of;
            ``noise_reference`` by default. [1]
        """
        reference = self.noise_reference if reference is None else reference
        if self.dead_cells > 0:
            cells = _some_dead(cells, n, self.dead_cells, self.dead_range, generator)
        offset, slope = self.noise_line
        if not (self.additive_noise or self.write_noise or offset or slope or self.rest):
            return cells
        up, down = cells.steps(np.full(1, reference))
        own = np.abs(np.stack((up, down), axis=1))
        offsets = (offset + self.additive_noise * own).astype(np.float32)
        rest = None if self.rest is None else self.rest.cells(n, generator)
        return replace(cells, disturbance=Disturbance(offsets, slope, self.write_noise, rest))

    @property
    def step(self) -> float:
        """Mean step at the symmetry point, up and down averaged. [1]"""
        w = self.symmetry_point
        return 0.5 * (float(self.step_up(w)) - float(self.step_down(w)))

    @property
    def n_states(self) -> float:
        """Steps of that size in the whole window; infinite for a step of nothing. [1]"""
        return 2.0 / self.step if self.step > 0 else float("inf")

    @property
    def asymmetry(self) -> float:
        """(up - down) / (up + down) in the middle of the window. [1]"""
        up = float(self.step_up(0.0))
        down = -float(self.step_down(0.0))
        return (up - down) / (up + down) if up + down > 0 else 0.0

    def conductance(self, weight: Any) -> Any:
        """Return the conductance of ``weight``. [S]"""
        half = 0.5 * (self.conductance_max - self.conductance_min)
        return self.conductance_min + half * (np.asarray(weight) + 1.0)

    def weight(self, conductance: Any) -> Any:
        """Return the weight of ``conductance``. [1]"""
        window = self.conductance_max - self.conductance_min
        return 2.0 * (np.asarray(conductance) - self.conductance_min) / window - 1.0

    @property
    def read_energy(self) -> float:
        """Joule heat of one read at full scale in the middle of the window. [J]"""
        return self.read_voltage**2 * float(self.conductance(0.0)) * self.read_width

    @property
    def write_energy(self) -> float:
        """Joule heat of one write pulse in the middle of the window, :math:`V^2 G t_p`. [J]"""
        return self.pulse_voltage**2 * float(self.conductance(0.0)) * self.pulse_width


def _some_dead(
    cells: Cells, n: int, share: float, span: float, generator: np.random.Generator
) -> Cells:
    """Close the window of some cells around one weight, up to ``span`` from zero."""
    c = np.broadcast_to(cells.coefficients, (n, cells.coefficients.shape[1])).copy()
    chance, place = generator.random((2, n))
    value = np.clip(span * (2.0 * place - 1.0), c[:, LOWER], c[:, UPPER])
    dead = chance < share
    for bound in (LOWER, UPPER):
        c[dead, bound] = value[dead]
    if cells.rule.key == LINEAR.key:
        c[dead, UP_OFFSET:] = 0.0
    elif cells.rule.key != SHARES.key:
        c[dead, SCALE] = 0.0
    return replace(cells, coefficients=c)
