"""The aihwkit half of ``training.py``: runs in an environment of its own, prints one JSON object.

The cells, initial weights, update management and the longest train are those of the other half. Forward and backward products are
exact on both sides (``is_perfect``), or both have the same noise and the same converter in front. At the end of its range
a read differs (aihwkit reads again at a lower scale, forward only), so both do without a range (``out_bound`` and ``out_res``
zero). A layer is one tile with its bias in it.

Where the two are not the same by themselves, this half is brought to the other's. Cells of aihwkit would share one asymmetry and A
would have its zero beside its symmetry points: every cell is written (``set_hidden_parameters``). And the trains of A are
reckoned with the mean step of A and C, so that A moves 2 / (1 + window) times as far as its rate says: the rate is divided by it.
"""

from __future__ import annotations

import itertools
import json
import sys
import time

import numpy as np
import torch
from aihwkit.nn import AnalogLinear, AnalogSequential
from aihwkit.optim import AnalogSGD
from aihwkit.simulator.configs import SingleRPUConfig, SoftBoundsDevice, UnitCellRPUConfig
from aihwkit.simulator.configs.compounds import BufferedTransferCompound
from aihwkit.simulator.configs.utils import (
    BoundManagementType,
    IOParameters,
    MappingParameter,
    NoiseManagementType,
    UpdateParameters,
)


def device(window: float, knobs: dict) -> SoftBoundsDevice:
    """Return a device of the right mean step and noise; bounds and shares of each cell are written over it."""
    return SoftBoundsDevice(
        dw_min=knobs["step"] * window,
        w_max=window,
        w_min=-window,
        up_down=0.0,
        dw_min_dtod=0.0,
        w_max_dtod=0.0,
        w_min_dtod=0.0,
        up_down_dtod=0.0,
        dw_min_std=knobs["noise"],
    )


def write_cells(tile, name: str, layer: int, data) -> None:
    """Give a tile the other half's cells; a step up is ``dwmin_up + slope_up w``, one down ``dwmin_down + slope_down w``."""
    hidden = tile.get_hidden_parameters()
    for number in range(1 if name == "sgd" else 2):
        suffix = "" if name == "sgd" else f"_{number}"
        cell = {
            key: torch.from_numpy(data[f"{name}-{layer}-{number}-{key}"])
            for key in ("lower", "upper", "up", "down", "weight")
        }
        hidden[f"max_bound{suffix}"] = cell["upper"]
        hidden[f"min_bound{suffix}"] = cell["lower"]
        hidden[f"dwmin_up{suffix}"] = cell["up"] * cell["upper"]
        hidden[f"slope_up{suffix}"] = -cell["up"]
        hidden[f"dwmin_down{suffix}"] = -cell["down"] * cell["lower"]
        hidden[f"slope_down{suffix}"] = cell["down"]
        if suffix:
            hidden[f"hidden_weights{suffix}"] = cell["weight"]
    tile.set_hidden_parameters(hidden)
    for key, value in tile.get_hidden_parameters().items():
        assert torch.equal(value, hidden[key]), f"{name}, layer {layer}: {key} was not taken"


def config(name: str, knobs: dict, n_in: int):
    perfect = knobs["io"] == "exact"
    unbounded = {"is_perfect": perfect, "out_bound": 0.0, "out_res": 0.0}
    read = IOParameters(
        **unbounded,
        inp_res=0.0,
        noise_management=NoiseManagementType.NONE,
        bound_management=BoundManagementType.NONE,
    )
    products = {side: IOParameters(**unbounded) for side in ("forward", "backward")}
    update = UpdateParameters(
        desired_bl=knobs["bl_max"], update_bl_management=True, update_management=True
    )
    mapping = MappingParameter(digital_bias=False, max_input_size=0, max_output_size=0)
    common = {**products, "update": update, "mapping": mapping}
    if name == "sgd":
        return SingleRPUConfig(device=device(knobs["sgd_window"], knobs), **common)
    share = (max(knobs["widths"]) + 1) / (
        n_in + 1
    )  # as in acanthite: fewer columns have their turn sooner
    threshold = knobs["threshold"] * share / knobs["ttv2_window"]
    pair = [device(1.0, knobs), device(knobs["ttv2_window"], knobs)]
    compound = BufferedTransferCompound(
        unit_cell_devices=pair, transfer_every=1.0, units_in_mbatch=False, n_reads_per_transfer=1, gamma=0.0,
        fast_lr=knobs["ttv2_rate"] * (1 + knobs["ttv2_window"]) / 2, transfer_lr=1.0, scale_transfer_lr=False, thres_scale=threshold,
        momentum=0.0, forget_buffer=knobs["forget"], transfer_forward=read, transfer_update=UpdateParameters(desired_bl=1),
    )  # fmt: skip
    return UnitCellRPUConfig(device=compound, **common)


def network(name: str, knobs: dict):
    parts, start = [], np.load(knobs["data"])
    for k, (a, b) in enumerate(itertools.pairwise(knobs["widths"])):
        layer = AnalogLinear(a, b, bias=True, rpu_config=config(name, knobs, a))
        w = torch.from_numpy(start[f"weights{k}"].T.copy())  # the bias is the last input line
        layer.set_weights(w[:, :-1], w[:, -1])
        write_cells(next(layer.analog_tiles()), name, k, start)
        parts += [layer, torch.nn.ReLU()]
    return AnalogSequential(*parts[:-1], torch.nn.LogSoftmax(dim=1))


def run(name: str, knobs: dict, images: torch.Tensor, labels: torch.Tensor) -> list[dict]:
    torch.manual_seed(1)
    model = network(name, knobs)
    optimizer = AnalogSGD(model.parameters(), lr=knobs[f"{name}_rate"])
    optimizer.regroup_param_groups(model)
    loss_of, found, begin = torch.nn.NLLLoss(reduction="sum"), [], 0
    for end in knobs["ends"]:
        wall, cpu, correct = time.perf_counter(), time.process_time(), 0
        for k in range(begin, end, knobs["batch"]):
            first = k % len(images)
            x, y = images[first : first + knobs["batch"]], labels[first : first + knobs["batch"]]
            optimizer.zero_grad()
            out = model(x)
            loss_of(out, y).backward()
            optimizer.step()
            correct += int((out.argmax(1) == y).sum())
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        found.append({"n": end - begin, "wall": wall, "cpu": cpu, "correct": correct})
        print(name, knobs["io"], found[-1], file=sys.stderr, flush=True)
        begin = end
    return found


if __name__ == "__main__":
    knobs = json.loads(sys.argv[1])
    torch.set_num_threads(knobs["threads"])
    data = np.load(knobs["data"])
    images = torch.from_numpy(data["images"].astype(np.float32) / 255)
    labels = torch.from_numpy(data["labels"].astype(np.int64))
    print(json.dumps({n: run(n, knobs, images, labels) for n in knobs["algorithms"]}))
