"""A network on a chip: what it costs, and how well it works there: the trade-off of the two."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from acanthite.cost import ChipCircuits, ChipCost, chip_cost
from acanthite.crossbar import BitSlices, ColumnPairs
from acanthite.errors import StudyError
from acanthite.inference import Chip, ColumnReader, InputDriver, load_chip

if TYPE_CHECKING:
    from torch import Tensor, nn

_MOST_SEEN = 64  # images that the activity of layers is taken from
_CALIBRATION = 512

UNITS = {
    "energy": "J",
    "energy_low": "J",
    "energy_high": "J",
    "latency": "s",
    "area": "m^2",
}


def chip(
    network: str = "mlp",
    cells: str = "reram-cmo",
    rows: int = 128,
    columns: int = 128,
    input_bits: int = 8,
    scheme: str = "bit-serial",
    converter_bits: int = 8,
    converter: str = "survey",
    slices: int = 1,
    slice_bits: int = 2,
    columns_per_converter: int = 8,
    node: float = 22e-9,
    judge: bool = True,
    dataset: str = "mnist",
    time: float = 3600.0,
    epochs: int = 3,
    limit: int = 2000,
    seed: int = 1,
) -> dict[str, float]:
    """Cost a network on a chip, and judge it there.

    Parameters
    ----------
    network : str
        ``"mlp"``, ``"lenet5"``, or widths; if it is not judged, any that ``acanthite chip`` takes.
    cells : str
        Of the chip, or a chip file whose other entries stay as they are.
    rows, columns : int
        Of a tile.
    input_bits : int
    scheme : str
        Of the inputs: ``"parallel"``, ``"bit-serial"``, ``"pulse-width"``.
    converter_bits : int
    converter : str
        ``"survey"``, ``"sar"``, ``"flash"``, ``"ramp"``.
    slices : int
        Pairs of cells for a weight; one pair of any conductance at 1.
    slice_bits : int
        Of a slice, where there are several.
    columns_per_converter : int
    node : float
        Of the process. [m]
    judge : bool
        Whether the network is trained and judged, which needs torch.
    dataset : str
        It is trained and judged by.
    time : float
        After programming. [s]
    epochs : int
        Of the training.
    limit : int
        Test images.
    seed : int
        Of the training and the cells.

    Returns
    -------
    dict of str to float
        ``energy`` of an inference with its interval ``energy_low`` to ``energy_high``, ``latency``,
        ``area``, ``tops_per_watt``, ``utilisation``; and where it is judged, ``accuracy`` and
        ``digital_accuracy``. Weights and activities are then those of the trained network.
    """
    described = _chip(cells, rows, columns, input_bits, scheme, converter_bits, slices, slice_bits)
    circuits = ChipCircuits(
        node=node,
        converter=converter,  # type: ignore[arg-type]  # checked there
        columns_per_converter=int(columns_per_converter),
    )
    if not judge:
        return _numbers(chip_cost(network, described, circuits))
    model, calibration, x, labels = _trained(network, dataset, int(seed), int(epochs), int(limit))
    accuracies = _judged(model, calibration, x, labels, described, float(time), int(seed))
    from acanthite.cost import shape_of_model

    shape = shape_of_model(model, x[:_MOST_SEEN], described)
    return _numbers(chip_cost(shape, described, circuits)) | accuracies


def _chip(
    cells: str,
    rows: int,
    columns: int,
    input_bits: int,
    scheme: str,
    converter_bits: int,
    slices: int,
    slice_bits: int,
) -> Chip:
    from dataclasses import replace

    several = int(slices) > 1
    mapping = BitSlices(int(slice_bits), int(slices)) if several else ColumnPairs()
    return replace(
        load_chip(cells),
        rows=int(rows),
        columns=int(columns),
        mapping=mapping,
        levels=2 ** int(slice_bits) if several else None,
        inputs=InputDriver(bits=int(input_bits), scheme=scheme),  # type: ignore[arg-type]
        outputs=ColumnReader(bits=int(converter_bits)),
    )


def _numbers(cost: ChipCost) -> dict[str, float]:
    low, high = cost.intervals["energy_joule"]
    return {
        "energy": cost.energy_joule,
        "energy_low": low,
        "energy_high": high,
        "latency": cost.latency_second,
        "area": cost.area_square_metre,
        "tops_per_watt": cost.tops_per_watt,
        "utilisation": cost.utilisation,
    }


@lru_cache(maxsize=4)
def _trained(
    network: str, dataset: str, seed: int, epochs: int, limit: int
) -> tuple[nn.Module, Tensor, Tensor, Any]:
    """Return a network trained in software, and images to calibrate and to judge it by.

    All points of one seed share it: they differ by the chip alone.
    """
    from acanthite.nn.data.datasets import load_dataset
    from acanthite.torch.inference import networks

    images = load_dataset(dataset)
    model = networks.build(network, images)
    normalise = (0.0, 1.0)
    training = networks.inputs(model, images, images.images, normalise)
    with networks.one_thread():
        networks.initialise(model, seed)
        networks.train(
            model, training, images.labels, seed=seed, epochs=epochs, progress=lambda share: None
        )
    x = networks.inputs(model, images, images.test_images[:limit], normalise)
    return model, training[:_CALIBRATION], x, images.test_labels[:limit]


def _judged(
    model: nn.Module,
    calibration: Tensor,
    x: Tensor,
    labels: Any,
    chip: Chip,
    time: float,
    seed: int,
) -> dict[str, float]:
    from acanthite.torch import to_inference
    from acanthite.torch.inference import networks

    if time < 0:
        raise StudyError(f"time = {time:g}; expected zero or more")
    with networks.one_thread():
        on_chip = to_inference(model, chip, calibration, seed=seed).at(time)
        return {
            "accuracy": networks.accuracy(on_chip, x, labels),
            "digital_accuracy": networks.accuracy(model, x, labels),
        }
