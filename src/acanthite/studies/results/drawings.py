"""Pictures of a study: each result along each setting, and Sobol's indices as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.drawing import (
    BLUE,
    LIGHT,
    ORANGE,
    legend_above,
    new_axes,
    new_figure,
    plain_log_axis,
    prefix_axis,
)
from acanthite.errors import StudyError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from acanthite.studies.results.effects import MainEffect, SobolIndices
    from acanthite.studies.results.result import StudyResult

_MOST_OUTPUTS = 6
_MOST_SETTINGS = 5
_DECADES = 1.5  # of a result's or setting's range from which its axis is logarithmic


def draw_effects(result: StudyResult) -> Figure:
    """Draw the first results along the first settings, a panel each; return the Figure.

    Grey: single points, each the mean over seeds. Blue: mean over all other settings, with its
    standard error.
    """
    outputs = list(dict.fromkeys(effect.output for effect in result.effects))[:_MOST_OUTPUTS]
    settings = list(dict.fromkeys(effect.setting for effect in result.effects))[:_MOST_SETTINGS]
    figure, axes = new_figure(
        2.7 * len(settings) + 0.6,
        2.1 * len(outputs) + 0.4,
        len(settings),
        len(outputs),
        sharex="col",
        sharey="row",
        squeeze=False,
    )
    for row, output in zip(axes, outputs, strict=True):
        for ax, setting in zip(row, settings, strict=True):
            draw_effect(result, output, setting, ax=ax)
            ax.label_outer()
    return figure


def draw_effect(
    result: StudyResult,
    output: str | None = None,
    setting: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw one result along one setting; return the Axes.

    Parameters
    ----------
    result : StudyResult
    output, setting : str, optional
        The first of the study by default.
    ax : matplotlib.axes.Axes, optional

    Raises
    ------
    StudyError
        If there is no such result or setting.
    """
    effect = _effect(result.effects, output, setting)
    ax = new_axes(ax)
    y = result.data[effect.output].mean("seed", skipna=True).values
    x = result.data[effect.setting].values
    words = x.dtype.kind not in "fiu"
    places = np.searchsorted(effect.values, x) if words else x
    at = np.arange(len(effect.values)) if words else effect.values
    ax.plot(places, y, ".", color=LIGHT, markersize=3, zorder=1, label="points")
    ax.errorbar(at, effect.mean, effect.error, fmt="o-", color=BLUE, ms=3, lw=1.2, label="mean")
    if words:
        ax.set_xticks(at, [str(value) for value in effect.values])
    elif _wide(x):
        ax.set_xscale("log")
        plain_log_axis(ax, "x")
    if _wide(y):
        ax.set_yscale("log")
    if not words:
        _name(ax, "x", result, effect.setting)
    else:
        ax.set_xlabel(effect.setting.replace("_", " "), fontsize=8)
    _name(ax, "y", result, effect.output)
    ax.tick_params(labelsize=7)
    return ax


def draw_indices(indices: Sequence[SobolIndices]) -> Figure:
    """Draw Sobol's indices of each result as bars, with 95 % intervals; return the Figure."""
    shown = indices[:_MOST_OUTPUTS]
    figure, axes = new_figure(
        4.2, 0.9 + 1.5 * len(shown), 1, len(shown), sharex=True, squeeze=False
    )
    for ax, one in zip(axes[:, 0], shown, strict=True):
        places = np.arange(len(one.settings))
        ax.barh(places - 0.18, one.first, 0.34, xerr=one.first_error, color=BLUE, label="alone")
        ax.barh(
            places + 0.18, one.total, 0.34, xerr=one.total_error, color=ORANGE, label="with others"
        )
        ax.set_yticks(places, one.settings, fontsize=7)
        ax.invert_yaxis()
        ax.set_title(one.output.replace("_", " "), fontsize=8, loc="left")
    axes[-1, 0].set_xlabel("share of the variance")
    legend_above(axes[0, 0], ncols=2)
    return figure


def _effect(effects: Sequence[MainEffect], output: str | None, setting: str | None) -> MainEffect:
    if not effects:
        raise StudyError("the study has no setting that varies, or no result that is one number")
    output = effects[0].output if output is None else output
    setting = effects[0].setting if setting is None else setting
    for effect in effects:
        if (effect.output, effect.setting) == (output, setting):
            return effect
    known = [name for effect in effects for name in (effect.output, effect.setting)]
    wrong = output if output not in known else setting
    raise StudyError(f"the study has no {wrong!r}{nearest(wrong, known)}")


def _name(ax: Axes, axis: str, result: StudyResult, name: str) -> None:
    """Label an axis; a unit stands at the ticks, with its prefix."""
    unit = str(result.data[name].attrs.get("units", "1"))
    getattr(ax, f"set_{axis}label")(name.replace("_", " "), fontsize=8)
    if unit != "1":
        prefix_axis(ax, axis, unit)


def _wide(values: np.ndarray) -> bool:
    known = values[np.isfinite(values)]
    if not len(known) or known.min() <= 0:
        return False
    return bool(np.log10(known.max() / known.min()) > _DECADES)
