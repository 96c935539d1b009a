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
# # Your own files
#
# For the owner of a probe station: a file of the lab read, its switching found with errors, a law
# fitted to it, and the twin beside it. EasyEXPERT and Clarius exports read as they are; here a
# plain table stands for them, written first so that this page needs no file of yours.

# %%
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import acanthite as ac

# %% [markdown]
# A device of unknown make: three cycles of a VTEAM memristor with its noise, written as an
# EasyEXPERT file.

# %%
truth = {
    "k_off": 2e-7,
    "k_on": -1e-7,
    "alpha_off": 2.0,
    "alpha_on": 3.0,
    "v_off": 0.3,
    "v_on": -0.25,
    "r_off": 2e5,
    "r_on": 2e3,
}
instrument = ac.measurement.Instrument("noisy", 0.1, 1e-9, 5e-3)
sweep = ac.measurement.Sweep(-0.6, 0.8, rate=1.0, step=0.02, cycles=3)
unknown = ac.device.VTEAM.sample(1, seed=7, **truth)
measured = ac.measurement.run(unknown, sweep, instrument=instrument)
ac.measurement.write(measured.assign_attrs(test="DC loop"), "A1 loop.csv", "easyexpert")
print(Path("A1 loop.csv").read_text()[:200])

# %% [markdown]
# ## Read
#
# The format is found by content. What a file leaves open, such as a unit, is asked for by name.
# The result is the same labelled dataset that a simulation gives.

# %%
(recording,) = ac.measurement.read("A1 loop.csv")  # a file may hold several tests
recording

# %% [markdown]
# ## What it says

# %%
events = ac.analysis.find_events(recording)
print(events)

# %% [markdown]
# ## A law fitted
#
# Fits return standard errors and correlations, and say which parameters the data leave open.

# %%
fit = ac.fitting.fit(recording, ac.device.VTEAM)
print(fit)

# %% [markdown]
# ## The fit beside the file
#
# The fitted device is a device like any other: it is measured with the same programme, goes into
# an array, or to a circuit simulator.

# %%
ac.fitting.save(fit, "device.toml")
device = ac.fitting.load_device("device.toml")
again = ac.measurement.run(device.sample(1, seed=1), sweep)
fig, ax = plt.subplots(figsize=(4.5, 3))
for data, style, label in ((recording, ".", "file"), (again, "-", "fit")):
    one = data.isel(device=0, cycle=0)
    ax.plot(one.voltage, one.current, style, ms=3, label=label)
ax.set(xlabel="voltage (V)", ylabel="current (A)")
ax.legend()
plt.show()

# %%
found = {name: parameter.value for name, parameter in fit.parameters.items()}
for name in ("v_on", "v_off", "r_on", "r_off"):
    print(f"{name}: {found[name]:.4g}, in truth {truth[name]:.4g}")
assert np.isclose(found["v_off"], truth["v_off"], rtol=0.1)

# %% [markdown]
# From a terminal, and for whole folders at once: `acanthite analyse FOLDER` writes a report,
# `acanthite fit FILES --law vteam` a device file. Next: [a folder of
# files](../howto/own_files.md), [readers](../readers.md), [what the errors mean](../fitting.md).
