"""What a unit cell is: a synapse whose weights are made of several devices each."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

import numpy as np

from acanthite.errors import ParameterError, brief
from acanthite.synapse.base import Evidence, Synapse
from acanthite.synapse.rest import Rest


@dataclass(frozen=True, kw_only=True)
class UnitCell(Synapse):
    """A synapse of several devices of one kind; conductances, pulses and reads are those of a
    device.

    Parameters
    ----------
    base : Synapse
        The device.

    Raises
    ------
    ParameterError
        If ``base`` is no synapse, or a unit cell itself.

    Examples
    --------
    What all unit cells have in common:

    >>> from acanthite.constants import uS
    >>> device = ac.synapse.ConstantStep(
    ...     size=0.02, conductance_min=1 * uS, conductance_max=5 * uS
    ... )
    >>> cell = ac.synapse.VectorCell(base=device, devices=4)
    >>> isinstance(cell, ac.synapse.UnitCell), cell.gammas, cell.pulsed_devices
    (True, (0.25, 0.25, 0.25, 0.25), 4)
    """

    base: Synapse
    conductance_min: float = field(metadata={"unit": "S"}, init=False, repr=False, compare=False)
    conductance_max: float = field(metadata={"unit": "S"}, init=False, repr=False, compare=False)
    pulse_noise: float = field(init=False, repr=False, compare=False)
    read_noise: float = field(init=False, repr=False, compare=False)
    additive_noise: float = field(init=False, repr=False, compare=False)
    write_noise: float = field(init=False, repr=False, compare=False)
    dead_cells: float = field(init=False, repr=False, compare=False)
    dead_range: float = field(init=False, repr=False, compare=False)
    rest: Rest | None = field(init=False, repr=False, compare=False)
    pulse_voltage: float = field(metadata={"unit": "V"}, init=False, repr=False, compare=False)
    pulse_width: float = field(metadata={"unit": "s"}, init=False, repr=False, compare=False)
    read_voltage: float = field(metadata={"unit": "V"}, init=False, repr=False, compare=False)
    read_width: float = field(metadata={"unit": "s"}, init=False, repr=False, compare=False)
    evidence: Evidence | None = field(init=False, repr=False, compare=False)
    provenance: Mapping[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.base, Synapse) or isinstance(self.base, UnitCell):
            raise ParameterError(
                f"base = {brief(self.base)}; expected the synapse of one device of the cell"
            )
        for f in fields(Synapse):
            object.__setattr__(self, f.name, getattr(self.base, f.name))
        super().__post_init__()
        # in the sum of the devices, each with noise of its own
        spread = float(np.sqrt(np.sum(np.square(self.gammas))))
        object.__setattr__(self, "read_noise", spread * self.base.read_noise)
        object.__setattr__(self, "write_noise", spread * self.base.write_noise)

    @property
    @abstractmethod
    def gammas(self) -> tuple[float, ...]:
        """Share of each device's weight in the cell's, with its sign. [1]"""

    @property
    def pulsed_devices(self) -> int:
        """How many devices a pulse on the cell goes to."""
        return 1

    def with_base(self, base: Synapse) -> Self:
        """Return the same cell of other devices."""
        return replace(self, base=base)

    @property
    def read_energy(self) -> float:
        """Joule heat of one read of all devices at full scale, mid-window. [J]"""
        return len(self.gammas) * self.base.read_energy

    @property
    def write_energy(self) -> float:
        """Joule heat of one write pulse on the cell, mid-window. [J]"""
        return self.pulsed_devices * self.base.write_energy
