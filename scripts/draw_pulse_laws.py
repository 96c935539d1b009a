"""Draw docs/images/pulse_laws.png: the mean steps of every built-in pulse law against the weight."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from acanthite.constants import us
from acanthite.drawing import BLUE, GREY, RED, look
from acanthite.synapse import LAWS, Synapse

OUT = Path(__file__).parents[1] / "docs" / "images" / "pulse_laws.png"
NUMBERS: dict[str, dict[str, Any]] = {
    "constant-step": {"size": 0.1},
    "linear-step": {"up": 0.1, "down": 0.08, "up_slope": 0.4, "down_slope": 0.7},
    "soft-bounds": {"up": 0.1, "down": 0.07},
    "soft-bounds-reference": {"up": 0.1, "down": 0.07},
    "exponential-step": {
        "up": 0.15, "down": 0.12, "up_amplitude": 0.3, "down_amplitude": 0.3, "up_rate": 1.2, "down_rate": 1.8,
    },
    "power-step": {"up": 0.2, "down": 0.16, "up_power": 2.0, "down_power": 0.5},
    "piecewise": {"up": (0.18, 0.09, 0.12, 0.05, 0.0), "down": (0.0, 0.1, 0.07, 0.14, 0.17)},
    "neurosim": {"n_pulses": 30, "potentiation": 14.0, "depression": 9.0},
    "ag2s": {"growth_rate": 0.1 / us, "dissolution_rate": 0.07 / us},
}  # fmt: skip
"""Of about 20 states each, with what sets a law apart in plain view."""


def main() -> None:
    """Draw one panel a law."""
    with look():
        figure = Figure(figsize=(9, 7.5), layout="constrained")
        axes = figure.subplots(3, 3, sharex=True, sharey=True)
        for ax, (name, law) in zip(axes.flat, LAWS.items(), strict=True):
            _draw(ax, name, law(conductance_min=0.0, conductance_max=2e-6, **NUMBERS[name]))
        axes[0, 0].legend(loc="lower center")
        for ax in axes[-1]:
            ax.set_xlabel("weight w (1)")
        for ax in axes[:, 0]:
            ax.set_ylabel("step (1)")
        figure.savefig(OUT, dpi=90)


def _draw(ax: Axes, name: str, synapse: Synapse) -> None:
    w = np.linspace(-1, 1, 401)
    ax.axhline(0.0, color=GREY, lw=0.8)
    ax.plot(w, synapse.step_up(w), color=RED, label="up")
    ax.plot(w, synapse.step_down(w), color=BLUE, label="down")
    if np.isfinite(synapse.symmetry_point):
        ax.axvline(synapse.symmetry_point, color=GREY, ls=":", label="symmetry point")
    ax.set_title(f"{name}, {synapse.n_states:.0f} states", fontsize="medium")


if __name__ == "__main__":
    main()
