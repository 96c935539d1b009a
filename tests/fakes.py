"""Figure modules that compute nothing much, for the tests of what runs them."""

from __future__ import annotations

import types
from collections.abc import Callable

import numpy as np
import xarray as xr

from acanthite.claims import CLAIMS, Claim
from acanthite.estimate import Estimate
from acanthite.figures import MODULES, Outcome, Settings, silent
from acanthite.random import generator


def recording(seed: int) -> xr.Dataset:
    """Return a small Recording whose numbers depend on the seed."""
    noise = generator(seed, "fake").normal(size=(2, 3, 50))
    time = np.broadcast_to(np.linspace(0.0, 1.0, 50), noise.shape)
    voltage = 0.5 * np.sin(2 * np.pi * time)
    dims = ("device", "cycle", "sample")
    return xr.Dataset(
        {
            "voltage": (dims, voltage, {"units": "V", "long_name": "voltage"}),
            "current": (
                dims,
                1e-6 * (voltage + 0.02 * noise),
                {"units": "A", "long_name": "current"},
            ),
            "time": (dims, time.copy(), {"units": "s", "long_name": "time"}),
        },
        attrs={"seed": seed, "schema": "acanthite-recording-1"},
    )


def estimates(figure: str, factor: float = 1.0) -> dict[str, Estimate]:
    """Return what a figure owes the ledger, a factor beside the published numbers."""
    mine = (claim for claim in CLAIMS if claim.figure == figure and claim.how != "missing")
    typical = {c: _typical(c) for c in mine}
    return {c.id: Estimate(factor * x, c.unit, 0.1 * abs(x), 30) for c, x in typical.items()}


def _typical(claim: Claim) -> float:
    """Return a value that matches."""
    if claim.published is not None:
        return claim.published
    return 0.5 if claim.rule is None else claim.rule.low


def compute(name: str, factor: float = 1.0) -> Callable[..., Outcome]:
    """Return a compute function for a fake figure."""

    def run(settings: Settings, progress=silent) -> Outcome:
        progress(0.5)
        notes = ("Only a stand-in: C_v of Ag2S at +-0.3 V and 10 uA.",)
        return Outcome(
            estimates(name, factor),
            {"loops": recording(settings.seed)},
            notes,
            sources=("Wang2004",),
        )

    return run


def draw(outcome: Outcome):
    """Draw the first loop."""
    from acanthite.drawing import new_figure, prefix_axis

    figure, ax = new_figure(2.4, 1.6)
    loops = outcome.recordings["loops"]
    for cycle in range(loops.sizes["cycle"]):
        ax.plot(loops.voltage[0, cycle], loops.current[0, cycle])
    prefix_axis(ax, "x", "V")
    prefix_axis(ax, "y", "A")
    return figure


def module(name: str, run: Callable[..., Outcome] | None = None, **others) -> types.ModuleType:
    """Return a fake figure module; ``run`` stands for its compute."""
    fake = types.ModuleType(MODULES[name])
    fake.TITLE, fake.CAPTION = f"Title of {name}", f"Caption of {name}."
    fake.ALT, fake.WEIGHT = f"Loops of {name}.", 1.0
    fake.compute, fake.draw = run or compute(name), draw
    for key, value in others.items():
        setattr(fake, key, value)
    return fake


def modules(**special: types.ModuleType) -> dict[str, types.ModuleType]:
    """Return a fake for every figure, some of them given."""
    return {path: special.get(name) or module(name) for name, path in MODULES.items()}
