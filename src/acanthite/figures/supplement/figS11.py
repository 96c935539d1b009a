"""Fig. S11: larger grains at the top of a thick film, and a filament grown along their boundaries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import nm
from acanthite.device import kmc
from acanthite.device.kmc.grains import grain_profile
from acanthite.estimate import Estimate
from acanthite.figures import recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.formatting import as_text, percent

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "Grains of the thick film, and a filament through them"
CAPTION = (
    "Section of the {stack.thick_film_thickness:nm} film (in a quick run the one of "
    "{stack.film_thickness:nm}), annealed at {process.anneal_temperature:degC}: grains grow from "
    "the disordered bottom (Au side) to the top (Ag side). Silver grown by kinetic Monte Carlo at "
    "the write voltage, guided by boundaries or not, coloured by when it was reduced. Right: grain "
    "size against height."
)
ALT = (
    "Two sections of grains with a branched filament in colours of time, along the grain "
    "boundaries on the left and across grains on the right; grain size against height beside them."
)
WEIGHT = 2.5


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Grow a guided and an unguided filament."""
    import xarray as xr

    parameters = settings.parameters
    film = recipes.grown(settings, thickness=_thickness(settings))
    voltage, data = -parameters.value("pulse.write_voltage"), {}
    for k, name in enumerate(("guided", "unguided")):
        grown = kmc.grow_filament(
            film, voltage, settings.seed, name == "guided", frames=12, parameters=parameters
        )
        data[f"figS11-{name}"] = grown
        progress((k + 1) / 2)
    z = data["figS11-guided"]["z"].values
    profile = grain_profile(film, film.thickness - z, parameters)
    data["figS11-grains"] = xr.Dataset(
        {
            "profile": ("z", profile, {"units": "m", "long_name": "mean grain"}),
            "intercept": (
                "z",
                _intercept(data["figS11-guided"]),
                {"units": "m", "long_name": "mean intercept"},
            ),
        },
        {"z": data["figS11-guided"]["z"]},
        {"film_thickness": film.thickness},
    )
    estimates = measure_claims(settings).estimates
    return Outcome(estimates, data, _notes(data), sources=("Menzel2015", "Dirkmann2015"))


def measure_claims(settings: Settings) -> Outcome:
    """Return the estimate alone: a section without a filament."""
    film = recipes.grown(settings, thickness=_thickness(settings))
    section = kmc.grain_map(film, film.thickness, settings.seed, parameters=settings.parameters)
    return Outcome({"figS11.grains": _grains(section.grain)})


def _thickness(settings: Settings) -> float:
    return recipes.thin(settings) if settings.quick else recipes.thick(settings)


def _grains(grain: np.ndarray) -> Estimate:
    """Return the mean length of a grain in the upper half of a section over that in the lower."""
    crossings = (grain != np.roll(grain, 1, 1)).sum(1)
    half = grain.shape[0] // 2
    return Estimate(float(crossings[half:].mean() / max(crossings[:half].mean(), 1.0)))


def _notes(data: dict[str, xr.Dataset]) -> tuple[str, ...]:
    return tuple(
        f"{name.capitalize()}: bridged {as_text(float(d['growth_time']), 's')} after the nucleus, "
        f"{float(d['filament_width']) / nm:.1f} nm of silver in a row in "
        f"{float(d['branches']):.1f} branches, {percent(float(d['boundary_share']), 2)} of it on "
        f"boundaries (of the film: {percent(float(d['film_boundary_share']), 2)})."
        for name, d in ((n, data[f"figS11-{n}"]) for n in ("guided", "unguided"))
    )


def _intercept(data: xr.Dataset) -> np.ndarray:
    """Return the mean length of a grain along each row [m], over a window of rows."""
    grain = data["grain"].values
    crossings = (grain != np.roll(grain, 1, 1)).sum(1).astype(float)
    window = np.ones(9)
    smooth = np.convolve(crossings, window, "same") / np.convolve(
        np.ones_like(crossings), window, "same"
    )
    width = grain.shape[1] * float(data["x"][1] - data["x"][0])
    return width / np.maximum(smooth, 1.0)


def draw(outcome: Outcome) -> Figure:
    """Draw both filaments on their grains and the grain profile."""
    from acanthite import drawing

    figure, axes = drawing.new_figure(10.0, 3.3, ncols=3, width_ratios=(1.2, 1.2, 0.8))
    for ax, name in zip(axes[:2], ("guided", "unguided"), strict=True):
        _draw_section(ax, outcome.recordings[f"figS11-{name}"])
        growth = float(outcome.recordings[f"figS11-{name}"]["growth_time"])
        ax.set_title(f"{name}, {as_text(growth, 's', 2)}")
    grains, ax = outcome.recordings["figS11-grains"], axes[2]
    height = (grains.attrs["film_thickness"] - grains["z"]) / nm
    ax.plot(grains["intercept"] / nm, height, color=drawing.BLUE, label="map, mean intercept")
    ax.plot(grains["profile"] / nm, height, color=drawing.INK, linestyle="--", label="film's law")
    ax.set_xlabel("grain size (nm)")
    ax.set_ylabel("height above Au (nm)")
    ax.set_xlim(left=0)
    ax.set_ylim(0, 1.02 * grains.attrs["film_thickness"] / nm)
    drawing.legend_above(ax, ncols=1)
    return figure


def _draw_section(ax: Axes, data: xr.Dataset) -> None:
    from acanthite import drawing

    extent = (0, data.sizes["x"], data.sizes["z"], 0)
    bare = data.assign(metal=data["metal"] & False)
    ax.imshow(kmc.picture(bare, 0), extent=extent, interpolation="nearest")
    since = (data["fill_time"] - data["fill_time"].min()) * 1e6
    shown = ax.imshow(since, extent=extent, cmap="plasma", interpolation="nearest")
    drawing.colour_bar(ax, shown, "reduced at (µs)")
    ax.set_xlabel("position (nm)")
    ax.set_ylabel("depth below Ag (nm)")
