"""The aihwkit half of ``inference.py``: runs in an environment of its own, prints one JSON object."""

from __future__ import annotations

import json
import sys
import time

import numpy as np
import torch
from aihwkit.inference import PCMLikeNoiseModel
from aihwkit.nn.conversion import convert_to_analog
from aihwkit.simulator.configs import InferenceRPUConfig
from aihwkit.simulator.configs.utils import MappingParameter
from aihwkit.simulator.parameters.enums import WeightNoiseType
from torch import nn


def network(name: str) -> nn.Sequential:
    if name == "mlp":
        return nn.Sequential(
            nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(),
            nn.Linear(128, 10),
        )  # fmt: skip
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip


class Doubled(nn.Module):
    """A layer whose positive and negative weights are outputs of their own, subtracted digitally."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        weight, bias = layer.weight.detach(), layer.bias.detach()
        if isinstance(layer, nn.Linear):
            self.both: nn.Module = nn.Linear(layer.in_features, 2 * layer.out_features, bias=False)
        else:
            self.both = nn.Conv2d(
                layer.in_channels,
                2 * layer.out_channels,
                layer.kernel_size,
                padding=layer.padding,
                bias=False,
            )
        self.both.weight.data = torch.cat([weight.clamp(min=0), (-weight).clamp(min=0)])
        self.added = nn.Parameter(bias.reshape(-1, *[1] * (weight.dim() - 2)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        positive, negative = self.both(x).chunk(2, dim=1)
        return positive - negative + self.added


def doubled(model: nn.Sequential) -> nn.Sequential:
    """Return a network with two columns a pair."""
    layers = (nn.Linear, nn.Conv2d)
    return nn.Sequential(*(Doubled(m) if isinstance(m, layers) else m for m in model))


def config(noise: float | None = None, outputs: int = 128) -> InferenceRPUConfig:
    """Return a chip like the other half's: 256 inputs and 128 outputs in pairs an array.

    With ``noise`` every read of every output has its own, and the weights have none of reads.
    """
    rpu = InferenceRPUConfig()
    rpu.noise_model = PCMLikeNoiseModel(g_max=25.0)
    rpu.drift_compensation = None
    rpu.mapping = MappingParameter(
        max_input_size=256,
        max_output_size=outputs,
        weight_scaling_omega=1.0,
        digital_bias=True,
    )
    rpu.forward.inp_res = rpu.forward.out_res = 1 / 254
    rpu.forward.out_noise = 0.0
    if noise is not None:
        rpu.noise_model = PCMLikeNoiseModel(g_max=25.0, read_noise_scale=0.0)
        rpu.forward.w_noise_type = WeightNoiseType.PCM_READ
        rpu.forward.w_noise = noise
    return rpu


def pass_time(model: nn.Module, x: torch.Tensor, passes: int, renewed: bool) -> float:
    """Return the median CPU time of a pass [s], with the noise of reads drawn anew or not."""
    model(x)
    spent = []
    for _ in range(passes):
        begin = time.process_time()
        if renewed:
            model.drift_analog_weights(3600.0)
        model(x)
        spent.append(time.process_time() - begin)
    return float(np.median(spent))


def pass_times(plain: nn.Sequential, x: torch.Tensor, knobs: dict) -> dict:
    """Return what a pass takes of each kind, by batch. [s]"""
    noise = knobs["noise"]
    kinds = {
        "frozen": (plain, config()),
        "renewed": (plain, config()),
        "fresh": (plain, config(noise)),
        "fresh, doubled": (doubled(plain), config(noise, outputs=256)),
    }
    found: dict[str, dict[str, float]] = {}
    for kind, (network, rpu) in kinds.items():
        model = convert_to_analog(network, rpu).eval()
        model.program_analog_weights()
        model.drift_analog_weights(3600.0)
        found[kind] = {
            str(batch): pass_time(model, x[:batch], knobs["passes"], kind == "renewed")
            for batch in knobs["batches"]
        }
    return found


def main() -> None:
    torch.set_num_threads(1)
    knobs = json.loads(sys.argv[1])
    data = np.load(knobs["data"])
    plain = network(knobs["network"])
    plain.load_state_dict({key: torch.from_numpy(data[key]) for key in plain.state_dict()})
    x, labels = torch.from_numpy(data["images"]), torch.from_numpy(data["labels"])
    scores: dict[str, list[float]] = {label: [] for label in knobs["times"]}
    chip = config()
    chip.forward.is_perfect = knobs.get("exact", False)
    model = convert_to_analog(plain, chip).eval()
    with torch.no_grad():
        for draw in range(knobs["draws"]):
            torch.manual_seed(draw)
            model.program_analog_weights()
            for label, moment in knobs["times"].items():
                model.drift_analog_weights(moment)
                parts = zip(x.split(500), labels.split(500), strict=True)
                right = sum(int((model(a).argmax(1) == b).sum()) for a, b in parts)
                scores[label].append(right / len(x))
        passes = pass_times(plain, x, knobs) if knobs["batches"] else {}
    print(json.dumps({"accuracy": scores, "pass": passes}))


if __name__ == "__main__":
    main()
