"""What matters about a device: accuracy against each of its properties, and what to improve next."""

from acanthite.explore.findings import Curve, Finding, Findings
from acanthite.explore.properties import PROPERTIES, Property
from acanthite.explore.run import explore
from acanthite.explore.study import Study

__all__ = ["PROPERTIES", "Curve", "Finding", "Findings", "Property", "Study", "explore"]
