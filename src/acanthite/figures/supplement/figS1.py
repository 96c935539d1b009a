"""Fig. S1: reactive sputtering, thickness against time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import minute, mtorr, nm
from acanthite.estimate import Estimate
from acanthite.figures import recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.film import deposition_rate
from acanthite.film.growth import silver_excess

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "Deposition rate"
CAPTION = (
    "Ag2S thickness against deposition time at the paper's recipe, and at other RF powers (assumed "
    "law); rate and excess silver against the share of H2S in the gas, and the rate against "
    "pressure (assumed laws)."
)
ALT = (
    "Left, straight lines of thickness against time for three powers, the published rate dashed; "
    "middle and right, rate and excess silver against the gas mixture and the pressure, the "
    "published point as a diamond."
)
WEIGHT = 0.1
REPEATS = 0  # its claims depend on no seed

_GIVEN = {
    "figS1.rf-power": ("rf_power", "W"),
    "figS1.argon-flow": ("argon_flow", "m^3/s"),
    "figS1.h2s-flow": ("h2s_flow", "m^3/s"),
    "figS1.base-pressure": ("base_pressure", "Pa"),
    "figS1.pressure": ("pressure", "Pa"),
    "figS1.presputter": ("presputter_time", "s"),
    "figS1.temperature": ("substrate_temperature", "K"),
}


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Grow films for growing times and fit the rate."""
    import xarray as xr

    recipe = recipes.recipe(settings)
    times, powers = np.linspace(2, 36, 18) * minute, recipe.rf_power * np.array([2 / 3, 1.0, 4 / 3])
    thickness = [
        [recipes.grown(settings, rf_power=p, deposition_time=t).thickness for t in times.tolist()]
        for p in powers.tolist()
    ]
    rate = float(np.polyfit(times, thickness[1], 1)[0])
    data = xr.Dataset(
        {"thickness": (("power", "time"), thickness, {"units": "m", "long_name": "thickness"})},
        {
            "power": ("power", powers, {"units": "W", "long_name": "RF power"}),
            "time": ("time", times, {"units": "s", "long_name": "deposition time"}),
        },
        {"rate": rate},
    )
    around = _around(settings)
    data = data.merge(around).assign_attrs(around.attrs)
    progress(1.0)
    given = {k: Estimate(getattr(recipe, name), unit) for k, (name, unit) in _GIVEN.items()}
    notes = (
        (
            "The rate at the paper's point is an input; how it goes with power, pressure and gas "
            "is assumed (docs/film.md)."
        ),
    )
    estimates = given | {"figS1.rate": Estimate(rate, "m/s", n=times.size)}
    return Outcome(estimates, {"growth": data}, notes, sources=("KellerSimmons1979",))


def _around(settings: Settings) -> xr.Dataset:
    """Return rate and excess silver around the paper's point: along the H2S share, and along the
    pressure.
    """
    import xarray as xr

    p, paper = settings.parameters, recipes.recipe(settings)
    shares, pressures = np.linspace(0.1, 0.9, 41), np.geomspace(1.0, 50.0, 41) * mtorr
    total = paper.argon_flow + paper.h2s_flow
    split = [
        recipes.recipe(settings, h2s_flow=s * total, argon_flow=(1 - s) * total)
        for s in shares.tolist()
    ]
    pumped = [recipes.recipe(settings, pressure=q) for q in pressures.tolist()]
    speed = {"units": "m/s", "long_name": "deposition rate"}
    return xr.Dataset(
        {
            "rate_of_share": ("share", [deposition_rate(r, p) for r in split], speed),
            "excess_of_share": (
                "share",
                [silver_excess(r, p) for r in split],
                {"units": "1", "long_name": "delta"},
            ),
            "rate_of_pressure": ("pressure", [deposition_rate(r, p) for r in pumped], speed),
            "excess_of_pressure": (
                "pressure",
                [silver_excess(r, p) for r in pumped],
                {"units": "1"},
            ),
        },
        {
            "share": ("share", shares, {"units": "1", "long_name": "H2S in the gas"}),
            "pressure": ("pressure", pressures, {"units": "Pa", "long_name": "pressure"}),
        },
        {"paper_share": paper.h2s_share, "paper_pressure": paper.pressure},
    )


def draw(outcome: Outcome) -> Figure:
    """Draw thickness against time, the published rate dashed; rate and excess silver around the
    paper's point.
    """
    from acanthite import drawing

    data = outcome.recordings["growth"]
    figure, (ax, middle, right) = drawing.new_figure(10.2, 3.3, ncols=3)
    minutes = data.time / minute
    for i, power in enumerate(data.power.values):
        paper = i == 1
        others = (":", "-", "-.")[i % 3]
        ax.plot(
            minutes,
            data.thickness[i],
            "o-" if paper else others,
            color=drawing.BLUE if paper else drawing.GREY,
            markersize=4,
            linewidth=1.2 if paper else 0.9,
            label=f"{power:.0f} W" + (f": {data.rate * minute / nm:.2f} nm/min" if paper else ""),
        )
    ax.plot(minutes, minutes * 6 * nm, "--", color=drawing.PUBLISHED, label="published: ~6 nm/min")
    ax.set_xlabel("deposition time (min)")
    drawing.prefix_axis(ax, "y", "m")
    ax.set_ylabel("film thickness")
    ax.set_xlim(0, None)
    ax.set_ylim(0, None)
    ax.legend(loc="upper left")
    share, pressure = data.share * 100, data.pressure / mtorr
    _draw_around(
        middle, share, data.rate_of_share, data.excess_of_share, 100 * data.attrs["paper_share"]
    )
    middle.set_xlabel("H$_2$S in the gas (%)")
    _draw_around(
        right,
        pressure,
        data.rate_of_pressure,
        data.excess_of_pressure,
        data.attrs["paper_pressure"] / mtorr,
    )
    right.set_xscale("log")
    drawing.plain_log_axis(right, "x")
    right.set_xlabel("pressure (mTorr)")
    return figure


def _draw_around(
    ax: Axes, x: xr.DataArray, rate: xr.DataArray, excess: xr.DataArray, paper: float
) -> None:
    from acanthite import drawing

    ax.plot(x, rate * minute / nm, color=drawing.BLUE, label="rate")
    ax.plot([], [], "--", color=drawing.ORANGE, label="excess silver")
    ax.plot([paper], [6.0], "D", color=drawing.PUBLISHED, markerfacecolor="none", label="published")
    ax.set_ylabel("rate (nm/min)", color=drawing.BLUE)
    ax.set_ylim(0, 13)
    drawing.legend_above(ax, ncols=3)
    other = ax.twinx()
    other.plot(x, excess, color=drawing.ORANGE, linestyle="--", label="excess silver")
    other.set_ylabel("excess silver δ in Ag$_{2+δ}$S", color=drawing.ORANGE)
    other.set_ylim(0, 10)
    other.spines["right"].set_visible(True)
