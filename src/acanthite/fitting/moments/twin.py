"""A simulated population that goes through the sweeps the measured one went through, always with
the same random numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from acanthite.device import Law
from acanthite.device.compiler.kernel import LawKernel
from acanthite.fitting.loops.free_parameters import Free
from acanthite.fitting.moments.moments import OBSERVABLES, joined, moments, observe
from acanthite.fitting.moments.replay import Replay
from acanthite.measurement import run

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]


def programs(data: Sequence[xr.Dataset], rate: float | None) -> list[tuple[Replay, int]]:
    """Return each sweep with the number of devices that went through it; files of the same sweep
    together.
    """
    counts: dict[tuple[Any, ...], tuple[Replay, int]] = {}
    for r in data:
        one = Replay.of(r, rate)
        limit = np.broadcast_to(one.limit, one.voltage.shape)
        key = (one.cycles, limit.tobytes(), one.voltage.round(4).tobytes())
        counts[key] = (
            counts.get(key, (one, 0))[0],
            counts.get(key, (one, 0))[1] + r.sizes["device"],
        )
    return list(counts.values())


class _Compiled(Law):
    """A law whose kernel is looked for once, however often its devices are measured."""

    @cached_property
    def _kernel(self) -> LawKernel:
        return super().kernel()

    def kernel(self) -> LawKernel:
        """Return the compiled kernels."""
        return self._kernel


@dataclass(frozen=True)
class Twin:
    """Devices of a law, as many as were measured, several times over.

    Parameters
    ----------
    law : Law
    unknowns : list of Free
        Parameters, and spreads named after them with ``_spread``.
    programs : list of (Replay, int)
        Sweeps, and how many devices went through each.
    replicates : int
        How many times that population is simulated.
    seed : int
    polarity : int
        Sign of the SET voltage of the measured devices; those that set at the other show nothing.
    """

    law: Law
    unknowns: list[Free]
    programs: list[tuple[Replay, int]]
    replicates: int
    seed: int
    polarity: int = 0

    def at(self, u: Array) -> tuple[dict[str, float], dict[str, float]]:
        """Return parameters and spreads at ``u``."""
        value = {f.name: float(f.value(x)) for f, x in zip(self.unknowns, u, strict=True)}
        spreads = {
            n.removesuffix("_spread"): v for n, v in value.items() if n not in self.law.parameters
        }
        return {n: v for n, v in value.items() if n in self.law.parameters}, spreads

    @cached_property
    def _compiled(self) -> Law:
        return _Compiled(**{f.name: getattr(self.law, f.name) for f in fields(Law)})

    def loops(self, u: Array) -> Array:
        """Return what is observed, shape (observable, replicate, device, cycle)."""
        values, spread = self.at(u)
        parts = []
        for k, (program, n) in enumerate(self.programs):
            devices = self._compiled.sample(
                n * self.replicates, seed=self.seed + k, spread=spread, **values
            )
            seen = observe(run(devices, program), self.polarity)
            parts.append(seen.reshape(len(OBSERVABLES) * self.replicates, n, -1))
        whole = joined(parts)
        return whole.reshape(len(OBSERVABLES), self.replicates, *whole.shape[1:])

    def moments(self, u: Array) -> Array:
        """Return the mean over the replicates of the moments of each."""
        loops = self.loops(u)
        return np.mean([moments(loops[:, k]) for k in range(self.replicates)], axis=0)
