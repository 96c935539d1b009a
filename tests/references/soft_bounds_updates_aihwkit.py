"""Means and spreads of aihwkit's stochastic update on soft bounds: run in an environment of its own, with aihwkit 1.1.0.

    python soft_bounds_updates_aihwkit.py > soft_bounds_updates_aihwkit.toml

Every case resets a tile of 5 x 6 cells to one weight, updates it once by random inputs and errors, and adds up the changes
over many trials. Pulse trains of at most 31, longer than any case needs; update management and its choice of the train's
length on; no noise, no spread.
"""

import numpy as np
import torch
from aihwkit.simulator.configs import SingleRPUConfig, SoftBoundsDevice, UpdateParameters
from aihwkit.simulator.tiles.analog import AnalogTile

TRIALS = 200_000
STEP = 0.02
CASES = [  # seed, learning rate, weight at the start, asymmetry
    (1, 0.01, 0.0, 0.0), (2, 0.05, 0.3, 0.2), (3, 0.3, -0.5, -0.2), (4, 0.7, 0.2, 0.1),
]  # fmt: skip


def numbers(values):
    return "[" + ", ".join(f"{float(v):.9g}" for v in np.ravel(values)) + "]"


print(
    f"# by aihwkit 1.1.0; x: 6 inputs, d: 5 errors, changes input by input (6 x 5)\ntrials = {TRIALS}\nstep = {STEP}"
)
for seed, rate, start, asymmetry in CASES:
    torch.manual_seed(seed)
    draw = np.random.default_rng(seed)
    x, d = draw.uniform(-1, 1, 6).astype(np.float32), draw.uniform(-1, 1, 5).astype(np.float32)
    x[seed], d[0] = 0.0, abs(d[0])
    device = SoftBoundsDevice(
        dw_min=STEP, dw_min_dtod=0, dw_min_std=0, up_down=asymmetry, up_down_dtod=0, w_max=1, w_min=-1,
        w_max_dtod=0, w_min_dtod=0,
    )  # fmt: skip
    update = UpdateParameters(desired_bl=31, update_bl_management=True, update_management=True)
    tile = AnalogTile(5, 6, SingleRPUConfig(device=device, update=update))
    tile.set_learning_rate(rate)
    own = {k: float(v[0, 0]) for k, v in tile.get_hidden_parameters().items()}
    w0 = torch.full((5, 6), start)
    total, squares = torch.zeros(5, 6, dtype=torch.float64), torch.zeros(5, 6, dtype=torch.float64)
    for _ in range(TRIALS):
        tile.tile.set_weights(w0)
        tile.tile.update(torch.from_numpy(x)[None], torch.from_numpy(d)[None], False)
        change = (tile.tile.get_weights() - w0).double()
        total += change
        squares += change**2
    mean = total / TRIALS
    error = torch.sqrt((squares / TRIALS - mean**2).clamp(min=0) / TRIALS)
    print(
        f"\n[[case]]\nrate = {rate}\nstart = {start}\nup = {own['dwmin_up']:.9g}\ndown = {own['dwmin_down']:.9g}"
    )
    print(
        f"x = {numbers(x)}\nd = {numbers(d)}\nmean = {numbers(mean.numpy().T)}\nerror = {numbers(error.numpy().T)}"
    )
