"""A study of inference from the network to the result: train, program, read, in any order."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from acanthite.errors import RangeWarning
from acanthite.inference import Chip, converter_use, without_each
from acanthite.nn.data.datasets import Dataset, load_dataset
from acanthite.progress import Progress, long_call, reporter
from acanthite.random import generator
from acanthite.torch.chip.layers import products_of
from acanthite.torch.chip.model import ChipModel, to_inference
from acanthite.torch.chip.moment import exact_periphery
from acanthite.torch.chip.product import ChipProduct, first_time
from acanthite.torch.chip.training.model import to_hardware_aware
from acanthite.torch.chip.training.noise import CellNoise
from acanthite.torch.conversion import ConversionWarning
from acanthite.torch.inference import networks
from acanthite.torch.inference.folder import InferenceFolder
from acanthite.torch.inference.result import Histogram, InferenceResult
from acanthite.torch.inference.study import InferenceStudy

AS_IT_IS = "as it is"
_WITHOUT_DRAWS = 3  # draws with each fault switched off: they are paired with those of the chip
_RAMP = 300  # batches over which the noise of training for the chip grows
_AWARE_RATE = 3e-4  # of that training
_TRAINING = 0.2  # of the bar; more of it where a network is also trained for the chip
_TRAINING_AWARE = 0.5
_PLAIN = 0.2  # of the training then
_LOOKED_AT = 256  # inputs of a layer whose converters are looked at


@dataclass(frozen=True, eq=False)
class Views:
    """What is drawn beside accuracies.

    Parameters
    ----------
    weights : Histogram
        Weights in software, and on the chip at the first and the last time, over the largest of
        their layer.
    converters : Histogram
        Currents over the range of their converters at the last time, by layer.
    clipped : dict of str to float
        Share of them beyond the range.

    Examples
    --------
    >>> import numpy as np
    >>> drawn = ac.torch.Histogram(np.array([0.0, 0.5, 1.0]), {"layer 1": np.array([12, 8])})
    >>> views = ac.torch.Views(drawn, drawn, {"layer 1": 0.01})
    >>> f"{views.clipped['layer 1']:.0%} beyond the range"
    '1% beyond the range'
    """

    weights: Histogram
    converters: Histogram
    clipped: dict[str, float]


@dataclass(frozen=True, eq=False)
class _Case:
    """A network and the images it is judged by."""

    model: nn.Module
    calibration: Tensor
    x: Tensor
    labels: Any


@long_call("inference")
def infer(
    study: InferenceStudy,
    dataset: str | Path | Dataset = "mnist",
    *,
    out: str | Path,
    data: str | Path | None = None,
    resume: bool = False,
    progress: Progress = None,
) -> tuple[InferenceResult, Views]:
    """Program a network onto a chip as often as a study says, and judge it at each time.

    Parameters
    ----------
    study : InferenceStudy
    dataset : str, path_like or Dataset
        As :func:`acanthite.nn.train` takes it.
    out : path_like
        Folder that gets every accuracy as soon as it is known.
    data : path_like, optional
        Folder where the data set is looked for first.
    resume : bool
        Go on with what the folder holds; else that is an error.
    progress : callable or bool, optional
        Called with the fraction done; True shows a bar.

    Returns
    -------
    InferenceResult
    Views
        Distributions of weights and of converters' inputs.

    Raises
    ------
    ChipError
        If the chip cannot hold the network, or its weights cannot be read.
    RunFolderError
        If the folder holds a study already, or another one.
    DatasetError
        If the data set cannot be had.
    TrainingError
        If the network does not fit it.

    Examples
    --------
    >>> import numpy as np
    >>> labels = (np.arange(400) % 2).astype(np.uint8)
    >>> images = np.repeat(255 * np.eye(2, dtype=np.uint8)[labels], 8, axis=1)
    >>> data = ac.nn.Dataset("sides", images, labels, images[:20], labels[:20])
    >>> chip = ac.inference.chip_named("pcm")
    >>> study = ac.torch.InferenceStudy(
    ...     chip=chip, times=(1.0, 86400.0), network="16-2", draws=2, epochs=20
    ... )
    >>> result, views = ac.torch.infer(study, data, out="study")
    >>> result.accuracy.shape
    (2, 2)
    """
    report = reporter(progress)
    images = load_dataset(dataset, data)
    folder = InferenceFolder.open(Path(out), study.identity(images), study.chip, resume)
    with networks.one_thread(), _quietly() as notes:
        first = _TRAINING_AWARE if study.aware else _TRAINING
        case = _case(study, images, folder, lambda share: report(first * share))
        _judge_all(study, case, folder, lambda share: report(first + (1.0 - first) * share))
        views = _views(study, case)
    result = _result(study, folder, views, (*study.notes, *notes))
    folder.write_result(result.as_json())
    return result, views


@contextmanager
def _quietly() -> Iterator[list[str]]:
    """Let warnings of models and conversions become notes, each once."""
    notes: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore", RangeWarning)  # those are notes of the study
        warnings.simplefilter("always", ConversionWarning)
        yield notes
    for warning in caught:
        if issubclass(warning.category, ConversionWarning) and str(warning.message) not in notes:
            notes.append(str(warning.message))


def _case(
    study: InferenceStudy,
    images: Dataset,
    folder: InferenceFolder,
    progress: Callable[[float], None],
) -> _Case:
    """Return the network, trained or read, and what it is judged by; check that the chip holds it."""
    model: nn.Module = networks.build(study.network, images)
    if study.weights is not None:
        path = Path(study.weights)
        model = networks.load_weights(model, path, study.trust, study.network)
    x = networks.inputs(model, images, images.test_images[: study.limit], study.normalise)
    trains = study.weights is None or study.aware
    some = images.images if trains else images.images[: study.calibration]
    training = networks.inputs(model, images, some, study.normalise)
    calibration = training[: study.calibration]
    plain = 0.0 if study.weights is not None else _PLAIN if study.aware else 1.0
    if study.weights is not None:
        networks.check_outputs(model, Path(study.weights), x[:2], images)
    else:
        networks.initialise(model, study.seed)
        to_inference(model, study.chip, seed=study.seed)  # a chip that cannot hold it says so now
        _trained(study, images, folder, model, training, lambda s: progress(plain * s))
    if study.aware:
        case = _Case(model, calibration, training, images.labels)
        model = _made_aware(study, folder, case, lambda s: progress(plain + (1.0 - plain) * s))
    progress(1.0)
    return _Case(model, calibration, x, images.test_labels[: study.limit])


def _made_aware(
    study: InferenceStudy,
    folder: InferenceFolder,
    case: _Case,
    progress: Callable[[float], None],
) -> nn.Module:
    """Train a network further, each batch on fresh cells of the chip; in evaluation it is digital."""
    noise = CellNoise(earliest=max(study.times[0], first_time(study.chip)), latest=study.times[-1])
    aware = to_hardware_aware(
        case.model, study.chip, case.calibration, noise=noise, ramp=_RAMP, seed=study.seed
    )
    kept = folder.network("aware")
    if kept is not None:
        aware.load_state_dict(kept)
        return aware.eval()
    networks.train(
        aware,
        case.x,
        case.labels,
        seed=study.seed,
        epochs=study.epochs,
        rate=_AWARE_RATE,
        progress=progress,
    )
    folder.keep_network(aware, "aware")
    return aware


def _trained(
    study: InferenceStudy,
    images: Dataset,
    folder: InferenceFolder,
    model: nn.Module,
    x: Tensor,
    progress: Callable[[float], None],
) -> None:
    kept = folder.network()
    if kept is not None:
        model.load_state_dict(kept)
        model.eval()
        return
    networks.train(model, x, images.labels, seed=study.seed, epochs=study.epochs, progress=progress)
    folder.keep_network(model)


def _judge_all(
    study: InferenceStudy,
    case: _Case,
    folder: InferenceFolder,
    progress: Callable[[float], None],
) -> None:
    """Fill in every accuracy that the folder lacks."""
    if "digital" not in folder.points:
        folder.add({"digital": networks.accuracy(case.model, case.x, case.labels)})
    parts = [(AS_IT_IS, study.chip, draw, study.times) for draw in range(study.draws)]
    parts += [
        (name, chip, draw, study.times[-1:])
        for name, chip in without_each(study.chip).items()
        for draw in range(min(study.draws, _WITHOUT_DRAWS))
    ]
    total = sum(len(times) for *_, times in parts)
    done = 0
    for name, chip, draw, times in parts:
        missing = [time for time in times if _key(name, draw, time) not in folder.points]
        on_chip = _programmed(study, case, chip, draw) if missing else None
        for time in missing:
            assert on_chip is not None
            accuracy = networks.accuracy(on_chip.at(time, draw), case.x, case.labels)
            folder.add({_key(name, draw, time): accuracy})
        done += len(times)
        progress(done / total)


def _key(name: str, draw: int, time: float) -> str:
    return f"{name}, draw {draw}, {time!r} s"


def _programmed(study: InferenceStudy, case: _Case, chip: Chip, draw: int) -> ChipModel:
    seed = int(generator(study.seed, "infer.draw", draw).integers(2**53))
    return to_inference(case.model, chip, case.calibration, seed=seed)


def _views(study: InferenceStudy, case: _Case) -> Views:
    """Return distributions of weights and of converters' inputs, of the first draw."""
    on_chip = _programmed(study, case, study.chip, 0)
    names = [name for name, part in on_chip.named_modules() if isinstance(part, ChipProduct)]
    named = dict(zip(names, products_of(on_chip), strict=True))
    seen = _inputs_of(on_chip.at(study.times[-1]), list(named.values()), case.calibration)
    converters, clipped = _converters(study, named, seen)
    return Views(_weights(study, list(named.values())), converters, clipped)


def _inputs_of(
    model: ChipModel, products: list[ChipProduct], images: Tensor
) -> dict[ChipProduct, np.ndarray]:
    """Return some inputs of each product, as its drivers apply them, while a model sees images."""
    seen: dict[ChipProduct, np.ndarray] = {}

    def noting(product: ChipProduct, read: Callable[[Tensor], Tensor]) -> Callable:
        def noted(driven: Tensor) -> Tensor:
            if product not in seen:
                step = max(1, driven.shape[1] // _LOOKED_AT)
                seen[product] = _of_codes(product, driven[:, ::step][:, :_LOOKED_AT])
            return read(driven)

        return noted

    for product in products:
        product.read = noting(product, product.read)
    try:
        with torch.no_grad():
            model(images[:_LOOKED_AT])
    finally:
        for product in products:
            del product.read
    return seen


def _of_codes(product: ChipProduct, codes: Tensor) -> np.ndarray:
    """Return inputs, shape (batch, inputs), that drivers apply for codes of them."""
    inputs = codes.T.double().numpy()
    if exact_periphery(product.chip):
        return inputs
    assert product.ranges is not None
    return inputs * (product.ranges.largest_input / (product.chip.inputs.largest_code or 1))


def _converters(
    study: InferenceStudy, products: dict[str, ChipProduct], seen: dict[ChipProduct, np.ndarray]
) -> tuple[Histogram, dict[str, float]]:
    counts: dict[str, np.ndarray] = {}
    clipped: dict[str, float] = {}
    edges = np.linspace(-1.0, 1.0, 2)
    for k, product in enumerate(products.values()):
        if product.ranges is None or study.chip.outputs.exact:
            continue
        use = converter_use(product.matrix, seen[product], product.ranges, study.times[-1])
        name = f"layer {k + 1}"
        edges, counts[name], clipped[name] = use.edges, use.counts, use.clipped
    return Histogram(edges, counts), clipped


def _weights(study: InferenceStudy, products: list[ChipProduct]) -> Histogram:
    edges = np.linspace(-1.25, 1.25, 101)
    moments = {"in software": None, "first time": study.times[0], "last time": study.times[-1]}
    counts = {name: np.zeros(len(edges) - 1, np.int64) for name in moments}
    for product in products:
        matrix = product.matrix
        for name, time in moments.items():
            W = matrix.weights if time is None else matrix.weights_at(time)
            share = np.clip(W / matrix.scale, edges[0], edges[-1])
            counts[name] += np.histogram(share, edges)[0]
    return Histogram(edges, counts)


def _result(
    study: InferenceStudy, folder: InferenceFolder, views: Views, notes: tuple[str, ...]
) -> InferenceResult:
    points = folder.points
    accuracy = np.array(
        [
            [points[_key(AS_IT_IS, draw, time)] for time in study.times]
            for draw in range(study.draws)
        ]
    )
    paired = min(study.draws, _WITHOUT_DRAWS)
    gains = {
        name: np.array([points[_key(name, draw, study.times[-1])] for draw in range(paired)])
        - accuracy[:paired, -1]
        for name in without_each(study.chip)
    }
    times = np.array(study.times)
    return InferenceResult(times, points["digital"], accuracy, gains, views.clipped, notes)
