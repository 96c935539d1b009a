"""The unit cells by name."""

from __future__ import annotations

from acanthite.synapse.units.one_sided_pair import OneSidedPair
from acanthite.synapse.units.reference_pair import ReferencePair
from acanthite.synapse.units.unit_cell import UnitCell
from acanthite.synapse.units.vector_cell import VectorCell

UNITS: dict[str, type[UnitCell]] = {
    kind.NAME: kind for kind in (VectorCell, OneSidedPair, ReferencePair)
}
"""The unit cells by name."""
