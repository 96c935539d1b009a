"""Fig. 4d: the currents of the six LRS memristors over the read window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.crossbar import VERTICAL, conductances, encode, lookup_tables
from acanthite.crossbar.compute.convolution import LEVELS, states
from acanthite.device import ContactNoise
from acanthite.estimate import Estimate
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.film import broken_share
from acanthite.formatting import as_text, percent

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

TITLE = "Read currents of the LRS memristors"
CAPTION = (
    "Current against voltage of the six memristors that hold the non-zero kernel values, bent to "
    "{bending.radius:mm}, and the table of differential currents looked up for each grey level."
)
ALT = (
    "Left, six nearly straight lines of current through zero; right, three lines that rise and "
    "three that fall with the grey level."
)
WEIGHT = 1.0


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Read the devices, fit lines and make the tables."""
    from acanthite.figures import experiments

    encoding, per_level = encode(VERTICAL), settings.parameters.value("mac.volt_per_level")
    reads = states(experiments.lrs_reads(settings), "LRS").isel(device=slice(encoding.n_lrs))
    tables = lookup_tables(reads, encoding, per_level)
    departure = nonlinearity(reads)
    data = reads[["voltage", "current"]].assign(
        table=(("device", "level"), tables, {"units": "A", "long_name": "differential current"})
    )
    progress(1.0)
    worst = Estimate(float(departure.max()), "1", float(departure.std(ddof=1)), departure.size)
    moved = disturbance(reads)
    rising = (np.diff(np.abs(tables), axis=1) > 0).all(axis=1)
    estimates = {
        "fig4d.disturb": Estimate(float(moved.max()), "1", float(moved.std(ddof=1)), moved.size),
        "fig4d.unique": Estimate(float(rising.mean()), n=rising.size),
        "fig4d.linearity": worst,
    }
    return Outcome(estimates, {"reads": data}, _notes(settings, reads))


def disturbance(reads: xr.Dataset) -> np.ndarray:
    """Return by how much each device's conductance changes from the first leg of a read to the last.

    A leg is the way from zero volts to one end of the sweep, or back; a conductance is the slope
    of a line through the origin over it.
    """
    v, i = (reads[name].broadcast_like(reads["current"]) for name in ("voltage", "current"))
    v, i = (a.transpose("device", ..., "sample").values for a in (v, i))
    v, i = (a.reshape(-1, a.shape[-1]) for a in (v, i))
    leg = max(2, v.shape[-1] // 4)
    first, last = (
        (v[:, at] * i[:, at]).sum(-1) / (v[:, at] ** 2).sum(-1)
        for at in (slice(0, leg), slice(-leg, None))
    )
    return np.abs(last / first - 1)


def _notes(settings: Settings, reads: xr.Dataset) -> tuple[str, ...]:
    """Say how much of what is drawn bending and the contacts' own noise make."""
    from acanthite.figures import recipes

    p = settings.parameters
    bent = recipes.bent(settings, thickness=recipes.thin(settings))
    resistance = 1.0 / float(np.median(conductances(reads)))
    swept = np.abs(np.diff(reads.voltage.values[0].ravel()))
    rate = p.value("instrument.sweep_rate")
    relative = ContactNoise.of(p).relative(resistance, rate / swept.sum(), rate / swept.max())
    return (
        f"All 18 memristors are bent: the film is stretched by {percent(bent.bending_strain, 2)}, "
        f"at which {as_text(broken_share(bent, p), digits=1)} of the devices are broken.",
        f"The contacts' own noise within these reads is {percent(float(relative), 2)} of the "
        f"current (rms) at the median of {as_text(resistance, 'ohm', digits=2)}.",
    )


def nonlinearity(reads: xr.Dataset) -> np.ndarray:
    """Return each device's largest departure from its line through the origin, over its full scale."""
    v, i = reads.voltage.broadcast_like(reads.current), reads.current
    line = v * conductances(reads).reshape([-1 if d == "device" else 1 for d in v.dims])
    axes = [d for d in i.dims if d != "device"]
    return (np.abs(i - line).max(axes) / np.abs(i).max(axes)).values


def draw(outcome: Outcome) -> Figure:
    """Draw the curves and the tables."""
    from acanthite import drawing

    data = outcome.recordings["reads"]
    figure, (ax, side) = drawing.new_figure(7.4, 3.3, ncols=2)
    level = np.arange(LEVELS)
    for k in range(data.sizes["device"]):
        one = data.isel(device=k)
        v = one.voltage.broadcast_like(one.current)
        ax.plot(
            v.values.ravel(),
            one.current.values.ravel(),
            color=drawing.CYCLE[k],
            linewidth=1.1,
            label=f"_memristor {k + 1}",
        )
        side.plot(level, one.table, color=drawing.CYCLE[k], label=f"memristor {k + 1}")
    for axes in (ax, side):
        drawing.prefix_axis(axes, "y", "A")
        axes.axhline(0, color=drawing.LIGHT, linewidth=0.8, zorder=0, gid="decoration")
    drawing.prefix_axis(ax, "x", "V")
    ax.set_xlabel("read voltage")
    ax.set_ylabel("current")
    side.set_xlabel("grey level")
    side.set_ylabel("differential current")
    side.set_xticks([0, 64, 128, 192, 255])
    drawing.legend_above(side, ncols=3, fontsize=7.5)
    return figure
