"""A prediction: ramped again without a RESET, a device lets go at low compliance and holds at high."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from acanthite import measurement
from acanthite.constants import uA
from acanthite.drawing import CYCLE, name_panel, new_figure, prefix_axis
from acanthite.figures import experiments, recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.predictions.left_alone import QUIET
from acanthite.formatting import as_text, percent
from acanthite.measurement.schedule import Schedule

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

TITLE = "Prediction: volatile threshold switching"
CAPTION = (
    "The same SET ramp four times over, with a second of rest and no RESET between, of one "
    "{stack.film_thickness:nm} device under two compliance currents: volatile under the lower, "
    "non-volatile under the higher. Nobody has measured it."
)
ALT = (
    "Left, each ramp starts from the high-resistance state and sets at a threshold; right, from "
    "the second ramp on the device conducts from the start."
)
WEIGHT = 3.0
COMPLIANCES = (1 * uA, 30 * uA)
REST = 1.0  # s
RAMPS = 4
_MET = 0.5  # share of the compliance whose current counts as set


@dataclass(frozen=True)
class Ramps:
    """The same ramp to a voltage and back, again and again, with rests at no voltage.

    Parameters
    ----------
    stop, rate, step : float
        [V], [V/s], [V]
    compliance : float
        [A]
    """

    stop: float
    rate: float
    step: float
    compliance: float

    def schedule(self, current_limit: float) -> Schedule:
        """Return the segments; dim is (sample,)."""
        there = np.linspace(0.0, self.stop, round(abs(self.stop) / self.step) + 1)
        volts = np.concatenate([there, there[-2::-1]])
        limit = min(self.compliance, current_limit)
        rows = [(self.step / self.rate, v, w, limit) for v, w in pairwise(volts)]
        rows.append((REST, 0.0, 0.0, limit))
        recorded = np.ones(len(rows), bool)
        recorded[-1] = False
        return Schedule(np.array(rows), recorded, RAMPS, ("sample",), (len(rows) - 1,))


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Ramp fresh devices several times under each compliance."""
    import xarray as xr

    n = experiments.count(settings, 40, 10)
    devices = experiments.devices(settings, n, recipes.thin(settings), experiment=36)
    p = settings.parameters.group("instrument")
    runs, notes = [], []
    for k, compliance in enumerate(COMPLIANCES):
        program = Ramps(-p["sweep_stop"], p["sweep_rate"], p["sweep_step"], compliance)
        loops = measurement.run(devices, program, instrument=QUIET)
        runs.append(loops)
        notes.append(_told(loops, compliance))
        progress((k + 1) / len(COMPLIANCES))
    joined = xr.concat(runs, "level", combine_attrs="drop_conflicts", data_vars="all")
    joined = joined.assign_coords(level=("level", list(COMPLIANCES), {"units": "A"}))
    return Outcome(recordings={"ramps": joined}, notes=(*notes, "Nothing was fitted to it."))


def _told(loops: xr.Dataset, compliance: float) -> str:
    """Say how many devices let go between ramps, and where they set again."""
    current, applied = (np.abs(loops[name].values) for name in ("current", "applied"))
    up = applied.shape[-1] // 2
    half = applied <= 0.5 * np.median(_thresholds(current[:, :1], applied, up, compliance))
    early = (current[:, 1:, :up] > _MET * compliance) & half[:up]
    kept = early.any(-1)
    again = _thresholds(current[:, 1:], applied, up, compliance)[~kept]
    said = f"Under {as_text(compliance, 'A')} {percent(float(1 - kept.mean()))} of the ramps after "
    said += f"the first start from a device that has let go within {REST:g} s"
    if again.size:
        said += f"; those set again at {np.median(again):.3f} V"
    return said + "."


def _thresholds(current: np.ndarray, applied: np.ndarray, up: int, compliance: float) -> np.ndarray:
    """Return the first voltage of each ramp at which the current is near its limit. [V]"""
    met = current[..., :up] > _MET * compliance
    return np.where(met.any(-1), applied[met.argmax(-1)], np.nan)


def draw(outcome: Outcome) -> Figure:
    """Draw the ramps of the first device under both compliances."""
    loops = outcome.recordings["ramps"]
    figure, axes = new_figure(7.4, 3.4, ncols=2)
    for ax, level in zip(axes, loops["level"].values, strict=True):
        here = loops.sel(level=level).isel(device=0)
        for k in range(here.sizes["cycle"]):
            ax.semilogy(
                np.abs(here["applied"]),
                np.maximum(np.abs(here["current"].isel(cycle=k)), 1e-13),
                color=CYCLE[k],
                label=f"ramp {k + 1}",
            )
        ax.set(xlabel="voltage of the ramp, magnitude (V)", ylabel="current, magnitude")
        prefix_axis(ax, "y", "A")
        name_panel(ax, f"compliance {as_text(float(level), 'A')}")
    axes[1].legend(loc="lower right")
    return figure
