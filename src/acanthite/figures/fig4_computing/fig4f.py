"""Fig. 4f: horizontal edges of a photograph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.fig4_computing.edge_detection import check, compute_edges, draw_edges

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["CAPTION", "TITLE", "WEIGHT", "check", "compute", "draw"]

TITLE = "Edge detection, horizontal edges"
CAPTION = (
    "A photograph through the horizontal edge kernel: computed in software, and by "
    "multiply-accumulate on 18 memristors with currents looked up from the measured curves of the "
    "6 in the low-resistance state."
)
ALT = (
    "Four pictures: the photograph, its horizontal edges from software and from the array, bright "
    "on black, and their difference in colours."
)
WEIGHT = 2.0


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Run the horizontal kernel over the photograph."""
    return compute_edges(settings, progress, "fig4f", "horizontal")


def draw(outcome: Outcome) -> Figure:
    """Draw original, software, hardware and difference."""
    return draw_edges(outcome)
