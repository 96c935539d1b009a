"""Pictures of synapses: the mean response to pulses, and the path to the symmetry point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.drawing import BLUE, CYCLE, RED, legend_above, new_axes, prefix_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from acanthite.synapse.base import Synapse
    from acanthite.synapse.symmetry import Shift

_MOST_PULSES = 1000


def response(synapse: Synapse, n: int | None = None, ax: Axes | None = None) -> Axes:
    """Draw the mean conductance over potentiating pulses from the lower bound, and depressing ones
    back.

    Parameters
    ----------
    synapse : Synapse
    n : int, optional
        Pulses of each kind; as many as the window has steps by default.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes
    """
    if n is None:
        n = int(np.clip(synapse.n_states, 10, _MOST_PULSES))
    ax = new_axes(ax)
    weight = -1.0
    start = 0
    for name, step, color in (
        ("potentiation", synapse.step_up, BLUE),
        ("depression", synapse.step_down, RED),
    ):
        levels = [weight]
        for _ in range(n):
            weight = float(np.clip(weight + float(step(weight)), -1.0, 1.0))
            levels.append(weight)
        pulses = start + np.arange(n + 1)
        ax.plot(pulses, synapse.conductance(np.array(levels)), color=color, label=name)
        start = int(pulses[-1])
    prefix_axis(ax, "y", "S")
    ax.set_xlabel("pulse")
    ax.set_ylabel("conductance")
    legend_above(ax)
    return ax


def path(shift: Shift, ax: Axes | None = None) -> Axes:
    """Draw the reads of the cells that were kept, pulse by pulse, and their references as dashed
    lines.
    """
    ax = new_axes(ax)
    for k, reads in enumerate(shift.path.T):
        color = CYCLE[k % len(CYCLE)]
        ax.plot(reads, color=color, linewidth=0.8, label=f"cell {k}")
        ax.axhline(float(shift.references[k]), color=color, linestyle="--", linewidth=1.0)
    ax.set_xlabel("pulse")
    ax.set_ylabel("weight")
    if ax.lines:
        legend_above(ax, ncols=4)
    return ax
