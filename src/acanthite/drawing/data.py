"""The data of a picture: what its lines, bars, points and images hold, as tables and in words."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from acanthite.files import write_text
from acanthite.formatting import as_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = ("panel", "series", "x_axis", "x", "y_axis", "y", "y_low", "y_high")
_NAMED = 12  # series that are named in words
_GIVEN = "acanthite_data"  # attribute of an artist whose data cannot be read off it


@dataclass(frozen=True)
class Series:
    """One curve, set of points, histogram or band of a panel.

    Parameters
    ----------
    panel : str
        Title of its axes, or their number.
    name : str
        As in the legend; empty where it has none.
    x_axis, y_axis : str
        What the axes show.
    x, y, low, high : ndarray, shape (n,)
        Not-a-number where there is none, as of the sides of a line.
    """

    panel: str
    name: str
    x_axis: str
    y_axis: str
    x: np.ndarray
    y: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class Image:
    """A picture made of pixels: the title of its axes, and what each pixel stands for."""

    panel: str
    values: np.ndarray


def keep_data(artist: Any, x: Any, y: Any = np.nan, low: Any = np.nan, high: Any = np.nan) -> None:
    """Keep the data an artist was drawn from, where they cannot be read off it: boxes, bands.

    Examples
    --------
    >>> from acanthite.drawing import new_axes, series_of
    >>> ax = new_axes()
    >>> (box,) = ax.plot([0, 1, 1, 0], [0, 0, 1, 1])
    >>> keep_data(box, 0.5, [0.1, 0.7])
    >>> series_of(ax.figure)[0].y.tolist()
    [0.1, 0.7]
    """
    columns = np.broadcast_arrays(
        *(np.asarray(column, float).ravel() for column in (x, y, low, high))
    )
    setattr(artist, _GIVEN, columns)


def panels(figure: Figure) -> dict[str, Axes]:
    """Return the axes of a figure that show data, by title or number; colour bars are left out."""
    shown = [
        ax
        for ax in figure.axes
        if ax.axison and ax.get_visible() and ax.get_label() != "<colorbar>"
    ]
    titles = [_title(ax) for ax in shown]
    unique = all(titles) and len(set(titles)) == len(titles)
    return {
        title if unique else str(k): ax
        for k, (title, ax) in enumerate(zip(titles, shown, strict=True), 1)
    }


def _title(ax: Axes) -> str:
    legend = ax.get_legend()
    return ax.get_title() or (legend.get_title().get_text() if legend else "")


def series_of(figure: Figure) -> list[Series]:
    """Return every curve, set of points, histogram and band of a figure, in the order drawn.

    Examples
    --------
    >>> from acanthite.drawing import new_axes
    >>> ax = new_axes()
    >>> line = ax.plot([0, 1], [2, 3], label="twin")
    >>> [(s.name, s.y.tolist()) for s in series_of(ax.figure)]
    [('twin', [2.0, 3.0])]
    """
    return [series for name, ax in panels(figure).items() for series in _of_axes(name, ax)]


def images_of(figure: Figure) -> list[Image]:
    """Return the images of a figure that hold values, not colours.

    Examples
    --------
    >>> from acanthite.drawing import new_axes
    >>> ax = new_axes()
    >>> shown = ax.imshow([[1.0, 2.0]])
    >>> images_of(ax.figure)[0].values.tolist()
    [[1.0, 2.0]]
    """
    return [
        Image(name, _pixels(image))
        for name, ax in panels(figure).items()
        for image in ax.images
        if _pixels(image).ndim == 2
    ]


def _pixels(image: Any) -> np.ndarray:
    return np.ma.filled(np.ma.asarray(image.get_array(), float), np.nan)


def describe(figure: Figure) -> str:
    """Return what a figure shows in words, for those who cannot see it: axes, ranges and series.

    Examples
    --------
    >>> from acanthite.drawing import new_axes
    >>> ax = new_axes()
    >>> line = ax.plot([0, 1], [2, 3], label="twin")
    >>> _ = ax.set(xlabel="cycle", ylabel="count")
    >>> describe(ax.figure)
    'count from 2 to 3, against cycle from 0 to 1; shown: twin.'
    """
    return " ".join(_panel_words(name, ax) for name, ax in panels(figure).items())


def _panel_words(name: str, ax: Axes) -> str:
    shown = [series for series in _of_axes(name, ax) if np.isfinite(_heights(series)).any()]
    title = plain(_title(ax))
    head = f"{title}: " if title else ""
    if not shown:
        sizes = [" by ".join(map(str, _pixels(image).shape[:2])) for image in ax.images]
        return f"{head}{f'map of {sizes[0]} points' if sizes else 'drawing'}."
    y = f"{plain(ax.get_ylabel()) or 'values'} {_range(ax.yaxis, [_heights(s) for s in shown])}"
    x = f"{plain(ax.get_xlabel()) or 'position'} {_range(ax.xaxis, [s.x for s in shown])}"
    names = list(dict.fromkeys(plain(s.name) for s in shown if s.name))
    series = f"; shown: {', '.join(names)}" if 0 < len(names) <= _NAMED else ""
    return f"{head}{y}, against {x}{series}."


def _heights(series: Series) -> np.ndarray:
    """Return all a series shows along the vertical axis."""
    return np.concatenate([series.y, series.low, series.high])


def _range(axis: Any, values: list[np.ndarray]) -> str:
    """Return the range of data in words, in the unit of the ticks."""
    known = np.concatenate(values)
    known = known[np.isfinite(known)]
    if not known.size:
        return ""
    low, high = (as_text(float(v), _tick_unit(axis) or "1") for v in (known.min(), known.max()))
    return f"from {low} to {high}" if low != high else f"at {low}"


def plain(text: str) -> str:
    """Return a label without the markup of formulas, on one line.

    Examples
    --------
    >>> plain("|V$_{th}$| (V)")
    '|Vth| (V)'
    """
    text = re.sub(r"\\(mathrm|mathdefault|bar)|[${}_]", "", text)
    return " ".join(text.split())


def _tick_unit(axis: Any) -> str:
    from matplotlib.ticker import EngFormatter

    formatter = axis.get_major_formatter()
    return formatter.unit if isinstance(formatter, EngFormatter) else ""


def _axis_name(axis: Any) -> str:
    """Return the label of an axis with the unit that its ticks carry."""
    unit = _tick_unit(axis)
    label = plain(axis.get_label_text())
    return f"{label} ({unit})" if unit else label


def _of_axes(panel: str, ax: Axes) -> Iterator[Series]:
    axes = _axis_name(ax.xaxis), _axis_name(ax.yaxis)
    for name, *columns in _artists(ax):
        x, y, low, high = np.broadcast_arrays(*(np.asarray(c, float).ravel() for c in columns))
        if x.size:
            yield Series(plain(panel), plain(name), *axes, x, y, low, high)


def _artists(ax: Axes) -> Iterator[tuple[Any, ...]]:
    """Yield name, x, y, and where there are any the ends of bars and errors, of all that is drawn."""
    from matplotlib.container import BarContainer, ErrorbarContainer

    parts: set[Any] = set()
    for container in ax.containers:
        if isinstance(container, BarContainer):
            yield _name(container) or _name(container.patches[0]), *_of_bars(container)
        elif isinstance(container, ErrorbarContainer):
            line, caps, bars = container.lines
            parts |= {line, *caps, *bars}
            at = _places(bars[-1]) if line is None else line.get_data(orig=False)
            yield _name(container), *at, *_ends(bars[-1])
    for artist in [*ax.lines, *ax.collections, *ax.patches]:
        if artist not in parts and artist.get_gid() != "decoration":
            for k, columns in enumerate(_columns(ax, artist)):
                yield _name(artist) if k == 0 else f"{_name(artist)} {k + 1}", *columns


def _places(bars: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return where error bars without points stand; what they belong to is drawn by others."""
    x = np.array([s[0, 0] if len(s) else np.nan for s in bars.get_segments()], float)
    return x, np.full(x.shape, np.nan)


def _ends(bars: Any) -> np.ndarray:
    """Return the lower and upper ends of error bars, shape (2, n); an unknown error has no bar."""
    segments = bars.get_segments()
    ends = [np.sort(s[:, 1]) if len(s) else np.full(2, np.nan) for s in segments]
    return np.array(ends, float).reshape(-1, 2).T


def _columns(ax: Axes, artist: Any) -> list[tuple[Any, ...]]:
    from matplotlib.collections import EllipseCollection, LineCollection, PathCollection
    from matplotlib.lines import Line2D
    from matplotlib.patches import StepPatch

    given = getattr(artist, _GIVEN, None)
    if given is not None:
        return [given]
    if isinstance(artist, Line2D):
        return [_of_line(ax, artist)]
    if isinstance(artist, StepPatch):
        values, edges, _ = artist.get_data()
        return [(0.5 * (edges[1:] + edges[:-1]), values, np.nan, np.nan)]
    if isinstance(artist, LineCollection):
        return [(*np.asarray(path, float).T, np.nan, np.nan) for path in artist.get_segments()]
    if isinstance(artist, PathCollection | EllipseCollection):
        return [(*np.asarray(artist.get_offsets(), float).T, np.nan, np.nan)]
    return []


def _of_bars(bars: Any) -> tuple[Any, ...]:
    x = [patch.get_x() + 0.5 * patch.get_width() for patch in bars.patches]
    low = np.array([patch.get_y() for patch in bars.patches])
    high = low + [patch.get_height() for patch in bars.patches]
    return x, high, low, high


def _of_line(ax: Axes, line: Any) -> tuple[Any, ...]:
    """Return the points of a line; one across the axes has no place along it."""
    x, y = (np.asarray(values, float) for values in line.get_data(orig=False))
    nowhere = np.full(1, np.nan)
    if line.get_transform() == ax.get_yaxis_transform(which="grid"):
        x, y = nowhere, y[:1]
    elif line.get_transform() == ax.get_xaxis_transform(which="grid"):
        x, y = x[:1], nowhere
    return x, y, np.nan, np.nan


def _name(artist: Any) -> str:
    """Return the label of an artist; one that legends leave out begins with an underscore."""
    label = str(artist.get_label() or "")
    return "" if re.match(r"_(child|container|nolegend_)", label) else label.lstrip("_")


def write_data(figure: Figure, stem: Path) -> tuple[str, ...]:
    """Write the data of a figure beside it, whole or not at all; return the names of the files.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    stem : pathlib.Path
        ``figures/fig2c`` for ``figures/fig2c.csv``, and ``figures/fig2c-image-1.csv`` for its first
        image.

    Returns
    -------
    tuple of str
        Names without the folder. A table has a row for each point, nine significant digits, in the
        units its axes name; an image has a line for each row of pixels.

    Examples
    --------
    >>> from acanthite.drawing import new_axes
    >>> ax = new_axes()
    >>> line = ax.plot([0, 1], [2, 3], label="twin")
    >>> write_data(ax.figure, Path("mine"))
    ('mine.csv',)
    """
    tables = {}
    rows = [row for series in series_of(figure) for row in _rows(series)]
    if rows:
        tables[f"{stem.name}.csv"] = [COLUMNS, *rows]
    for k, image in enumerate(images_of(figure), 1):
        tables[f"{stem.name}-image-{k}.csv"] = [[_number(v) for v in row] for row in image.values]
    for name, lines in tables.items():
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(lines)
        write_text(stem.parent / name, text.getvalue())
    return tuple(tables)


def _rows(series: Series) -> Iterator[tuple[str, ...]]:
    for x, y, low, high in zip(series.x, series.y, series.low, series.high, strict=True):
        yield (
            series.panel,
            series.name,
            series.x_axis,
            _number(x),
            series.y_axis,
            *map(_number, (y, low, high)),
        )


def _number(value: float) -> str:
    return "" if np.isnan(value) else format(value, ".9g")
