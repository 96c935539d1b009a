"""Recipe -> Film: deposition, annealing, diffraction (XRD), backscattering (RBS), roughness (AFM),
bending and cracks.
"""

from acanthite.film.bending import bend
from acanthite.film.cracks import broken, broken_share
from acanthite.film.film import Film
from acanthite.film.growth import deposition_rate, grain_size, grow, migration_barrier, stable_phase
from acanthite.film.readers import read_height_map, read_pattern, read_spectrum
from acanthite.film.recipe import Recipe

__all__ = [
    "Film",
    "Recipe",
    "bend",
    "broken",
    "broken_share",
    "deposition_rate",
    "grain_size",
    "grow",
    "migration_barrier",
    "read_height_map",
    "read_pattern",
    "read_spectrum",
    "stable_phase",
]
