"""Play curves to a law: the compiled engine, many parameter vectors at once, without the law's
cycle noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from acanthite import threads
from acanthite.device import Devices, Law, without_noise
from acanthite.device.compiler.kernel import LawKernel
from acanthite.errors import LawError, nearest
from acanthite.fitting.loops.curves import Curve

Array = NDArray[np.float64]

TOLERANCE = 1e-5  # of a step; tight, so that a finite difference sees the law and not the step size
_MOST_STEPS = 20_000  # a sample that needs more is lost: parameters no fit wants
_KEY = (0, 0, 0)  # no random number reaches a law without noise


class Playback:
    """A law that answers with currents.

    Parameters
    ----------
    law : Law
    tolerance : float
        Of a step of the integrator, relative to the scale of each state.
    """

    def __init__(self, law: Law, tolerance: float = TOLERANCE) -> None:
        quiet = without_noise(Devices(law, np.array([list(law.parameters.values())]), 0)).law
        self.law = replace(law, event=quiet.event) if law.event is not None else law
        self.kernel = LawKernel(self.law)
        self.tolerance = tolerance

    def currents(self, jobs: Sequence[tuple[Curve, Array]]) -> list[Array]:
        """Return the current at the recorded samples of each curve under its own parameters.

        Parameters
        ----------
        jobs : sequence of (Curve, ndarray of shape (parameter,))
            Parameters in the order of ``law.parameters``.

        Returns
        -------
        list of ndarray, shape (sample,)
            [A]; not-a-number where the law could not be integrated.
        """
        table = np.array([values for _, values in jobs])
        start, bounds = self._limits(table)
        answers = [np.full((1, curve.current.size), np.nan) for curve, _ in jobs]

        def play(i: int) -> None:
            curve = jobs[i][0]
            p = table[i]
            y = start[:, i].copy()
            limits = bounds[:, :, i].copy()
            counts = np.zeros(1, np.int64)
            z = np.zeros(6)
            work = np.zeros(self.kernel.WORK_SHAPE)
            volts = np.empty((1, curve.current.size))
            self.kernel.renew(y, p, _KEY, counts, z)
            source = (
                curve.segments,
                curve.recorded,
                1,
                limits,
                self.tolerance,
                _KEY,
                counts,
                work,
                z,
            )
            if self.kernel.run(y, p, *source, volts, answers[i], most_steps=_MOST_STEPS):
                answers[i][:] = np.nan

        if len(jobs) == 1 or threads.count() == 1:
            for i in range(len(jobs)):
                play(i)
        else:
            with ThreadPoolExecutor(threads.count()) as pool:
                list(pool.map(play, range(len(jobs))))
        return [answer[0] for answer in answers]

    def _limits(self, table: Array) -> tuple[Array, Array]:
        """Return where the states start and their bounds and scales, for each row of parameters."""
        law = self.law
        devices = Devices(self.law, table, 0)
        start = np.array(
            [devices.resolve(s.initial, 0.0) for s in law.states]
            + [np.zeros(len(table)) for _ in law.held]
        )
        bounds = np.array(
            [
                [devices.resolve(s.lower, -np.inf) for s in law.states],
                [devices.resolve(s.upper, np.inf) for s in law.states],
                [devices.resolve(s.scale, 1.0) for s in law.states],
            ]
        )
        return start, bounds


def base_values(law: Law, values: dict[str, float]) -> Array:
    """Return a law's parameters in order, some replaced.

    Raises
    ------
    LawError
        If the law has no such parameter.
    """
    for name in values:
        if name not in law.parameters:
            raise LawError(
                f"law {law.name!r} has no parameter {name!r}{nearest(name, law.parameters)}"
            )
    return np.array([float(values.get(name, default)) for name, default in law.parameters.items()])
