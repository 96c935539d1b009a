"""A prediction: a network written once onto Ag2S cells, and read for a year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import day, hour, year
from acanthite.drawing import BLUE, GREEN, GREY, ORANGE, legend_above, new_figure
from acanthite.errors import DatasetUnavailableError
from acanthite.figures import experiments, recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.formatting import percent

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from acanthite.inference import Chip, ProgrammedMatrix, Ranges
    from acanthite.nn import Dataset

TITLE = "Prediction: a network written once and read for a year"
CAPTION = (
    "Beyond the paper, which trains on the device and says nothing of a network trained elsewhere. "
    "Left: test accuracy on MNIST of a 784-256-128-10 network trained in software and written "
    "onto cells of the {stack.thick_film_thickness:nm} film, by identical pulses or by write and "
    "verify, against the time since; mean and range of the programmings. Orange: a published model "
    "of phase-change memory on the same chip, drift compensated. Right: how far cells are off their "
    "targets, over the window."
)
ALT = (
    "Left, three nearly level lines of accuracy against time below a dashed line; right, a broad "
    "and a narrow distribution of errors around zero."
)
WEIGHT = 20.0
TIMES = (1.0, hour, day, year)
TOLERANCE = 0.01  # of the window, of write and verify: assumed

_NETWORK = "mlp"
_SINGLE, _VERIFIED, _PCM = "identical pulses", "write and verify", "phase-change memory"
_COLOURS = {_SINGLE: BLUE, _VERIFIED: GREEN, _PCM: ORANGE}
_CALIBRATION = 200  # training images that converters are set by
_EDGES = np.linspace(-0.2, 0.2, 81)  # of the window


def check(settings: Settings) -> None:
    """Raise where MNIST is there but damaged; where it is not there, :func:`compute` says so."""
    from acanthite.nn import mnist

    mnist(settings.data, fetch=False)


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Train in software, write onto the cells of each chip, and read at each time."""
    from acanthite.nn import mnist

    try:
        data = mnist(settings.data)
    except DatasetUnavailableError as error:
        return Outcome(not_run=str(error))
    layers = _trained(settings, data)
    progress(0.4)
    n_images = experiments.count(settings, 2000, 500)
    draws = experiments.count(settings, 3, 2)
    x = data.test_images[:n_images] / 255.0
    labels = data.test_labels[:n_images]
    software = float((_software(layers, x).argmax(1) == labels).mean())
    accuracy = np.empty((len(_COLOURS), draws, len(TIMES)))
    errors = {}
    for k, (name, chip) in enumerate(_chips(settings).items()):
        for draw in range(draws):
            written = _written(layers, chip, settings.seed * 1000 + draw)
            errors[name] = _off_target(written)
            ranges = _calibrated(written, data.images[:_CALIBRATION] / 255.0)
            for t, time in enumerate(TIMES):
                y = _on_chip(written, ranges, x, time)
                accuracy[k, draw, t] = (y.argmax(1) == labels).mean()
            progress(0.4 + 0.6 * (k * draws + draw + 1) / (len(_COLOURS) * draws))
    recordings = {"accuracy_in_time": _accuracy(accuracy, software), "errors": _errors(errors)}
    notes = _notes(accuracy, software, errors)
    return Outcome(recordings=recordings, notes=notes, sources=("LeCun1998",))


def _chips(settings: Settings) -> dict[str, Chip]:
    """Return the chips that are compared: cells and how they are written, all else the same."""
    from acanthite.inference import Ag2SCells, Chip, chip_named

    parameters = settings.parameters
    cells = Ag2SCells(
        thickness=recipes.thick(settings),
        temperature=parameters.value("filament.temperature"),
        parameters=parameters,
    )
    volts = parameters.value("pulse.read_voltage")
    return {
        _SINGLE: Chip(cells=cells, read_voltage=volts),
        _VERIFIED: Chip(
            cells=cells, read_voltage=volts, programming="write-verify", tolerance=TOLERANCE
        ),
        _PCM: chip_named("pcm"),
    }


def _trained(settings: Settings, data: Dataset) -> list[NDArray[np.float64]]:
    """Return the weights of each layer, outputs by inputs, the bias last."""
    from acanthite.nn import train
    from acanthite.nn.training.networks import network_named

    result = train(
        data,
        _NETWORK,
        algorithm="floating",
        seed=settings.seed,
        epochs=experiments.count(settings, 3, 1),
        limit=experiments.count(settings, 20_000, 5_000),
    )
    layers = network_named(_NETWORK, data).layer_weights(result.weights)
    return [layer.T.astype(float) for layer in layers]


def _with_bias(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.hstack([x, np.ones((len(x), 1))])


def _software(layers: list[NDArray[np.float64]], x: NDArray[np.float64]) -> NDArray[np.float64]:
    for k, weights in enumerate(layers):
        x = _with_bias(np.maximum(x, 0.0) if k else x) @ weights.T
    return x


def _written(layers: list[NDArray[np.float64]], chip: Chip, seed: int) -> list[ProgrammedMatrix]:
    from acanthite.inference import ProgrammedMatrix

    return [ProgrammedMatrix(W, chip, seed=seed * 10 + k) for k, W in enumerate(layers)]


def _calibrated(written: list[ProgrammedMatrix], x: NDArray[np.float64]) -> list[Ranges]:
    """Return what the converters of each layer are set to, by what it sees in software."""
    from acanthite.inference import calibrate

    ranges = []
    for k, matrix in enumerate(written):
        inputs = _with_bias(np.maximum(x, 0.0) if k else x)
        ranges.append(calibrate(matrix, inputs))
        x = inputs @ matrix.weights.T
    return ranges


def _on_chip(
    written: list[ProgrammedMatrix], ranges: list[Ranges], x: NDArray[np.float64], time: float
) -> NDArray[np.float64]:
    from acanthite.inference import multiply

    for k, (matrix, of_matrix) in enumerate(zip(written, ranges, strict=True)):
        x = multiply(matrix, _with_bias(np.maximum(x, 0.0) if k else x), of_matrix, time=time)
    return x


def _off_target(written: list[ProgrammedMatrix]) -> NDArray[np.float64]:
    """Return how far every cell was off its target once it was written, over the window. [1]"""
    tiles = [tile for matrix in written for tile in matrix.tiles]
    span = written[0].chip.window.span
    return np.concatenate([(t.written - t.target.conductance).ravel() for t in tiles]) / span


def _accuracy(accuracy: NDArray[np.float64], software: float) -> xr.Dataset:
    import xarray as xr

    one = {"units": "1", "long_name": "test accuracy"}
    time = ("time", np.array(TIMES), {"units": "s", "long_name": "time after programming"})
    return xr.Dataset(
        {
            "accuracy": (("chip", "draw", "time"), accuracy, one),
            "software": ((), software, {**one, "long_name": "test accuracy in software"}),
        },
        {"chip": list(_COLOURS), "time": time},
    )


def _errors(errors: dict[str, NDArray[np.float64]]) -> xr.Dataset:
    import xarray as xr

    middles = 0.5 * (_EDGES[1:] + _EDGES[:-1])
    density = [
        np.histogram(np.clip(errors[name], _EDGES[0], _EDGES[-1]), _EDGES, density=True)[0]
        for name in (_SINGLE, _VERIFIED)
    ]
    spread = [errors[name].std() for name in (_SINGLE, _VERIFIED)]
    axis = ("error", middles, {"units": "1", "long_name": "error over the window"})
    return xr.Dataset(
        {
            "density": (("writing", "error"), np.array(density), {"units": "1"}),
            "spread": ("writing", np.array(spread), {"units": "1", "long_name": "spread"}),
        },
        {"error": axis, "writing": [_SINGLE, _VERIFIED]},
    )


def _notes(
    accuracy: NDArray[np.float64], software: float, errors: dict[str, NDArray[np.float64]]
) -> tuple[str, ...]:
    first, last = accuracy[:, :, 0].mean(1), accuracy[:, :, -1].mean(1)
    parts = [
        f"{name}: {percent(float(a), 4)} after a second, {percent(float(b), 4)} after a year"
        for name, a, b in zip(_COLOURS, first, last, strict=True)
    ]
    return (
        f"In software {percent(software, 4)}. {'; '.join(parts)}.",
        f"Cells are off by {percent(float(errors[_SINGLE].std()), 2)} of the window after "
        f"identical pulses, by {percent(float(errors[_VERIFIED].std()), 2)} after write and verify "
        f"to {percent(TOLERANCE, 2)}.",
        "In the law a cluster that no voltage acts on stays as it is: the lines are level because "
        "the law knows no loss of clusters, not because one was looked for.",
        "Biases are in the arrays; inputs and outputs have eight bits.",
    )


def draw(outcome: Outcome) -> Figure:
    """Draw accuracy against time, and the errors of writing."""
    figure, (left, right) = new_figure(8.6, 3.5, ncols=2)
    data = outcome.recordings["accuracy_in_time"]
    for name, colour in _COLOURS.items():
        percents = 100 * data["accuracy"].sel(chip=name).values
        left.plot(TIMES, percents.mean(0), "o-", color=colour, markersize=4, label=name)
        left.fill_between(
            TIMES, percents.min(0), percents.max(0), color=colour, alpha=0.15, label=f"_{name}"
        )
    left.axhline(100 * float(data["software"]), color=GREY, linestyle="--", label="software")
    left.set(xscale="log", xlabel="time after programming", ylabel="test accuracy (%)")
    left.set_xticks(TIMES, ["1 s", "1 h", "1 d", "1 y"])
    left.minorticks_off()
    legend_above(left, ncols=2)
    errors = outcome.recordings["errors"]
    for name in (_SINGLE, _VERIFIED):
        density = errors["density"].sel(writing=name)
        right.plot(100 * errors["error"], density, color=_COLOURS[name], label=name)
    right.set(xlabel="conductance off its target (% of the window)", yscale="log")
    right.set_ylabel("probability density")
    legend_above(right, ncols=2)
    return figure
