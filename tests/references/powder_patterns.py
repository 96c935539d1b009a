"""Makes powder_patterns.csv with pymatgen 2025/2026 (pip install pymatgen), an independent calculation.

Cu K-alpha1, the structures of Frueh (1958), silicon and rutile; no displacement; intensities over the strongest.
pymatgen's form factors are others (Peng's, by way of de Graef and McHenry), so intensities agree to a few per cent.
"""

from pymatgen.analysis.diffraction.xrd import XRDCalculator
from pymatgen.core import Lattice, Structure

SILICON = Structure.from_spacegroup("Fd-3m", Lattice.cubic(5.431020511), ["Si"], [(0, 0, 0)])
RUTILE = Structure.from_spacegroup(
    "P4_2/mnm",
    Lattice.tetragonal(4.593659, 2.958682),
    ["Ti", "O"],
    [(0, 0, 0), (0.30479, 0.30479, 0)],
)
CELL = Lattice.monoclinic(4.23, 6.91, 7.87, 99 + 35 / 60)
ASYMMETRIC = (
    ("Ag", 0.758, 0.015, 0.305),
    ("Ag", 0.285, 0.320, 0.435),
    ("S", 0.359, 0.239, 0.134),
)
ATOMS = [  # P 1 21/n 1, the setting written out
    (element, site)
    for element, x, y, z in ASYMMETRIC
    for site in ((x, y, z), (-x, -y, -z), (0.5 - x, 0.5 + y, 0.5 - z), (0.5 + x, 0.5 - y, 0.5 + z))
]
ACANTHITE = Structure(CELL, [a[0] for a in ATOMS], [a[1] for a in ATOMS])

print("crystal,two_theta_degrees,intensity")
calculator = XRDCalculator(wavelength=1.540593, symprec=0)
for name, structure in (("acanthite", ACANTHITE), ("silicon", SILICON), ("rutile", RUTILE)):
    pattern = calculator.get_pattern(structure, two_theta_range=(10, 60))
    for angle, intensity in zip(pattern.x, pattern.y, strict=True):
        if intensity > 1.0:
            print(f"{name},{angle:.4f},{intensity / 100:.4f}")
