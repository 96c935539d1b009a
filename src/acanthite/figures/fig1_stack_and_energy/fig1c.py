"""Fig. 1c: three write pulses, the reads after them, and what each write costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis
from acanthite.drawing import BLUE, GREEN, LIGHT, RED, new_figure, prefix_axis
from acanthite.estimate import Estimate
from acanthite.figures import experiments, recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.words import say
from acanthite.formatting import as_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Write and read pulses"
CAPTION = (
    "Three −{pulse.write_voltage:V}, {pulse.write_width:us} write pulses on a "
    "{stack.thick_film_thickness:nm}, {process.anneal_temperature:degC} device, each followed by a "
    "{pulse.read_voltage:mV} read. Left: current over the write pulses, with the energy of each. "
    "Right: the read current, which first recovers from the polarisation of the pulse and then "
    "shows a level of its own."
)
ALT = (
    "Left, three shaded pulses in which the current jumps up and climbs further, each higher than "
    "the one before; right, three read currents that decay to levels of their own."
)
WEIGHT = 3.0


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Apply the pulses to a population and integrate V I over each."""
    recording, energies = experiments.write_pulses(settings)
    n = energies.shape[0]
    one = recording.isel(cycle=0)
    levels = analysis.read_levels(one).values
    noise = _level_noise(one)
    writing = one["writing"].values
    peaks = np.abs(one["current"].values[..., writing]).max(-1)
    recovery = analysis.recovery_time(one).values
    estimates = {f"fig1c.energy-{k + 1}": analysis.mean(energies[:, k], "J") for k in range(3)}
    estimates["fig1c.rising"] = Estimate(float((np.diff(peaks, axis=1) > 0).all(1).mean()), n=n)
    estimates["fig1c.levels"] = Estimate(
        float((np.diff(levels, axis=1) > 6 * noise).all(1).mean()), n=n
    )
    estimates["fig1c.recovery"] = Estimate(float((recovery > 0).all(1).mean()), n=n)
    pulse = settings.parameters.group("pulse")
    estimates |= {
        "fig1c.write-voltage": Estimate(
            float(np.abs(one["voltage"].values[..., writing]).max()), "V"
        ),
        "fig1c.write-width": Estimate(pulse["write_width"], "s"),
        "fig1c.read-voltage": Estimate(pulse["read_voltage"], "V"),
        "fig1c.film": Estimate(recipes.thick(settings), "m"),
        "fig1c.pulses": Estimate(float(one.sizes["pulse"])),
    }
    between = recovery + float(settings.parameters.value("pulse.write_width"))
    estimates["fig1c.rate"] = analysis.mean((1 / between).mean(-1), "1/s")
    settled = as_text(float(recovery.mean()), "s", 2)
    notes = (
        f"The read current settles to within 10 % in {settled} on average; the relaxation time "
        "itself is assumed.",
        (
            "Levels count as distinct when neighbours differ by more than six standard errors of a "
            "read."
        ),
    )
    words = {"read": say(settings.parameters, "pulse.read_voltage", "mV")}
    return Outcome(estimates, {"pulses": recording}, notes, words=words)


def _level_noise(one) -> float:
    """Return the standard error of a read level. [S]"""
    reads = one.isel(sample=np.flatnonzero(~one["writing"].values))
    last = reads["current"].isel(sample=slice(-max(2, reads.sizes["sample"] // 4), None)) / reads[
        "voltage"
    ].isel(sample=-1)
    return float(last.std("sample").median()) / np.sqrt(last.sizes["sample"])


def draw(outcome: Outcome) -> Figure:
    """Draw the write currents and the reads of the first device."""
    recording = outcome.recordings["pulses"].isel(device=0, cycle=0)
    energies = analysis.pulse_energy(recording).values
    writing = recording["writing"].values
    figure, (left, right) = new_figure(8.4, 3.4, ncols=2)
    for k in range(recording.sizes["pulse"]):
        t, i = recording["time"].values[k], -recording["current"].values[k]
        start = t[0]
        width = float(np.ptp(t[writing]))
        offset = 1.4 * width * k
        left.axvspan(offset, offset + width, color=LIGHT, linewidth=0, zorder=0)
        left.plot(t[writing] - start + offset, i[writing], color=BLUE, label=f"_pulse {k + 1}")
        left.text(
            offset + 0.5 * width,
            i[writing].max(),
            as_text(float(energies[k]), "J", 2),
            ha="center",
            va="bottom",
        )
        read = ~writing
        colour = (BLUE, GREEN, RED)[k % 3]
        right.plot(t[read] - t[read][0], -i[read], color=colour, label=f"after pulse {k + 1}")
    left.set(xlabel="time, pauses cut", ylabel="−current while writing")
    left.margins(y=0.12)
    right.set(
        xlabel="time since the end of the pulse", ylabel=f"current at {outcome.words['read']}"
    )
    for ax in (left, right):
        prefix_axis(ax, "x", "s")
        prefix_axis(ax, "y", "A")
    right.legend()
    return figure
