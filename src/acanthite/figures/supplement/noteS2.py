"""Note S2: why the zero of array A is moved to the symmetry point of each cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.drawing import BLUE, GREY, RED, band, legend_above, new_figure, plain_log_axis
from acanthite.estimate import Estimate
from acanthite.figures import experiments
from acanthite.figures.base import Outcome, Progress, Settings, silent

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

    from acanthite.synapse import Cells

TITLE = "What the symmetry-point shift is for"
CAPTION = (
    "Cells of array A under a gradient that is pure noise: pulses up and down in random order, each "
    "cell read after every pulse against its zero, and the reads added up in H. Left, the mean step "
    "of a cell against its weight: up and down cancel at its symmetry point alone. Middle, mean read "
    "of each cell: the zero of the one kind is the middle of the mean cell's window, of the other "
    "each cell's own symmetry point, found by alternating pulses. Right, H of such cells (median, "
    "and the middle nine tenths of them)."
)
ALT = (
    "Left, two crossing lines, a rising and a falling step; middle, a wide and a narrow histogram "
    "around zero; right, two bands around zero that widen with the number of reads, the one faster."
)
WEIGHT = 2.0

_KINDS = ("middle", "own")
_LABELS = {"middle": "middle of the window", "own": "own symmetry point"}
_COLOURS = {"middle": RED, "own": BLUE}


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Pulse cells by chance and follow what H makes of them."""
    import xarray as xr

    from acanthite.nn import TTv2
    from acanthite.random import generator
    from acanthite.synapse import shift

    synapse, knobs = experiments.synapse(settings), TTv2()
    n = experiments.count(settings, 1000, 200)
    reads = experiments.count(settings, 4000, 1000)
    cells = synapse.cells(n, generator(settings.seed, "noteS2.cells"))
    moved = shift(
        cells,
        np.zeros(n, np.float32),
        generator(settings.seed, "noteS2.shift"),
        knobs.shift_pairs,
        knobs.shift_average,
    )
    zeros = {"middle": np.zeros(n), "own": moved.references.astype(float)}
    path = _chance(cells, moved.weights, reads, generator(settings.seed, "noteS2.pulses"))
    progress(0.8)
    step = synapse.step
    at = np.unique(np.geomspace(1, reads, 60).astype(int))
    total = np.cumsum(path, axis=0)
    added = np.array([(total[at - 1] - at[:, None] * zeros[kind]) / step for kind in _KINDS])
    own = np.broadcast_to(cells.symmetry_points, (n,))
    away = {kind: np.sqrt(np.mean((zeros[kind] - own) ** 2)) for kind in _KINDS}
    weight = np.linspace(-1.0, 1.0, 81)
    data = xr.Dataset(
        {
            "hidden": (
                ("zero", "read", "cell"),
                added.astype(np.float32),
                {"units": "1", "long_name": "H, in steps of A"},
            ),
            "mean_read": (
                ("zero", "cell"),
                np.array([total[-1] / reads - zeros[kind] for kind in _KINDS]),
                {"units": "1", "long_name": "mean read, in half windows"},
            ),
            "step_up": ("weight", synapse.step_up(weight), {"units": "1"}),
            "step_down": ("weight", synapse.step_down(weight), {"units": "1"}),
        },
        {
            "zero": list(_KINDS),
            "read": ("read", at, {"units": "1", "long_name": "reads"}),
            "weight": ("weight", weight, {"units": "1", "long_name": "weight"}),
        },
        {"symmetry_point": float(synapse.symmetry_point), "threshold": knobs.threshold},
    )
    progress(1.0)
    return Outcome(
        {"noteS2.offset": Estimate(float(away["own"] / away["middle"]), n=n)},
        {"shift": data},
        _notes(data, away),
        None,
        ("Kim2019", "Gokmen2021"),
    )


def _chance(cells: Cells, start: np.ndarray, reads: int, noise: np.random.Generator) -> np.ndarray:
    """Return the weights after each pulse of random sign, shape (read, cell)."""
    weights = start.astype(float)
    path = np.empty((reads, weights.size))
    for k in range(reads):
        up, down = cells.steps(weights.astype(np.float32))
        step = np.where(noise.random(weights.size) < 0.5, up, down)
        factor = 1.0 + float(cells.noise) * noise.standard_normal(weights.size)
        weights = np.clip(weights + factor * step, cells.lower, cells.upper)
        path[k] = weights
    return path


def _notes(data: xr.Dataset, away: dict[str, float]) -> tuple[str, ...]:
    last = np.median(np.abs(data["hidden"].isel(read=-1).values), axis=1)
    passed = [
        100 * float((np.abs(data["hidden"].sel(zero=k).isel(read=-1)) > data.threshold).mean())
        for k in _KINDS
    ]
    return (
        f"Root mean square distance of the zero from the symmetry point: {away['middle']:.4f} half "
        f"windows for the middle of the window, {away['own']:.4f} for the point found by the shift.",
        f"After {int(data['read'][-1])} reads of noise |H| is {float(last[0]):.0f} steps of A "
        f"(median) against the middle and {float(last[1]):.0f} against the own point; "
        f"{passed[0]:.0f} % and {passed[1]:.0f} % of the cells are past the threshold of "
        f"{data.threshold:g} at which C is pulsed. What grows as the root of the reads is noise, "
        "what grows as the reads is a weight pulled the wrong way.",
        "The mean device is nearly symmetric already, so the middle of the window is nearly its "
        "symmetry point, and the shift gains little; it removes what differs between cells.",
        "Reads are without noise of their own here.",
    )


def draw(outcome: Outcome) -> Figure:
    """Draw steps, mean reads and H."""
    data = outcome.recordings["shift"]
    figure, (steps, means, hidden) = new_figure(10.6, 3.4, ncols=3)
    steps.plot(data["weight"], data["step_up"], color=RED, label="up")
    steps.plot(data["weight"], -data["step_down"], color=BLUE, label="down, magnitude")
    steps.axvline(data.attrs["symmetry_point"], color=GREY, linestyle=":", label="symmetry point")
    steps.set(xlabel="weight (half windows)", ylabel="mean step (half windows)")
    legend_above(steps, ncols=3)
    reach = 1.05 * float(np.abs(data["mean_read"]).max())
    bins = np.linspace(-reach, reach, 41).tolist()
    for kind in _KINDS:
        values = data["mean_read"].sel(zero=kind).values
        weights = np.full(values.size, 100 / values.size)
        means.hist(
            values, bins, weights=weights, color=_COLOURS[kind], alpha=0.5, label=_LABELS[kind]
        )
    means.set(xlabel="mean read of a cell (half windows)", ylabel="share of the cells (%)")
    legend_above(means)
    for kind in _KINDS:
        low, middle, high = np.quantile(
            data["hidden"].sel(zero=kind).values, (0.05, 0.5, 0.95), axis=1
        )
        hidden.plot(data["read"], middle, color=_COLOURS[kind], label=_LABELS[kind])
        band(hidden, data["read"].values, low, high, _COLOURS[kind], f"_nine tenths, {kind}")
    for sign, name in ((1, "threshold of C"), (-1, "_and below")):
        hidden.axhline(sign * data.attrs["threshold"], color=GREY, linestyle=":", label=name)
    hidden.set_xscale("log")
    plain_log_axis(hidden, "x")
    hidden.set(xlabel="reads of noise", ylabel="H (steps of A)")
    legend_above(hidden, ncols=1)
    return figure
