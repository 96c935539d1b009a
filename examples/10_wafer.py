"""An array as masks: drawn, checked, its lines as circuit elements; then a wafer of it, from process to yield."""

import acanthite as ac
from acanthite.constants import nm, um

array = ac.wafer.ArrayDesign(32, 32, pitch=20 * um)
masks = ac.wafer.draw(array)
ac.wafer.require_clean(masks)  # raises where a design rule is broken, and says where
ac.wafer.write(masks, "masks.gds")

wires = ac.wafer.parasitics(array, film_thickness=200 * nm)
print(
    f"{wires.word_line_resistance:.2f} ohm a segment, {wires.word_lead_resistance.max():.0f} ohm to the pads"
)
print(
    f"{wires.crossing_capacitance * 1e15:.0f} fF a cell; a word line settles in {wires.word_line_delay() * 1e9:.2f} ns"
)

recipe = ac.film.Recipe(thickness=200 * nm)
for verdict in ac.wafer.thermal_budget(ac.wafer.process_flow(recipe)):
    print(f"{verdict.limit}: {verdict.says}")

places = ac.wafer.WaferDesign().dies(array.die_size)
dies = ac.wafer.measure_wafer(places, ac.wafer.film_map(places, recipe, seed=1), devices=2, seed=1)
threshold = ac.wafer.statistics(dies["threshold"])
print(f"{threshold.n} dies: threshold {threshold.mean * 1e3:.0f} mV +- {threshold.spread * 1e3:.0f} mV, "
      f"{dies.attrs['device_yield']:.1%} of devices good")  # fmt: skip
