"""Beyond the paper: what its edge detection and its network would cost with periphery."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from acanthite.constants import nm
from acanthite.cost import (
    ChipCircuits,
    ChipCost,
    LayerShape,
    NetworkShape,
    activity_of,
    chip_cost,
)
from acanthite.crossbar import KERNELS, ColumnPairs, RowPairs, photograph
from acanthite.crossbar.arrays.conductance_range import AG2S_RANGE
from acanthite.drawing import CYCLE, GREY, new_figure, prefix_axis
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.formatting import as_text, percent
from acanthite.inference import Chip, IdealCells

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Beyond the paper: what a chip around the arrays would cost"
CAPTION = (
    "Energy of one inference by component, for the edge detection of one photograph and for the "
    "network of one picture, on arrays of the paper's cells at a pitch of {layout.pitch:um} with "
    "drivers, converters, adders, buffers and links of three processes. Lines are the intervals "
    "from the spread of the constants. The paper has bare arrays and measures none of it."
)
ALT = (
    "Two panels of three stacked bars each, one for a process, with the energy of an inference by "
    "component and its interval."
)
WEIGHT = 3.0
REPEATS = 0  # it claims nothing
NODES = (130 * nm, 65 * nm, 22 * nm)
_LINES = 64
_LEVELS = 255
_SHOWN = 5  # components with a colour of their own


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Cost both on chips of three processes."""
    costs: dict[str, list[ChipCost]] = {"edge detection": [], "network": []}
    for k, node in enumerate(NODES):
        costs["edge detection"].append(_edge_detection(settings, node))
        progress((2 * k + 1) / (2 * len(NODES)))
        costs["network"].append(_network(settings, node))
        progress((2 * k + 2) / (2 * len(NODES)))
    notes = [_sentence(work, list_of) for work, list_of in costs.items()]
    first = costs["network"][0].dominant_constants
    notes.append(
        "Nothing here is published or measured: cells, read voltages and pitch are the paper's and "
        "the twin's, the circuits around them are the cost model's. The intervals rest most on "
        f"{', '.join(effect.name for effect in first)}."
    )
    notes += [
        "Reads of a few millivolts ask of amplifiers what the model does not count: offsets and "
        "noise of that size.",
        *costs["network"][0].limits[:2],
    ]
    sources = sorted({effect.source for effect in first})
    return Outcome(recordings=_recordings(costs), notes=tuple(notes), sources=tuple(sources))


def _chip(read_voltage: float, mapping: Any, rows: int) -> Chip:
    cells = IdealCells(conductance_min=AG2S_RANGE.lowest, conductance_max=AG2S_RANGE.highest)
    return Chip(cells=cells, mapping=mapping, rows=rows, columns=_LINES, read_voltage=read_voltage)


def _circuits(settings: Settings, node: float) -> ChipCircuits:
    pitch = settings.parameters.value("layout.pitch")
    return ChipCircuits(
        node=node,
        access="none",
        cell_area=pitch**2,
        clock_frequency=200e6,
        converter_rate=1e7,
    )


def _edge_detection(settings: Settings, node: float) -> ChipCost:
    """Cost one kernel over the photograph, on pairs of rows as the paper has them."""
    image, kernel = photograph(settings.image), KERNELS["vertical"]
    voltage = _LEVELS * settings.parameters.value("mac.volt_per_level")
    chip = _chip(voltage, RowPairs(), 2 * kernel.size)
    weights = np.asarray(kernel, float).reshape(1, -1)
    layer = LayerShape(
        name="kernel",
        inputs=kernel.size,
        outputs=1,
        positions=(image.shape[0] - 2) * (image.shape[1] - 2),
        fresh_inputs=len(kernel),
        activity=activity_of(np.asarray(image, float), chip, float(_LEVELS)),
        weights=weights / np.abs(weights).max(),
    )
    return chip_cost(NetworkShape("edge detection", (layer,)), chip, _circuits(settings, node))


def _network(settings: Settings, node: float) -> ChipCost:
    """Cost the network of Fig. 4h for one picture."""
    voltage = settings.parameters.value("pulse.read_voltage")
    chip = _chip(voltage, ColumnPairs(), _LINES)
    return chip_cost("mlp", chip, _circuits(settings, node))


def _sentence(work: str, costs: list[ChipCost]) -> str:
    cells = costs[0].by_component().get("cells and wires", 0.0)
    parts = [
        f"{as_text(cost.energy_joule, 'J')} ({as_text(cost.intervals['energy_joule'][0], 'J')} to "
        f"{as_text(cost.intervals['energy_joule'][1], 'J')}), {as_text(cost.latency_second, 's')} "
        f"at {node / nm:.0f} nm"
        for node, cost in zip(NODES, costs, strict=True)
    ]
    share = percent(cells / costs[0].energy_joule, 2)
    return (
        f"The {work}: {'; '.join(parts)}. Cells and wires are {share} of it at "
        f"{NODES[0] / nm:.0f} nm."
    )


def _recordings(costs: dict[str, list[ChipCost]]) -> dict[str, Any]:
    import xarray as xr

    names = list(
        dict.fromkeys(n for group in costs.values() for c in group for n in c.by_component())
    )
    energy = [[[c.by_component().get(n, 0.0) for n in names] for c in g] for g in costs.values()]
    ends = [[c.intervals["energy_joule"] for c in group] for group in costs.values()]
    joule = {"units": "J", "long_name": "energy of an inference"}
    data = {
        "energy": (("work", "node", "component"), np.array(energy), joule),
        "low": (("work", "node"), np.array(ends)[..., 0], joule),
        "high": (("work", "node"), np.array(ends)[..., 1], joule),
        "latency": (
            ("work", "node"),
            np.array([[c.latency_second for c in group] for group in costs.values()]),
            {"units": "s", "long_name": "latency"},
        ),
        "area": (
            ("work", "node"),
            np.array([[c.area_square_metre for c in group] for group in costs.values()]),
            {"units": "m^2", "long_name": "area"},
        ),
    }
    coords = {
        "work": list(costs),
        "node": ("node", list(NODES), {"units": "m", "long_name": "process"}),
        "component": names,
    }
    return {"chip_cost": xr.Dataset(data, coords)}


def draw(outcome: Outcome) -> Figure:
    """Draw energy by component at each process, one panel a workload."""
    data = outcome.recordings["chip_cost"]
    figure, axes = new_figure(9.0, 3.8, ncols=2)
    names = [str(name) for name in data["component"].values]
    shares = (data["energy"] / data["energy"].sum("component")).mean(("work", "node")).values
    largest = [names[k] for k in np.argsort(-shares)[:_SHOWN]]
    places = np.arange(data.sizes["node"])
    labels = [f"{node / nm:.0f} nm" for node in data["node"].values]
    for ax, work in zip(axes, data["work"].values, strict=True):
        one = data.sel(work=work)
        bottom = np.zeros(len(places))
        for name, colour in zip(largest, CYCLE, strict=False):
            values = one["energy"].sel(component=name).values
            ax.bar(places, values, 0.6, bottom, color=colour, label=name)
            bottom += values
        total = one["energy"].sum("component").values
        ax.bar(places, total - bottom, 0.6, bottom, color=GREY, label="others")
        spread = np.array([total - one["low"].values, one["high"].values - total])
        ax.errorbar(
            places, total, spread, fmt="none", color="black", lw=0.9, capsize=3, label="_interval"
        )
        ax.set_xticks(places, labels)
        ax.set_ylim(0, 1.05 * float(one["high"].max()))
        prefix_axis(ax, "y", "J")
        ax.set_ylabel("energy an inference")
        ax.set_title(f"{work}, beyond the paper")
    axes[1].legend(loc="upper right", frameon=False)
    return figure
