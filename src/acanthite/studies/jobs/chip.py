"""A network on a chip: what it costs, and how well it works there: the trade-off of the two."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from acanthite.cost import ChipCost, chip_cost, load_circuits, shape_of_model
from acanthite.crossbar import BitSlices, ColumnPairs
from acanthite.inference import CellModel, Chip, load_chip

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
    chip: str = "reram-cmo",
    tile: int | None = None,
    input_bits: int | None = None,
    scheme: str | None = None,
    converter_bits: int | None = None,
    converter: str | None = None,
    slices: int | None = None,
    slice_bits: int = 2,
    columns_per_converter: int | None = None,
    node: float | None = None,
    judge: bool = True,
    dataset: str = "mnist",
    time: float | None = None,
    epochs: int | None = None,
    limit: int = 2000,
    seed: int = 1,
) -> dict[str, float]:
    """Cost a network on a chip, and judge it there.

    Parameters
    ----------
    network : str
        ``"mlp"``, ``"lenet5"``, or widths; if it is not judged, any that ``acanthite chip`` takes.
    chip : str
        A chip file, or a chip by its cells. What follows is as it has it where it is not given.
    tile : int
        Rows, and columns, of a tile.
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
        After programming; the first that the cells say something about without it. [s]
    epochs : int
        Of the training; some 3000 updates without it.
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
    described = _with_mapping(load_chip(chip), slices, slice_bits)
    size = None if tile is None else int(tile)
    described = _changed(
        described,
        rows=size,
        columns=size,
        inputs=_changed(described.inputs, bits=_whole(input_bits), scheme=scheme),
        outputs=_changed(described.outputs, bits=_whole(converter_bits)),
    )
    circuits = _changed(
        load_circuits(chip),
        node=node,
        converter=converter,
        columns_per_converter=_whole(columns_per_converter),
    )
    if not judge:
        return _numbers(chip_cost(network, described, circuits))
    model, calibration, x, labels = _trained(
        network, dataset, int(seed), _whole(epochs), int(limit)
    )
    accuracies = _judged(model, calibration, x, labels, described, time, int(seed))
    shape = shape_of_model(model, x[:_MOST_SEEN], described)
    return _numbers(chip_cost(shape, described, circuits)) | accuracies


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _changed(what: Any, **changes: Any) -> Any:
    """Return a description with the fields that are given changed."""
    return replace(what, **{name: value for name, value in changes.items() if value is not None})


def _with_mapping(chip: Chip, slices: int | None, slice_bits: int) -> Chip:
    if slices is None:
        return chip
    if int(slices) == 1:
        return replace(chip, mapping=ColumnPairs(), levels=None)
    mapping = BitSlices(int(slice_bits), int(slices))
    return replace(chip, mapping=mapping, levels=2 ** int(slice_bits))


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
    network: str, dataset: str, seed: int, epochs: int | None, limit: int
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
    time: float | None,
    seed: int,
) -> dict[str, float]:
    from acanthite.torch import to_inference
    from acanthite.torch.inference import networks

    assert isinstance(chip.cells, CellModel)
    after = chip.cells.first_time if time is None else float(time)
    with networks.one_thread():
        on_chip = to_inference(model, chip, calibration, seed=seed).at(after)
        return {
            "accuracy": networks.accuracy(on_chip, x, labels),
            "digital_accuracy": networks.accuracy(model, x, labels),
        }
