"""A prediction: what today's best training algorithms make of the Ag2S device."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from acanthite.drawing import BLUE, GREEN, GREY, ORANGE, legend_above, new_figure
from acanthite.errors import DatasetUnavailableError
from acanthite.figures import experiments
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.formatting import percent

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from acanthite.nn import Job

TITLE = "Prediction: the best training algorithms on the device"
CAPTION = (
    "Beyond the paper, which trains with SGD and TTv2 and knows the zero of its fast array. Test "
    "accuracy on MNIST of a 784-256-128-10 network trained on the pulse law fitted to the device's "
    "ladders, with the knobs that the rule of the package gives for its states, against the epoch. "
    "Dotted: the references of the fast array are wrong by 0.4 of half a window on average, and as "
    "much about it. Dashed: an ideal device."
)
ALT = (
    "Learning curves that end close together below a dashed line; dotted, one far below the others "
    "and one beside them."
)
WEIGHT = 20.0
WRONG = {"reference_mean": 0.4, "reference_spread": 0.4}
"""What references are wrong by, in half windows; assumed."""

_NETWORK = "mlp"
_COLOURS = {"ttv2": BLUE, "agad": GREEN, "mixed-precision": ORANGE}
_LABELS = {"ttv2": "TTv2", "agad": "AGAD", "mixed-precision": "mixed precision"}
_IDEAL = "ideal"
_WRONGLY = ", wrong references"


def check(settings: Settings) -> None:
    """Raise where MNIST is there but damaged; where it is not there, :func:`compute` says so."""
    from acanthite.nn import mnist

    mnist(settings.data, fetch=False)


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Train each algorithm with right references and with wrong ones, and an ideal device."""
    from acanthite.nn import train_many

    try:
        jobs = _jobs(settings)
    except DatasetUnavailableError as error:
        return Outcome(not_run=str(error))
    results = train_many(list(jobs.values()), progress=progress)
    curves = np.array([result.test_accuracy for result in results])[:, 1:]
    sources = ("Gokmen2021", "Kim2019", "LeCun1998")
    learning = _learning(list(jobs), curves)
    notes = _notes(learning, settings)
    return Outcome(recordings={"learning": learning}, notes=notes, sources=sources)


def _jobs(settings: Settings) -> dict[str, Job]:
    """Return the trainings by name: algorithms, those of a fast array with wrong references too."""
    from acanthite.nn import Job, mnist
    from acanthite.nn.advice import candidates
    from acanthite.nn.training.networks import NETWORKS

    synapse = experiments.synapse(settings)
    epochs = experiments.count(settings, 3, 1)
    common = {
        "dataset": mnist(settings.data),
        "network": _NETWORK,
        "synapse": synapse,
        "seed": settings.seed,
        "epochs": epochs,
        "limit": experiments.count(settings, 20_000, 5_000),
    }
    lines = max(n for n, _ in NETWORKS[_NETWORK].shapes)
    known = {each.name: each.fitted(synapse.n_states, lines, epochs) for each in candidates()}
    jobs = {_IDEAL: Job(algorithm=_IDEAL, **common)}
    for name in _COLOURS:
        jobs[name] = Job(algorithm=known[name], **common)
        if hasattr(known[name], "reference_mean"):
            jobs[name + _WRONGLY] = Job(algorithm=replace(known[name], **WRONG), **common)
    return jobs


def _learning(names: list[str], curves: NDArray[np.float64]) -> xr.Dataset:
    import xarray as xr

    accuracy = (("training", "epoch"), curves, {"units": "1", "long_name": "test accuracy"})
    epochs = np.arange(1, curves.shape[1] + 1)
    return xr.Dataset({"test_accuracy": accuracy}, {"training": names, "epoch": epochs})


def _notes(learning: xr.Dataset, settings: Settings) -> tuple[str, ...]:
    from acanthite.nn.advice import advise

    best = advise(experiments.synapse(settings)).best.candidate.name
    ends = {str(e.training.values): float(e) for e in learning["test_accuracy"].isel(epoch=-1)}
    right = [f"{_LABELS.get(name, name)} {percent(ends[name], 4)}" for name in (*_COLOURS, _IDEAL)]
    wrong = [
        f"{_LABELS[name]} {percent(ends[name + _WRONGLY], 4)}"
        for name in _COLOURS
        if name + _WRONGLY in ends
    ]
    return (
        f"After the last epoch: {', '.join(right)}. Of those that make their gradients in the "
        f"arrays, the rule advises {_LABELS.get(best, best)}.",
        f"With wrong references: {', '.join(wrong)}. Mixed precision has no fast array and so no "
        "such references; the gradients of all weights are made and added up digitally.",
        "Knobs were chosen on held-out training images of MNIST and synthetic devices, none of "
        "them this one (benchmarks/advice.py). One seed: differences of a few tenths of a point "
        "mean nothing.",
    )


def draw(outcome: Outcome) -> Figure:
    """Draw the learning curves."""
    figure, axes = new_figure(5.4, 3.6)
    learning = outcome.recordings["learning"]["test_accuracy"]
    for name, colour in _COLOURS.items():
        looks = {"color": colour, "markersize": 4, "label": _LABELS[name]}
        axes.plot(learning["epoch"], 100 * learning.sel(training=name), "o-", **looks)
        if name + _WRONGLY in learning["training"]:
            looks |= {"label": f"{_LABELS[name]}, wrong references"}
            wrong = learning.sel(training=name + _WRONGLY)
            axes.plot(learning["epoch"], 100 * wrong, "o:", **looks)
    ideal = 100 * learning.sel(training=_IDEAL)
    axes.plot(learning["epoch"], ideal, "--", color=GREY, label="ideal device")
    axes.set(xlabel="epoch", ylabel="test accuracy (%)")
    axes.set_xticks(learning["epoch"].values)
    legend_above(axes, ncols=2)
    return figure
