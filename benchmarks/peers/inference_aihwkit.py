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


def config() -> InferenceRPUConfig:
    """Return a chip like the other half's: 256 x 256 cells an array are 128 outputs in pairs."""
    rpu = InferenceRPUConfig()
    rpu.noise_model = PCMLikeNoiseModel(g_max=25.0)
    rpu.drift_compensation = None
    rpu.mapping = MappingParameter(
        max_input_size=256, max_output_size=128, weight_scaling_omega=1.0, digital_bias=True
    )
    rpu.forward.inp_res = rpu.forward.out_res = 1 / 254
    rpu.forward.out_noise = 0.0
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


def main() -> None:
    torch.set_num_threads(1)
    knobs = json.loads(sys.argv[1])
    data = np.load(knobs["data"])
    plain = network(knobs["network"])
    plain.load_state_dict({key: torch.from_numpy(data[key]) for key in plain.state_dict()})
    x, labels = torch.from_numpy(data["images"]), torch.from_numpy(data["labels"])
    scores: dict[str, list[float]] = {label: [] for label in knobs["times"]}
    model = convert_to_analog(plain, config()).eval()
    with torch.no_grad():
        for draw in range(knobs["draws"]):
            torch.manual_seed(draw)
            model.program_analog_weights()
            for label, moment in knobs["times"].items():
                model.drift_analog_weights(moment)
                parts = zip(x.split(500), labels.split(500), strict=True)
                right = sum(int((model(a).argmax(1) == b).sum()) for a, b in parts)
                scores[label].append(right / len(x))
        if not knobs["draws"]:
            model.program_analog_weights()
            model.drift_analog_weights(3600.0)
        passes = {
            str(batch): [
                pass_time(model, x[:batch], knobs["passes"], renewed) for renewed in (False, True)
            ]
            for batch in knobs["batches"]
        }
    print(json.dumps({"accuracy": scores, "pass": passes}))


if __name__ == "__main__":
    main()
