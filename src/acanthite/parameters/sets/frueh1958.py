"""The crystal of acanthite, monoclinic Ag2S: Frueh, Z. Kristallogr. 110, 136 (1958)."""

from __future__ import annotations

from acanthite.constants import angstrom, degree
from acanthite.parameters.quantity import Quantity
from acanthite.parameters.sets.cited import cited

measured = cited("Frueh1958", "measured")


def _atom(name: str, x: float, y: float, z: float) -> dict[str, Quantity]:
    """Fractional coordinates of an atom in the asymmetric unit of P2_1/n."""
    return {
        f"crystal.{name}_{axis}": measured(v, "1", "atoms")
        for axis, v in zip("xyz", (x, y, z), strict=True)
    }


QUANTITIES = {
    "crystal.a": measured(4.23 * angstrom, "m", "cell"),
    "crystal.b": measured(6.91 * angstrom, "m", "cell"),
    "crystal.c": measured(7.87 * angstrom, "m", "cell"),
    "crystal.beta": measured((99 + 35 / 60) * degree, "rad", "cell"),
    **_atom("silver1", 0.758, 0.015, 0.305),
    **_atom("silver2", 0.285, 0.320, 0.435),
    **_atom("sulphur", 0.359, 0.239, 0.134),
}
