"""A map of 16 levels written into an array by write-verify: wires as drawn, every cell living through every pulse."""

import matplotlib

matplotlib.use("Agg")
import numpy as np

from acanthite import crossbar, wafer
from acanthite.constants import nm, uS
from acanthite.crossbar.arrays.drawings import plot_programmed
from acanthite.device import Filament
from acanthite.film import Recipe, grow

shape, thickness = (12, 12), 200 * nm
wires = wafer.parasitics(wafer.ArrayDesign(*shape), thickness).of_crossbar()
devices = Filament.from_film(grow(Recipe(thickness=thickness))).sample(144, seed=1)
array = crossbar.DrivenArray(crossbar.DynamicCells(devices, shape), wires)

target = 0.1 * uS * (1 + np.random.default_rng(0).integers(0, 16, shape))
method = crossbar.WriteVerify(bias="V/3", tolerance=25e-9)
written = crossbar.write_map(array, target, method, seed=1)
cost = written.cost
print(
    f"{written.within(50e-9):.0%} of the cells nearest their own level, {cost.pulses.mean():.1f} pulses a cell"
)
print(
    f"{cost.time * 1e3:.1f} ms; {cost.selected * 1e12:.0f} pJ in written, {cost.half_selected * 1e12:.0f} pJ in other cells"
)
plot_programmed(written, method.tolerance).savefig("map.png")
