"""The crystal of acanthite, monoclinic Ag2S: Frueh, Z. Kristallogr. 110, 136 (1958)."""

from __future__ import annotations

from acanthite.constants import angstrom, degree
from acanthite.parameters.quantity import Quantity


def _measured(value: float, unit: str, where: str) -> Quantity:
    return Quantity(value, unit, "Frueh1958", where, "measured")


QUANTITIES = {
    "crystal.a": _measured(4.23 * angstrom, "m", "cell"),
    "crystal.b": _measured(6.91 * angstrom, "m", "cell"),
    "crystal.c": _measured(7.87 * angstrom, "m", "cell"),
    "crystal.beta": _measured((99 + 35 / 60) * degree, "rad", "cell"),
}
