"""Fig. S14: devices on bent polyimide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis, device, measurement
from acanthite.constants import eV, mm, mV
from acanthite.crossbar import (
    VERTICAL,
    compare,
    conductances,
    convolve,
    convolve_in_software,
    encode,
    on_array,
    photograph,
    program,
    render,
)
from acanthite.crossbar.compute.convolution import states
from acanthite.estimate import Estimate
from acanthite.figures import experiments, recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.fig4_computing.edge_detection import check
from acanthite.figures.panels import draw_cumulative, draw_loops
from acanthite.figures.words import say
from acanthite.film.bending import barrier_shift, bend
from acanthite.film.cracks import LAYERS, broken, cracked_share
from acanthite.formatting import as_text, percent
from acanthite.parameters.reading import cached

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from acanthite.parameters import ParameterSet

__all__ = ["CAPTION", "TITLE", "WEIGHT", "check", "compute", "draw"]

TITLE = "Switching on bent polyimide"
CAPTION = (
    "Loops (one device, first cycle) and thresholds (all devices and cycles) of the same devices "
    "flat and bent to {bending.radius:mm}, film outside; mean threshold magnitude against strain; "
    "and the share of devices that have cracked, predicted, to radii far below the paper's."
)
ALT = (
    "From left to right: one loop flat and bent, nearly on top of one another; both distributions "
    "of the threshold; its mean and spread against strain; shares of cracked films, electrodes and "
    "devices, which rise from nothing to all within a few per cent of strain."
)
WEIGHT = 2.0

_RADII = (10 * mm, 5 * mm)  # beside flat and the paper's
_DEVICES = 30
_CYCLES = 5
_STRAINS = np.linspace(0.0, 0.25, 126)  # of the curves of cracked devices


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Sweep the same devices flat and bent."""
    import xarray as xr

    paper = settings.parameters.value("bending.radius")
    radii = (float("inf"), *(r for r in _RADII if r > paper), paper)
    runs, switching, strains = [], [], []
    for i, radius in enumerate(radii):
        strain, loops = _bent_loops(settings, radius)
        runs.append(loops)
        strains.append(strain)
        switching.append(analysis.switching(loops))
        progress((i + 1) / len(radii))
    data = _collect(radii, strains, switching, settings)
    loops = xr.concat(
        [run.isel(device=slice(0, 1)) for run in (runs[0], runs[-1])],
        "bend",
        combine_attrs="drop_conflicts",
        data_vars=["voltage", "current"],
    )
    return Outcome(
        _estimates(paper, switching[-1], data.broken.values[-1]),
        {
            "bending": data,
            "loops": loops.assign_coords(bend=["flat", "bent"]),
            "cracks": _cracks(settings.parameters),
        },
        (*_notes(data, settings), _kernel_note(settings, paper)),
        sources=("Suo1999", "Mellander1984", "Shi2018"),
    )


def measure_claims(settings: Settings) -> Outcome:
    """Return the estimates alone: the paper's radius."""
    paper = settings.parameters.value("bending.radius")
    _, loops = _bent_loops(settings, paper)
    return Outcome(_estimates(paper, analysis.switching(loops), _broken(settings, (paper,))[0]))


def _estimates(
    radius: float, switching: analysis.Switching, cracked: np.ndarray
) -> dict[str, Estimate]:
    # as every claim of devices that switch: the first SET
    works = np.isfinite(switching.set_voltage[:, 0]) & ~cracked
    return {
        "figS14.radius": Estimate(radius, "m"),
        "figS14.bending": Estimate(float(works.mean()), "1", n=works.size),
    }


def _broken(settings: Settings, radii: tuple[float, ...]) -> np.ndarray:
    """Return which devices are broken at each radius, shape (radius, device)."""
    p = settings.parameters
    flat = recipes.grown(settings, thickness=recipes.thin(settings))
    seed = settings.seed * 1000 + 14
    return np.array(
        [broken(bend(flat, radius, p), _DEVICES, seed=seed, parameters=p) for radius in radii]
    )


@cached(16)
def _bent_loops(settings: Settings, radius: float) -> tuple[float, xr.Dataset]:
    """Return the strain at a radius and the loops of 30 devices there: at every radius the same 30."""
    p = settings.parameters
    film = bend(recipes.grown(settings, thickness=recipes.thin(settings)), radius, p)
    devices = device.Filament.from_film(film, p).sample(_DEVICES, seed=settings.seed * 1000 + 14)
    return film.bending_strain, measurement.run(devices, experiments.sweep(settings, _CYCLES))


def _cracks(parameters: ParameterSet) -> xr.Dataset:
    """Return the shares of what has cracked, against strain."""
    import xarray as xr

    whole = np.ones(_STRAINS.size)
    shares = {}
    for layer in LAYERS:
        share = np.array([cracked_share(layer, float(e), parameters) for e in _STRAINS])
        shares[layer] = ("strain", share, {"units": "1", "long_name": f"cracked {layer}"})
        whole *= 1.0 - share
    shares["device"] = ("strain", 1.0 - whole, {"units": "1", "long_name": "broken devices"})
    strain = ("strain", _STRAINS, {"units": "1", "long_name": "strain of the film"})
    return xr.Dataset(shares, {"strain": strain})


def _collect(
    radii: tuple[float, ...],
    strains: list[float],
    switching: list[analysis.Switching],
    settings: Settings,
) -> xr.Dataset:
    import xarray as xr

    cracked = _broken(settings, radii)

    def of(name: str, unit: str) -> tuple[tuple[str, ...], np.ndarray, dict[str, str]]:
        values = np.array([getattr(f, name) for f in switching])
        return (
            ("radius", "device", "cycle"),
            values,
            {"units": unit, "long_name": name.replace("_", " ")},
        )

    return xr.Dataset(
        {
            "set_voltage": of("set_voltage", "V"),
            "reset_voltage": of("reset_voltage", "V"),
            "lrs_conductance": of("lrs_conductance", "S"),
            "strain": ("radius", strains, {"units": "1", "long_name": "strain of the film"}),
            "broken": (("radius", "device"), cracked, {"long_name": "broken devices"}),
        },
        {
            "radius": (
                "radius",
                list(radii),
                {"units": "m", "long_name": "bending radius; infinite is flat"},
            )
        },
    )


def _notes(data: xr.Dataset, settings: Settings) -> tuple[str, ...]:
    p = settings.parameters
    means = np.abs(data.set_voltage).mean(("device", "cycle")).values
    lrs = np.log(data.lrs_conductance).median(("device", "cycle")).values
    shift = barrier_shift(float(data.strain[-1]), p)
    every = (
        (np.isfinite(data.set_voltage) & np.isfinite(data.reset_voltage))
        .all("cycle")
        .mean("device")
        .values
    )
    foil = say(p, "bending.substrate_thickness", "um")
    return (
        f"At {p.value('bending.radius') / mm:g} mm the film is stretched by "
        f"{percent(float(data.strain[-1]), 2)}; barriers fall by {-shift / eV / mV:.1f} meV, the "
        f"mean threshold magnitude changes by {(means[-1] - means[0]) / mV:+.1f} mV of "
        f"{means[0] / mV:.0f} mV, the median LRS conductance by "
        f"{100 * np.expm1(lrs[-1] - lrs[0]):+.1f} %.",
        (
            f"Devices that set and reset in each of {_CYCLES} cycles: {percent(float(every[0]))} "
            f"flat, {percent(float(every[-1]))} bent."
        ),
        f"The law is elastic strain through an activation volume; its foil ({foil}), moduli and "
        "volume are assumed, none was fitted to the paper.",
        _crack_note(data, p),
    )


def _crack_note(data: xr.Dataset, p: ParameterSet) -> str:
    """Say which radius is too small, and on what that rests."""
    cracks = _cracks(p)
    half = float(np.interp(0.5, cracks.device.values, cracks.strain.values))
    lever = float(data.strain[-1]) * float(data.radius[-1])
    scales = [percent(p.value(f"bending.{layer}_crack_strain")) for layer in LAYERS]
    limit = p.value("bending.film_elastic_limit")
    whole = [1.0 - cracked_share(layer, float(data.strain[-1]), p) for layer in LAYERS]
    share = 1.0 - float(np.prod(whole))
    return (
        f"Cracks: {as_text(share, digits=1)} of the devices are broken at "
        f"{float(data.radius[-1]) / mm:g} mm, "
        f"half of them at {lever / half / mm:.2g} mm ({percent(half, 2)} of strain). This is a "
        f"Weibull law about {scales[0]} for the film, the ductility of bulk Ag2S, and "
        f"{scales[1]} for the electrodes, up to which gold on polyimide showed no crack without an "
        "adhesion layer; with one of chromium it cracks far earlier. Both moduli are assumed. "
        f"The film yields at {percent(limit)}; barriers fall no further. Fatigue under cycling is "
        "not in it."
    )


def _kernel_note(settings: Settings, radius: float) -> str:
    """Say what bending does to edges found by the array: the same 18 memristors, flat and bent."""
    image, encoding, p = photograph(settings.image), encode(VERTICAL), settings.parameters
    truth, ssim, lrs = render(convolve_in_software(image, VERTICAL)), [], []
    for r in (float("inf"), radius):
        film = bend(recipes.grown(settings, thickness=recipes.thin(settings)), r, p)
        devices = device.Filament.from_film(film, p).sample(18, seed=settings.seed * 1000 + 9)
        reads = experiments.kernel_reads(settings, devices)
        on, off = (conductances(states(reads, state)) for state in ("LRS", "HRS"))
        array = on_array(program(encoding, on, off), encoding, p.value("mac.volt_per_level"))
        ssim.append(compare(render(convolve(image, array)[0]), truth).ssim)
        lrs.append(on)
    change = float(np.median(lrs[1] / lrs[0]) - 1)
    return (
        "The vertical edge kernel held by 18 memristors set flat and set bent: LRS conductances "
        f"{100 * change:+.1f} % (median), SSIM against software {ssim[0]:.3f} flat and "
        f"{ssim[1]:.3f} bent, placed as they come; balance between the devices decides, not the "
        "strain."
    )


def draw(outcome: Outcome) -> Figure:
    """Draw loops, thresholds and the series over radius."""
    from acanthite import drawing

    data, loops = outcome.recordings["bending"], outcome.recordings["loops"]
    figure, (left, middle, right, last) = drawing.new_figure(13.2, 3.3, ncols=4)
    bent = f"bent to {float(data.radius[-1]) / mm:g} mm"
    for name, colour, label in (("flat", drawing.BLUE, "flat"), ("bent", drawing.RED, bent)):
        draw_loops(left, loops.sel(bend=name).isel(cycle=slice(0, 1)), 0, colour, label)
    left.lines[0].set_color(drawing.BLUE)
    left.lines[-1].set(color=drawing.RED, linestyle="--")
    drawing.legend_above(left)
    volts = np.abs(data.set_voltage.values).reshape(data.sizes["radius"], -1)
    draw_cumulative(middle, volts[0], drawing.BLUE, "flat", "-")
    draw_cumulative(middle, volts[-1], drawing.RED, bent, "--")
    middle.set_xlabel("|V$_{th}$| (V)")
    middle.set_xlim(left=0)
    drawing.legend_above(middle)
    _draw_series(right, data.strain.values, volts, data.radius.values)
    _draw_cracks(last, outcome.recordings["cracks"], data)
    return figure


def _draw_cracks(ax: Axes, cracks: xr.Dataset, data: xr.Dataset) -> None:
    from acanthite import drawing

    lines = {
        "device": ("device", drawing.GREY, "-", 3.5),
        "film": ("film", drawing.BLUE, "--", 1.5),
        "metal": ("electrodes", drawing.GREEN, ":", 1.5),
    }
    for name, (label, colour, style, width) in lines.items():
        ax.plot(
            100 * cracks.strain,
            100 * cracks[name],
            color=colour,
            linestyle=style,
            linewidth=width,
            label=label,
        )
    paper = 100 * float(data.strain[-1])
    ax.axvline(paper, color=drawing.RED, linewidth=0.8, gid="decoration")
    name = f"{float(data.radius[-1]) / mm:g} mm"
    ax.text(paper + 0.3, 96, name, color=drawing.RED, fontsize=7.5, va="top")
    ax.set_xlabel("strain of the film (%)")
    ax.set_ylabel("cracked (%)")
    ax.set_ylim(0, 104)
    ax.set_xlim(0, 100 * float(cracks.strain.max()))
    drawing.legend_above(ax, ncols=3, fontsize=7.5)


def _draw_series(ax: Axes, strain: np.ndarray, volts: np.ndarray, radius: np.ndarray) -> None:
    from acanthite import drawing

    mean, spread = np.nanmean(volts, 1), np.nanstd(volts, 1)
    ax.errorbar(
        100 * strain,
        mean,
        spread,
        fmt="o-",
        color=drawing.BLUE,
        capsize=3,
        markersize=4,
        label="_mean and spread",
    )
    for x, y, r in zip(100 * strain, mean + spread, radius, strict=True):
        name = f"{r / mm:g} mm" if np.isfinite(r) else "flat"
        ax.annotate(name, (x, y), (0, 7), textcoords="offset points", ha="center", fontsize=7.5)
    ax.set_xlabel("strain of the film (%)")
    ax.set_ylabel("|V$_{th}$| (V), mean and spread")
    ax.set_ylim(0, 1.35 * float((mean + spread).max()))
    ax.margins(x=0.12)
