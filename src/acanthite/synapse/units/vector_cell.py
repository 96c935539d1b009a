"""Several devices side by side whose weights add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from acanthite.arguments import count, number
from acanthite.errors import ParameterError, brief, nearest
from acanthite.synapse.base import check_draw
from acanthite.synapse.units.cells import UnitCells, unit_cells
from acanthite.synapse.units.unit_cell import UnitCell

UPDATES = ("all", "fixed", "in-turn", "random")
"""Which devices of a cell a pulse goes to."""


@dataclass(frozen=True, kw_only=True)
class VectorCell(UnitCell):
    r"""A cell of several devices, :math:`w = \sum_i \gamma_i w_i`.

    Parameters
    ----------
    base : Synapse
        The device.
    devices : int
        How many make a cell, at least two.
    gamma : tuple of float
        :math:`\gamma_i`; one over their number without. A device that is pulsed needs a positive
        one. [1]
    update : {"all", "fixed", "in-turn", "random"}
        Whether a pulse on the cell goes to all devices, always to the same one, to one after
        another, or to one by chance. Each cell counts its own pulses.
    first : int
        Which one with ``"fixed"``, and which comes first with ``"in-turn"``.

    Raises
    ------
    ParameterError
        If a number makes no sense.

    Examples
    --------
    Four devices in turn move the weight by a quarter of a device's step:

    >>> from acanthite.constants import uS
    >>> device = ac.synapse.SoftBounds(
    ...     up=0.2, down=0.2, conductance_min=1 * uS, conductance_max=5 * uS
    ... )
    >>> cell = ac.synapse.VectorCell(base=device, devices=4, update="in-turn")
    >>> print(f"{device.n_states:.0f} states, then {cell.n_states:.0f}")
    10 states, then 40
    """

    NAME: ClassVar[str] = "vector"

    devices: int = 2
    gamma: tuple[float, ...] = ()
    update: str = "all"
    first: int = 0

    def __post_init__(self) -> None:
        count("devices", self.devices, least=2, error=ParameterError)
        if self.gamma and len(self.gamma) != self.devices:
            raise ParameterError(
                f"gamma = {brief(self.gamma)}; expected one number for each of {self.devices} devices"
            )
        if self.update not in UPDATES:
            raise ParameterError(
                f"update = {self.update!r}; expected one of {', '.join(UPDATES)}"
                f"{nearest(str(self.update), UPDATES)}"
            )
        count("first", self.first, least=0, error=ParameterError)
        if self.first >= self.devices:
            raise ParameterError(f"first = {self.first}; expected 0 to {self.devices - 1}")
        for k, share in enumerate(self.gammas):
            pulsed = self.update != "fixed" or k == self.first
            number(f"gamma[{k}]", share, above=0 if pulsed else None, error=ParameterError)
        super().__post_init__()

    @property
    def gammas(self) -> tuple[float, ...]:
        """Share of each device's weight in the cell's. [1]"""
        return tuple(self.gamma) or (1.0 / self.devices,) * self.devices

    @property
    def pulsed_devices(self) -> int:
        """How many devices a pulse on the cell goes to."""
        return self.devices if self.update == "all" else 1

    @property
    def _whole(self) -> float:
        """Sum of the shares of all devices that are pulsed at some time."""
        return self.gammas[self.first] if self.update == "fixed" else float(sum(self.gammas))

    @property
    def _part(self) -> float:
        """Share of them that one pulse moves."""
        return 1.0 / self.devices if self.update in ("in-turn", "random") else 1.0

    def step_up(self, weight: Any) -> Any:
        """Return the mean change of ``weight`` by one potentiating pulse, the devices alike. [1]"""
        level = np.asarray(weight) / self._whole
        return self._whole * self._part * self.base.step_up(level)

    def step_down(self, weight: Any) -> Any:
        """Return the mean change of ``weight`` by one depressing pulse, negative. [1]"""
        level = np.asarray(weight) / self._whole
        return self._whole * self._part * self.base.step_down(level)

    @property
    def symmetry_point(self) -> float:
        """Weight of the mean cell at which up and down cancel; 0 for a law without one. [1]"""
        return self._whole * self.base.symmetry_point

    def cells(self, n: int, generator: np.random.Generator) -> UnitCells:
        """Draw ``n`` cells of devices with their spread.

        Parameters
        ----------
        n : int
        generator : numpy.random.Generator
            From :func:`acanthite.random.generator`.
        """
        n = check_draw(n, generator)
        devices = self.base.cells(n * self.devices, generator)
        return unit_cells(devices, n, self.gammas, self.update, self.first)
