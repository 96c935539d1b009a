"""What a write pulse costs, and the pulse law a ladder of pulses gives."""

import acanthite as ac
from acanthite.constants import fJ, nm, uS

film = ac.film.grow(ac.film.Recipe(thickness=200 * nm))
devices = ac.device.Filament.from_film(film).sample(5, seed=1)

train = ac.measurement.run(
    devices, ac.measurement.PulseTrain(-0.3, count=3), instrument=ac.measurement.FAST
)
for k, energy in enumerate(ac.analysis.pulse_energy(train).mean(["device", "cycle"]).values, 1):
    print(f"pulse {k}: {energy / fJ:.0f} fJ")

ladders = ac.measurement.run(
    devices, ac.measurement.PulseLadder(up=30, down=30, repeats=5), instrument=ac.measurement.FAST
)
print(f"up to {float(ac.analysis.conductance(ladders).max()) / uS:.1f} uS")
synapse = ac.synapse.fit(ladders, law="soft-bounds")
print(synapse)
