"""X-rays: the copper line and the atomic form factors.

Form factors are f(s) = c + sum_i a_i exp(-b_i s^2), s = sin(theta) / lambda.
"""

from __future__ import annotations

from acanthite.constants import angstrom
from acanthite.parameters.quantity import Quantity
from acanthite.parameters.sets.cited import cited

brown = cited("Brown2006", "fitted")
holzer = cited("Holzer1997", "measured")

_TABLE = "Table 6.1.1.4, neutral atom"
_BROWN = {  # a_i [electrons], b_i [angstrom^2], c
    "silver": ((19.2808, 16.6885, 4.8045, 1.0463), (0.6446, 7.4726, 24.6605, 99.8156), 5.1790),
    "sulphur": ((6.9053, 5.2034, 1.4379, 1.5863), (1.4679, 22.2151, 0.2536, 56.1720), 0.8669),
    "silicon": ((6.2915, 3.0353, 1.9891, 1.5410), (2.4386, 32.3337, 0.6785, 81.6937), 1.1407),
    "oxygen": ((3.0485, 2.2868, 1.5463, 0.8670), (13.2771, 5.7011, 0.3239, 32.9089), 0.2508),
    "titanium": ((9.7595, 7.3558, 1.6991, 1.9021), (7.8508, 0.5000, 35.6338, 116.105), 1.2807),
}


def _form_factor(atom: str) -> dict[str, Quantity]:
    a, b, c = _BROWN[atom]
    amplitudes = {f"form_factor.{atom}_a{i}": brown(v, "1", _TABLE) for i, v in enumerate(a, 1)}
    decays = {
        f"form_factor.{atom}_b{i}": brown(v * angstrom**2, "m^2", _TABLE)
        for i, v in enumerate(b, 1)
    }
    return {**amplitudes, **decays, f"form_factor.{atom}_c": brown(c, "1", _TABLE)}


QUANTITIES = {
    "xrd.wavelength": holzer(1.540593 * angstrom, "m", "Cu K-alpha1", 0.000005 * angstrom),
    "xrd.second_wavelength": holzer(1.544427 * angstrom, "m", "Cu K-alpha2", 0.000002 * angstrom),
    **{key: quantity for atom in _BROWN for key, quantity in _form_factor(atom).items()},
}
