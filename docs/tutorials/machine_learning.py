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
# # A network trained on the device, and written onto a chip
#
# For the ML-hardware researcher: from pulse ladders of the device to a pulse law, training with
# it, torch layers on tiles, and a trained network read from a chip over a year.

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch

import acanthite as ac
from acanthite.constants import hour, nm

# %% [markdown]
# ## The synapse
#
# Devices are pulsed up and down on the virtual instrument, and a pulse law is fitted to what the
# reads say: step sizes, their noise, the spread between devices.

# %%
film = ac.film.grow(ac.film.Recipe(thickness=200 * nm))
devices = ac.device.Filament.from_film(film).sample(10, seed=1)
ladders = ac.measurement.run(devices, ac.measurement.PulseLadder(), instrument=ac.measurement.FAST)
synapse = ac.synapse.fit(ladders)
print(synapse)

# %% [markdown]
# ## Training, pulse by pulse
#
# Images of four classes made here, so that this page needs no download; `ac.nn.train("mnist",
# "mlp", ...)` is the same call. Each weight is a device with its own spread; each update is
# pulses.

# %%
rng = np.random.default_rng(1)


def striped(n):
    """Return images of noisy stripes in four directions, and which they have."""
    labels = rng.integers(0, 4, n).astype(np.uint8)
    rows, columns = np.mgrid[:8, :8]
    phase = rng.uniform(0, 2 * np.pi, n)[:, None, None]
    angle = labels[:, None, None] * np.pi / 4  # four directions
    along = rows * np.cos(angle) + columns * np.sin(angle)
    images = 128 + 40 * np.sin(1.5 * along + phase) + 40 * rng.normal(size=(n, 8, 8))
    return np.clip(images, 0, 255).astype(np.uint8).reshape(n, 64), labels


images, labels = striped(6000)
test_images, test_labels = striped(1000)
data = ac.nn.Dataset("stripes", images, labels, test_images, test_labels)
for algorithm in ("ideal", "sgd", "ttv2"):
    result = ac.nn.train(data, "64-32-4", synapse, algorithm, epochs=3, seed=1)
    print(f"{algorithm:6} {result.test_accuracy[-1]:.1%}, {result.pulses.sum():.2e} pulses")

# %% [markdown]
# ## On tiles, in torch
#
# `to_analog` puts the layers of a torch model on tiles of the device; the optimizer of your
# training loop then sends pulses.

# %%
torch.manual_seed(1)
plain = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 4))
x = torch.from_numpy(images / 255.0).float()
y = torch.from_numpy(labels.astype(np.int64))
optimiser = torch.optim.Adam(plain.parameters(), lr=3e-3)
for _ in range(10):
    for start in range(0, len(x), 100):
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(
            plain(x[start : start + 100]), y[start : start + 100]
        )
        loss.backward()
        optimiser.step()
tests = torch.from_numpy(test_images / 255.0).float()


def accuracy(model):
    with torch.no_grad():
        return float((model(tests).argmax(1).numpy() == test_labels).mean())


print(f"digital: {accuracy(plain):.1%}")

# %% [markdown]
# ## On a chip, over a year
#
# A chip is everything between a weight and a number: cells, tiles, mapping, converters. The
# trained network is written once and read later, each time with fresh noise.

# %%
times = {"now": 1.0, "an hour": hour, "a day": 24 * hour, "a year": 8766 * hour}
fig, ax = plt.subplots(figsize=(4.5, 3))
for compensation in ("none", "global"):
    chip = ac.inference.Chip(cells="pcm", rows=64, columns=64, compensation=compensation)
    model = ac.torch.to_inference(plain, chip, x[:500], seed=1)
    means = [np.mean([accuracy(model.at(t, draw)) for draw in range(5)]) for t in times.values()]
    ax.semilogx(
        list(times.values()), 100 * np.array(means), "o-", label=f"{compensation} compensation"
    )
    print(compensation, [f"{name}: {m:.1%}" for name, m in zip(times, means, strict=True)])
ax.set(xlabel="time since programming (s)", ylabel="accuracy (%)")
ax.legend()
plt.show()

# %% [markdown]
# Next: [training](../training.md) and its algorithms, [torch layers](../torch.md),
# [chips](../inference.md), and [what property of a device costs most](../explore.md).
