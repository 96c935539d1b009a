"""What matters about a device: accuracy against each property, and what to improve next."""

from acanthite.explore.findings import Findings, PropertyCurve, PropertyEffect
from acanthite.explore.properties import PROPERTIES, Property
from acanthite.explore.run import explore
from acanthite.explore.study import PropertyStudy

__all__ = [
    "PROPERTIES",
    "Findings",
    "Property",
    "PropertyCurve",
    "PropertyEffect",
    "PropertyStudy",
    "explore",
]
