"""What a device file describes: the states of the device, the pulses that lead to them, and the synapse it makes.

Every command that needs a state of a device takes it from here, so that none of them means another
device than the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from acanthite.fitting.device_file import FittedDevice, load_device
from acanthite.fitting.pulses.choose import Pulses, choose_pulses, written

if TYPE_CHECKING:
    from acanthite.synapse import Synapse


@dataclass(frozen=True)
class Meaning:
    """States, polarity and pulses of a device.

    Parameters
    ----------
    hrs, lrs : float
        Conductances between which write pulses take it, the mean of its devices. [S]
    set_polarity : int
        Sign of the pulses that potentiate; 0 of a pulse law, which knows no voltages.
    pulses : Pulses or None
        Those of a device law.
    synapse : Synapse
        What a network is trained on.
    """

    hrs: float
    lrs: float
    set_polarity: int
    pulses: Pulses | None
    synapse: Synapse

    @property
    def hrs_resistance(self) -> float:
        """Of the state that conducts least. [Ω]"""
        return 1 / self.hrs if self.hrs > 0 else float("inf")

    @property
    def lrs_resistance(self) -> float:
        """Of the state that conducts most. [Ω]"""
        return 1 / self.lrs


def meaning(device: FittedDevice | Synapse) -> Meaning:
    """Return what a device means: of a device law, by the pulses that :func:`choose_pulses` finds for it.

    Parameters
    ----------
    device : FittedDevice or Synapse

    Raises
    ------
    FitError
        If no pulse within the voltages it was fitted to switches a device law to and fro.
    """
    if not isinstance(device, FittedDevice):
        return Meaning(device.conductance_min, device.conductance_max, 0, None, device)
    pulses = choose_pulses(device)
    synapse = written(device, pulses)
    sign = 1 if pulses.potentiation > 0 else -1
    return Meaning(synapse.conductance_min, synapse.conductance_max, sign, pulses, synapse)


def load_synapse(path: str | Path, trust: bool = False) -> Synapse:
    """Return the synapse of a device file: its pulse law, or the one its device law makes by :func:`meaning`.

    Parameters
    ----------
    path : path_like
    trust : bool
        As of :func:`acanthite.fitting.load_device`.

    Raises
    ------
    FitError, ParameterError
        As :func:`acanthite.fitting.load_device` and :func:`meaning`.
    """
    return meaning(load_device(path, trust=trust)).synapse
