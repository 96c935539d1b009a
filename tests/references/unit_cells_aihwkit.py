"""Steps of aihwkit's unit cells over a million cells: run in an environment of its own, with aihwkit 1.1.0.

    python unit_cells_aihwkit.py > unit_cells_aihwkit.toml

Every case draws a population of cells, puts their devices at given levels (a device stops at its own bound), pulses each
cell a few times, and notes mean and variance of the change of the weight with their standard errors. A refresh is
noted by what it leaves: the weight, and the device that was the smaller.

aihwkit draws its normals from a table that it goes round in, whose mean is off by a two-hundredth of its deviation. So a
population is many small tiles, each with a table of its own, and the errors are those between tiles.
"""

from dataclasses import replace

import numpy as np
import torch
from aihwkit.simulator.configs import SingleRPUConfig, UnitCellRPUConfig, UpdateParameters
from aihwkit.simulator.configs.compounds import (
    OneSidedUnitCell,
    ReferenceUnitCell,
    VectorUnitCell,
)
from aihwkit.simulator.configs.devices import (
    ConstantStepDevice,
    SoftBoundsDevice,
    SoftBoundsReferenceDevice,
)
from aihwkit.simulator.parameters.enums import PulseType, VectorUnitCellUpdatePolicy
from aihwkit.simulator.parameters.io import IOParameters
from aihwkit.simulator.presets import devices as presets
from aihwkit.simulator.tiles.analog import AnalogTile

TILES, ROWS, COLUMNS = 250, 40, 100
CERTAIN = UpdateParameters(
    desired_bl=1,
    update_bl_management=False,
    update_management=False,
    pulse_type=PulseType.STOCHASTIC,
)
SOFT = SoftBoundsDevice(
    dw_min=0.05,
    dw_min_dtod=0.2,
    dw_min_std=0.3,
    up_down=0.2,
    up_down_dtod=0.0,
    w_max=1.0,
    w_min=-1.0,
    w_max_dtod=0.1,
    w_min_dtod=0.1,
    mult_noise=True,
)
CONSTANT = ConstantStepDevice(
    dw_min=0.02,
    dw_min_dtod=0.0,
    dw_min_std=0.3,
    up_down=0.0,
    up_down_dtod=0.0,
    w_max=2.0,
    w_min=0.0,
    w_max_dtod=0.0,
    w_min_dtod=0.0,
    reset=0.05,
    reset_dtod=0.02,
    reset_std=0.01,
)
POLICIES = {
    "all": VectorUnitCellUpdatePolicy.ALL,
    "fixed": VectorUnitCellUpdatePolicy.SINGLE_FIXED,
    "in-turn": VectorUnitCellUpdatePolicy.SINGLE_SEQUENTIAL,
    "random": VectorUnitCellUpdatePolicy.SINGLE_RANDOM,
}


def tile_of(cell, seed):
    """Return a tile that gives each of its cells one pulse an update."""
    if hasattr(cell, "unit_cell_devices"):
        devices = [
            replace(device, construction_seed=7 * seed + k)
            for k, device in enumerate(cell.unit_cell_devices)
        ]
        config = UnitCellRPUConfig(device=replace(cell, unit_cell_devices=devices), update=CERTAIN)
    else:
        config = SingleRPUConfig(device=replace(cell, construction_seed=seed), update=CERTAIN)
    tile = AnalogTile(ROWS, COLUMNS, config)
    tile.set_learning_rate(1e4)  # beyond certainty: every line fires
    return tile


def put(tile, levels):
    """Set each device of all cells to a level, or to its bound."""
    if levels is None:
        return
    if len(levels) == 1:
        tile.tile.set_weights(torch.full((ROWS, COLUMNS), float(levels[0])))
        return
    parameters = tile.get_hidden_parameters()
    for k, level in enumerate(levels):
        names = [f"{bound}_bound_{k}" for bound in ("min", "max")]
        low, high = (parameters[name] for name in names)
        full = torch.full_like(low, float(level))
        parameters[f"hidden_weights_{k}"] = torch.minimum(torch.maximum(full, low), high)
    tile.set_hidden_parameters(parameters)


def weights(tile):
    return tile.tile.get_weights().double().clone().numpy()


def moments(values):
    """Return mean and variance of numbers, tile by tile, and their standard errors."""
    v = values.reshape(TILES, -1)
    mean = v.mean()
    squares = ((v - mean) ** 2).mean(axis=1)
    errors = [each.std(ddof=1) / np.sqrt(TILES) for each in (v.mean(axis=1), squares)]
    return [mean, squares.mean(), *errors]


def line(name, values):
    print(f"{name} = [{', '.join(f'{v:.9g}' for v in values)}]")


def pulse(tile, direction):
    tile.tile.update(torch.ones(1, COLUMNS), torch.full((1, ROWS), -float(direction)), False)


def case(name, cell, seed, levels, direction, pulses=1, **more):
    change = np.empty((TILES, ROWS * COLUMNS))
    for k in range(TILES):
        tile = tile_of(cell, 1000 * seed + k)
        put(tile, levels)
        before = weights(tile)
        for _ in range(pulses):
            pulse(tile, direction)
        change[k] = (weights(tile) - before).ravel()
    print(f'\n[[pulse]]\ncell = "{name}"\ndirection = {direction}\npulses = {pulses}')
    line("levels", levels)
    for key, value in more.items():
        print(f"{key} = {value!r}".replace("'", '"'))
    line("step", moments(change))


def refresh(seed, levels):
    cell = OneSidedUnitCell(
        unit_cell_devices=[CONSTANT, CONSTANT],
        refresh_every=1,
        units_in_mbatch=False,
        refresh_forward=IOParameters(is_perfect=True),
        refresh_update=UpdateParameters(desired_bl=31),
    )
    total, smaller = np.empty((2, TILES, ROWS * COLUMNS))
    for k in range(TILES):
        tile = tile_of(cell, 1000 * seed + k)
        put(tile, levels)
        pulse(tile, 1)
        total[k] = weights(tile).ravel()
        smaller[k] = tile.get_hidden_parameters()["hidden_weights_0"].double().numpy().ravel()
    print("\n[[refresh]]")
    line("levels", levels)
    line("weight", moments(total))
    line("smaller", moments(smaller))


torch.manual_seed(1)
print(
    f"# by aihwkit 1.1.0; mean, variance and their standard errors over {TILES * ROWS * COLUMNS} cells"
)
gamma = [0.5, 0.3, 0.2]
for number, (name, policy) in enumerate(POLICIES.items(), 1):
    vector = VectorUnitCell(
        unit_cell_devices=[SOFT] * 3, update_policy=policy, first_update_idx=1, gamma_vec=gamma
    )
    for direction in (1, -1):
        case("vector", vector, number, [0.4, 0.0, -0.3], direction, 1, update=name)
    case("vector", vector, number, [0.4, 0.0, -0.3], 1, 3, update=name)
pair = OneSidedUnitCell(unit_cell_devices=[presets.PCMPresetDevice(), presets.PCMPresetDevice()])
# the second device is the one of positive sign
for smaller, larger in ((0.0, 0.0), (0.3, 0.9), (1.2, 0.2)):
    for direction in (1, -1):
        case("one-sided", pair, 10, [smaller, larger], direction, 2)
refresh(20, [1.3, 1.7])
refresh(20, [0.4, 1.7])
reference = ReferenceUnitCell(unit_cell_devices=[SOFT, SOFT])
for direction in (1, -1):
    case("reference", reference, 30, [0.3, 0.1], direction, 2)
soft = SoftBoundsReferenceDevice(
    **{
        name: getattr(SOFT, name)
        for name in ("dw_min", "dw_min_dtod", "dw_min_std", "up_down", "up_down_dtod")
    },
    **{name: getattr(SOFT, name) for name in ("w_max", "w_min", "w_max_dtod", "w_min_dtod")},
    mult_noise=True,
    reference_mean=0.1,
    reference_std=0.05,
    subtract_symmetry_point=True,
)
for level in (-0.4, 0.0, 0.4):
    for direction in (1, -1):
        case("soft-reference", soft, 77, [level], direction, 1)
