"""Steps of aihwkit's device presets over a million cells: run in an environment of its own, with aihwkit 1.1.0.

    python literature_devices_aihwkit.py > literature_devices_aihwkit.toml

Every case draws a population of cells, sets all of them to one weight (a cell stops at its own bound), gives each
exactly one pulse, and notes mean and variance of the change with their standard errors: of the hidden weight, and of what
a read finds beyond it (write noise). Decay, diffusion and reset are applied once to a population instead of a pulse.

aihwkit draws its normals from a table that it goes round in, whose mean is off by a two-hundredth of its deviation. So a
population is many small tiles, each with a table of its own, and the errors are those between tiles.
"""

from dataclasses import replace

import numpy as np
import torch
from aihwkit.simulator.configs import SingleRPUConfig, UpdateParameters
from aihwkit.simulator.configs.devices import SoftBoundsReferenceDevice
from aihwkit.simulator.parameters.enums import PulseType
from aihwkit.simulator.presets import devices as presets
from aihwkit.simulator.tiles.analog import AnalogTile

TILES, ROWS, COLUMNS = 250, 40, 100
WEIGHTS = (-0.6, -0.3, 0.0, 0.3, 0.6)
PRESETS = {
    "reram-es": presets.ReRamESPresetDevice,
    "reram-sb": presets.ReRamSBPresetDevice,
    "reram-array-om": presets.ReRamArrayOMPresetDevice,
    "reram-array-hfo2": presets.ReRamArrayHfO2PresetDevice,
    "capacitor": presets.CapacitorPresetDevice,
    "ecram": presets.EcRamPresetDevice,
    "ecram-mo": presets.EcRamMOPresetDevice,
    "gokmen-vlasov": presets.GokmenVlasovPresetDevice,
    "idealized": presets.IdealizedPresetDevice,
    "pcm": presets.PCMPresetDevice,
}


def tile_of(device, seed):
    """Return a tile that gives each of its cells one pulse an update."""
    update = UpdateParameters(
        desired_bl=1,
        update_bl_management=False,
        update_management=False,
        pulse_type=PulseType.STOCHASTIC,
    )
    device = replace(device, construction_seed=seed)
    tile = AnalogTile(ROWS, COLUMNS, SingleRPUConfig(device=device, update=update))
    tile.set_learning_rate(1e4 * device.dw_min)  # beyond certainty: every line fires
    return tile


def hidden(tile):
    """Return the weights behind the write noise."""
    parameters = tile.get_hidden_parameters()
    name = "persistent_weights"
    return (parameters[name] if name in parameters else tile.tile.get_weights()).double().clone()


def change(tile, weight, act):
    """Set all cells to a weight, act on them, and return the change and what a read adds to it."""
    tile.tile.set_weights(torch.full((ROWS, COLUMNS), float(weight)))
    before = hidden(tile)
    act(tile)
    after = hidden(tile)
    return np.stack([after - before, tile.tile.get_weights().double() - after])


def moments(values):
    """Return mean and variance of numbers, tile by tile, and their standard errors."""
    v = values.reshape(TILES, -1)
    mean = v.mean()
    squares = ((v - mean) ** 2).mean(axis=1)
    errors = [each.std(ddof=1) / np.sqrt(TILES) for each in (v.mean(axis=1), squares)]
    return [mean, squares.mean(), *errors]


def line(name, values):
    print(f"{name} = [{', '.join(f'{v:.9g}' for v in values)}]")


def pulse(direction):
    x, d = torch.ones(1, COLUMNS), torch.full((1, ROWS), -float(direction))
    return lambda tile: tile.tile.update(x, d, False)


def over_tiles(device, seed, weights, acts):
    """Return changes by weight and act, shape (weights, acts, 2, tiles, cells)."""
    changes = np.empty((len(weights), len(acts), 2, TILES, ROWS * COLUMNS))
    for k in range(TILES):
        tile = tile_of(device, 1000 * seed + k)
        for i, weight in enumerate(weights):
            for j, act in enumerate(acts):
                changes[i, j, :, k] = change(tile, weight, act).reshape(2, -1)
    return changes


def pulses(name, device, seed):
    weights = [w + 1.0 for w in WEIGHTS] if name == "pcm" else WEIGHTS
    changes = over_tiles(device, seed, weights, [pulse(1), pulse(-1)])
    for i, weight in enumerate(weights):
        for j, direction in enumerate((1, -1)):
            print(f'\n[[pulse]]\ndevice = "{name}"\nweight = {weight:.9g}\ndirection = {direction}')
            if device.corrupt_devices_prob:
                print(f"dead = {device.corrupt_devices_prob}")
            line("step", moments(changes[i, j, 0]))
            line("write_noise", moments(changes[i, j, 1]))


def rests(device, seed):
    """Print what rest does to cells with a lifetime, a diffusion and a reset of their own."""
    device = replace(device, lifetime=10.0, lifetime_dtod=0.05, diffusion=0.02, diffusion_dtod=0.1)
    device = replace(device, reset=0.1, reset_dtod=0.03, reset_std=0.05)
    acts = {
        "decay": lambda tile: tile.tile.decay_weights(1.0),
        "diffusion": lambda tile: tile.tile.diffuse_weights(),
        "reset": lambda tile: tile.tile.reset_columns(0, COLUMNS, 1.0),
    }
    changes = over_tiles(device, seed, WEIGHTS, list(acts.values()))
    for j, act in enumerate(acts):
        for i, weight in enumerate(WEIGHTS):
            print(f'\n[[rest]]\nact = "{act}"\nweight = {weight}')
            line("step", moments(changes[i, j, 0]))


torch.manual_seed(1)
print(
    f"# by aihwkit 1.1.0; mean, variance and their standard errors over {TILES * ROWS * COLUMNS} cells"
)
for number, (name, preset) in enumerate(PRESETS.items(), 1):
    pulses(name, preset(), number)
pulses("reram-array-om", presets.ReRamArrayOMPresetDevice(corrupt_devices_prob=0.1348), 20)
wide = {"w_max": 1.0, "w_min": -1.0, "w_max_dtod": 0.05, "w_min_dtod": 0.05}
rests(SoftBoundsReferenceDevice(dw_min=0.01, **wide), 30)
