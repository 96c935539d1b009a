"""Kinetic Monte Carlo of silver: filaments grown through a map of grains, particles and clusters without a bias."""

from acanthite.device.kmc.filaments import grow_filament, grow_many
from acanthite.device.kmc.grains import GrainMap, grain_map

__all__ = ["GrainMap", "grain_map", "grow_filament", "grow_many"]
