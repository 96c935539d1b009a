"""Makes helium_stopping.csv with CATIMA (pip install pycatima), an independent program (ATIMA's physics, GSI).

Stopping cross-section of helium, electronic and nuclear, in 1e-15 eV cm^2 an atom.
"""

import pycatima

ELEMENTS = {
    "O": (8, 15.999), "Al": (13, 26.982), "Si": (14, 28.085), "S": (16, 32.06), "Ti": (22, 47.867),
    "Cu": (29, 63.546), "Ag": (47, 107.868), "Pt": (78, 195.084), "Au": (79, 196.967),
}  # fmt: skip

print("element,energy_MeV,stopping")
for symbol, (number, mass) in ELEMENTS.items():
    material = pycatima.Material([(mass, number, 1)])
    for energy in (1.0, 1.5, 2.0):
        helium = pycatima.Projectile(4.002602, 2)
        helium.T(energy / 4.002602)
        per_gram = pycatima.dedx(helium, material)  # MeV cm^2 / g
        print(f"{symbol},{energy},{per_gram * 1e6 * mass * 1.66053907e-24 * 1e15:.3f}")
