"""Laws that several tests measure: of one text, so that they are compiled once."""

from __future__ import annotations

from dataclasses import replace

from acanthite.device import Law, law


@law(state="x", parameters={"g": 1e-3})
def resistor(x, voltage, p):
    return 0.0, voltage * p.g


def resistor_of(conductance: float) -> Law:
    """Return the law of a resistor that conducts so much unless told otherwise. [S]"""
    return replace(resistor, parameters={"g": conductance})
