"""How results scatter: distributions, cycle to cycle and device to device, good cycles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from acanthite import analysis
from acanthite.analysis import DistributionFit, Resistances
from acanthite.analysis.drawings import FAMILY_NAMES
from acanthite.errors import AnalysisError
from acanthite.estimate import Estimate
from acanthite.report.measured.study import Drawing, Number, Options

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

Array = NDArray[np.float64]
Samples = Mapping[str, tuple[Array, str]]

_LEAST = 8  # values for a distribution


@dataclass(frozen=True)
class Fitted:
    """Numbers and pictures of distributions."""

    numbers: tuple[Number, ...] = ()
    drawings: tuple[Drawing, ...] = ()


def distributions(samples: Samples, options: Options) -> Fitted:
    """Return Weibull, log-normal and normal fits of every sample that is large enough.

    Parameters
    ----------
    samples : mapping of str to (ndarray, str)
        Positive values of any shape, and their unit, by name.
    options : Options

    Returns
    -------
    Fitted
    """
    fits: dict[str, list[DistributionFit]] = {}
    for name, (values, unit) in samples.items():
        if np.isfinite(values).sum() >= _LEAST:
            try:
                fits[name] = analysis.compare_distributions(
                    values, unit=unit, replicates=options.replicates
                )
            except AnalysisError:
                continue  # all values alike: there is no spread to describe
    numbers = tuple(
        n for name, family_fits in fits.items() for n in _fit_numbers(name, family_fits)
    )
    return Fitted(numbers, (_cumulative(samples, fits),) if fits else ())


def _fit_numbers(name: str, family_fits: list[DistributionFit]) -> Iterator[Number]:
    for fit in family_fits:
        family = FAMILY_NAMES[fit.family]
        note = (
            f"A² = {fit.statistic:.3g}, p = {fit.p_value:.2g}, AICc "
            f"{fit.aicc - family_fits[0].aicc:+.1f} from the best"
        )
        for k, (parameter, estimate) in enumerate(fit.parameters.items()):
            yield Number(
                f"{family} {parameter}", estimate, note if k == 0 else "", f"Distribution of {name}"
            )


def _cumulative(samples: Samples, fits: Mapping[str, list[DistributionFit]]) -> Drawing:
    def draw() -> Canvas:
        from acanthite.drawing import new_figure, prefix_axis

        columns = min(len(fits), 2)
        rows = -(-len(fits) // columns)
        figure, axes = new_figure(3.9 * columns, 2.9 * rows, columns, rows, squeeze=False)
        for ax, (name, family_fits) in zip(axes.flat, fits.items(), strict=False):
            values, unit = samples[name]
            analysis.plot_distribution(values, family_fits, label=_mathematical(name), ax=ax)
            prefix_axis(ax, "x", "Ω" if unit == "ohm" else unit)
        for ax in axes.flat[len(fits) :]:
            ax.set_visible(False)
        return figure

    return Drawing("spread", "Cumulative distributions, and what was fitted to them.", draw)


def _mathematical(name: str) -> str:
    import re

    return re.sub(r"([VR])_([a-z]+)", r"$\1_{\\mathrm{\2}}$", name)


def middle(values: Array, unit: str = "1") -> tuple[Estimate, str]:
    """Return the middle of results and what it is.

    Where there are several devices its interval counts devices, not cycles.

    Parameters
    ----------
    values : ndarray, shape (device, cycle)
        Resistances, and ratios of them, are given by their median, or by the geometric mean over
        devices.
    unit : str
    """
    logarithmic = unit != "V"
    try:
        components = analysis.variance_components(
            np.log(values) if logarithmic else values, unit
        ).mean
    except AnalysisError:  # one device, or one cycle of each: all results are alike
        return (analysis.median if logarithmic else analysis.mean)(
            values, unit
        ), "median" if logarithmic else "mean"
    if not logarithmic:
        return components, "mean over devices"
    low, high = (float(np.exp(x)) for x in components.interval or (np.nan, np.nan))
    return Estimate(
        float(np.exp(components.value)), unit, None, components.n, (low, high)
    ), "geometric mean over devices"


def variances(samples: Samples) -> Iterator[Number]:
    """Yield cycle-to-cycle and device-to-device standard deviations; of resistances, those of ln R.

    Parameters
    ----------
    samples : mapping of str to (ndarray, str)
        Shape (device, cycle).
    """
    for name, (values, unit) in samples.items():
        logarithmic = unit == "ohm"
        try:
            components = analysis.variance_components(
                np.log(values) if logarithmic else values, "1" if logarithmic else unit
            )
        except AnalysisError:
            continue  # one device, or one cycle: there is nothing to tell apart
        what = f"ln {name}" if logarithmic else name
        group = "Cycle to cycle, device to device"
        yield Number(
            f"{what}, cycle to cycle", components.cycle_to_cycle, "standard deviation", group
        )
        note = f"standard deviation; {components.device_share:.0%} of the variance"
        yield Number(f"{what}, device to device", components.device_to_device, note, group)


def endurance_numbers(
    states: Resistances | None, options: Options
) -> tuple[tuple[Number, ...], tuple[Drawing, ...]]:
    """Return how many cycles were good, and the picture of both resistances against cycles."""
    if states is None or states.lrs.shape[1] < 5 or not np.isfinite(states.ratio).any():
        return (), ()
    return cycling(states.lrs, states.hrs, options)


def cycling(
    lrs: Array,
    hrs: Array,
    options: Options,
    measured: NDArray[np.bool_] | None = None,
    counted: Sequence[int] | None = None,
) -> tuple[tuple[Number, ...], tuple[Drawing, ...]]:
    """Return how long devices lasted by the criterion, and the picture.

    Parameters
    ----------
    lrs, hrs : ndarray, shape (device, cycle)
        [Ω]
    options : Options
    measured : ndarray of bool, shape (device, cycle), optional
        Cycles that were measured; by default those in which a resistance is a number. Devices
        without any are left out.
    counted : sequence of int, optional
        The numbers of the cycles, where not each was read.
    """
    criterion = options.criterion
    there = np.isfinite(lrs) | np.isfinite(hrs) if measured is None else measured
    used = there.any(axis=1)
    if not used.any():
        return (), ()
    life = analysis.cycles_to_failure(lrs[used], hrs[used], criterion, measured=there[used])
    if counted is not None:
        numbers_of = np.concatenate([[0], counted])
        life = replace(life, value=numbers_of[np.asarray(life.value, int)].astype(float))
    rule = f"ratio below {criterion.least_ratio:g}" + (
        f" or a drift by {criterion.drift:g}" if criterion.drift else ""
    )
    rule += f", {criterion.consecutive} cycles in a row" if criterion.consecutive > 1 else ""
    group = "Endurance"
    failed = int((~life.censored).sum())
    numbers = [
        Number(
            "devices that failed",
            Estimate(failed / life.value.size, "1", None, life.value.size),
            f"{failed} of {life.value.size}; failure: {rule}",
            group,
        ),
        Number(
            "good cycles, least",
            Estimate(float(life.value.min()), "1", None, life.value.size),
            "before the failure, or all there are",
            group,
        ),
    ]
    if failed >= 3:
        try:
            fit = analysis.fit_distribution(
                np.maximum(life.value, 0.5),
                "weibull",
                censored=life.censored,
                replicates=options.replicates,
            )
            numbers += [
                Number(
                    f"cycles to failure, Weibull {name}",
                    estimate,
                    f"p = {fit.p_value:.2g}, {fit.censored} censored",
                    group,
                )
                for name, estimate in fit.parameters.items()
            ]
        except AnalysisError:
            pass  # all failed at the same cycle

    def draw() -> Canvas:
        from acanthite.drawing import new_figure

        figure, ax = new_figure(5.6, 3.3)
        analysis.plot_endurance(lrs, hrs, criterion, ax)
        return figure

    return tuple(numbers), (
        Drawing("endurance", f"Both states against cycles. Failure: {rule}.", draw),
    )
