"""Axes, legends and colour bars: ticks with SI prefixes, nothing on top of anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from acanthite.drawing.data import keep_data
from acanthite.drawing.style import INK, PUBLISHED
from acanthite.formatting import symbol

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colorbar import Colorbar
    from matplotlib.ticker import EngFormatter

_NARROW = 20.0  # largest over smallest value of a logarithmic axis, below which decades do not do


def prefixed(unit: str) -> EngFormatter:
    """Return a formatter of ticks with SI prefixes of a unit; zero is a plain 0.

    Examples
    --------
    >>> prefixed("A")(0.0)
    '0'
    """
    from matplotlib.ticker import EngFormatter

    class Prefixed(EngFormatter):
        def __call__(self, x: float, pos: int | None = None) -> str:
            return "0" if x == 0 else super().__call__(x, pos)

    return Prefixed(unit=symbol(unit), sep="\u2009")


def prefix_axis(ax: Axes, axis: str, unit: str) -> None:
    r"""Label the ticks of ``axis`` ("x" or "y") with SI prefixes of ``unit``.

    Examples
    --------
    >>> from acanthite.drawing import new_axes
    >>> ax = new_axes()
    >>> prefix_axis(ax, "y", "A")
    >>> ax.yaxis.get_major_formatter()(2e-6).replace("\u2009", " ")
    '2 µA'
    """
    from matplotlib.ticker import LogLocator, NullFormatter

    along = getattr(ax, f"{axis}axis")
    along.set_major_formatter(prefixed(unit))
    along.set_minor_formatter(NullFormatter())
    low, high = sorted(along.get_view_interval())
    if along.get_scale() == "linear":
        if axis == "x":
            ax.locator_params(axis="x", nbins=5)  # prefixed labels are long
    elif high < _NARROW * low:
        along.set_major_locator(LogLocator(subs=(1, 2, 5)))


def plain_log_axis(ax: Axes, axis: str) -> None:
    """Label the decades of a logarithmic axis that spans few with plain numbers: 0.1, 1, 10.

    Examples
    --------
    >>> from acanthite.drawing import new_axes
    >>> ax = new_axes()
    >>> ax.set_xscale("log")
    >>> plain_log_axis(ax, "x")
    >>> ax.xaxis.get_major_formatter()(0.1)
    '0.1'
    """
    from matplotlib.ticker import NullFormatter

    along = getattr(ax, f"{axis}axis")
    along.set_major_formatter(lambda value, place: f"{value:g}")
    along.set_minor_formatter(NullFormatter())


def whole_numbers(ax: Axes, axis: str) -> None:
    """Label only whole numbers: cycles, epochs, counts.

    Examples
    --------
    >>> from acanthite.drawing import new_axes
    >>> ax = new_axes()
    >>> whole_numbers(ax, "x")
    >>> ax.xaxis.get_major_locator().tick_values(0, 2).tolist()
    [0.0, 1.0, 2.0]
    """
    from matplotlib.ticker import MaxNLocator

    getattr(ax, f"{axis}axis").set_major_locator(MaxNLocator("auto", integer=True, min_n_ticks=1))


def legend_above(ax: Axes, ncols: int = 2, **kwargs: Any) -> None:
    """Put the legend over the axes, where it can lie on no curve.

    Examples
    --------
    >>> from acanthite.drawing import new_axes
    >>> ax = new_axes()
    >>> line = ax.plot([0, 1], [0, 1], label="device 1")
    >>> legend_above(ax)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['device 1']
    """
    kwargs.setdefault("fontsize", 8.0)
    ax.legend(
        loc="lower left",
        frameon=False,
        bbox_to_anchor=(0.0, 1.0),
        borderaxespad=0.2,
        borderpad=0.2,
        ncols=ncols,
        columnspacing=1.2,
        handlelength=1.6,
        **kwargs,
    )


def name_panel(ax: Axes, title: str) -> None:
    """Write a title over the axes: into their legend where that stands above, else as usual.

    Examples
    --------
    >>> from acanthite.drawing import new_axes
    >>> ax = new_axes()
    >>> name_panel(ax, "HRS")
    >>> ax.get_title()
    'HRS'
    """
    legend = ax.get_legend()
    if legend is None:
        ax.set_title(title)
        return
    legend.set_title(title)
    legend.get_title().set_fontsize(9.5)
    legend.set_alignment("left")


def colour_bar(ax: Axes, shown: Any, label: str = "", unit: str | None = None) -> Colorbar:
    """Put a colour bar beside a picture, as high as the picture, with SI prefixes of ``unit``.

    Examples
    --------
    >>> from acanthite.drawing import new_axes
    >>> ax = new_axes()
    >>> bar = colour_bar(ax, ax.imshow([[1e-6, 2e-6]]), "conductance", "S")
    >>> bar.ax.get_ylabel()
    'conductance'
    """
    figure: Any = ax.figure
    beside = ax.inset_axes((1.03, 0.0, 0.05, 1.0))
    bar = figure.colorbar(shown, cax=beside, format=None if unit is None else prefixed(unit))
    bar.set_label(label)
    bar.outline.set_visible(False)
    bar.ax.minorticks_off()
    return bar


def as_map(ax: Axes) -> None:
    """Take ticks and frame away: the axes hold a picture.

    Examples
    --------
    >>> from acanthite.drawing import new_axes
    >>> ax = new_axes()
    >>> as_map(ax)
    >>> ax.get_xticks().tolist()
    []
    """
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)


def scale_bar(ax: Axes, length: float, text: str, colour: str = INK) -> None:
    """Draw a bar of a length, in the units of the axes, into the lower right corner of a map.

    Examples
    --------
    >>> from acanthite.drawing import new_axes
    >>> ax = new_axes()
    >>> scale_bar(ax, 0.2, "20 µm")
    >>> [text.get_text() for text in ax.texts]
    ['20 µm']
    """
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    end, height = right - 0.05 * (right - left), bottom + 0.05 * (top - bottom)
    backing = {"facecolor": "white", "edgecolor": "none", "pad": 1.5, "alpha": 0.85}
    line = ax.plot([end - length, end], [height, height], color=colour, linewidth=2.5, zorder=6)
    line[0].set(solid_capstyle="butt", gid="decoration")
    middle = end - 0.5 * length
    ax.annotate(
        text,
        (middle, height),
        (0, 5),
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontsize=8,
        color=colour,
        bbox=backing,
        zorder=6,
    )


def band(ax: Axes, x: Any, low: Any, high: Any, colour: str, label: str = "") -> None:
    """Shade what lies between two curves.

    Examples
    --------
    >>> from acanthite.drawing import new_axes, series_of
    >>> ax = new_axes()
    >>> band(ax, [0, 1], [0, 0], [1, 2], "red", "spread")
    >>> series_of(ax.figure)[0].high.tolist()
    [1.0, 2.0]
    """
    filled = ax.fill_between(x, low, high, color=colour, alpha=0.2, linewidth=0, label=label)
    keep_data(filled, x, low=low, high=high)


def published_line(ax: Axes, value: float, axis: str = "y", label: str = "published") -> None:
    """Draw a published number as a dashed line across the axes.

    Examples
    --------
    >>> from acanthite.drawing import new_axes
    >>> ax = new_axes()
    >>> published_line(ax, 0.22)
    >>> ax.lines[0].get_label()
    'published'
    """
    draw = ax.axhline if axis == "y" else ax.axvline
    draw(value, color=PUBLISHED, linestyle="--", linewidth=1.1, label=label, zorder=1)


def ink_on(colour: Any) -> str:
    """Return the colour in which text is read on a colour: white on a dark one.

    Examples
    --------
    >>> ink_on("#000000")
    'white'
    """
    from matplotlib.colors import to_rgb

    red, green, blue = to_rgb(colour)
    return "white" if 0.3 * red + 0.59 * green + 0.11 * blue < 0.55 else INK
