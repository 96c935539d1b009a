"""Makes acanthite_structure_factors.csv with gemmi 0.7 (pip install gemmi), an independent calculation.

Frueh's cell and atoms, P 1 21/n 1, neutral form factors of International Tables C, no displacement.
"""

import gemmi

CIF = """data_acanthite
_cell_length_a 4.23
_cell_length_b 6.91
_cell_length_c 7.87
_cell_angle_alpha 90
_cell_angle_beta 99.5833333333
_cell_angle_gamma 90
_symmetry_space_group_name_H-M 'P 1 21/n 1'
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_U_iso_or_equiv
Ag1 Ag 0.758 0.015 0.305 0
Ag2 Ag 0.285 0.320 0.435 0
S1 S 0.359 0.239 0.134 0
"""
LINES = (
    *((-1, 1, 2), (1, 1, 1), (1, 2, 0), (-1, 2, 1), (0, 2, 2), (1, 1, 2), (1, 2, 1), (0, 1, 3)),
    *((-1, 0, 3), (0, 3, 1), (2, 0, 0), (1, 0, 1), (3, -2, 4), (0, 4, 0), (-2, 3, 5)),
)

crystal = gemmi.make_small_structure_from_block(gemmi.cif.read_string(CIF).sole_block())
crystal.setup_cell_images()
calculator = gemmi.StructureFactorCalculatorX(crystal.cell)
print("h,k,l,spacing_angstrom,amplitude")
for hkl in LINES:
    F = calculator.calculate_sf_from_small_structure(crystal, hkl)
    print(f"{hkl[0]},{hkl[1]},{hkl[2]},{crystal.cell.calculate_d(hkl):.6f},{abs(F):.6f}")
