"""Every pulse law: its ladders simulated, the law fitted to them, kept in a device file, and a network trained with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from acanthite import fitting
from acanthite.measurement import PulseLadder
from acanthite.nn import SGD, train
from acanthite.random import generator
from acanthite.synapse import (
    LAWS,
    Ag2S,
    ConstantStep,
    ExponentialStep,
    LinearStep,
    NeuroSim,
    Piecewise,
    PowerStep,
    SoftBounds,
    SoftBoundsReference,
    Synapse,
    load,
    save,
)

OF = {"conductance_min": 1e-6, "conductance_max": 5e-6, "pulse_noise": 0.2}


KNOWN: dict[str, Synapse] = {
    s.NAME: s
    for s in (
        ConstantStep(size=0.08, **OF),
        LinearStep(up=0.06, down=0.08, up_slope=0.6, down_slope=0.8, **OF),
        SoftBounds(up=0.06, down=0.08, **OF),
        SoftBoundsReference(up=0.06, down=0.08, **OF),
        ExponentialStep(up=0.1, down=0.1, up_amplitude=0.3, down_amplitude=0.3, up_rate=1.3, down_rate=1.3, **OF),
        PowerStep(up=0.12, down=0.16, up_power=1.3, down_power=0.8, **OF),
        Piecewise(up=(0.12, 0.08, 0.05, 0.03, 0.02), down=(0.02, 0.04, 0.06, 0.09, 0.12), **OF),
        NeuroSim(n_pulses=40, potentiation=15.0, depression=18.0, **OF),
        Ag2S(growth_rate=6e4, dissolution_rate=8e4, **OF),
    )
}  # fmt: skip
OWN_WINDOW = ("linear-step", "soft-bounds", "soft-bounds-reference", "power-step", "ag2s")
"""Laws whose bounds are fitted too; those of others are where the data end."""


def ladders(synapse: Synapse, n_devices: int = 1, n_cycles: int = 6, n: int = 40) -> xr.DataArray:
    """Return what a read sees after each pulse of identical devices."""
    draw = generator(3, f"ladders-{synapse.NAME}")
    cells = synapse.cells(n_devices, draw)
    w = np.full(n_devices, cells.lower[0] + 0.05)
    read = []
    for k in range(n_cycles * 2 * n):
        step = np.asarray(cells.steps(w)[0 if k % (2 * n) < n else 1], float)
        w = np.clip(
            w + step * (1 + cells.noise * draw.standard_normal(n_devices)), cells.lower, cells.upper
        ).astype(float)
        read.append(synapse.conductance(w) + 1e-8 * draw.standard_normal(n_devices))
    levels = np.array(read).T.reshape(n_devices, n_cycles, 2 * n)
    volts = ("pulse", np.repeat([-0.3, 0.3], n))
    return xr.DataArray(
        levels,
        dims=("device", "cycle", "pulse"),
        coords={"pulse_voltage": volts},
        attrs={"units": "S"},
    )


def steps(synapse: Synapse, conductance: np.ndarray) -> np.ndarray:
    """Return the mean steps up and down at a conductance. [S]"""
    half = 0.5 * (synapse.conductance_max - synapse.conductance_min)
    w = synapse.weight(conductance)
    return half * np.array([synapse.step_up(w), synapse.step_down(w)])


def test_every_law_is_known() -> None:
    populations = {"linear-population", "exponential-population"}  # of one device each, not fitted
    assert set(KNOWN) == set(LAWS) - populations


SLOW = ("exponential-step", "piecewise", "power-step")


@pytest.mark.long
@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in KNOWN]
)
def test_a_law_comes_back_from_its_ladders_and_trains_from_its_file(
    name: str, tmp_path: Path
) -> None:
    true = KNOWN[name]
    found = fitting.fit_pulses(ladders(true), name)
    assert type(found.synapse) is type(true)
    inside = np.linspace(1.4e-6, 4.6e-6, 9)
    largest = np.abs(steps(true, inside)).max()
    assert steps(found.synapse, inside) == pytest.approx(steps(true, inside), abs=0.12 * largest)
    if name in OWN_WINDOW:
        for quantity, entry in found.summary().items():
            assert entry["error"] is not None
            assert abs(entry["value"] - getattr(true, quantity)) < 4 * entry["error"], quantity
    save(found.synapse, tmp_path / "device.toml")
    read = load(tmp_path / "device.toml")
    assert read == found.synapse
    result = train("digits", "64-16-10", read, SGD(rate=0.005), seed=1, epochs=1, limit=200)
    assert result.pulses[0] > 0
    assert np.isfinite(result.loss).all()


@pytest.mark.long
def test_devices_become_a_synapse_by_their_own_pulse_trains() -> None:
    from acanthite import device, film
    from acanthite.constants import celsius, nm

    grown = film.grow(film.Recipe(thickness=200 * nm, anneal_temperature=celsius(160)))
    nominal = device.Filament.from_film(grown)
    found = fitting.fit_devices(nominal.sample(2, seed=1), "ag2s", PulseLadder(30, 30, 3)).synapse
    assert isinstance(found, Ag2S)
    law = Ag2S.from_filament(nominal)
    assert found.growth_rate == pytest.approx(law.growth_rate, rel=0.5)
    assert found.n_states == pytest.approx(law.n_states, rel=0.5)
