"""What makes the current of a device fluctuate at a fixed voltage: 1/f and telegraph noise."""

from acanthite.device.noise.constriction import (
    constriction_radius,
    constriction_resistance,
    maxwell_resistance,
    sharvin_resistance,
)
from acanthite.device.noise.contact_noise import ContactNoise
from acanthite.device.noise.hook import CurrentNoise

__all__ = [
    "ContactNoise",
    "CurrentNoise",
    "constriction_radius",
    "constriction_resistance",
    "maxwell_resistance",
    "sharvin_resistance",
]
