"""How much of an array's product the wires leave, where it goes, and which way to change the conductances."""

import numpy as np

from acanthite.crossbar import Crossbar, gradient

rng = np.random.default_rng(1)
conductance = np.exp(rng.uniform(np.log(1e-6), np.log(1e-3), (128, 128)))
voltage = rng.uniform(0.0, 0.2, 128)

ideal = Crossbar(conductance, 0.0, 0.0).solve(voltage)
wired = Crossbar(conductance, 2.0, 2.0).solve(voltage)
lost = 1.0 - wired.output_current / ideal.output_current
print(f"wires of 2 ohm a segment take {lost.mean():.1%} of the currents, up to {lost.max():.1%}")
power = wired.power
print(
    f"of {1e3 * power.delivered:.2f} mW, {(power.word_lines + power.bit_lines) / power.delivered:.0%} heats the wires"
)
print(f"{wired.iterations} iterations to a residual of {wired.relative_residual:.0e}")

error = wired.output_current - ideal.output_current
by_conductance = gradient(wired, 2.0 * error).conductance
print(f"most worth a higher conductance: cell {divmod(int(by_conductance.argmin()), 128)}")
