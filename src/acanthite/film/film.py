"""The film that leaves the furnace: what the device room needs to know of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from acanthite.display import Plotted
from acanthite.film.recipe import Recipe
from acanthite.quantities import accepts_quantities

Phase = Literal["monoclinic", "bcc"]


@accepts_quantities
@dataclass(frozen=True)
class Film(Plotted, picture="acanthite.film.diffraction:diffractogram"):
    """A grown film.

    Parameters
    ----------
    thickness : float
        [m]
    grain_size : float
        Mean grain at the top interface, where filaments nucleate. [m]
    migration_barrier : float
        Activation energy of Ag+ through grains and what disorder adds. [J]
    bottom_barrier : float
        The same in the poorly ordered first layers, on the bottom electrode. [J]
    silver_excess : float
        delta in Ag(2+delta)S. [1]
    roughness : float
        Ra, the mean departure from the mean height. [m]
    phase : {"monoclinic", "bcc"}
        At room temperature.
    recipe : Recipe
        Where it comes from.
    grain_barrier : float
        Activation energy inside a perfect grain. [J]
    reference_barrier : float
        ``migration_barrier`` of the reference film (50 nm, reference anneal). [J]
    microstrain : float
        Spread of the lattice spacing in the grains, as in Williamson and Hall: it broadens XRD
        lines and does nothing else here. [1]
    bending_strain : float
        Along the bent direction, positive where stretched. [1]

    Examples
    --------
    >>> from acanthite.constants import eV, nm
    >>> film = ac.film.grow()
    >>> print(
    ...     f"{film.thickness / nm:.0f} nm, {film.phase}, grains of {film.grain_size / nm:.0f} nm"
    ... )
    50 nm, monoclinic, grains of 22 nm
    >>> print(f"barrier {film.migration_barrier / eV:.2f} eV, disorder {film.disorder:.2f}")
    barrier 0.51 eV, disorder 1.00
    """

    thickness: float
    grain_size: float
    migration_barrier: float
    bottom_barrier: float
    silver_excess: float
    roughness: float
    phase: Phase
    recipe: Recipe
    grain_barrier: float
    reference_barrier: float
    microstrain: float = 0.0
    bending_strain: float = 0.0

    @property
    def disorder(self) -> float:
        """What disorder adds to the barrier, 1 for the reference film, 0 for a perfect crystal [1]."""
        return (self.migration_barrier - self.grain_barrier) / (
            self.reference_barrier - self.grain_barrier
        )
