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
# # From a recipe to a wafer
#
# For the process engineer: what a sputter recipe gives, what its devices do, and how much of a
# wafer of them is good.

# %%
import matplotlib.pyplot as plt
import numpy as np

import acanthite as ac
from acanthite.constants import celsius, mV, nm

# %% [markdown]
# ## A film
#
# A recipe is what is set at the chamber and the furnace. The paper's is the default; here the
# film is four times as thick. Results print with their units.

# %%
recipe = ac.film.Recipe(thickness=200 * nm, anneal_temperature=celsius(160))
film = ac.film.grow(recipe)
print(film)

# %% [markdown]
# Hotter anneals grow larger grains and lower the barrier that ions hop over, up to the transition
# of Ag₂S at 177 °C: beyond it a recipe is refused, because no law here was calibrated for a film
# that went through it.

# %%
temperatures = celsius(np.array([25, 60, 100, 130, 160, 170.0]))
films = [
    ac.film.grow(ac.film.Recipe(thickness=200 * nm, anneal_temperature=t)) for t in temperatures
]
for temperature, grown in zip(temperatures, films, strict=True):
    print(
        f"{temperature - 273.15:4.0f} °C   grain {grown.grain_size / nm:4.0f} nm   "
        f"barrier {grown.migration_barrier / ac.constants.eV:.2f} eV"
    )

# %%
try:
    ac.film.grow(ac.film.Recipe(anneal_temperature=celsius(200)))
except ac.errors.RecipeError as refusal:
    print(refusal)

# %% [markdown]
# ## Its devices
#
# The film's barrier and disorder are all that a device takes from it. Thirty devices, ten loops
# each:

# %%
for thickness in (50 * nm, 200 * nm):
    grown = ac.film.grow(ac.film.Recipe(thickness=thickness))
    devices = ac.device.Filament.from_film(grown).sample(30, seed=1)
    loops = ac.measurement.run(devices, ac.measurement.Sweep(-0.5, 0.5, rate=2.0, cycles=10))
    found = ac.analysis.switching(loops)
    volts = np.abs(found.set_voltage[np.isfinite(found.set_voltage)])
    print(
        f"{thickness / nm:.0f} nm: sets at {np.median(volts) / mV:.0f} mV, {found.set_share:.0%} of the loops set"
    )

# %% [markdown]
# ## A wafer
#
# Sputtering is not even over a wafer. `film_map` gives each die its own film, `measure_wafer`
# takes devices of each through a loop and judges them.

# %%
design = ac.wafer.ArrayDesign(128, 128)
places = ac.wafer.WaferDesign().dies(design.die_size)
dies = ac.wafer.measure_wafer(
    places,
    ac.wafer.film_map(places, recipe, seed=1),
    cells=128 * 128,
    devices=2,
    seed=1,
)
print(f"{len(places)} dies, {dies.attrs['device_yield']:.1%} of the devices good")
ax = ac.wafer.plot_wafer_map(dies, "threshold", design.die_size)
plt.show()

# %% [markdown]
# The process itself, step by step with its thermal budget:

# %%
for verdict in ac.wafer.thermal_budget(ac.wafer.process_flow(recipe)):
    print(f"{verdict.limit}: {verdict.says}")

# %% [markdown]
# ## Which recipe?
#
# A [study](../studies.md) varies recipe and parameters together, on all cores or a cluster:

# %%
study = ac.studies.ParameterStudy(
    "device",
    (
        ac.studies.Axis("thickness", values=(50 * nm, 100 * nm, 200 * nm)),
        ac.studies.Axis("anneal_temperature", values=(celsius(140), celsius(160))),
    ),
    fixed={"devices": 6, "cycles": 5},
)
result = ac.studies.run_study(study, "recipes", workers=1)
table = ac.studies.on_grid(result.data)
print(table["set_voltage"].mean("seed").to_series().unstack().round(3))

# %% [markdown]
# Next: [the film](../film.md) says what each law holds for, [the wafer](../wafer.md) what is
# drawn and checked; `acanthite film` and `acanthite wafer` are the same from a terminal.
