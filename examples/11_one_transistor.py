"""A loop behind a transistor, and the overshoot that a cable's capacitance adds to a compliance."""

import matplotlib

matplotlib.use("Agg")
import numpy as np

import acanthite as ac
from acanthite.constants import pF, uA
from acanthite.drawing import new_figure

m = ac.measurement
devices = ac.device.Filament.from_film(ac.film.grow()).sample(5, seed=1)

cell = m.Load(transistor=m.Transistor(gate_voltage=0.95, reset_gate_voltage=2.0))
loops = m.run(devices, m.Sweep(-0.8, 0.8), load=cell)
figure, ax = new_figure()
loops.acanthite.plot(ax)
figure.savefig("one_transistor.png")
limit = cell.transistor.saturation_current
print(
    f"the gate lets {limit / uA:.1f} uA through; a SET reached {-float(loops.current.min()) / uA:.1f} uA"
)

sweep = m.Sweep(-0.5, compliance=10 * uA)
for capacitance in np.array([10.0, 100.0]) * pF:
    cable = m.Load(resistance=1e3, capacitance=float(capacitance))
    peak = float(m.run(devices, sweep, load=cable).peak_current.max())
    print(f"{capacitance / pF:.0f} pF: up to {peak / uA:.1f} uA under a compliance of 10 uA")
