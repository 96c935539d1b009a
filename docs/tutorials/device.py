# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A device, from its loops to its noise
#
# For the device physicist: loops and their spread, energy of a write, levels and how long they
# last, at any temperature.

# %%
import matplotlib.pyplot as plt
import numpy as np

import acanthite as ac
from acanthite.constants import nm, uA
from acanthite.formatting import as_text

film = ac.film.grow(ac.film.Recipe(thickness=50 * nm))
devices = ac.device.Filament.from_film(film).sample(20, seed=1)

# %% [markdown]
# ## Loops
#
# SET is negative on the silver electrode. A recording is an xarray dataset with labels and units,
# the same whether it was simulated here or read from a lab file.

# %%
loops = ac.measurement.run(devices, ac.measurement.Sweep(-0.5, 0.5, rate=2.0, cycles=10))
loops

# %%
one = loops.isel(device=0, cycle=0)
fig, ax = plt.subplots(figsize=(4.5, 3))
ax.semilogy(one.voltage, np.abs(one.current))
ax.set(xlabel="voltage (V)", ylabel="|current| (A)")
plt.show()

# %%
found = ac.analysis.switching(loops)
print(found)
parts = ac.analysis.variance_components(found.set_voltage, "V")
print(parts)

# %% [markdown]
# ## A write
#
# Three pulses, sampled as an oscilloscope would, on the instrument that is fast enough:

# %%
train = ac.measurement.PulseTrain(voltage=-0.3, width=1e-6, count=3)
pulses = ac.measurement.run(devices, train, instrument=ac.measurement.FAST)
energy = ac.analysis.pulse_energy(pulses).mean("device").values.ravel()
print(*(as_text(float(e), "J") for e in energy), sep=", ")

# %% [markdown]
# ## Levels, and how long they last
#
# The compliance current sets the radius of the contact, and with it both conductance and
# lifetime. Nothing was fitted to the lifetimes but one barrier.

# %%
for compliance in (1 * uA, 10 * uA, 100 * uA):
    setting = ac.measurement.Sweep(-0.5, 0.0, rate=2.0, compliance=compliance)
    test = ac.measurement.Retention(1e9, 60, 1e-5, read_time=1e-6)
    reads = ac.measurement.run(devices, test, after=setting)
    g = ac.analysis.conductance(reads).isel(cycle=0)
    lost = (g < 0.5 * g.isel(sample=0)).values
    time = reads["time"].values[0]
    life = np.median(np.where(lost.any(1), time[lost.argmax(1)], np.inf))
    first = as_text(float(g.isel(sample=0).median()), "S")
    lasts = "longer than the test" if np.isinf(life) else as_text(float(life), "s", 2)
    print(f"{as_text(compliance, 'A')}: {first}, lasts {lasts}")

# %% [markdown]
# ## Your own law
#
# Ten lines of Python are compiled into the same kernels as the built-in laws; [how
# to](../howto/own_device.md) has the details. The models everybody knows are there by name:

# %%
linear = ac.measurement.run(
    ac.device.VTEAM.sample(1, seed=1), ac.measurement.Sweep(-1.0, 1.0, rate=1.0)
)
print(as_text(float(np.abs(linear.current).max()), "A"), "at most")

# %% [markdown]
# Next: [the physics](../physics.md) has every equation with its source,
# [measuring](../measuring.md) every programme an instrument can run, and `acanthite measure` the
# same from a terminal. `acanthite export` writes the device for SPICE or Verilog-A.
