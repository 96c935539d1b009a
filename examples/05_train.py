"""A network trained on the device, sample by sample: SGD and Tiki-Taka v2 beside the ideal device."""

import sys

import acanthite as ac
from acanthite.constants import nm

try:
    images = ac.nn.mnist()
except ac.errors.DatasetUnavailableError as error:
    print(error, file=sys.stderr)
    sys.exit(77)

film = ac.film.grow(ac.film.Recipe(thickness=200 * nm))
devices = ac.device.Filament.from_film(film).sample(10, seed=1)
ladders = ac.measurement.run(devices, ac.measurement.PulseLadder(), instrument=ac.measurement.FAST)
synapse = ac.synapse.fit(ladders)

for algorithm in ("ideal", "sgd", "ttv2"):
    result = ac.nn.train(
        images, "mlp", synapse=synapse, algorithm=algorithm, epochs=1, limit=5000, seed=1
    )
    print(
        f"{algorithm:6s} {result.test_accuracy[-1]:.1%} of the test images, {result.pulses.sum():.2e} pulses"
    )
