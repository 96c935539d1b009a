"""Beside fig. 4i: how few images would make the ideal device as bad as the paper's.

An explanation, not a comparison: nothing here is scored. The paper states no number of images, so
one is fitted to the accuracy of its ideal device alone, on images held out of the training images;
SGD and TTv2 on the device are then predicted for that number, on test images and fresh seeds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from acanthite.claims import published
from acanthite.drawing import BLUE, GREEN, PUBLISHED, RED, legend_above, new_figure, published_line
from acanthite.errors import DatasetUnavailableError
from acanthite.figures import experiments
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.fig4_computing.fig4i import check

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from acanthite.nn import Dataset, Job
    from acanthite.nn.algorithms.base import Algorithm

__all__ = ["ALT", "CAPTION", "TITLE", "WEIGHT", "check", "compute", "draw"]

TITLE = "Explanation: trained on fewer images"
CAPTION = (
    "An explanation, not scored. Left, accuracy on held-out images after 10 epochs of the first so "
    "many training images of MNIST, with the knobs of Fig. 4i (solid) and with knobs chosen on "
    "held-out images for few images (dashed); diamonds: where the ideal device, of a thousand or of "
    "thirty states, has the accuracy of the paper's. Right, accuracy on the test images at those "
    "numbers, ten seeds that had no part in the fit, beside the paper's."
)
ALT = (
    "Left, rising curves of accuracy against the number of training images, a dashed level for the "
    "published ideal device; right, groups of three dots with bars for the ideal device, SGD and "
    "TTv2, beside the published three."
)
WEIGHT = 100.0

ALGORITHMS = ("ideal", "sgd", "ttv2")
SEEDS = 10
_FIT_SEEDS = 2
_HELD_OUT = 10_000  # the last training images
_STATES = 30  # of the paper's device: its ladders have thirty pulses each way
_COLOURS = {"ideal": GREEN, "sgd": RED, "ttv2": BLUE}
_LABELS = {"ideal": "ideal device", "sgd": "SGD", "ttv2": "TTv2"}


@dataclass(frozen=True)
class Case:
    """What is trained: an algorithm with its knobs for each name of :data:`ALGORITHMS`.

    Parameters
    ----------
    label, short : str
        Of a sentence, and below an axis.
    ideal, sgd, ttv2 : Algorithm
    largest : int
        Images of the longest training of the curve.
    """

    label: str
    short: str
    ideal: Algorithm
    sgd: Algorithm
    ttv2: Algorithm
    largest: int


def cases() -> dict[str, Case]:
    """Return the knobs, all chosen beforehand on held-out images; see docs/training.md."""
    from acanthite.nn import SGD, Ideal, TTv2

    thirty = Ideal(size=2 / _STATES, rate=0.01, decay=0.9, window=0.5)
    few = {
        "ideal": Ideal(rate=0.02, decay=0.9),
        "sgd": SGD(rate=0.01, decay=0.6),
        "ttv2": TTv2(threshold=3.0, decay=0.7),
    }
    return {
        "same": Case("knobs of Fig. 4i", "knobs of\nFig. 4i", Ideal(), SGD(), TTv2(), 24_000),
        "few": Case("knobs chosen for few images", "knobs for\nfew images", **few, largest=6_000),
        "thirty": Case("ideal of 30 states", "ideal of\n30 states", thirty, SGD(), TTv2(), 24_000),
    }


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Fit the number of images to the ideal device, then predict the others."""
    from acanthite.nn import mnist

    try:
        data = mnist(settings.data).read_only()
    except DatasetUnavailableError as error:
        return Outcome(not_run=str(error))
    curves = _curves(settings, data, lambda done: progress(0.5 * done))
    target = published("fig4i.ideal")
    images = {
        case: _images_for(target, curves["images"].values, curves["held_out"].sel(case=case)[0])
        for case in cases()
    }
    final = _predictions(settings, data, images, lambda done: progress(0.5 + 0.5 * done))
    return Outcome(
        {},
        {"curves": curves, "predictions": final},
        _notes(curves, final, target),
        None,
        ("GokmenVlasov2016", "Gokmen2017", "Gokmen2021", "LeCun1998"),
    )


def _job(settings: Settings, data: Dataset, algorithm: Algorithm, images: int, seed: int) -> Job:
    from acanthite.nn import Job

    return Job(
        dataset=data,
        synapse=experiments.synapse(settings),
        algorithm=algorithm,
        seed=settings.seed * 1000 + seed,
        epochs=experiments.count(settings, 10, 2),
        limit=images,
        test=False,
    )


def _accuracies(
    jobs: list[Job], images: NDArray[np.uint8], labels: NDArray[np.uint8], progress: Progress
) -> NDArray[np.float64]:
    """Return the accuracy of each trained network on images, measured once, at the end."""
    from acanthite.nn import prepare, train_many
    from acanthite.nn.engine.layout import lay_out
    from acanthite.nn.engine.passes import classify

    shares = []
    for job, result in zip(jobs, train_many(jobs, progress=progress), strict=True):
        net = lay_out(prepare(job).network, job.seed)
        shares.append(float((classify(result.weights, net, images) == labels).mean()))
    return np.array(shares)


def _curves(settings: Settings, data: Dataset, progress: Progress) -> xr.Dataset:
    """Return the accuracy on held-out images, dims (algorithm, images) by case."""
    import xarray as xr

    sizes = (1_500, 3_000, 6_000, 12_000, 24_000) if not settings.quick else (400, 1_600)
    keys = [
        (case, name, n)
        for case, knobs in cases().items()
        for name in ALGORITHMS
        for n in sizes
        if n <= knobs.largest and not _known(case, name)
    ]
    seeds = 1 if settings.quick else _FIT_SEEDS
    jobs = [
        _job(settings, data, getattr(cases()[case], name), n, 500 + k)
        for case, name, n in keys
        for k in range(seeds)
    ]
    held = slice(len(data.images) - _HELD_OUT, None)
    shares = _accuracies(jobs, data.images[held], data.labels[held], progress)
    means = dict(zip(keys, shares.reshape(-1, seeds).mean(1), strict=True))
    names = list(cases())
    values = np.array(
        [
            [[means.get((_known(c, a) or c, a, n), np.nan) for n in sizes] for a in ALGORITHMS]
            for c in names
        ]
    )
    return xr.Dataset(
        {
            "held_out": (
                ("case", "algorithm", "images"),
                values,
                {"units": "1", "long_name": "accuracy on held-out images"},
            )
        },
        {
            "case": names,
            "algorithm": list(ALGORITHMS),
            "images": ("images", list(sizes), {"units": "1", "long_name": "training images"}),
        },
    )


def _known(case: str, name: str) -> str:
    """Return the case whose training this one would repeat, if any."""
    if case == "same" or getattr(cases()[case], name) != getattr(cases()["same"], name):
        return ""
    return "same"


def _images_for(target: float, images: NDArray[np.int64], accuracy: xr.DataArray) -> int:
    """Return the number of images at which a rising curve has an accuracy, within its range."""
    known = np.isfinite(accuracy.values)
    rising = np.maximum.accumulate(accuracy.values[known])
    return round(float(np.exp(np.interp(target, rising, np.log(images[known])))))


def _predictions(
    settings: Settings, data: Dataset, images: dict[str, int], progress: Progress
) -> xr.Dataset:
    """Return the accuracy on test images, dims (case, algorithm, seed)."""
    import xarray as xr

    seeds = 2 if settings.quick else SEEDS
    jobs = [
        _job(settings, data, getattr(cases()[case], name), n, 600 + k)
        for case, n in images.items()
        for name in ALGORITHMS
        for k in range(seeds)
    ]
    shares = _accuracies(jobs, data.test_images, data.test_labels, progress)
    return xr.Dataset(
        {
            "test_accuracy": (
                ("case", "algorithm", "seed"),
                shares.reshape(len(images), len(ALGORITHMS), seeds),
                {"units": "1", "long_name": "accuracy on the test images"},
            ),
            "images": ("case", list(images.values()), {"units": "1", "long_name": "images"}),
        },
        {"case": list(images), "algorithm": list(ALGORITHMS)},
        {"epochs": jobs[0].epochs},
    )


def _notes(curves: xr.Dataset, final: xr.Dataset, target: float) -> tuple[str, ...]:
    lines = []
    for case, knobs in cases().items():
        one = final.sel(case=case)
        numbers = [
            f"{_LABELS[name]} {100 * float(v.mean()):.1f} ± {100 * float(v.std(ddof=1)):.1f} %"
            for name, v in zip(ALGORITHMS, one["test_accuracy"].values, strict=True)
        ]
        ideal = curves["held_out"].sel(case=case, algorithm="ideal").values
        reached = np.nanmin(ideal) <= target <= np.nanmax(ideal)
        how = "" if reached else " (an end of the curve: it does not reach that accuracy)"
        lines.append(f"{knobs.label}: {int(one['images'])} images{how}; {', '.join(numbers)}.")
    paper = ", ".join(f"{_LABELS[a]} {100 * published(f'fig4i.{a}'):.1f} %" for a in ALGORITHMS)
    return (
        "An explanation, not scored: the number of images is fitted, to the accuracy of the ideal "
        "device on held-out training images; what is left is predicted on the test images.",
        *lines,
        f"The paper: {paper}.",
        f"{final.sizes['seed']} seeds, {final.attrs['epochs']} epochs.",
    )


def draw(outcome: Outcome) -> Figure:
    """Draw the curves, and the predictions beside the paper's."""
    figure, (left, right) = new_figure(9.6, 4.0, ncols=2)
    curves, final = outcome.recordings["curves"], outcome.recordings["predictions"]
    _draw_curves(left, curves, final)
    _draw_predictions(right, final)
    return figure


def _draw_curves(ax: Axes, curves: xr.Dataset, final: xr.Dataset) -> None:
    styles = {"same": "-", "few": "--", "thirty": ":"}
    for case, style in styles.items():
        for name in ALGORITHMS:
            if _known(case, name):
                continue
            values = 100 * curves["held_out"].sel(case=case, algorithm=name).values
            known = np.isfinite(values)
            shown = case == "same" or (case == "thirty" and name == "ideal")
            label = {"thirty": "ideal, 30 states"}.get(case, _LABELS[name])
            ax.plot(
                curves["images"].values[known],
                values[known],
                f"o{style}",
                color=_COLOURS[name],
                markersize=3,
                label=label if shown else f"_{_LABELS[name]}, few",
            )
    target = 100 * published("fig4i.ideal")
    published_line(ax, target, label="published, ideal")
    for case in cases():
        ideal = 100 * curves["held_out"].sel(case=case, algorithm="ideal").values
        ax.plot(
            [float(final["images"].sel(case=case))],
            [min(target, float(np.nanmax(ideal)))],
            "D",
            color=GREEN,
            markerfacecolor="white",
            label="_fitted number",
            zorder=4,
        )
    ax.set_xscale("log")
    ticks = curves["images"].values
    ax.set_xticks(ticks, [f"{n:,}".replace(",", "\u202f") for n in ticks])
    ax.set_xticks([], minor=True)
    ax.set(xlabel="training images", ylabel="accuracy on held-out images (%)")
    legend_above(ax, ncols=3)


def _draw_predictions(ax: Axes, final: xr.Dataset) -> None:
    places = np.arange(final.sizes["case"] + 1)
    for k, name in enumerate(ALGORITHMS):
        values = 100 * final["test_accuracy"].sel(algorithm=name).values
        x = places[1:] + 0.22 * (k - 1)
        ax.errorbar(
            x,
            values.mean(1),
            values.std(1, ddof=1),
            fmt="o",
            color=_COLOURS[name],
            markersize=5,
            capsize=3,
            label=_LABELS[name],
        )
        ax.plot(
            [0.22 * (k - 1)],
            [100 * published(f"fig4i.{name}")],
            "D",
            color=PUBLISHED,
            markersize=5,
            label=f"_published, {_LABELS[name]}",
        )
    names = [
        f"{knobs.short}\n{int(final['images'].sel(case=case))} images"
        for case, knobs in cases().items()
    ]
    ax.set_xticks(places, ["the paper", *names], fontsize=8)
    ax.set_xlim(-0.5, places[-1] + 0.5)
    ax.set_ylabel("test accuracy (%)")
    legend_above(ax, ncols=3)
