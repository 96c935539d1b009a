"""Parameter sets: every number with its unit, source, place and how it was obtained."""

from acanthite.parameters.bibliography import references
from acanthite.parameters.file import load, save, template
from acanthite.parameters.quantity import ParameterSet, Quantity
from acanthite.parameters.sets.ag2s import AG2S

__all__ = ["AG2S", "ParameterSet", "Quantity", "load", "references", "save", "template"]
