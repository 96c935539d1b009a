"""Pictures of an array and its solution: a circuit while it is small, maps beyond."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from acanthite.crossbar.array_types import Array
from acanthite.crossbar.circuit.solution import Solution
from acanthite.drawing import (
    BLUE,
    INK,
    LIGHT,
    SEQUENTIAL,
    SIGNED,
    colour_bar,
    ink_on,
    new_axes,
    new_figure,
    prefix_axis,
)
from acanthite.errors import CrossbarError, nearest
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure


QUANTITIES = ("conductance", "voltage", "current")
CIRCUIT_LIMIT = 24  #: lines up to which an array is drawn as a circuit
_VALUES_LIMIT = 6  # lines up to which devices carry their values
_MAPS = {"conductance": SEQUENTIAL, "voltage": "plasma", "signed": SIGNED, "current": "YlOrRd"}


@accepts_quantities
def plot_array(
    conductance: ArrayLike,
    solution: Solution | None = None,
    *,
    show: Sequence[str] | None = None,
    which: int = 0,
) -> Figure:
    """Draw an array.

    Parameters
    ----------
    conductance : array_like, shape (N, M)
        Word lines from top to bottom, bit lines from left to right. [S]
    solution : Solution, optional
        Of the same array; without it only conductances can be shown.
    show : sequence of str, optional
        Of "conductance", "voltage" and "current"; all there are without it.
    which : int
        Which input of a solution of several.

    Returns
    -------
    matplotlib.figure.Figure
        A panel each for arrays of up to 24 lines, in which wires and devices carry the colour of
        their voltage or current; for larger ones a map each of word lines, bit lines and devices.

    Raises
    ------
    CrossbarError
        If there is no such quantity, or the shapes do not agree.

    Examples
    --------
    >>> import numpy as np
    >>> array = ac.crossbar.Crossbar(np.full((4, 4), 1e-4))
    >>> drawn = ac.crossbar.plot_array(array.conductance, array.solve(np.full(4, 0.1)))
    >>> type(drawn).__name__
    'Figure'
    """
    G = np.asarray(conductance, float)
    if G.ndim != 2 or 0 in G.shape:
        raise CrossbarError(
            f"conductance: shape {G.shape}; expected (word lines, bit lines), neither zero"
        )
    wanted = _wanted(show, solution)
    state = _State(G, solution, which)
    if max(G.shape) <= CIRCUIT_LIMIT:
        return _draw_circuits(state, wanted)
    return _draw_maps([panel for name in wanted for panel in _maps_of(state, name)])


def draw_currents(solution: Solution, ax: Axes | None = None, which: int = 0) -> Axes:
    """Draw the current through each device, of one input; return the Axes."""
    ax = new_axes(ax)
    current = solution.device_current
    one = current if current.ndim == 2 else current[which]
    shown = ax.imshow(one, cmap=_MAPS["current"], aspect="auto")
    colour_bar(ax, shown, unit="A")
    ax.set(title="current through each device", xlabel="bit line", ylabel="word line")
    return ax


def _wanted(show: Sequence[str] | None, solution: Solution | None) -> tuple[str, ...]:
    if show is None:
        return QUANTITIES if solution is not None else QUANTITIES[:1]
    names = (show,) if isinstance(show, str) else tuple(show)
    unknown = [name for name in names if name not in QUANTITIES]
    if unknown or not names:
        hint = nearest(unknown[0], QUANTITIES) if unknown else ""
        raise CrossbarError(f"show = {show!r}; expected some of {', '.join(QUANTITIES)}{hint}")
    if solution is None and set(names) != {"conductance"}:
        raise CrossbarError(f"show = {show!r} needs a solution: solve the array and pass it")
    return names


class _State:
    """Voltages and currents of one input, those along the wires included."""

    def __init__(self, G: Array, solution: Solution | None, which: int) -> None:
        self.G = G
        if solution is None:
            return
        n = solution.n_inputs
        if n is not None:
            if not -n <= which < n:
                raise CrossbarError(f"which = {which}; the solution holds {n} inputs")
            solution = solution[which]
        self.word = solution.word_line_voltage
        self.bit = solution.bit_line_voltage
        self.device = solution.device_current
        if self.device.shape != G.shape:
            raise CrossbarError(
                f"solution: of an array of shape {self.device.shape}; conductance has {G.shape}"
            )
        lines = solution.circuit
        taken = self.device.T
        self.along_word = np.abs(lines.word.segment_currents(self.device, solution.voltage))
        self.along_bit = np.abs(lines.bit.segment_currents(-taken, solution.bit_line_drive))
        self.into_word = self.device.sum(1)
        self.out_of_bit = taken.sum(1)


def _draw_circuits(state: _State, wanted: tuple[str, ...]) -> Figure:
    n, m = state.G.shape
    most = max(n, m)
    side = float(np.clip(3.2 * m / most, 1.0, 3.2)) + 1.25
    figure, axes = _figure(side * len(wanted), max(1.8, 3.2 * n / most + 0.75), len(wanted))
    for ax, name in zip(axes, wanted, strict=True):
        _circuit(ax, state, name)
    return figure


def _circuit(ax: Axes, state: _State, name: str) -> None:
    """Draw wires and devices, coloured by one quantity."""
    from matplotlib.collections import LineCollection, PatchCollection
    from matplotlib.patches import Rectangle

    n, m = state.G.shape
    most = max(n, m)
    word, bit, device, unit = _coloured(state, name)
    known = [v.ravel() for v in (word, bit, device) if v is not None]
    norm, cmap = _scale(name, np.concatenate(known))
    width = max(1.0, 3.4 - 0.1 * most)
    across = _segments(-0.8, m - 0.5, n, m)
    down = _segments(-0.5, n - 0.2, m, n)[..., ::-1]
    for value, segments in ((word, across), (bit, down)):
        lines = LineCollection(list(segments), linewidths=width, capstyle="round", zorder=1)
        if value is None:
            lines.set_color(LIGHT)
        else:
            lines.set(array=value.ravel(), norm=norm, cmap=cmap)
        ax.add_collection(lines)
    half = 0.31 if most <= _VALUES_LIMIT else 0.25
    squares = PatchCollection(
        [Rectangle((j - half, i - half), 2 * half, 2 * half) for i in range(n) for j in range(m)],
        edgecolors=INK,
        linewidths=float(np.clip(8 / most, 0.3, 1.0)),
        zorder=2,
    )
    squares.set(array=device.ravel(), norm=norm, cmap=cmap)
    ax.add_collection(squares)
    colour_bar(ax, squares, unit=unit).ax.tick_params(labelsize=8)
    ax.set_title(name)
    if most <= _VALUES_LIMIT:
        _write_values(ax, device, unit, norm, cmap)
    _frame(ax, n, m)


def _coloured(state: _State, name: str) -> tuple[Array | None, Array | None, Array, str]:
    """Return the values of word segments, bit segments (line by line) and devices, and their unit."""
    if name == "conductance":
        return None, None, state.G, "S"
    if name == "current":
        return state.along_word, state.along_bit, np.abs(state.device), "A"
    return _along(state.word), _along(state.bit.T), state.word - state.bit, "V"


def _along(nodes: Array) -> Array:
    """Return the voltages of segments from those of the nodes, (lines, nodes), at their ends."""
    return np.hstack([nodes[:, :1], (nodes[:, 1:] + nodes[:, :-1]) / 2, nodes[:, -1:]])


def _segments(first: float, last: float, n_lines: int, n_nodes: int) -> Array:
    """Return the ends of lines' segments: along and across, shape (segments, 2, 2)."""
    stops = np.concatenate([[first], np.arange(n_nodes), [last]])
    ends = np.stack([stops[:-1], stops[1:]], -1)
    return np.array([np.stack([e, np.full(2, i)], -1) for i in range(n_lines) for e in ends], float)


def _write_values(ax: Axes, values: Array, unit: str, norm: Normalize, cmap: str) -> None:
    from matplotlib import colormaps
    from matplotlib.ticker import EngFormatter

    engineer = EngFormatter(unit, places=0, sep="\n")
    for (i, j), value in np.ndenumerate(values):
        colour = ink_on(colormaps[cmap](float(norm(value)))[:3])
        size = 8.0 if max(values.shape) <= 4 else 6.0
        ax.text(j, i, engineer(value), ha="center", va="center", fontsize=size, color=colour)


def _frame(ax: Axes, n: int, m: int) -> None:
    """Give a circuit its axes: lines counted from one, nothing else."""
    ax.set_xlim(-1.0, m - 0.4)
    ax.set_ylim(n - 0.1, -0.7)
    ax.set_aspect("equal")
    for axis, count, name in ((ax.xaxis, m, "bit line"), (ax.yaxis, n, "word line")):
        places = _ticks(count)
        axis.set_ticks(places, [str(k + 1) for k in places])
        axis.set_label_text(name)
    ax.tick_params(length=0, labelsize=8)
    ax.spines[:].set_visible(False)


def _ticks(count: int) -> list[int]:
    """Return up to nine places, the first and the last always."""
    step = max(1, int(np.ceil((count - 1) / 8)))
    places = list(range(0, count, step))
    if places[-1] != count - 1:
        if count - 1 - places[-1] < 0.6 * step:
            places.pop()
        places.append(count - 1)
    return places


@dataclass(frozen=True)
class _Panel:
    """A map, or a profile along the lines if ``values`` has one axis."""

    title: str
    quantity: str
    unit: str
    values: Array
    along: str = "bit line"


def _maps_of(state: _State, name: str) -> list[_Panel]:
    if name == "conductance":
        return [_Panel("device conductance", name, "S", state.G)]
    if name == "voltage":
        return [
            _Panel("word-line voltage", name, "V", state.word),
            _Panel("bit-line voltage", name, "V", state.bit),
            _Panel("device voltage", name, "V", state.word - state.bit),
        ]
    return [
        _Panel("into the word lines", name, "A", state.into_word, "word line"),
        _Panel("out of the bit lines", name, "A", state.out_of_bit),
        _Panel("word-line current", name, "A", state.along_word),
        _Panel("bit-line current", name, "A", state.along_bit.T),
        _Panel("device current", name, "A", np.abs(state.device)),
    ]


def _draw_maps(panels: list[_Panel]) -> Figure:
    profiles = [p for p in panels if p.values.ndim == 1]
    maps = [p for p in panels if p.values.ndim == 2]
    lone = maps[:1] if maps[0].quantity == "conductance" else []  # shares a row with the profiles
    order = [*lone, *profiles, *maps[len(lone) :]]
    columns = min(len(order), 2 if len(order) == 4 else 3)
    rows = -(-len(order) // columns)
    figure, axes = _figure(3.7 * columns, 3.1 * rows, columns, rows)
    for ax in axes[len(order) :]:
        ax.set_axis_off()
    for ax, panel in zip(axes, order, strict=False):
        (_profile if panel.values.ndim == 1 else _map)(ax, panel)
        ax.set_title(panel.title)
        ax.tick_params(labelsize=8)
    return figure


def _map(ax: Axes, panel: _Panel) -> None:
    """Draw a map; wire segments lie between devices, so theirs reaches half a place further."""
    n, m = panel.values.shape
    norm, cmap = _scale(panel.quantity, panel.values.ravel())
    wide = panel.title == "word-line current"
    tall = panel.title == "bit-line current"
    left = 0.5 - 0.5 * wide
    top = 0.5 - 0.5 * tall
    look = {"norm": norm, "cmap": cmap, "interpolation": "nearest"}
    aspect = "auto" if max(n, m) > 3 * min(n, m) else "equal"
    extent = (left, m + left, n + top, top)
    image = ax.imshow(panel.values, aspect=aspect, extent=extent, **look)
    colour_bar(ax, image, unit=panel.unit).ax.tick_params(labelsize=8)
    for axis, count, label in ((ax.xaxis, m - wide, "bit line"), (ax.yaxis, n - tall, "word line")):
        axis.set_ticks(_round_ticks(count))
        axis.set_label_text(label)


def _profile(ax: Axes, panel: _Panel) -> None:
    """Draw the current at the ends of the lines against their number."""
    count = panel.values.size
    ax.step(np.arange(1, count + 1), panel.values, where="mid", color=BLUE, linewidth=1.0)
    ax.axhline(0.0, color=LIGHT, linewidth=0.8, zorder=0)
    prefix_axis(ax, "y", panel.unit)
    ax.set_xticks(_round_ticks(count))
    ax.set_xlim(0.5, count + 0.5)
    ax.set_xlabel(panel.along)


def _round_ticks(count: int) -> list[int]:
    """Return the first line and up to five round numbers."""
    from matplotlib.ticker import MaxNLocator

    if count <= 3:
        return list(range(1, count + 1))
    places = [
        int(p) for p in MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]).tick_values(0, count)
    ]
    return [1, *(p for p in places if 1 < p <= count)]


def _scale(name: str, values: Array) -> tuple[Any, str]:
    """Return colour norm and map: logarithmic over 1.5 decades or more, symmetric if signed."""
    from matplotlib.colors import LogNorm, Normalize

    v = values[np.isfinite(values)]
    low, high = (float(v.min()), float(v.max())) if v.size else (0.0, 1.0)
    if name == "voltage" and low < -0.05 * high:
        limit = max(-low, high)
        return Normalize(-limit, limit), _MAPS["signed"]
    if name == "voltage":
        return Normalize(min(low, 0.0), high if high > low else low + 1.0), _MAPS[name]
    positive = v[v > 0]
    if positive.size and high > 30 * (
        least := max(float(np.quantile(positive, 0.01)), 1e-6 * high)
    ):
        return LogNorm(least, high, clip=True), _MAPS[name]
    return Normalize(0.0 if name == "current" or low == high else low, high or 1.0), _MAPS[name]


def _figure(width: float, height: float, columns: int, rows: int = 1) -> tuple[Figure, list[Axes]]:
    figure, axes = new_figure(width, height, columns, rows, squeeze=False)
    figure.get_layout_engine().set(h_pad=0.06, w_pad=0.06)  # type: ignore[union-attr]
    return figure, list(axes.ravel())
