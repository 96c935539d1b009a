"""From a sputter recipe to the threshold voltage of thirty devices."""

import acanthite as ac
from acanthite.constants import celsius, nm

recipe = ac.film.Recipe(thickness=50 * nm, anneal_temperature=celsius(160))
film = ac.film.grow(recipe)
print(f"grains of {film.grain_size / nm:.0f} nm")

devices = ac.device.Filament.from_film(film).sample(30, seed=1)
loops = ac.measurement.run(devices, ac.measurement.Sweep(-0.4, 0.4, rate=2.0, cycles=10))
found = ac.analysis.switching(loops)
print(found)

ac.measurement.save_recording(loops, "loops.nc")
again = ac.analysis.switching(ac.measurement.load_recording("loops.nc"))
assert again.polarity == found.polarity == -1
