"""Fig. 4i: accuracy on MNIST against epoch: SGD and TTv2 on the device, and the ideal device."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.drawing import BLUE, GREEN, PUBLISHED, RED, band, legend_above, new_figure
from acanthite.errors import DatasetUnavailableError
from acanthite.estimate import Estimate
from acanthite.figures import experiments
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.formatting import as_text

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from acanthite.nn import Dataset, TrainingResult

TITLE = "Training on the device"
CAPTION = (
    "Test accuracy of a 784-256-128-10 network on MNIST, trained sample by sample with stochastic "
    "pulses: SGD and TTv2 on the pulse law fitted to the device's ladders, and SGD on an ideal "
    "device. Mean over seeds; the band is their range. Dashed: the paper's accuracies after 10 "
    "epochs."
)
ALT = (
    "Three curves of test accuracy against epoch with bands around them, for the ideal device, "
    "TTv2 and SGD; dashed marks at the right for the published accuracies."
)
WEIGHT = 150.0

ALGORITHMS = ("ideal", "sgd", "ttv2")
SEEDS = 3
REPEATS = 10  # further seeds, each on devices of its own; one takes half a minute of a core

_NETWORK = "mlp"
_BESIDE = {
    "ideal": ("ideal", "bottom"),
    "ttv2": ("TTv2", "top"),
    "sgd": ("SGD", "center"),
}  # text, alignment


def check(settings: Settings) -> None:
    """Raise where MNIST is there but damaged; where it is not there, :func:`compute` says so."""
    from acanthite.nn import mnist

    mnist(settings.data, fetch=False)


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Train every algorithm from every seed and take the accuracy after the last epoch."""
    from acanthite.nn import mnist

    try:
        data = mnist(settings.data)
    except DatasetUnavailableError as error:
        return Outcome(not_run=str(error))
    seeds = _seeds(settings, SEEDS)
    results = _train(settings, data, seeds, progress)
    epochs, samples = _extent(settings, data)
    curves = _curves(results, seeds)
    notes = (
        (
            f"{epochs} epochs of {samples} images, {SEEDS} seeds; accuracy is that after the last "
            "epoch, never the best."
        ),
        (
            "Knobs were chosen on 10,000 held-out training images (benchmarks/tune.py); test "
            "images had no part in it."
        ),
        (
            "The paper's learning rates and network widths are not known, and its ideal device "
            "stays at 93.2 %: compare the gaps."
        ),
        _cost(results),
    )
    sources = ("GokmenVlasov2016", "Gokmen2017", "Gokmen2021", "Kim2019", "LeCun1998", "Salmon2011")
    return Outcome(
        _layers() | _estimates(curves["test_accuracy"].values[:, :, -1]),
        {"training": curves},
        notes,
        None,
        sources,
    )


def measure_claims(settings: Settings) -> Outcome:
    """Return the estimates alone, of one training of each algorithm."""
    from acanthite.nn import mnist

    try:
        data = mnist(settings.data, fetch=False)
    except DatasetUnavailableError as error:
        return Outcome(not_run=str(error))
    results = _train(settings, data, _seeds(settings, 1), silent)
    final = _curves(results, _seeds(settings, 1))["test_accuracy"].values[:, :, -1]
    return Outcome(_layers() | _estimates(final))


def _seeds(settings: Settings, number: int) -> list[int]:
    return [settings.seed * 1000 + k for k in range(number)]


def _extent(settings: Settings, data: Dataset) -> tuple[int, int]:
    """Return how many epochs of how many images."""
    samples = experiments.count(settings, len(data.images), 20_000)
    return experiments.count(settings, 10, 2), samples


def _train(
    settings: Settings, data: Dataset, seeds: list[int], progress: Progress
) -> list[TrainingResult]:
    """Train every algorithm from every seed, on devices of the settings' seed."""
    from acanthite.nn import Job, train_many

    synapse = experiments.synapse(settings)
    epochs, samples = _extent(settings, data)
    jobs = [
        Job(
            dataset=data,
            network=_NETWORK,
            synapse=synapse,
            algorithm=name,
            seed=seed,
            epochs=epochs,
            limit=samples,
        )
        for name in ALGORITHMS
        for seed in seeds
    ]
    return train_many(jobs, progress=progress)


def _layers() -> dict[str, Estimate]:
    from acanthite.nn.training.networks import NETWORKS

    return {"fig4i.layers": Estimate(float(len(NETWORKS[_NETWORK].widths)))}


def _curves(results: list[TrainingResult], seeds: list[int]) -> xr.Dataset:
    """Return the learning curves, dims (algorithm, seed, epoch)."""
    import xarray as xr

    def grid(name: str) -> NDArray[np.float64]:
        return np.array([getattr(r, name) for r in results]).reshape(
            len(ALGORITHMS), len(seeds), -1
        )

    def variable(name: str, along: str, unit: str, label: str) -> tuple[object, ...]:
        return ("algorithm", "seed", along), grid(name), {"units": unit, "long_name": label}

    return xr.Dataset(
        {
            "test_accuracy": variable("test_accuracy", "epoch", "1", "accuracy on the test images"),
            "train_accuracy": variable(
                "train_accuracy", "pass", "1", "accuracy before each sample's own update"
            ),
            "loss": variable("loss", "pass", "nat", "training loss"),
            "pulses": variable("pulses", "pass", "1", "write pulses"),
            "energy": variable("energy", "pass", "J", "write energy"),
        },
        {"algorithm": list(ALGORITHMS), "seed": seeds},
        {r.algorithm.name: repr(r.algorithm) for r in results},
    )


def _estimates(accuracy: NDArray[np.float64]) -> dict[str, Estimate]:
    """Return the claims from the final accuracies, shape (n_algorithms, n_seeds)."""
    final = dict(zip(ALGORITHMS, accuracy, strict=True))
    estimates = {name: _mean(final[name]) for name in ALGORITHMS}
    estimates["sgd-gap"] = _mean(final["sgd"] - final["ideal"])
    estimates["ttv2-gap"] = _mean(final["ttv2"] - final["ideal"])
    nearer = np.abs(final["ttv2"] - final["ideal"]) < np.abs(final["sgd"] - final["ideal"])
    estimates["order"] = Estimate(float(nearer.mean()), n=nearer.size)
    return {f"fig4i.{name}": estimate for name, estimate in estimates.items()}


def _mean(values: NDArray[np.float64]) -> Estimate:
    spread = float(values.std(ddof=1)) if values.size > 1 else None
    return Estimate(float(values.mean()), spread=spread, n=values.size)


def _cost(results: list[TrainingResult]) -> str:
    """Say what writing cost, at the synapse's energy in the middle of its window."""
    parts = []
    for name in ALGORITHMS:
        mine = [r for r in results if r.algorithm.name == name]
        joule = np.mean([r.energy.sum() for r in mine])
        parts.append(
            f"{name} {np.mean([r.pulses.sum() for r in mine]):.2g} pulses, "
            f"{as_text(float(joule), 'J')}"
        )
    each = as_text(float(results[0].write_energy), "J", 2)
    return f"Writing, a run at {each} a pulse (mid-window): {'; '.join(parts)}."


def draw(outcome: Outcome) -> Figure:
    """Draw the learning curves beside the published accuracies."""
    from acanthite.claims import published

    labels = {"ideal": ("ideal device", GREEN), "ttv2": ("TTv2", BLUE), "sgd": ("SGD", RED)}
    curves = outcome.recordings["training"]
    epochs = np.arange(curves.sizes["epoch"])
    figure, ax = new_figure(5.6, 3.9)
    lowest = 70.0
    for name, (label, color) in labels.items():
        percent = 100 * curves["test_accuracy"].sel(algorithm=name).values
        mean = percent.mean(0)
        ax.plot(
            epochs[1:],
            mean[1:],
            "o-",
            color=color,
            markersize=3.5,
            label=f"{label}, {mean[-1]:.1f} %",
        )
        band(ax, epochs[1:], percent.min(0)[1:], percent.max(0)[1:], color, f"_range of {label}")
        lowest = min(lowest, float(percent[:, 1:].min()))
        value = 100 * published(f"fig4i.{name}")
        ax.plot(
            [9.4, 10.6],
            [value, value],
            "--",
            color=PUBLISHED,
            linewidth=1.3,
            label=f"_published, {label}",
        )
        text, side = _BESIDE[name]
        ax.text(10.7, value, f"{text} {value:.1f} %", color=color, va=side, fontsize=8)
    ax.plot([], [], "--", color=PUBLISHED, linewidth=1.3, label="published, 10 epochs")
    ax.set(
        xlabel="epoch",
        ylabel="test accuracy (%)",
        xlim=(0.7, 12.4),
        ylim=(np.floor(lowest), 100),
        xticks=range(1, 11),
    )
    legend_above(ax)
    return figure
