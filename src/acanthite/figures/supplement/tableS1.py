"""Table S1: the devices the switching energy is compared with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from acanthite.cost import BENCHMARK
from acanthite.figures import experiments, recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.formatting import as_text

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

TITLE = "Devices compared"
CAPTION = (
    "The twin's device ({stack.thick_film_thickness:nm}, {process.anneal_temperature:degC}) beside "
    "those the paper compares its switching energy with: pulse, side of the cell, energy of one "
    "write and threshold. A dash: not stated, or not known to us. Of the twin: mean over the three "
    "writes of every device, and over its cycles."
)
ALT = (
    "A table with a row for each device and columns for pulse voltage, pulse width, cell side, "
    "energy and threshold; the twin in the first row, dashes where nothing is known."
)
WEIGHT = 1.0

_COLUMNS = {
    "voltage": ("pulse", "V"),
    "width": ("width", "s"),
    "side": ("cell side", "m"),
    "energy": ("energy of a write", "J"),
    "threshold": ("threshold", "V"),
}
_OWN = "Ag2S array, this twin"


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Collect what is known of each device, the twin's own computed."""
    import xarray as xr

    p = settings.parameters
    energies = experiments.write_pulses(settings)[1]
    progress(0.5)
    threshold = float(np.nanmean(np.abs(_set_voltages(settings))))
    progress(1.0)
    own = {
        "voltage": p.value("pulse.write_voltage"),
        "width": p.value("pulse.write_width"),
        "side": p.value("stack.island_side"),
        "energy": float(np.mean(energies)),
        "threshold": threshold,
    }
    rows = [own, *({name: getattr(e, name, None) for name in _COLUMNS} for e in BENCHMARK)]
    data = xr.Dataset(
        {
            name: (
                "device",
                [np.nan if row[name] is None else float(row[name]) for row in rows],
                {"units": unit, "long_name": label},
            )
            for name, (label, unit) in _COLUMNS.items()
        },
        {"device": [_OWN, *(e.name for e in BENCHMARK)]},
    )
    data["bound"] = ("device", [False, *(e.bound for e in BENCHMARK)], {"units": "1"})
    data["array"] = ("device", [True, *(e.array for e in BENCHMARK)], {"units": "1"})
    recalled = [e.name for e in BENCHMARK if e.checked == "recalled"]
    unknown = [e.name for e in BENCHMARK if e.energy is None]
    notes = (
        f"Of {', '.join(unknown)} no energy is known to us. {', '.join(recalled)}: from the "
        "abstract as remembered, not checked against it. The table of the paper itself is in its "
        "supplement, which was not used.",
    )
    return Outcome({}, {"devices": data}, notes, sources=tuple(e.source for e in BENCHMARK))


def _set_voltages(settings: Settings) -> np.ndarray:
    """Return the set voltages of the 200 nm devices. [V]"""
    if settings.quick:
        from acanthite import analysis

        loops = experiments.film_loops(
            settings, recipes.thick(settings), recipes.reference_anneal(settings)
        )
        return analysis.switching(loops).set_voltage
    return experiments.thick_switching(settings).set_voltage


def draw(outcome: Outcome) -> Figure:
    """Write the table."""
    from acanthite import drawing

    data = outcome.recordings["devices"]
    rows = data.sizes["device"]
    figure, ax = drawing.new_figure(8.6, 0.30 * (rows + 1) + 0.3)
    places = dict(zip(_COLUMNS, (0.40, 0.52, 0.64, 0.80, 0.97), strict=True))
    for name, place in places.items():
        ax.text(
            place, -1.0, _COLUMNS[name][0], ha="right", va="center", weight="bold", fontsize=8.5
        )
        (column,) = ax.plot([], [], label=f"_{_COLUMNS[name][0]} ({_COLUMNS[name][1]})")
        drawing.keep_data(column, np.arange(1, rows + 1), data[name].values)
        for row in range(rows):
            ax.text(place, row, _cell(data, name, row), ha="right", va="center", fontsize=8.5)
    for row, name in enumerate(data["device"].values):
        shown = re.sub(r"(?<=Ag|Se|oS)2", "$_2$", str(name))
        weight = "bold" if row == 0 else "normal"
        ax.text(0.0, row, shown, ha="left", va="center", fontsize=8.5, weight=weight)
    for line in (-0.5, 0.5):
        ax.axhline(line, color=drawing.GREY, linewidth=0.7, gid="decoration")
    ax.set(xlim=(-0.01, 1.0), ylim=(rows - 0.4, -1.5))
    drawing.as_map(ax)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return figure


def _cell(data: xr.Dataset, name: str, row: int) -> str:
    value = float(data[name][row])
    if not np.isfinite(value):
        return "–"
    bound = "< " if name == "energy" and bool(data["bound"][row]) else ""
    return f"{bound}{as_text(value, _COLUMNS[name][1], 2)}"
