"""What a device file describes: the states of the device, the pulses that lead to them, and the
synapse it makes.

Every command that needs a state of a device takes it from here, so that none of them means another
device than the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from acanthite.display import Display
from acanthite.fitting.device_file import FittedDevice, load_device
from acanthite.fitting.pulses.choose import Pulses, choose_pulses, written

if TYPE_CHECKING:
    from acanthite.synapse import Synapse


@dataclass(frozen=True)
class Meaning(Display):
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

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> synapse = ac.synapse.SoftBounds(
    ...     up=0.1, down=0.05, conductance_min=1 * uS, conductance_max=5 * uS
    ... )
    >>> means = ac.fitting.meaning(synapse)
    >>> print(
    ...     f"HRS {means.hrs_resistance / 1e3:.0f} kohm, LRS {means.lrs_resistance / 1e3:.0f} kohm"
    ... )
    HRS 1000 kohm, LRS 200 kohm
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
    """Return what a device means: of a device law, by the pulses that :func:`choose_pulses` finds
    for it.

    Parameters
    ----------
    device : FittedDevice or Synapse

    Raises
    ------
    FitError
        If no pulse within the voltages it was fitted to switches a device law to and fro.

    Examples
    --------
    >>> device = ac.fitting.FittedDevice(ac.device.VTEAM, reach=(-0.5, 0.5))
    >>> means = ac.fitting.meaning(device)
    >>> means.set_polarity, means.pulses.potentiation < 0
    (-1, True)
    """
    if not isinstance(device, FittedDevice):
        return Meaning(device.conductance_min, device.conductance_max, 0, None, device)
    pulses = choose_pulses(device)
    synapse = written(device, pulses)
    sign = 1 if pulses.potentiation > 0 else -1
    return Meaning(synapse.conductance_min, synapse.conductance_max, sign, pulses, synapse)


def load_synapse(path: str | Path, trust: bool = False) -> Synapse:
    """Return the synapse of a device file: its pulse law, or the one its device law makes by
    :func:`meaning`.

    Parameters
    ----------
    path : path_like
    trust : bool
        As of :func:`acanthite.fitting.load_device`.

    Raises
    ------
    FitError, ParameterError
        As :func:`acanthite.fitting.load_device` and :func:`meaning`.

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> synapse = ac.synapse.SoftBounds(
    ...     up=0.1, down=0.05, conductance_min=1 * uS, conductance_max=5 * uS
    ... )
    >>> ac.synapse.save(synapse, "mine.toml")
    >>> ac.fitting.load_synapse("mine.toml").up
    0.1
    """
    return meaning(load_device(path, trust=trust)).synapse
