"""What the options of ``acanthite array`` come to: the device, the states write pulses bring it into, the ends of its levels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from acanthite.commands.options import device_of, law_of
from acanthite.errors import CrossbarError

if TYPE_CHECKING:
    from acanthite.crossbar import Window, Wires
    from acanthite.device import Devices, Filament
    from acanthite.fitting import FittedDevice, Meaning
    from acanthite.parameters import ParameterSet
    from acanthite.synapse import Synapse
    from acanthite.wafer import Technology

    Cell = Filament | FittedDevice | Synapse


_NO_REACH = "--write is needed: the device file does not say which voltages it was fitted to"


@dataclass(frozen=True)
class Asked:
    """What the options came to."""

    shape: tuple[int, int]
    device: Cell
    technology: Technology
    bias: str
    given_write: float | None
    given_low: float | None
    given_high: float | None
    levels: int
    time: float
    error: float
    seed: int
    out: Path | None
    usual: bool
    """Whether the device is the one the defaults of write-verify are for."""

    @cached_property
    def wires(self) -> Wires:
        """The lines of the array as it is drawn."""
        return self.technology.wires(*self.shape)

    @property
    def read_voltage(self) -> float:
        """Of a read, from the parameters [V]."""
        return self.technology.parameters.value("pulse.read_voltage")

    @property
    def write_width(self) -> float:
        """Of a write pulse, from the parameters [s]."""
        return self.technology.parameters.value("pulse.write_width")

    @cached_property
    def write(self) -> float:
        """Magnitude of write pulses [V]."""
        if self.given_write is not None:
            return self.given_write
        usual = self.technology.parameters.value("pulse.write_voltage")
        reach = getattr(self.device, "reach", (usual, usual))
        if reach is None:
            raise CrossbarError(_NO_REACH)
        return max(abs(v) for v in reach)

    @property
    def driven(self) -> Filament | FittedDevice:
        """The device, which has a current at every voltage."""
        from acanthite.synapse import Synapse

        assert not isinstance(self.device, Synapse)  # refused before
        return self.device

    @cached_property
    def typical(self) -> Devices:
        """One device without spread and noise."""
        import numpy as np

        from acanthite.device import FILAMENT, Devices, Filament, without_noise

        device = self.driven
        if isinstance(device, Filament):
            return without_noise(Devices(FILAMENT, np.array([list(device.values.values())]), 0))
        return without_noise(device.law.sample(1, seed=0))

    @cached_property
    def meaning(self) -> Meaning:
        """What the device file means: the states that training takes it to have too."""
        from acanthite.device import Filament
        from acanthite.fitting import meaning
        from acanthite.synapse import Synapse

        device = self.device
        assert not isinstance(device, Filament)  # made of a film, not read from a file
        if not isinstance(device, Synapse) and device.reach is None:
            raise CrossbarError(_NO_REACH)
        return meaning(device)

    @cached_property
    def window(self) -> Window:
        """HRS and LRS: of the device file, or what a given write voltage makes of the typical device."""
        from acanthite.crossbar import Window, window
        from acanthite.fitting import FittedDevice

        if isinstance(self.device, FittedDevice) and self.given_write is None:
            found = self.meaning
            return Window(found.hrs, found.lrs, found.set_polarity)
        return window(self.typical, self.write, read_voltage=self.read_voltage)

    def states(self) -> tuple[float, float]:
        """Return HRS and LRS [S]: given, of the pulse law, or what write pulses make of the typical device."""
        return self._or_given(lambda: self._pulsed() or (self.window.hrs, self.window.lrs))

    def ends(self) -> tuple[float, float]:
        """Return lowest and highest level [S]: given, of the pulse law, or 5 and 80 % of what conducts gradually."""
        return self._or_given(lambda: self._pulsed() or self._gradual())

    def potentiation(self) -> tuple[int, float]:
        """Return the sign of the write pulses that potentiate, and for how long [s]: clusters of the film, or all of the window."""
        from acanthite.constants import ms, us

        if self.typical.law.name == "filament":
            return -1, 10 * us
        return self.window.set_polarity, 100 * ms

    def _pulsed(self) -> tuple[float, float] | None:
        from acanthite.synapse import Synapse

        return (self.meaning.hrs, self.meaning.lrs) if isinstance(self.device, Synapse) else None

    def _gradual(self) -> tuple[float, float]:
        if self.typical.law.name == "filament":  # clusters conduct gradually, filaments do not
            bottom, span = 0.0, float(self.typical.parameter("cluster_conductance")[0])
        else:
            bottom, span = self.window.hrs, self.window.lrs - self.window.hrs
        return bottom + 0.05 * span, bottom + 0.8 * span

    def _or_given(self, found: Callable[[], tuple[float, float]]) -> tuple[float, float]:
        low, high = self.given_low, self.given_high
        if low is None or high is None:
            other = found()
            low, high = (other[0] if low is None else low), (other[1] if high is None else high)
        if not 0 < low < high:
            raise CrossbarError(f"--low {low:.3g} --high {high:.3g}: expected 0 < low < high")
        return low, high


def cells_of(
    path: Path | None, thickness: float, parameters: ParameterSet, driven: bool, trust: bool = False
) -> Cell:
    """Return the device of a file, or the filament on a film of a thickness [m].

    A pulse law, which says nothing of voltages, is refused where the cells are to be ``driven``.
    """
    if path is not None:
        return law_of(path, trust) if driven else device_of(path, trust)
    from acanthite import film
    from acanthite.device import Filament

    return Filament.from_film(
        film.grow(film.Recipe.of(parameters, thickness=thickness), parameters), parameters
    )
