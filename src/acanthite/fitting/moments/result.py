"""A random law fitted by simulated moments: its parameters and the moments behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from acanthite.device import Devices, Law
from acanthite.display import Plotted
from acanthite.fitting.loops.fit import FittedParameter
from acanthite.fitting.loops.free_parameters import Free
from acanthite.fitting.moments.moments import NAMES
from acanthite.fitting.population import LEVEL
from acanthite.fitting.verdict import Verdict, of_moments

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]


@dataclass(frozen=True)
class MomentFit(Plotted, picture="acanthite.fitting.drawings:plot_distribution"):
    """A random law fitted to the distributions of what loops show.

    Parameters
    ----------
    law : Law
        With the typical device's parameters as its defaults.
    parameters : mapping of str to FittedParameter
        The fitted ones, spreads between devices with them.
    unknowns : tuple of str
        What was fitted, spreads as names of their own.
    correlation : ndarray, shape (unknown, unknown)
        Of the errors.
    moments : xarray.Dataset
        ``measured``, its standard ``error``, what the fitted law gives (``fitted``) and whether it
        was ``used``, dim moment; middles are logarithms of volts and siemens, spreads logarithms of
        standard deviations of those.
    measured, simulated : ndarray, shape (observable, device, cycle)
        Logarithms, of the loops and of the fitted law's.
    rms : float
        Of the moments used, in standard errors.
    misfit : float or None
        Probability of a misfit at least as large were the law true; None where as many parameters
        as moments are fitted, or too few devices.
    held_out : float or None
        ``rms`` of the devices held out, predicted.
    voltage : tuple of float
        Least and largest of the data. [V]

    Examples
    --------
    >>> law = ac.fitting.filament()
    >>> loops = ac.measurement.run(
    ...     law.sample(5, seed=1), ac.measurement.Sweep(-0.4, 0.2, rate=5.0, step=0.02)
    ... )
    >>> fit = ac.fitting.fit_moments(
    ...     loops, law, free=["migration_barrier"], spread=(), replicates=1, points=0
    ... )
    >>> fit.n_devices, fit.unknowns, fit.spread
    (5, ('migration_barrier',), {})
    """

    law: Law
    parameters: Mapping[str, FittedParameter]
    unknowns: tuple[str, ...]
    correlation: Array
    moments: xr.Dataset
    measured: Array
    simulated: Array
    rms: float
    misfit: float | None
    held_out: float | None
    voltage: tuple[float, float]

    @property
    def n_devices(self) -> int:
        """Devices fitted."""
        return self.measured.shape[1]

    @property
    def spread(self) -> dict[str, float]:
        """Relative device-to-device spread of each fitted parameter that has one."""
        return {n: p.device_spread[0] for n, p in self.parameters.items() if p.device_spread}

    @property
    def verdict(self) -> Verdict:
        """Whether the fit is one to go on with."""
        return of_moments(self.moments, self.rms, self.misfit, self.held_out)

    def sample(self, n: int, *, seed: int) -> Devices:
        """Return ``n`` devices of the fitted population."""
        return self.law.sample(n, seed=seed, spread=self.spread)

    def quality(self) -> dict[str, Any]:
        """Return what a device file says of the fit."""
        used = self.moments["used"].values
        entries: dict[str, Any] = {
            "by": "simulated moments",
            "devices": self.n_devices,
            "voltage": list(self.voltage),
            "loops": int(np.isfinite(self.measured[0]).sum()),
            "moments": [NAMES[k] for k in np.flatnonzero(used)],
            "measured": self.moments["measured"].values[used].tolist(),
            "fitted": self.moments["fitted"].values[used].tolist(),
            "rms": self.rms,
        }
        extra = {"misfit": self.misfit, "held_out": self.held_out}
        return entries | {name: value for name, value in extra.items() if value is not None}


def fitted_parameters(
    unknowns: Sequence[Free], u: Array, errors: Array, freedom: int
) -> dict[str, FittedParameter]:
    """Return the parameters at ``u`` with errors and intervals, spreads with those they are of.

    Parameters
    ----------
    unknowns : sequence of Free
        Spreads are named after their parameter, with ``_spread``.
    u, errors : ndarray, shape (unknown,)
        Estimates and their standard errors.
    freedom : int
        Of Student's t.
    """
    from scipy.stats import t

    half = errors * float(t.ppf(0.5 * (1.0 + LEVEL), freedom))
    with np.errstate(over="ignore"):
        ends = np.exp(u - half), np.exp(u), np.exp(u + half)
    spreads = {
        f.name.removesuffix("_spread"): (float(ends[1][k]), float(ends[0][k]), float(ends[2][k]))
        for k, f in enumerate(unknowns)
        if f.name.endswith("_spread")
    }
    parameters = {}
    for k, f in enumerate(unknowns):
        if f.name.endswith("_spread"):
            continue
        low, value, high = (f.sign * float(e[k]) for e in ends)
        interval = (min(low, high), max(low, high))
        parameters[f.name] = FittedParameter(
            value, f.unit, abs(value) * float(errors[k]), interval, True, spreads.get(f.name), None
        )
    return parameters


def moment_table(
    measured: Array, error: Array, fitted: Array, used: NDArray[np.bool_]
) -> xr.Dataset:
    """Return the moments as a dataset, dim moment; each argument of shape (moment,)."""
    import xarray as xr

    columns = {"measured": measured, "error": error, "fitted": fitted, "used": used}
    return xr.Dataset({n: ("moment", v) for n, v in columns.items()}, {"moment": list(NAMES)})
