"""Sweeps of the voltage from one turning point to the other."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from acanthite.arguments import is_number, number
from acanthite.constants import mV
from acanthite.errors import ProgramError, brief
from acanthite.measurement.coordinates import BRANCHES
from acanthite.measurement.programs.checks import check_positive, check_segments, checked_counts
from acanthite.measurement.schedule import Schedule, Segments
from acanthite.quantities import accepts_quantities


@accepts_quantities
@dataclass(frozen=True)
class Sweep:
    """DC sweep 0 -> first -> 0 -> second -> 0, repeated.

    The compliance limits the SET and leaves the RESET, which needs current, alone;
    ``reset_compliance`` limits that. Of a device whose law does not say where it sets, the sign of
    ``first`` does: a fresh device is in its HRS.

    Parameters
    ----------
    first, second : float
        Turning points; a zero leaves that half out. [V]
    rate : float
        [V/s]
    step : float
        Voltage between samples. [V]
    cycles : int
    compliance : float, optional
        Current limit of the SET; the instrument's own without it. [A]
    reset_compliance : float, optional
        Current limit of the RESET; the instrument's own without it. [A]
    set_polarity : {-1, 1}, optional
        Sign of the voltage that sets, which the compliance is for; the device's by default, see
        :attr:`acanthite.device.Law.set_polarity`.

    Raises
    ------
    ProgramError
        When scheduled, if a value makes no sense.

    Examples
    --------
    >>> from acanthite.constants import mA
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> sweep = ac.measurement.Sweep(-0.5, 0.5, rate=2.0, cycles=2, compliance=0.1 * mA)
    >>> loops = ac.measurement.run(devices, sweep)
    >>> dict(loops.sizes)
    {'device': 2, 'cycle': 2, 'sample': 400}
    >>> print(
    ...     f"{float(loops.current.min()) / mA:.2f} mA to {float(loops.current.max()) / mA:.1f} mA"
    ... )
    -0.10 mA to 0.5 mA

    The coordinate ``branch`` counts the four branches of a loop:

    >>> loops.sel(device=1, cycle=2).groupby("branch").count().current.values.tolist()
    [100, 100, 100, 100]
    """

    first: float
    second: float = 0.0
    rate: float = 2.0
    step: float = 5 * mV
    cycles: int = 1
    compliance: float | None = None
    reset_compliance: float | None = None
    set_polarity: int | None = None

    def schedule(self, current_limit: float) -> Schedule:
        """Return the segments, one a sample."""
        check_positive("Sweep", rate=self.rate, step=self.step)
        (cycles,) = checked_counts("Sweep", cycles=self.cycles)
        turns = self._turns()
        limits = self._limits(turns)
        check_segments(
            "Sweep", f"steps of {self.step!r} V", sum(2 * abs(turn) / self.step for turn in turns)
        )
        s = Segments(current_limit)
        branch: list[int] = []
        for turn in turns:
            s.limit = min(current_limit, limits.get(math.copysign(1.0, turn), math.inf))
            n = max(1, round(abs(turn) / self.step))
            out = 1 if turn == self.first and not branch else 3
            branch += [out] * n + [out + 1] * n
            for v in (*(turn * np.arange(1, n + 1) / n), *(turn * np.arange(n - 1, -1, -1) / n)):
                # the sum turns -0.0 into 0.0
                s.to(float(v) + 0.0, abs(turn) / n / self.rate, record=True)
        return s.schedule(
            cycles, ("sample",), (len(s.rows),), branch=("sample", branch, "1", BRANCHES)
        )

    def _turns(self) -> list[float]:
        ends = [
            number(f"Sweep: {n}", getattr(self, n), error=ProgramError) for n in ("first", "second")
        ]
        turns = [v for v in ends if v != 0.0]
        if not turns:
            raise ProgramError(
                f"Sweep: first = {self.first!r}, second = {self.second!r}; expected a turning "
                "point, not 0"
            )
        return turns

    def _limits(self, turns: list[float]) -> dict[float, float]:
        """Return the current limits that are given, by the sign of the voltage."""
        sign = self.set_polarity
        if sign is None:
            sign = math.copysign(1.0, turns[0])
        elif not is_number(sign) or sign not in (-1, 1):
            raise ProgramError(f"Sweep: set_polarity = {brief(sign)}; expected -1 or 1")
        signs = {math.copysign(1.0, turn) for turn in turns}
        limits = {}
        for name, branch, side in (
            ("compliance", "SET", sign),
            ("reset_compliance", "RESET", -sign),
        ):
            value = getattr(self, name)
            if value is None:
                continue
            limits[float(side)] = number(f"Sweep: {name}", value, above=0, error=ProgramError)
            if side not in signs:
                where = "negative" if side < 0 else "positive"
                raise ProgramError(
                    f"Sweep: {name} = {value!r} A is for {branch}, at {where} voltage, where this "
                    "sweep does not go; give "
                    f"{'reset_compliance' if branch == 'SET' else 'compliance'}, or the other "
                    "set_polarity"
                )
        return limits
