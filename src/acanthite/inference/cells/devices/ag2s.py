"""The twin's own cells: the Ag2S device of a film, at a temperature."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from acanthite.arguments import number
from acanthite.constants import nS, uS
from acanthite.device import Devices, Filament, without_noise
from acanthite.errors import CellError
from acanthite.film import Recipe, grow
from acanthite.inference.cells.devices.law_cells import LawCells
from acanthite.inference.cells.devices.writing import WritePulse
from acanthite.parameters import AG2S, ParameterSet, Quantity
from acanthite.parameters.reading import cached
from acanthite.quantities import accepts_quantities


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class Ag2SCells(LawCells):
    """The Ag2S device of this package, by the law that every other room uses.

    Levels are clusters on the interface of a thick film, written by the pulses of the paper. Left
    alone, clusters stay in the law as they are: no voltage, no rate. What is lost with time is what
    the law says is lost, so these cells say nothing of loss that it does not know.

    Parameters
    ----------
    conductance_min, conductance_max : float
        From devices in the HRS to three quarters of what all clusters conduct. [S]
    thickness : float
        Of the film; by default that of the thick one of the device's parameters. [m]
    temperature : float
        While the cells are written, and after; by default that of the device's parameters. [K]
    parameters : ParameterSet
        Of the film and the device; a set of one's own exists in Python only.

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> import numpy as np
    >>> cells = ac.inference.cells("ag2s")
    >>> targets = np.full(10_000, 1 * uS)
    >>> once, verified = (cells.program(targets, tolerance=t) for t in (None, 0.01))
    >>> print(f"{once.written.std() / uS:.2f} and {verified.written.std() / uS:.3f} uS")
    0.06 and 0.005 uS
    """

    NAME: ClassVar[str] = "ag2s"
    SOURCE: ClassVar[str] = "the filament law, Zhu et al. 2025"

    conductance_min: float = 1 * nS
    conductance_max: float = 1.5 * uS
    thickness: float = math.nan
    temperature: float = math.nan
    parameters: ParameterSet = AG2S

    def __post_init__(self) -> None:
        super().__post_init__()
        if math.isnan(self.thickness):
            thickness = self.parameters.value("stack.thick_film_thickness")
            object.__setattr__(self, "thickness", thickness)
        if math.isnan(self.temperature):
            temperature = self.parameters.value("filament.temperature")
            object.__setattr__(self, "temperature", temperature)
        number("Ag2SCells: thickness", self.thickness, above=0, error=CellError)
        number("Ag2SCells: temperature", self.temperature, above=0, error=CellError)
        limit = self.parameters.value("film.phase_transition_temperature")
        if self.temperature >= limit:
            raise CellError(
                f"Ag2SCells: temperature = {self.temperature:g} K; above the transition of Ag2S at "
                f"{limit:g} K a device is a short and holds no weight; give one below it"
            )

    def devices(self, n: int, seed: int) -> Devices:
        """Return so many devices of the population."""
        return self._nominal.sample(n, seed=seed)

    def typical(self) -> Devices:
        """Return one device without spread and noise."""
        nominal = self._nominal
        return without_noise(Filament(nominal.values, 0.0, 0.0, nominal.attrs).sample(1, seed=0))

    @property
    def _nominal(self) -> Filament:
        return _nominal(self.thickness, self.temperature, self.parameters)

    @property
    def pulse(self) -> WritePulse:
        """The pulses of the paper; write and verify takes none that is higher."""
        volts = self.parameters.value("pulse.write_voltage")
        width = self.parameters.value("pulse.write_width")
        return WritePulse(-volts, width, volts)


@cached(8)
def _nominal(thickness: float, temperature: float, parameters: ParameterSet) -> Filament:
    chosen = Quantity(temperature, "K", "acanthite", "temperature of the cells", "assumed")
    here = parameters.replace({"filament.temperature": chosen})
    return Filament.from_film(grow(Recipe.of(here, thickness=thickness), here), here)
