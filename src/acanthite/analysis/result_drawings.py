"""What ``.plot()`` draws of the results of analyses: the result first, then the data where they are
wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from acanthite.analysis.drawings import (
    RESET_COLOR,
    SET_COLOR,
    plot_conduction,
    plot_distribution,
    plot_endurance,
    plot_retention,
    plot_switching,
)
from acanthite.analysis.statistics.descriptive import cumulative
from acanthite.constants import celsius
from acanthite.drawing import CYCLE, INK, band, legend_above, new_axes, prefix_axis
from acanthite.formatting import as_text, symbol

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

    from acanthite.analysis.conduction.result import ConductionFit, ConductionFits
    from acanthite.analysis.endurance import EnduranceResult
    from acanthite.analysis.lifetimes import Arrhenius, Lifetimes, RetentionFit
    from acanthite.analysis.statistics.descriptive import GaussFit
    from acanthite.analysis.statistics.distributions import DistributionFit
    from acanthite.analysis.statistics.variance import VarianceComponents
    from acanthite.analysis.sweeps.resistance import Resistances
    from acanthite.analysis.sweeps.switching import Switching
    from acanthite.analysis.sweeps.switching_events import Events, SwitchingEvents

_COLORS = {"set": SET_COLOR, "reset": RESET_COLOR}
_REACH = 1e3  # times the first read, as far as a drift is drawn that ends nowhere
_BEYOND = 4.0  # standard deviations of a distribution that are drawn
_WARM = np.linspace(celsius(20), celsius(200), 100)


def switching(result: Switching, ax: Axes | None = None) -> Axes:
    """Draw the cumulative distributions of the set and reset voltages."""
    return _thresholds({"set": result.set_voltage, "reset": result.reset_voltage}, ax)


def switching_events(
    result: SwitchingEvents, *recordings: xr.Dataset, ax: Axes | None = None
) -> Axes:
    """Draw the loops with their events, or the distributions of the voltages where no loops are
    given.
    """
    if recordings:
        return plot_switching(list(recordings), result, ax)
    return _thresholds({"set": result.set_voltage, "reset": result.reset_voltage}, ax)


def events(result: Events, ax: Axes | None = None) -> Axes:
    """Draw the cumulative distribution of the voltages."""
    return _thresholds({result.kind: result.voltage}, ax)


def _thresholds(voltages: dict[str, np.ndarray], ax: Axes | None) -> Axes:
    ax = new_axes(ax)
    for kind, values in voltages.items():
        if np.isfinite(values).any():
            x, share = cumulative(np.abs(values))
            label = f"{kind.upper()}, n = {x.size}"
            ax.plot(x, 100 * share, "o", color=_COLORS.get(kind, INK), markersize=3.5, label=label)
    ax.set_ylim(0, 100)
    ax.set_xlabel("|voltage|")
    ax.set_ylabel("cumulative probability (%)")
    prefix_axis(ax, "x", "V")
    if ax.lines:
        legend_above(ax)
    return ax


def resistances(result: Resistances, ax: Axes | None = None) -> Axes:
    """Draw both resistances against cycles."""
    return plot_endurance(result.lrs, result.hrs, ax=ax)


def endurance(result: EnduranceResult, ax: Axes | None = None) -> Axes:
    """Draw both resistances against cycles."""
    return plot_endurance(1 / result.lrs, 1 / result.hrs, ax=ax)


def lifetimes(result: Lifetimes, *fits: DistributionFit, ax: Axes | None = None) -> Axes:
    """Draw the distribution of the good cycles, and fits over it."""
    return plot_distribution(
        result.value, fits, censored=result.censored, label="good cycles", ax=ax
    )


def retention(
    result: RetentionFit,
    time: ArrayLike | None = None,
    resistance: ArrayLike | None = None,
    failure: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the drift, over the reads where they are given."""
    if time is not None and resistance is not None:
        return plot_retention(time, resistance, result, failure, ax)
    ax = new_axes(ax)
    end = _REACH * result.first_time
    if np.isfinite(result.lifetime.value):
        end = max(end, 3 * result.lifetime.value)
    t = np.geomspace(result.first_time, end, 200)
    ax.loglog(t, result.resistance(t), color=SET_COLOR, label=f"{result.law} law")
    prefix_axis(ax, "x", "s")
    prefix_axis(ax, "y", "Ω")
    ax.set_xlabel("time")
    ax.set_ylabel("resistance")
    legend_above(ax)
    return ax


def arrhenius(result: Arrhenius, ax: Axes | None = None) -> Axes:
    """Draw the median lifetime against temperature, with its 95 % interval."""
    ax = new_axes(ax)
    estimates = [result.lifetime(float(kelvin)) for kelvin in _WARM]
    low, high = np.array([estimate.interval for estimate in estimates], float).T
    warm = _WARM - celsius(0)
    ax.semilogy(warm, [e.value for e in estimates], color=SET_COLOR, label="median lifetime")
    band(ax, warm, low, high, SET_COLOR, "95 % interval")
    prefix_axis(ax, "y", "s")
    ax.set_xlabel("temperature (°C)")
    ax.set_ylabel("lifetime")
    legend_above(ax)
    return ax


def conduction(
    result: ConductionFit | ConductionFits,
    voltage: ArrayLike,
    current: ArrayLike,
    most: int = 4,
    ax: Axes | None = None,
) -> Axes:
    """Draw the branch that was fitted and the likeliest mechanisms over it."""
    fits = list(result) if isinstance(result, Sequence) else [result]
    return plot_conduction(voltage, current, fits, most, ax)


def distribution(
    result: DistributionFit, values: ArrayLike | None = None, ax: Axes | None = None, **labels: str
) -> Axes:
    """Draw the fitted distribution, over the values where they are given."""
    if values is not None:
        return plot_distribution(values, [result], ax=ax, **labels)  # type: ignore[arg-type]
    ax = new_axes(ax)
    x = np.array([float(result.quantile(p)) for p in np.linspace(0.001, 0.999, 200)])
    ax.plot(x, 100 * result.cdf(x), color=CYCLE[0])
    ax.set_ylim(0, 100)
    ax.set_xlabel("value")
    ax.set_ylabel("cumulative probability (%)")
    return ax


def gauss(result: GaussFit, ax: Axes | None = None) -> Axes:
    """Draw the density."""
    ax = new_axes(ax)
    reach = _BEYOND * result.sigma.value
    x = np.linspace(result.center.value - reach, result.center.value + reach, 200)
    ax.plot(x, result.density(x), color=SET_COLOR)
    unit = symbol(result.center.unit)
    ax.set_xlabel(f"value ({unit})" if unit else "value")
    ax.set_ylabel("probability density")
    return ax


def variance(result: VarianceComponents, ax: Axes | None = None) -> Axes:
    """Draw both standard deviations with their 95 % intervals."""
    ax = new_axes(ax)
    parts = {
        "device to device": result.device_to_device,
        "cycle to cycle": result.cycle_to_cycle,
    }
    for k, part in enumerate(parts.values()):
        low, high = part.interval or (part.value, part.value)
        ax.plot([k, k], [low, high], color=INK, linewidth=1.0)
        ax.plot(k, part.value, "o", color=CYCLE[k], label=as_text(part.value, part.unit))
    ax.set_xticks(range(len(parts)), list(parts))
    ax.set_xlim(-0.5, len(parts) - 0.5)
    ax.set_ylim(bottom=0)
    ax.set_ylabel("standard deviation")
    if result.mean.unit != "1":
        prefix_axis(ax, "y", result.mean.unit)
    legend_above(ax)
    return ax
