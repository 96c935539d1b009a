"""A device of one's own in ten lines: swept at the same speed as the built-in one."""

import matplotlib

matplotlib.use("Agg")
import acanthite as ac
from acanthite.drawing import new_figure
from acanthite.figures.panels import draw_loops


@ac.device.law(state="x", parameters={"rate": 2e2, "g_on": 1e-3, "g_off": 1e-6}, initial=0.05)
def memristor(x, voltage, p):
    """Return dx/dt and the current: drift with soft ends."""
    return -p.rate * voltage * x * (1 - x), voltage * (p.g_off + (p.g_on - p.g_off) * x)


devices = memristor.sample(5, seed=1, spread={"rate": 0.1})
loops = ac.measurement.run(devices, ac.measurement.Sweep(-0.5, 0.5, rate=10.0, cycles=3))

figure, ax = new_figure()
draw_loops(ax, loops)
figure.savefig("own_law.png")
