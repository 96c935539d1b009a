"""A device law, its equations compiled into every kernel, and the devices that follow it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from acanthite.arguments import as_float
from acanthite.device import validation
from acanthite.device.equations import Bound, State
from acanthite.device.noise.hook import CurrentNoise
from acanthite.display import Display, spread_text
from acanthite.errors import LawError, brief, nearest
from acanthite.formatting import as_text
from acanthite.parameters import Quantity
from acanthite.quantities import in_si
from acanthite.random import generator

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from acanthite.device.compiler.kernel import LawKernel


@dataclass(frozen=True)
class Law(Display):
    """The equations of a device.

    Parameters
    ----------
    name : str
    states : tuple of State
        Integrated in time.
    parameters : mapping of str to float
        Names and default values, plain SI floats.
    rates : callable
        ``rates(s, voltage, p)`` returns a flat tuple ``(gain_0, loss_0, gain_1, loss_1, ...)`` with
        ``ds_k/dt = gain_k - loss_k s_k``; ``loss`` is integrated exponentially, so it may be stiff.
    current : callable
        ``current(s, voltage, p)`` returns the current [A]; it must grow with the voltage.
    held : tuple of str
        States that only events change (phase, what a cycle drew).
    event : callable, optional
        ``event(k, s, voltage, p, z)`` returns the new values of all states and held states when
        state ``k`` reaches a bound; ``z`` holds five standard normals and one Exp(1) variate.
    simple : bool
        ``rates`` and ``current`` are one function that returns dx/dt and the current; see
        :func:`law`.
    sources : mapping of str to Quantity
        Where parameters come from, as far as known.
    set_polarity : {-1, 0, 1} or str
        Sign of the voltage that sets the device, or the parameter that has it; 0 where it is not
        known.
    stores_charge : bool
        Whether it may give back energy it took (polarisation, a capacitance); of others a current
        at no voltage, or against it, is refused.

    Raises
    ------
    LawError
        If a name, a number or a bound makes no sense.

    Examples
    --------
    >>> law = ac.device.VTEAM
    >>> law.name, law.state_names
    ('VTEAM', ('w',))
    >>> devices = law.sample(5, seed=1, spread={"r_on": 0.1}, r_off=100e3)
    >>> len(devices), float(devices.parameter("r_off")[0])
    (5, 100000.0)
    """

    name: str
    states: tuple[State, ...]
    parameters: Mapping[str, float]
    rates: Callable[..., Any] = field(repr=False)
    current: Callable[..., Any] = field(repr=False)
    held: tuple[str, ...] = ()
    event: Callable[..., Any] | None = field(default=None, repr=False)
    simple: bool = field(default=False, repr=False)
    sources: Mapping[str, Quantity] = field(default_factory=dict, repr=False, compare=False)
    set_polarity: int | str = 0
    stores_charge: bool = False

    def __post_init__(self) -> None:
        validation.check_law(self)

    def __str__(self) -> str:
        bounds = (
            f"{s.name} from {s.initial} in [{_end(s.lower, '-inf')}, {_end(s.upper, 'inf')}]"
            for s in self.states
        )
        values = "\n".join(f"  {name:<28} {value:.6g}" for name, value in self.parameters.items())
        return f"law {self.name}: {'; '.join(bounds)}\n{values}"

    def _rows(self) -> Iterator[tuple[str, str]]:
        for name, value in self.parameters.items():
            yield name, as_text(float(value), self.units.get(name, "1"))

    @property
    def state_names(self) -> tuple[str, ...]:
        """Names of the integrated and the held states, in order."""
        return (*(s.name for s in self.states), *self.held)

    @property
    def units(self) -> dict[str, str]:
        """Units of the parameters, as far as their sources say."""
        return {name: quantity.unit for name, quantity in self.sources.items()}

    def kernel(self) -> LawKernel:
        """Return the compiled kernels of this law."""
        from acanthite.device.compiler.kernel import LawKernel

        return LawKernel(self)

    def sample(
        self, n: int, *, seed: int, spread: Mapping[str, float] | None = None, **values: ArrayLike
    ) -> Devices:
        """Return ``n`` devices of this law.

        Parameters
        ----------
        n : int
        seed : int
            Key of the device-to-device spread and of everything random that happens to them.
        spread : mapping of str to float, optional
            Relative (log-normal) standard deviation of a parameter between devices.
        **values
            Parameters that differ from the law's defaults: one value, or one for each device; SI
            numbers, or pint quantities.

        Returns
        -------
        Devices

        Raises
        ------
        LawError
            If a parameter is unknown or not finite, a spread negative, ``n`` not positive, or a
            state of a device starts outside its bounds.
        """
        spread = {} if spread is None else spread
        validation.check_sample(self, n, seed, spread)
        for key in (*spread, *values):
            if key not in self.parameters:
                raise LawError(
                    f"law {self.name!r} has no parameter {key!r}{nearest(key, self.parameters)}"
                )
        values = in_si(f"law {self.name!r}", values, self.units)
        n = int(n)
        table = np.tile([float(v) for v in self.parameters.values()], (n, 1))
        for key, value in values.items():
            table[:, list(self.parameters).index(key)] = _column(self.name, key, value, n)
        rng = generator(seed, f"{self.name}-spread")
        with np.errstate(over="ignore"):
            for key, sigma in spread.items():
                table[:, list(self.parameters).index(key)] *= np.exp(sigma * rng.standard_normal(n))
        devices = Devices(self, table, int(seed))
        devices.check()
        return devices


@dataclass(frozen=True)
class Devices(Display):
    """A population of devices of one law, as fabricated.

    Parameters
    ----------
    law : Law
    values : ndarray, shape (device, parameter)
        Parameters of each device, in the order of ``law.parameters``.
    seed : int
        Key of the random events of these devices.
    attrs : mapping
        Provenance, copied into every Recording.
    members : ndarray of int, shape (device,), optional
        Number of each device in the population it was taken from, which keys its random events; by
        default 0, 1, 2, ...
    noise : CurrentNoise, optional
        What makes their currents fluctuate when they are measured; none without it.

    Examples
    --------
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> len(devices), devices.set_polarity()
    (2, -1)
    >>> devices.parameter("migration_barrier").shape
    (2,)

    A device taken from a population behaves as it does in there:

    >>> sweep = ac.measurement.Sweep(-0.5)
    >>> alone = ac.measurement.run(devices[1], sweep)
    >>> both = ac.measurement.run(devices, sweep)
    >>> bool((alone.current == both.current.sel(device=[1])).all())
    True
    """

    law: Law
    values: np.ndarray
    seed: int
    attrs: Mapping[str, Any] = field(default_factory=dict)
    members: np.ndarray = None  # type: ignore[assignment]  # always an array once it is made
    noise: CurrentNoise | None = None

    def __post_init__(self) -> None:
        if self.members is None:
            n = len(self.values) if hasattr(self.values, "__len__") else 0
            object.__setattr__(self, "members", np.arange(n))

    def __len__(self) -> int:
        return self.values.shape[0]

    def __getitem__(self, which: int | slice | ArrayLike) -> Devices:
        """Return some of the devices, each with the randomness it has among all of them.

        Parameters
        ----------
        which : int, slice, array_like of int, or array_like of bool
            Positions; a number gives a population of one.

        Returns
        -------
        Devices

        Raises
        ------
        IndexError
            If there is no such device.
        """
        if not isinstance(which, slice):
            which = np.atleast_1d(np.asarray(which))
            if not which.size:
                which = which.astype(int)
        try:
            return replace(self, values=self.values[which], members=self.members[which])
        except IndexError as error:
            raise IndexError(f"{len(self)} devices: {error}") from None

    def __iter__(self) -> Iterator[Devices]:
        for k in range(len(self)):
            yield self[k]

    def __str__(self) -> str:
        rows = [f"{len(self)} devices of law {self.law.name}, seed {self.seed}"]
        for name, column in zip(self.law.parameters, self.values.T, strict=True):
            low, middle, high = np.percentile(column, [16, 50, 84])
            spread = "" if np.ptp(column) == 0.0 else f"   68 % within [{low:.4g}, {high:.4g}]"
            rows.append(f"  {name:<28} {middle:.6g}{spread}")
        return "\n".join(rows)

    def _rows(self) -> Iterator[tuple[str, str]]:
        for name, column in zip(self.law.parameters, self.values.T, strict=True):
            yield name, spread_text(column, self.law.units.get(name, "1"))

    def parameter(self, name: str) -> np.ndarray:
        """Return one parameter of every device, shape (device,)."""
        if name not in self.law.parameters:
            raise LawError(
                f"law {self.law.name!r} has no parameter "
                f"{name!r}{nearest(name, self.law.parameters)}"
            )
        return self.values[:, list(self.law.parameters).index(name)]

    def resolve(self, bound: Bound, default: float) -> np.ndarray:
        """Return a bound, scale or initial value of every device, shape (device,)."""
        if isinstance(bound, str):
            return self.parameter(bound)
        return np.full(len(self), default if bound is None else as_float(bound))

    def start(self) -> np.ndarray:
        """Return the states of fresh devices before their first event, those only held at zero,
        shape (state, device).
        """
        held = [np.zeros(len(self)) for _ in self.law.held]
        rows = [self.resolve(s.initial, 0.0) for s in self.law.states] + held
        return np.array(rows).reshape(len(rows), len(self))

    def bounds(self) -> np.ndarray:
        """Return lower bounds, upper bounds and scales of the states, shape (3, state, device)."""
        rows = [
            [self.resolve(s.lower, -np.inf) for s in self.law.states],
            [self.resolve(s.upper, np.inf) for s in self.law.states],
            [self.resolve(s.scale, 1.0) for s in self.law.states],
        ]
        return np.array(rows).reshape(3, len(self.law.states), len(self))

    def check(self) -> None:
        """Refuse devices without their parameters, with bounds that hold nothing or a start outside
        them.

        Raises
        ------
        LawError
            Names the device and the state.
        """
        law = self.law
        if not isinstance(law, Law):
            raise LawError(f"law = {brief(law)} of devices; expected a Law")
        if not isinstance(self.attrs, Mapping):
            raise LawError(
                f"law {law.name!r}: attrs = {brief(self.attrs)} of devices; expected names with "
                "values"
            )
        values: Any = self.values if isinstance(self.values, np.ndarray) else np.empty(0)
        if (
            values.ndim != 2
            or values.shape[1] != len(law.parameters)
            or not len(values)
            or values.dtype.kind != "f"
        ):
            raise LawError(
                f"law {law.name!r}: values of devices have shape {values.shape}; expected numbers "
                "of the shape "
                f"(device, {len(law.parameters)})"
            )
        if np.shape(self.members) != (len(values),):
            raise LawError(
                f"law {law.name!r}: members of devices have shape {np.shape(self.members)}; "
                "expected "
                f"a number for each of {len(values)}"
            )
        if not np.isfinite(values).all():
            device, column = np.argwhere(~np.isfinite(values))[0]
            name = list(law.parameters)[column]
            raise LawError(
                f"law {law.name!r}, device {device}: {name} = {values[device, column]}; expected a "
                "finite number"
            )
        validation.check_seed(self.seed)
        start, (lower, upper, scale) = self.start(), self.bounds()
        for k, state in enumerate(law.states):
            margin = validation.ROUNDING * np.maximum(
                np.abs(start[k]), np.where(np.isfinite(upper[k]), np.abs(upper[k]), 0.0)
            )
            inside = (start[k] >= lower[k] - margin) & (start[k] <= upper[k] + margin)
            good = (lower[k] < upper[k]) & inside & (scale[k] > 0) & np.isfinite(scale[k])
            if not good.all():
                i = int(np.argmin(good))
                where = f"law {law.name!r}, device {i}, state {state.name!r}"
                validation.check_range(where, start[k, i], lower[k, i], upper[k, i])
                raise LawError(
                    f"{where}: scale = {scale[k, i]:g}; expected a positive number: give one with "
                    "scale = ..."
                )

    def set_polarity(self) -> int:
        """Return the sign of the voltage that sets them; 0 where the law does not say.

        Raises
        ------
        LawError
            If they differ.
        """
        sign = self.law.set_polarity
        if not isinstance(sign, str):
            return int(sign)
        signs = set(np.sign(self.parameter(sign)))
        if len(signs) > 1:
            raise LawError(
                f"law {self.law.name!r}: {sign} has both signs; expected devices that set at one "
                "polarity"
            )
        return int(signs.pop())


def without_noise(devices: Devices) -> Devices:
    """Return the same devices without what is random from cycle to cycle or read to read.

    Every normal variate an event draws is zero and every Exp(1) variate one, its mean; their
    currents do not fluctuate. What differs between the devices stays.

    Parameters
    ----------
    devices : Devices

    Returns
    -------
    Devices

    Examples
    --------
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> quiet = ac.device.without_noise(devices)
    >>> sweep = ac.measurement.Sweep(-0.5, 0.5, cycles=3)
    >>> found = ac.analysis.switching(ac.measurement.run(quiet, sweep)).set_voltage[:, 1:]
    >>> bool((found[:, 0] == found[:, 1]).all())
    True
    """
    event = devices.law.event
    if event is None:
        return devices if devices.noise is None else replace(devices, noise=None)

    def mean_event(k, s, voltage, p, z):
        return event(k, s, voltage, p, (0.0, 0.0, 0.0, 0.0, 0.0, 1.0))

    return replace(devices, law=replace(devices.law, event=mean_event), noise=None)


def _end(bound: Bound, without: str) -> str:
    return without if bound is None else str(bound)


def _column(law_name: str, key: str, value: ArrayLike, n: int) -> np.ndarray:
    """Return the values of one parameter, one for each device or one for all."""
    try:
        column = np.asarray(value, float)
    except (TypeError, ValueError, OverflowError):
        raise LawError(
            f"law {law_name!r}: {key} = {brief(value)}; expected one number, or one for each device"
        ) from None
    if column.shape not in ((), (n,)):
        raise LawError(
            f"law {law_name!r}: {key} has shape {column.shape}; expected one value, or one for "
            f"each of {n} devices"
        )
    if not np.isfinite(column).all():
        raise LawError(f"law {law_name!r}: {key} = {brief(value)}; expected a finite number")
    return column
