"""Fig. S8: LRS conductance under different compliance currents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis
from acanthite.constants import uA
from acanthite.drawing import BLUE, CYCLE, legend_above, new_figure, prefix_axis
from acanthite.estimate import Estimate
from acanthite.figures import experiments
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.data import series
from acanthite.figures.panels import draw_cumulative
from acanthite.formatting import as_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "LRS under compliance"
CAPTION = (
    "LRS conductance of 30 devices set under different compliance currents, and its coefficient of "
    "variation."
)
ALT = (
    "Left, a cumulative distribution for each compliance current, further right and wider with "
    "more current; right, the coefficient of variation against compliance current."
)
WEIGHT = 2.0


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Set fresh devices under each compliance."""
    series_of = (*experiments.COMPLIANCES, None)
    values = [
        analysis.switching(experiments.compliance_loops(settings, c)).lrs_conductance[:, 0]
        for c in series_of
    ]
    cvs = np.array([analysis.coefficient_of_variation(v).value for v in values])
    limit = settings.parameters.value("instrument.current_limit")
    x = np.array([limit if c is None else c for c in series_of])
    from_ten = cvs[x >= 9.9 * uA]
    notes = (
        "The trend is judged from no compliance down to 10 µA, the range the paper speaks of. "
        "Below one conductance quantum the twin's spread grows again: the filament then ends in a "
        "tunnel gap.",
    )
    estimate = Estimate(float(np.all(np.diff(from_ten) > 0)), n=values[0].size)
    data = series(x, values, "lrs_conductance", "S", "compliance_current", "A")
    return Outcome({"figS8.trend": estimate}, {"lrs": data}, notes)


def draw(outcome: Outcome) -> Figure:
    """Draw the distributions and their spread."""
    data = outcome.recordings["lrs"]
    figure, (left, right) = new_figure(8.4, 3.4, ncols=2)
    currents, values = data["compliance_current"].values, data["lrs_conductance"].values
    names = [*(as_text(float(c), "A") for c in currents[:-1]), "none"]
    for k, v in enumerate(values):
        draw_cumulative(left, v, CYCLE[k], names[k])
    left.set(xscale="log", xlabel="LRS conductance")
    prefix_axis(left, "x", "S")
    legend_above(left, ncols=3)
    cvs = [100 * analysis.coefficient_of_variation(v).value for v in values]
    right.plot(np.arange(len(cvs)), cvs, "o-", color=BLUE, label="_C$_v$")
    right.set_xticks(np.arange(len(cvs)), names)
    right.set(xlabel="compliance current", ylabel="C$_v$ of the LRS (%)", ylim=(0, None))
    return figure
