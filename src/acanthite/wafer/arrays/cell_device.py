"""The device in the cells of an array.

Its states, the ends of its levels, and how it is written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from acanthite.constants import ms, us
from acanthite.crossbar import Window, WriteVerify, suited, window
from acanthite.errors import CrossbarError, LawError
from acanthite.parameters import AG2S, ParameterSet
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    from acanthite.device import Devices, Filament
    from acanthite.fitting import FittedDevice, Meaning
    from acanthite.synapse import Synapse

    Device = Filament | FittedDevice | Synapse

Ends = tuple[float, float]
_LOWEST, _HIGHEST = 0.05, 0.8  # levels, over what conducts gradually


@accepts_quantities
def film_device(thickness: float, parameters: ParameterSet = AG2S) -> Filament:
    """Return the filament on a film.

    Parameters
    ----------
    thickness : float
        [m]
    parameters : ParameterSet

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> print(film_device(200 * nm).values["cluster_conductance"])
    2e-06
    """
    from acanthite import film
    from acanthite.device import Filament

    recipe = film.Recipe.of(parameters, thickness=thickness)
    return Filament.from_film(film.grow(recipe, parameters), parameters)


@accepts_quantities
@dataclass(frozen=True)
class CellDevice:
    """A device, and what is known or chosen of its conductances.

    Parameters
    ----------
    device : Filament, FittedDevice or Synapse
        A pulse law (Synapse) has conductances, but no current at a voltage.
    parameters : ParameterSet
        Group ``pulse``: voltages and widths of reads and writes.
    write_voltage : float, optional
        Magnitude of write pulses; that of the parameters without it, or the largest voltage a
        device file was fitted to. [V]
    lowest, highest : float, optional
        Conductances in place of those of the device. [S]

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> CellDevice(film_device(200 * nm)).ends
    (1e-07, 1.6e-06)
    """

    device: Device
    parameters: ParameterSet = AG2S
    write_voltage: float | None = None
    lowest: float | None = None
    highest: float | None = None

    @property
    def read_voltage(self) -> float:
        """Of a read [V]."""
        return self.parameters.value("pulse.read_voltage")

    @property
    def write_width(self) -> float:
        """Of a write pulse [s]."""
        return self.parameters.value("pulse.write_width")

    @cached_property
    def write(self) -> float:
        """Magnitude of write pulses [V].

        Raises
        ------
        CrossbarError
            If it is not given and a device file does not say which voltages it was fitted to.
        """
        if self.write_voltage is not None:
            return self.write_voltage
        usual = self.parameters.value("pulse.write_voltage")
        return max(abs(v) for v in _known(getattr(self.device, "reach", (usual, usual))))

    @property
    def law(self) -> Filament | FittedDevice:
        """The device, which has a current at every voltage.

        Raises
        ------
        LawError
            If it is a pulse law.
        """
        from acanthite.synapse import Synapse

        if isinstance(self.device, Synapse):
            raise LawError(
                f"the pulse law {self.device.NAME!r} knows no voltages; expected a device law"
            )
        return self.device

    @cached_property
    def typical(self) -> Devices:
        """One device without spread and noise."""
        from acanthite.device import FILAMENT, Devices, Filament, without_noise

        if isinstance(self.law, Filament):
            values = np.array([list(self.law.values.values())])
            return without_noise(Devices(FILAMENT, values, 0))
        return without_noise(self.law.law.sample(1, seed=0))

    @cached_property
    def _meaning(self) -> Meaning:
        """What the device file means: the states that training gives it too."""
        from acanthite.device import Filament
        from acanthite.fitting import FittedDevice, meaning

        assert not isinstance(self.device, Filament)  # made of a film, not read from a file
        if isinstance(self.device, FittedDevice):
            _known(self.device.reach)
        return meaning(self.device)

    @property
    def states_from(self) -> Literal["given", "pulse law", "device file", "write pulses"]:
        """Where the two states come from."""
        from acanthite.fitting import FittedDevice
        from acanthite.synapse import Synapse

        if isinstance(self.device, Synapse):
            return "pulse law"
        if None not in (self.lowest, self.highest):
            return "given"
        if isinstance(self.device, FittedDevice) and self.write_voltage is None:
            return "device file"
        return "write pulses"

    @property
    def fitted_set_polarity(self) -> int:
        """Sign of the pulses that potentiate by a device file."""
        pulses = self._meaning.pulses
        assert pulses is not None  # a device law has pulses
        return -1 if pulses.potentiation < 0 else 1

    @cached_property
    def window(self) -> Window:
        """HRS and LRS: of the device file, or what write pulses make of the typical device."""
        from acanthite.fitting import FittedDevice

        if isinstance(self.device, FittedDevice) and self.write_voltage is None:
            return Window(self._meaning.hrs, self._meaning.lrs, self._meaning.set_polarity)
        return window(self.typical, self.write, read_voltage=self.read_voltage)

    @cached_property
    def states(self) -> Ends:
        """HRS and LRS [S]: given, of the pulse law, or of the :attr:`window`."""
        return self._or_given(lambda: self._of_pulse_law() or (self.window.hrs, self.window.lrs))

    @cached_property
    def ends(self) -> Ends:
        """Lowest and highest level [S].

        As given, those of the pulse law, or 5 and 80 % of what is gradual.
        """
        return self._or_given(lambda: self._of_pulse_law() or self._gradual())

    @property
    def potentiation(self) -> tuple[int, float]:
        """Sign and duration [s] of the pulses that potentiate."""
        if self.typical.law.name == "filament":
            return -1, 10 * us
        return self.window.set_polarity, 100 * ms

    def write_verify(self, tolerance: float, bias: str = "V/3") -> WriteVerify:
        """Return how to write levels into arrays of this device, by pulses on the typical one.

        Parameters
        ----------
        tolerance : float
            [S]
        bias : str

        Raises
        ------
        CrossbarError
            If the bias scheme is not one for writing, or no pulse moves the device far enough.
        """
        WriteVerify(bias)  # refused before anything is computed
        return suited(self.typical, self.write, *self.ends, tolerance, bias)

    def _of_pulse_law(self) -> Ends | None:
        from acanthite.synapse import Synapse

        return (self._meaning.hrs, self._meaning.lrs) if isinstance(self.device, Synapse) else None

    def _gradual(self) -> Ends:
        if self.typical.law.name == "filament":  # clusters conduct gradually, filaments do not
            bottom = 0.0
            span = float(self.typical.parameter("cluster_conductance")[0])
        else:
            bottom = self.window.hrs
            span = self.window.lrs - self.window.hrs
        return bottom + _LOWEST * span, bottom + _HIGHEST * span

    def _or_given(self, by_device: Callable[[], Ends]) -> Ends:
        low, high = self.lowest, self.highest
        if low is None or high is None:
            own_low, own_high = by_device()
            low = own_low if low is None else low
            high = own_high if high is None else high
        if not 0 < low < high:
            raise CrossbarError(
                f"lowest conductance {low:.3g} S, highest {high:.3g} S; expected 0 < low < high"
            )
        return low, high


def _known(reach: Ends | None) -> Ends:
    """Return the voltages a device was fitted to, if they are known."""
    if reach is None:
        raise CrossbarError(
            "a write voltage is needed: the device file does not say which voltages it was fitted "
            "to"
        )
    return reach
