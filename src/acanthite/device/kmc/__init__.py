"""Kinetic Monte Carlo of silver: filaments grown through a map of grains, particles and clusters
without a bias.
"""

from acanthite.device.kmc.animation import animate, picture
from acanthite.device.kmc.beam import irradiate, irradiate_section
from acanthite.device.kmc.filaments import Electrode, grow_filament, grow_many
from acanthite.device.kmc.grains import GrainMap, grain_map
from acanthite.device.kmc.precipitation import precipitate

__all__ = [
    "Electrode",
    "GrainMap",
    "animate",
    "grain_map",
    "grow_filament",
    "grow_many",
    "irradiate",
    "irradiate_section",
    "picture",
    "precipitate",
]
