"""Tables of results as the instrument computed them: median and spread of each column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis
from acanthite.report.measured.grouping.labels import cycle_numbers
from acanthite.report.measured.kinds.as_measured import unit_of
from acanthite.report.measured.study import Drawing, Finding, Number, Options, Study, Value

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure as Canvas

_PANELS = 4


def analyse_results(study: Study, options: Options) -> Finding:
    """Return median and spread of each column of a table of results.

    Parameters
    ----------
    study : Study
    options : Options

    Returns
    -------
    Finding
    """
    recording = study.recordings[0]
    columns = dict(_columns(recording))
    numbers = tuple(
        Number(name, analysis.median(values, unit), "median", "")
        for name, (values, unit) in columns.items()
    )
    counted = dict(enumerate(cycle_numbers(recording), 1))
    rows = tuple(
        Value(str(recording.attrs.get("device", "")), counted.get(n, n), name, float(value), unit)
        for name, (values, unit) in columns.items()
        for n, value in enumerate(values, 1)
    )
    n = max((v.size for v, _ in columns.values()), default=0)
    summary = (
        f"A table of results, {n} rows of {len(columns)} columns, as the instrument computed them."
    )
    return Finding(
        summary, numbers, rows, (_table_drawing(columns),) if columns else (), study.notes
    )


def _columns(recording: xr.Dataset) -> Iterator[tuple[str, tuple[np.ndarray, str]]]:
    for name, variable in recording.data_vars.items():
        if variable.dtype.kind not in "fiub":
            continue  # words
        values = np.asarray(variable.values, float).ravel()
        if np.isfinite(values).any():
            yield (
                str(variable.attrs.get("column", variable.attrs.get("long_name", name))),
                (values, unit_of(variable)),
            )


def _table_drawing(columns: dict[str, tuple[np.ndarray, str]]) -> Drawing:
    """Return one panel for each thing measured, columns named alike together."""
    panels: dict[str, list[str]] = {}
    for name, (_, unit) in columns.items():
        panels.setdefault(unit if unit != "1" else _stem(name), []).append(name)

    def draw() -> Canvas:
        from acanthite.drawing import CYCLE, new_figure, prefix_axis

        shown = list(panels.items())[:_PANELS]
        figure, axes = new_figure(
            3.9 * min(len(shown), 2),
            2.8 * -(-len(shown) // 2),
            min(len(shown), 2),
            -(-len(shown) // 2),
            squeeze=False,
        )
        for ax, (_, names) in zip(axes.flat, shown, strict=False):
            for name, color in zip(names, CYCLE * len(names), strict=False):
                values, unit = columns[name]
                y = np.where(np.isfinite(values), np.abs(values), np.nan)
                ax.plot(
                    np.arange(1, y.size + 1),
                    y,
                    "o-",
                    color=color,
                    markersize=3,
                    linewidth=0.8,
                    label=name,
                )
            drawn = np.concatenate([np.abs(columns[name][0]) for name in names])
            drawn = drawn[np.isfinite(drawn) & (drawn > 0)]
            if drawn.size and drawn.max() > 20 * drawn.min():
                ax.set_yscale("log")
            prefix_axis(ax, "y", "" if unit == "1" else ("Ω" if unit == "ohm" else unit))
            ax.set_xlabel("row")
            ax.set_ylabel("magnitude")
            ax.legend(frameon=False, fontsize=7, loc="lower left", bbox_to_anchor=(0, 1))
        for ax in axes.flat[len(shown) :]:
            ax.set_visible(False)
        return figure

    return Drawing("results", "The columns of the table, as magnitudes.", draw)


def _stem(name: str) -> str:
    return "".join(c for c in name.split(".")[-1] if c.isalpha())[:1].casefold()
