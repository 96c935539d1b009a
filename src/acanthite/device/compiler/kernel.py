"""The compiled kernels of a law, and the way from those without implicit steps to those with.

Implicit steps take longer to compile than all else, and most laws never need one. So a law is
compiled without them. Where a run stops to ask for them, it is looked whether the law is stiff
there. If it is not, the run goes on; if it is, or if that was asked very often, the kernels that
have implicit steps are compiled and go on from there, with the same bits as if they had begun. Laws
that were stiff once begin with them.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import numpy as np

from acanthite.device.compiler.check import check_names
from acanthite.device.compiler.generate import (
    implicit_source,
    load_module,
    loaded,
    source,
    stiffness_of,
)
from acanthite.device.equations import Equations

_UNDECIDED = {"run": -1, "record": -1, "hold": -2}
"""What each kernel returns where it stopped to ask for implicit steps."""
_KEPT = 11
"""Place of ``kept`` among the arguments of ``record``."""
_END, _POINT, _RATES, _SCRATCH = 6, 4, slice(7, 9), 9
"""Rows of what a kernel works in, as the kernels themselves divide it."""
_QUESTIONS = 2_000
"""How often it is looked whether a law is stiff, before its kernels are compiled to look themselves:
each question takes as long as a hundred steps.
"""
_asked: Counter[str] = Counter()
"""How often that was, by module."""


class LawKernel:
    """The kernels of a law, generated if its text was never seen before.

    Parameters
    ----------
    law : Equations
    between : {"nothing", "series", "capacitive", "driven"}
        What stands between source and device: a load in series; one with a capacitance beside the
        device; or the source itself is one of current.

    Raises
    ------
    LawError
        If the source of the law's functions cannot be read, uses a name that cannot be compiled, or
        reads a parameter or state the law does not have.
    """

    def __init__(self, law: Equations, between: str = "nothing") -> None:
        check_names(law)
        self.between = between
        self.module = module = load_module(source(law, between))
        self.name = module.__name__
        self.WORK_SHAPE: tuple[int, int] = module.WORK_SHAPE
        self.fill_rates = module.fill_rates
        self.law_current = module.law_current
        self.device_voltage = module.device_voltage
        self.renew = module.renew
        self.respond = module.respond

    def run(self, *arguments: Any, most_steps: int | None = None) -> int:
        """Take one device through a list of segments: ``run`` of
        :mod:`~acanthite.device.compiler.engine`.

        Parameters
        ----------
        *arguments
            Those of the kernel but the last, among them ``work`` that holds zeros or what the last
            run of this device left.
        most_steps : int, optional
            In one segment; a run that needs more is stuck.

        Returns
        -------
        int
            0, or 1 + the segment at which the step size collapsed.
        """
        most = self.module.MAX_STEPS if most_steps is None else most_steps
        return self._decided("run", *arguments, most)

    def record(self, *arguments: Any) -> int:
        """Take one device through a measurement: ``record`` of
        :mod:`~acanthite.device.compiler.recorder`, or, with a capacitance beside the device, of
        :mod:`~acanthite.device.compiler.capacitive`; return 0, or 1 + the segment at which the step
        size collapsed.
        """
        stiff_before = arguments[_KEPT][1] != 0.0
        # a node tries steps over and over, and cannot stop among them
        cannot_stop = self.between == "capacitive" and self.module.MAY_BE_STIFF
        if stiff_before or cannot_stop:
            return load_module(self._implicit_source).record(*arguments)
        return self._decided("record", *arguments)

    def hold(self, *arguments: Any) -> int:
        """Take devices over one segment each: ``hold`` of
        :mod:`~acanthite.device.compiler.engine`; return -1, or the device that got stuck.
        """
        return self._decided("hold", *arguments)

    def _decided(self, kernel: str, *arguments: Any) -> int:
        while loaded(self._implicit_source) is None:
            status = getattr(self.module, kernel)(*arguments)
            if status != _UNDECIDED[kernel]:
                return status
            _asked[self.name] += 1
            if _asked[self.name] > _QUESTIONS or self._is_stiff(kernel, *arguments):
                break
        return getattr(load_module(self._implicit_source), kernel)(*arguments)

    def _is_stiff(self, kernel: str, *arguments: Any) -> bool:
        """Return whether implicit steps are to take over where a run stopped, as ``hand_over`` of
        :mod:`~acanthite.device.compiler.implicit` does; if not, leave word for the run that goes
        on.
        """
        module = self.module
        if kernel == "hold":
            which, y, p, _, _, _, bounds, *_, work, _, _ = arguments
            i = which[int(work[_END, module.STOP_SEGMENT])]
            y, p, bounds = y[i], p[i], bounds[i]
        else:
            y, p, _, _, _, bounds, _, _, _, work, *_ = arguments
        scratch = work[_SCRATCH:]
        h, voltage, limit, limited, too_short = scratch[module.ASKED, :5].tolist()
        if too_short:  # for the clock
            return True
        rates, point = work[_RATES], work[_POINT]
        stiffness = self._stiffness
        try:
            with np.errstate(all="ignore"):
                stiffness.linearise(
                    y, p, voltage, 0.0, 0.0, limited, limit, bounds, rates, scratch, point
                )
                if stiffness.stiffness(h, scratch, module.N_STATES) > module.STIFF:
                    return True
        except ZeroDivisionError:  # compiled code, which gives infinity, looks itself
            return True
        scratch[module.ANSWERED, 0] = 1.0
        return False

    @cached_property
    def _stiffness(self) -> SimpleNamespace:
        return stiffness_of(self.module)

    @cached_property
    def _implicit_source(self) -> str:
        return implicit_source(self.name, self.between)
