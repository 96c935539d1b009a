"""The Ag2S twin: the paper's numbers, the crystal's, and those acanthite fitted or assumed."""

from __future__ import annotations

from acanthite.parameters.quantity import ParameterSet
from acanthite.parameters.sets import frueh1958, twin, wafer, xray, zhu2025

AG2S = ParameterSet(
    "Ag2S",
    {
        **zhu2025.QUANTITIES,
        **frueh1958.QUANTITIES,
        **xray.QUANTITIES,
        **twin.QUANTITIES,
        **wafer.QUANTITIES,
    },
)
