"""Recipe -> Film: deposition, annealing, diffraction (XRD), roughness (AFM)."""

from acanthite.film.film import Film
from acanthite.film.growth import deposition_rate, grain_size, grow, migration_barrier, stable_phase
from acanthite.film.recipe import Recipe

__all__ = [
    "Film",
    "Recipe",
    "deposition_rate",
    "grain_size",
    "grow",
    "migration_barrier",
    "stable_phase",
]
