"""A prediction: the noise of the silver contact, beside what is published of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from acanthite import measurement
from acanthite.constants import conductance_quantum, ms, uA
from acanthite.device import ContactNoise
from acanthite.device.noise.contact_noise import Hypothesis
from acanthite.figures import experiments, recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.formatting import as_text, percent

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "Prediction: noise of the silver contact"
CAPTION = (
    "Left: relative current noise against resistance under two hypotheses: only what scattering "
    "makes of the resistance fluctuates, or all of it. Grey: published for Ag filaments, between "
    "resistances published for gold. Middle: spectra of simulated reads of devices in the "
    "low-resistance state, mean over devices, beside C / f from their resistances. Right: the "
    "current of the noisiest device of high resistance over its mean."
)
ALT = (
    "Left, two lines that rise with resistance, together below the crossover and apart above it, "
    "over a grey band; middle, two noisy falling spectra along straight lines; right, a current "
    "that jumps between levels."
)
WEIGHT = 6.0

PUBLISHED_NOISE = (1e-4, 1e-2)  # Santa et al. 2019, abstract: 0.01 to 1 %
PUBLISHED_RESISTANCE = (10.0, 10e3)  # ohm; Wu et al. 2008, abstract
_BAND = (100.0, 50e3)  # Hz; of the left panel, assumed: neither abstract states its own
_STEP = 1 * ms
_LEVELS = {"compliance of 10 µA": 10 * uA, "no compliance": None}


@dataclass(frozen=True)
class Hold:
    """Evenly spaced samples at one voltage."""

    voltage: float
    step: float
    points: int

    def schedule(self, current_limit: float) -> measurement.Schedule:
        """Return the segments; dim is (sample,)."""
        row = (self.step, self.voltage, self.voltage, current_limit)
        rows = np.tile(np.array(row), (self.points, 1))
        return measurement.Schedule(
            rows, np.ones(self.points, bool), 1, ("sample",), (self.points,)
        )


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Evaluate both hypotheses, and read devices of two levels for a while."""
    p = settings.parameters
    law = _law(settings)
    spectra: dict[str, Any] = {}
    traces, resistances = [], []
    for k, (name, compliance) in enumerate(_LEVELS.items()):
        reads = _reads(settings, compliance)
        relative, resistance = _relative(reads)
        frequency, density, expected = _spectrum(relative, resistance, ContactNoise.of(p))
        spectra[name] = (density, expected)
        resistances.append(float(np.median(resistance)))
        traces.append(relative[int(np.argmax(relative.std(1)))])
        progress((k + 1) / len(_LEVELS))
    data = _spectra(frequency, spectra)
    shown = slice(0, 2000)
    trace = _trace(traces[0][shown])
    notes = (*_scaling_notes(settings), _spectrum_note(data, resistances))
    return Outcome(
        recordings={"noise_against_resistance": law, "spectra": data, "trace": trace},
        notes=notes,
        sources=("Santa2019", "Wu2008", "Hooge1969", "Dutta1981", "Nikolic1999"),
    )


def _law(settings: Settings) -> xr.Dataset:
    """Return the relative noise against resistance under each hypothesis."""
    import xarray as xr

    resistance = np.geomspace(1.0, 1.0 / conductance_quantum, 200)
    lines = {
        name: (
            "resistance",
            ContactNoise.of(settings.parameters, name).relative(resistance, *_BAND),
            {"units": "1", "long_name": f"relative noise, {name}"},
        )
        for name in get_args(Hypothesis)
    }
    axis = ("resistance", resistance, {"units": "ohm", "long_name": "resistance"})
    return xr.Dataset(lines, {"resistance": axis})


def _reads(settings: Settings, compliance: float | None) -> xr.Dataset:
    """Return reads of devices that were set under a compliance, one each millisecond."""
    p = settings.parameters.group("instrument")
    n = experiments.count(settings, 300, 60)
    population = experiments.devices(settings, n, recipes.thin(settings), experiment=33)
    points = experiments.count(settings, 2**13, 2**12)
    hold = Hold(settings.parameters.value("pulse.read_voltage"), _STEP, points)
    before = measurement.Sweep(
        -p["sweep_stop"], 0.0, p["sweep_rate"], p["sweep_step"], 1, compliance
    )
    return measurement.run(population, hold, after=before)


def _relative(reads: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Return each metallic device's current over its mean less one, and its resistance."""
    current = reads.current.values[:, 0]
    conductance = (current / reads.voltage.values[:, 0]).mean(1)
    metallic = conductance >= conductance_quantum
    current, conductance = current[metallic], conductance[metallic]
    return current / current.mean(1, keepdims=True) - 1.0, 1.0 / conductance


def _spectrum(
    relative: np.ndarray, resistance: np.ndarray, noise: ContactNoise
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return frequencies, the mean spectrum of devices, and C / f from their resistances."""
    from scipy.signal import welch

    frequency, density = welch(relative, fs=1.0 / _STEP, nperseg=relative.shape[1] // 4, axis=1)
    kept = slice(2, -1)  # without what detrending and folding change
    intensity = noise.intensity(resistance).mean()
    return frequency[kept], density.mean(0)[kept], intensity / frequency[kept]


def _spectra(frequency: np.ndarray, spectra: dict[str, Any]) -> xr.Dataset:
    import xarray as xr

    one = {"units": "1/Hz", "long_name": "spectrum of the relative current"}
    density = np.array([d for d, _ in spectra.values()])
    expected = np.array([e for _, e in spectra.values()])
    axis = ("frequency", frequency, {"units": "Hz", "long_name": "frequency"})
    return xr.Dataset(
        {
            "density": (("level", "frequency"), density, one),
            "expected": (("level", "frequency"), expected, {**one, "long_name": "C / f"}),
        },
        {"frequency": axis, "level": list(spectra)},
    )


def _trace(relative: np.ndarray) -> xr.Dataset:
    import xarray as xr

    time = _STEP * np.arange(1, relative.size + 1)
    return xr.Dataset(
        {"relative": ("time", relative, {"units": "1", "long_name": "current over its mean"})},
        {"time": ("time", time, {"units": "s", "long_name": "time"})},
    )


def _scaling_notes(settings: Settings) -> tuple[str, ...]:
    """Say what the published facts allow of either hypothesis."""
    spans, steep, highest = {}, {}, {}
    for name in get_args(Hypothesis):
        noise = ContactNoise.of(settings.parameters, name)
        ends = noise.relative(np.array(PUBLISHED_RESISTANCE), *_BAND)
        spans[name], highest[name] = ends[1] / ends[0], ends[1]
        near = noise.relative(np.array([5e3, 10e3]), *_BAND)
        steep[name] = math.log2(near[1] / near[0])
    published = PUBLISHED_NOISE[1] / PUBLISHED_NOISE[0]
    crossover = ContactNoise.of(settings.parameters).crossover_resistance
    return (
        f"From 5 to 10 kilo-ohm the noise goes as R^{steep['scatterers']:.2f} if scatterers "
        f"fluctuate and as R^{steep['carriers']:.2f} if carriers do; ballistic limits are 1/4 and "
        f"3/4, and both go to 3/2 below the crossover, at {crossover:.0f} ohm.",
        f"From 10 ohm to 10 kilo-ohm it grows {spans['scatterers']:.0f}-fold (scatterers) and "
        f"{spans['carriers']:.0f}-fold (carriers), whatever Hooge's constant; the published range "
        f"for Ag is {published:.0f}-fold. If that range holds over these three decades, as the "
        "abstract does not say, carriers are excluded. The published spectra of gold contacts, "
        "R^1.5 and then R^0.75, are those of carriers. The abstracts cannot settle it: one is of "
        "silver, the other gives the exponents.",
        f"At 10 kilo-ohm {percent(float(highest['scatterers']), 2)} (scatterers) and "
        f"{percent(float(highest['carriers']), 2)} (carriers), within 100 Hz to 50 kHz. Hooge's "
        "constant is uncertain by ten either way, so the noise by three. Nothing was fitted.",
        "Devices, kernels and reads follow the scatterers: silver's own range allows it, and in a "
        "ballistic contact there is little else for a defect to change.",
    )


def _spectrum_note(data: xr.Dataset, resistances: list[float]) -> str:
    ratio = np.exp(np.log(data.density / data.expected).mean("frequency")).values
    parts = [
        f"{level}, {as_text(resistance, 'ohm')} at the median: {r:.2f}"
        for level, resistance, r in zip(data.level.values, resistances, ratio, strict=True)
    ]
    return (
        f"Simulated spectrum over C / f ({'; '.join(parts)}). A contact of a few channels has a "
        "fluctuator next to it or none: few devices make most of the mean, the rest are quiet. The "
        "device's own resistance in series takes its part of the voltage and quiets it further."
    )


def draw(outcome: Outcome) -> Figure:
    """Draw noise against resistance, spectra and a trace."""
    from acanthite import drawing

    figure, (left, middle, right) = drawing.new_figure(11.0, 3.4, ncols=3)
    _draw_law(left, outcome.recordings["noise_against_resistance"])
    _draw_spectra(middle, outcome.recordings["spectra"])
    trace = outcome.recordings["trace"]
    right.plot(
        trace.time, 100 * (1 + trace.relative), color=drawing.BLUE, linewidth=0.6, label="_current"
    )
    right.set_xlabel("time (s)")
    right.set_ylabel("current over its mean (%)")
    return figure


def _draw_law(ax: Axes, data: xr.Dataset) -> None:
    from acanthite import drawing

    low, high = PUBLISHED_RESISTANCE
    bottom, top = PUBLISHED_NOISE
    ax.fill_between(
        [low, high], 100 * bottom, 100 * top, color=drawing.LIGHT, label="published, Ag", zorder=0
    )
    for name, colour in (("scatterers", drawing.BLUE), ("carriers", drawing.RED)):
        ax.loglog(data.resistance, 100 * data[name], color=colour, label=name)
    ax.set_xlabel("resistance (Ω)")
    ax.set_ylabel("ΔI / I, 100 Hz to 50 kHz (%)")
    drawing.plain_log_axis(ax, "x")
    drawing.legend_above(ax, ncols=3, fontsize=7.5)


def _draw_spectra(ax: Axes, data: xr.Dataset) -> None:
    from acanthite import drawing

    for level, colour in zip(data.level.values, (drawing.BLUE, drawing.GREEN), strict=True):
        one = data.sel(level=level)
        ax.loglog(data.frequency, one.density, color=colour, linewidth=0.7, label=str(level))
        ax.loglog(
            data.frequency, one.expected, "--", color=colour, linewidth=1.0, label=f"_{level}, C/f"
        )
    ax.set_xlabel("frequency (Hz)")
    ax.set_ylabel("S / I² (1/Hz)")
    drawing.legend_above(ax, ncols=2, fontsize=7.5)
