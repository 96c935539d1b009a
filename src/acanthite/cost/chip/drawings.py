"""Where energy and area of a chip go, and its floorplan, as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt
from typing import TYPE_CHECKING, Any

from acanthite.cost.chip.bill import WHOLE_CHIP
from acanthite.cost.chip.report import area_text
from acanthite.drawing import (
    BLUE,
    GREY,
    LIGHT,
    ORANGE,
    as_map,
    legend_above,
    new_axes,
    new_figure,
    prefix_axis,
)
from acanthite.formatting import as_text, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from acanthite.cost.chip.chip_cost import ChipCost

_LEAST_SHARE = 0.005  # of a bar that is drawn
_MOST_TILES = 4000  # drawn one by one
_MOST_NAMED = 24  # layers with a colour of their own


def draw_shares(
    cost: ChipCost, what: str = "energy", by: str = "component", ax: Axes | None = None
) -> Axes:
    """Draw energy or area by component or by layer as bars, the largest first; return the Axes.

    Parameters
    ----------
    cost : ChipCost
    what : {"energy", "area"}
    by : {"component", "layer"}
        Layers stay in their order.
    ax : Axes, optional

    Examples
    --------
    >>> cost = ac.cost.chip_cost("64-32-10", ac.inference.Chip(rows=64, columns=64))
    >>> ac.cost.draw_shares(cost, "area", "layer").get_xlabel()
    'area (mm²)'
    """
    sums = cost.by_component(what) if by == "component" else cost.by_layer(what)
    total = sum(sums.values())
    shown = {name: value for name, value in sums.items() if value > _LEAST_SHARE * total}
    if by == "component":
        shown = dict(sorted(shown.items(), key=lambda item: -item[1]))
    rest = total - sum(shown.values())
    if rest > 0:
        shown["others"] = rest
    ax = new_axes(ax)
    unit = 1e-6 if what == "area" else 1.0
    values = [value / unit for value in shown.values()]
    colours = [
        GREY if name == "others" else (BLUE if what == "energy" else ORANGE) for name in shown
    ]
    bars = ax.barh(list(shown), values, color=colours, label=what)
    ax.bar_label(bars, [percent(v * unit / total, 2) for v in values], padding=3, fontsize=7.5)
    ax.invert_yaxis()
    ax.set_xlim(0, 1.18 * max(values))
    if what == "energy":
        ax.set_xlabel("energy an inference")
        prefix_axis(ax, "x", "J")
    else:
        ax.set_xlabel("area (mm²)")
    return ax


def draw_cost(cost: ChipCost) -> Figure:
    """Draw where energy and area go, by component and by layer; return the Figure.

    Examples
    --------
    >>> cost = ac.cost.chip_cost("64-32-10", ac.inference.Chip(rows=64, columns=64))
    >>> len(ac.cost.draw_cost(cost).axes)
    4
    """
    layers = len(cost.by_layer())
    height = max(3.0, 0.23 * layers + 0.7)
    figure, axes = new_figure(10.0, 3.2 + height, 2, 2, height_ratios=(3.2, height))
    for column, what in enumerate(("energy", "area")):
        draw_shares(cost, what, "component", axes[0][column])
        draw_shares(cost, what, "layer", axes[1][column])
    low, high = cost.intervals["energy_joule"]
    axes[0][0].set_title(
        f"{as_text(cost.energy_joule, 'J')} an inference, "
        f"{as_text(low, 'J')} to {as_text(high, 'J')}"
    )
    small, large = cost.intervals["area_square_metre"]
    axes[0][1].set_title(
        f"{area_text(cost.area_square_metre)}, {area_text(small)} to {area_text(large)}"
    )
    return figure


def draw_floorplan(cost: ChipCost, ax: Axes | None = None) -> Axes:
    """Draw tiles by layer and what serves the whole chip; return the Axes.

    Tiles lie row by row in the order of the layers. Areas are to scale, but for what is left over
    of the last row.

    Examples
    --------
    >>> cost = ac.cost.chip_cost("64-32-10", ac.inference.Chip(rows=64, columns=64))
    >>> len(ac.cost.draw_floorplan(cost).patches)  # two tiles, and what they share
    3
    """
    from matplotlib.patches import Patch, Rectangle

    ax = new_axes(ax, 7.4, 5.2)
    side = sqrt(cost.area_square_metre) * 1e3
    layers = {name: n for name, n in cost.tiles_of_layer.items() if n}
    shared = cost.by_layer("area").get(WHOLE_CHIP, 0.0) * 1e6 / side
    colours = _colours(list(layers))
    line = 0.4 if cost.tiles <= _MOST_TILES else 0.0
    for name, x, y, width, height in _placed(layers, side, side - shared):
        tile = Rectangle((x, side - y - height), width, height, facecolor=colours[name])
        tile.set(edgecolor="white", linewidth=line)
        ax.add_patch(tile)
    ax.add_patch(Rectangle((0, 0), side, shared, facecolor=LIGHT, edgecolor="white"))
    ax.set_xlim(0, side)
    ax.set_ylim(0, side)
    ax.set_aspect("equal")
    as_map(ax)
    ax.set_title(
        f"{cost.network}: {cost.tiles:,} tiles, {area_text(cost.area_square_metre)}, "
        f"{percent(cost.utilisation, 2)} of the cells used",
        loc="left",
        fontsize=8.5,
    )
    handles = [
        Patch(color=colours[name], label=f"{name} ({number:,})")
        for name, number in list(layers.items())[:_MOST_NAMED]
    ]
    if len(layers) > _MOST_NAMED:
        handles.append(Patch(color="none", label=f"and {len(layers) - _MOST_NAMED} more layers"))
    handles.append(Patch(color=LIGHT, label="buffers and links"))
    ax.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(1.01, 1.0),
        frameon=False,
        fontsize=7,
        handlelength=1.2,
    )
    return ax


def _placed(
    layers: dict[str, int], width: float, height: float
) -> list[tuple[str, float, float, float, float]]:
    """Return name, x, y, width and height of tiles, or of runs of them where they are many."""
    tiles = sum(layers.values())
    columns = max(1, min(tiles, round(sqrt(tiles * width / height))))
    rows = ceil(tiles / columns)
    wide, tall = width / columns, height / rows
    step = 1 if tiles <= _MOST_TILES else columns
    placed = []
    first = 0
    for name, number in layers.items():
        k = first
        while k < first + number:
            row, column = divmod(k, columns)
            run = min(step, first + number - k, columns - column)
            placed.append((name, column * wide, row * tall, run * wide, tall))
            k += run
        first += number
    return placed


def draw_trade_off(data: Any, ax: Axes | None = None) -> Axes:
    """Draw accuracy against energy, one point a setting; return the Axes.

    Means over seeds, with the interval of the energy; the line goes through the settings that no
    other beats in both.

    Parameters
    ----------
    data : xarray.Dataset
        Of a study of the job ``chip``: ``energy``, ``energy_low``, ``energy_high``, ``accuracy``.
    ax : Axes, optional

    Examples
    --------
    >>> import xarray as xr
    >>> values = {"energy": 2e-9, "energy_low": 1e-9, "energy_high": 9e-9, "accuracy": 0.97}
    >>> data = xr.Dataset({name: ("point", [value]) for name, value in values.items()})
    >>> ac.cost.draw_trade_off(data).get_ylabel()
    'accuracy (%)'
    """
    from matplotlib.ticker import LogLocator

    ax = new_axes(ax)
    over = [dim for dim in ("seed",) if dim in data.dims]
    mean = data[["energy", "energy_low", "energy_high", "accuracy"]].mean(over)
    energy, accuracy = mean["energy"].values.ravel(), mean["accuracy"].values.ravel()
    spread = [
        energy - mean["energy_low"].values.ravel(),
        mean["energy_high"].values.ravel() - energy,
    ]
    ax.errorbar(
        energy, 100 * accuracy, xerr=spread, fmt="o", color=BLUE, ecolor=LIGHT, label="settings"
    )
    best = unbeaten(energy.tolist(), accuracy.tolist())
    ax.plot(energy[best], 100 * accuracy[best], color=ORANGE, label="not beaten in both")
    ax.set_xscale("log")
    ax.set_xlabel("energy an inference")
    ax.set_ylabel("accuracy (%)")
    prefix_axis(ax, "x", "J")
    ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    legend_above(ax)
    return ax


def unbeaten(cost: Sequence[float], gain: Sequence[float]) -> list[int]:
    """Return which points no other beats in both, by rising cost.

    Examples
    --------
    >>> unbeaten([1.0, 2.0, 3.0], [0.5, 0.4, 0.9])
    [0, 2]
    """
    best: list[int] = []
    for k in sorted(range(len(cost)), key=lambda k: (cost[k], -gain[k])):
        if not best or gain[k] > gain[best[-1]]:
            best.append(k)
    return best


def _colours(names: Sequence[str]) -> dict[str, Any]:
    """Return colours of layers, from one end of a colour map to the other."""
    from matplotlib import colormaps

    scale = colormaps["viridis"]
    last = max(1, len(names) - 1)
    return {name: scale(0.1 + 0.8 * k / last) for k, name in enumerate(names)}
