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
# # An array as a circuit
#
# For the circuit designer: how large an array may be and still be read, what its wires take of a
# product, writing it, and edges found by its currents.

# %%
import matplotlib.pyplot as plt
import numpy as np

import acanthite as ac
from acanthite.constants import mV, nm, uS

# %% [markdown]
# ## From masks to wires
#
# Lines are drawn, and what they add to the circuit is extracted from the drawing: resistance of a
# segment, leads to the pads, capacitance of a crossing.

# %%
technology = ac.wafer.Technology(film_thickness=200 * nm)
wires = technology.wires(64)
print(
    f"{wires.word_line_resistance:.2f} ohm from cell to cell, {wires.driver_resistance:.0f} ohm to the pad"
)

# %% [markdown]
# ## Reading
#
# Without selectors, what remains of the difference between the two states depends on what is done
# to the lines that are not read. A margin below zero: there are maps with which the states cannot
# be told apart.

# %%
cells = ac.crossbar.ConductanceRange(lowest=0.1 * uS, highest=1.6 * uS)
sizes = [4, 8, 16, 32, 64]
fig, ax = plt.subplots(figsize=(4.5, 3))
for bias in ("ground", "V/2", "V/3", "float"):
    margin = ac.crossbar.read_margin(sizes, bias, cells=cells, wires=technology.wires)
    ax.plot(sizes, margin.margin, "o-", label=bias)
ax.axhline(0.0, color="0.7", zorder=0)
ax.set(xlabel="lines", ylabel="read margin", xscale="log", ylim=(-3, 1.1))
ax.legend()
plt.show()

# %% [markdown]
# ## Multiplying
#
# The array is solved exactly, wires and all. Its effective conductance, made once, gives the
# currents of any number of inputs.

# %%
rng = np.random.default_rng(1)
conductance = rng.uniform(cells.lowest, cells.highest, (64, 64))
array = wires.crossbar(conductance)
inputs = rng.uniform(0.0, 50 * mV, (100, 64))
solution = array.solve(inputs)
ideal = inputs @ conductance
lost = 1.0 - solution.output_current / ideal
print(f"the wires take {lost.mean():.2%} of the currents, at most {lost.max():.2%}")
print(f"residual of Kirchhoff's law: {solution.relative_residual:.0e}")
effective = array.effective_conductance()
assert np.allclose(inputs @ effective, solution.output_current, rtol=1e-9)

# %% [markdown]
# Signed matrices are held by pairs of columns, by an offset or by bit slices, with converters on
# either side:

# %%
weights = rng.normal(size=(8, 32))
for mapping in (ac.crossbar.ColumnPairs(), ac.crossbar.BitSlices(slices=2, bits=4)):
    matrix = ac.crossbar.AnalogMatrix(weights, cells=cells, mapping=mapping)
    x = rng.normal(size=(50, 32))
    error = matrix @ x.T - weights @ x.T
    print(f"{type(mapping).__name__}: {np.std(error) / np.std(weights @ x.T):.1e} off")

# %% [markdown]
# ## Writing
#
# Cells are filament devices with their spread; a map is written by pulses at V/3, read, and
# written again where it is off. What half-selected cells suffer is in it.

# %%
cell = ac.wafer.CellDevice(ac.wafer.film_device(200 * nm))
study = ac.wafer.ArrayStudy((8, 8), cell, technology, film_defaults=True, levels=8)
written = study.program()
print(written)

# %% [markdown]
# ## Edges
#
# A 3 x 3 kernel on memristors, moved over a photograph by the currents of the twin's own loops:

# %%
from acanthite.figures import Settings, experiments

reads = experiments.lrs_reads(Settings(seed=1, quick=True))
kernel = ac.crossbar.encode(ac.crossbar.VERTICAL)
tables = ac.crossbar.lookup_tables(reads, kernel, volt_per_level=0.1 * mV)
picture = ac.crossbar.photograph()
current = ac.crossbar.convolve_by_lookup(picture, kernel, tables)
edges = ac.crossbar.render(ac.crossbar.decode(current, reference_current=tables[0, -1]))
fig, axes = plt.subplots(1, 2, figsize=(6, 3))
for ax, shown in zip(axes, (picture, edges), strict=True):
    ax.imshow(shown, cmap="gray")
    ax.set_axis_off()
plt.show()

# %% [markdown]
# Next: [the solver](../crossbar.md) and how exact it is, [questions one asks of an
# array](../arrays.md) and `acanthite array`, [devices for SPICE](../models.md).
