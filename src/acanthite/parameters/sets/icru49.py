"""Elements, and how they stop helium: ICRU Report 49 (1993).

Electronic stopping cross-section of He at E [MeV], in 1e-15 eV cm^2 an atom:

    1 / S = 1 / (a1 (1000 E)^a2) + 1 / ((a3 / E) ln(1 + a4 / E + a5 E))

An independent program (CATIMA, tests/references) agrees within 5 % at 2 MeV, and within 10 % for O
and S at 1 MeV. The nuclear stopping left out is 0.1 to 0.2 % there.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Element:
    """A target element.

    Parameters
    ----------
    number : int
        Atomic number.
    mass : float
        Standard atomic weight (Prohaska 2022); averaged over isotopes. [u]
    stopping : tuple of float
        a1 to a5 of the formula above.
    """

    number: int
    mass: float
    stopping: tuple[float, float, float, float, float]


ELEMENTS = {
    "C": Element(6, 12.011, (3.83523, 0.42993, 12.6125, 227.41, 188.97)),
    "N": Element(7, 14.007, (1.9259, 0.5550, 27.15125, 26.0665, 6.2768)),
    "O": Element(8, 15.999, (2.81015, 0.4759, 50.0253, 10.556, 1.0382)),
    "Al": Element(13, 26.982, (2.5, 0.625, 45.7, 0.1, 4.359)),
    "Si": Element(14, 28.085, (2.1, 0.65, 49.34, 1.788, 4.133)),
    "S": Element(16, 32.06, (1.402, 0.6791, 58.98, 3.528, 3.211)),
    "Ti": Element(22, 47.867, (4.71, 0.5087, 65.28, 8.806, 5.948)),
    "Cr": Element(24, 51.996, (6.57, 0.4322, 84.76, 15.53, 2.779)),
    "Cu": Element(29, 63.546, (3.114, 0.5236, 76.67, 7.62, 6.385)),
    "Ag": Element(47, 107.868, (5.6, 0.49, 130.0, 10.0, 2.844)),
    "Pt": Element(78, 195.084, (4.68, 0.5247, 244.7, 2.749, 0.8962)),
    "Au": Element(79, 196.967, (3.223, 0.5883, 232.7, 2.954, 1.05)),
}
SOURCES = ("ICRU49", "Prohaska2022")
