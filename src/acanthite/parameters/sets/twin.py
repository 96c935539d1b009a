"""Numbers acanthite fitted to the paper's claims, or assumed.

The filament law, the film, the spreads.

The calibration is scripts/calibrate.py; docs/physics.md says what is fitted to what.
(nucleation_field, site_number, attempt_rate and the sweep rate) are degenerate: other sets fit the
DC data equally well.
"""

from __future__ import annotations

from acanthite.constants import (
    MeV,
    angstrom,
    avogadro,
    celsius,
    cm,
    degree,
    eV,
    hour,
    keV,
    mtorr,
    mV,
    nm,
    pA,
    pF,
    um,
    uS,
    us,
)
from acanthite.parameters.sets.cited import assumed, cited, fitted

stated = cited("Zhu2025", "measured")
computed = cited("Gall2016", "predicted")
measured_in_gold = cited("Erts2000", "measured")
ductile = cited("Shi2018", "assumed")
zone_melted = cited("Li2021Ag2S", "measured")
diffracted = cited("Blanton2011", "measured")

QUANTITIES = {
    "process.critical_h2s_pressure": assumed(
        5 / 3 * mtorr, "Pa", "H2S partial pressure at 150 W below which the film is Ag-rich"
    ),
    "process.thermalisation_pressure": assumed(
        4.0, "Pa", "(p d)_0 / d of Keller and Simmons, 0.4 Pa m over 0.1 m from target to wafer"
    ),
    "process.metal_mode_ratio": assumed(
        2.0, "1", "silver sputtered from a clean target over a poisoned one"
    ),
    "film.grain_as_deposited": assumed(8 * nm, "m", "D0 of the annealing law"),
    "film.grain_annealed": assumed(
        22 * nm, "m", "grain after 3 h at the reference anneal, 50 nm film"
    ),
    "film.grain_growth_energy": assumed(0.5 * eV, "J", "Q of the annealing law"),
    "film.reference_temperature": assumed(
        celsius(160.0), "K", "reference anneal of the annealing law"
    ),
    "film.reference_time": assumed(3 * hour, "s", "reference anneal of the annealing law"),
    "film.grain_thickness_exponent": assumed(0.72, "1", "top grain ~ (d / 50 nm)^q"),
    "film.reference_thickness": assumed(50 * nm, "m", "thickness the annealing law refers to"),
    "film.grain_barrier": stated(0.20 * eV, "J", "Sect. 3.3: Frenkel migration, ~0.2 eV"),
    "film.boundary_barrier": fitted(0.826 * eV, "J", "dW, what disorder adds"),
    "film.barrier_grain_size": fitted(18.76 * nm, "m", "D_h, grain at which half of dW is left"),
    "film.barrier_exponent": fitted(3.297, "1", "p"),
    "film.microstrain": assumed(
        0.0, "1", "none: the paper reports widths only, so grains are lower bounds"
    ),
    "film.roughness_correlation": assumed(40 * nm, "m", "correlation length of the surface"),
    "film.phase_transition_temperature": assumed(celsius(177.0), "K", "monoclinic to bcc"),
    "argentite.resistivity": zone_melted(
        2.5e-5, "ohm m", "abstract: 40000.5 S/m where alpha turns into beta"
    ),
    "argentite.resistivity_coefficient": zone_melted(
        1.0148e-3, "1/K", "abstract: 33256.2 S/m at 650 K, over that at the onset"
    ),
    "argentite.transition_temperature": diffracted(
        celsius(586.0), "K", "abstract: body-centred to face-centred cubic"
    ),
    "xrd.scherrer_constant": assumed(0.9, "1", "K of the Scherrer equation"),
    "xrd.instrument_width": assumed(0.1 * degree, "rad", "full width at half maximum"),
    "xrd.second_share": assumed(0.0, "1", "K-alpha2 over K-alpha1: stripped, or a monochromator"),
    "xrd.lorentz_fraction": assumed(0.5, "1", "eta of the pseudo-Voigt lines"),
    "xrd.displacement": assumed(
        2.0 * angstrom**2, "m^2", "B of the Debye-Waller factor, all atoms alike"
    ),
    "xrd.line_counts": assumed(
        1500.0, "1", "strongest line over background, reference film: a count of a step"
    ),
    "xrd.background_counts": assumed(200.0, "1", "of a step"),
    "xrd.step": assumed(0.02 * degree, "rad", "of 2theta"),
    "rbs.energy": assumed(2 * MeV, "J", "of the helium beam; the paper does not state its own"),
    "rbs.angle": assumed(170 * degree, "rad", "scattering angle"),
    "rbs.resolution": assumed(15 * keV, "J", "full width at half maximum of a silicon detector"),
    "rbs.solid_angle": assumed(2e-3, "1", "of the detector, sr"),
    "rbs.charge": assumed(10e-6, "A s", "collected"),
    "rbs.channel": assumed(2 * keV, "J", "of the analyser"),
    "target.silver_density": assumed(5.862e28, "1/m^3", "atoms, bulk: 10.50 g/cm3"),
    "target.gold_density": assumed(5.901e28, "1/m^3", "atoms, bulk: 19.30 g/cm3"),
    "target.silicon_density": assumed(4.994e28, "1/m^3", "atoms, crystal: 8 a cell"),
    "target.oxide_density": assumed(2.205e28, "1/m^3", "formula units of thermal SiO2: 2.20 g/cm3"),
    "bending.substrate_thickness": assumed(50 * um, "m", "polyimide; the paper does not state it"),
    "bending.substrate_modulus": assumed(2.5e9, "Pa", "polyimide, data sheets of Kapton HN"),
    "bending.metal_modulus": assumed(80e9, "Pa", "gold 79 GPa, silver 83 GPa, bulk"),
    "bending.film_modulus": assumed(40e9, "Pa", "Ag2S; soft for an inorganic solid"),
    "bending.film_poisson": assumed(0.33, "1", "Ag2S"),
    "bending.activation_volume": assumed(
        5 * cm**3 / avogadro,
        "m^3",
        "Ag+ hop, 5 cm3/mol: between superionic silver salts (~1) and AgCl, defect formation "
        "included (12)",
    ),
    "filament.temperature": assumed(300.0, "K", "room temperature"),
    "filament.attempt_rate": fitted(2.43e11, "1/s", "nu0"),
    "filament.site_number": fitted(698.0, "1", "N_s, nucleation sites a cell"),
    "filament.nucleation_field": fitted(0.0464 * eV, "J V", "B, 2D nucleation (Erdey-Gruz-Volmer)"),
    "filament.gold_field": fitted(0.1436 * eV, "J V", "B_Au, nucleation of silver on gold"),
    "filament.growth_velocity": fitted(5e-3, "m/s", "v_x0"),
    "filament.growth_field": fitted(0.0085 * eV, "J V", "B_x"),
    "filament.tip_promotion": assumed(0.3, "1", "g, self-promotion of the tip"),
    "filament.retraction_ratio": assumed(2.0, "1", "retraction over growth"),
    "filament.tip_radius": assumed(
        1.5 * nm, "m", "of the growing end: half the body's radius, sharper than the body"
    ),
    "filament.rupture_gap": assumed(0.25 * nm, "m", "a contact opens by about an atom"),
    "filament.radial_velocity": fitted(1e-2, "m/s", "v_r0"),
    "filament.radial_field": fitted(
        0.029 * eV, "J V", "B_r, growth and rupture of the contact: one reaction, either way"
    ),
    "filament.exchange_number": assumed(
        10.0, "1", "radii deposited anew before a constriction is another"
    ),
    "filament.rupture_rate": fitted(
        4e7, "1/s", "nu_r, attempts of the weakest atom of the waist to begin a void"
    ),
    "filament.rupture_atoms": assumed(
        14.0,
        "1",
        "of the waist whose weakest atom has the field B_r: the middle contact of a sweep",
    ),
    "filament.notch_radius": assumed(
        0.236 * nm,
        "m",
        "of the sharpest neck: one (111) layer of silver, 4.09 angstrom over the root of 3",
    ),
    "filament.surface_diffusivity": assumed(1e-7, "m^2/s", "D_0 of silver along its surface"),
    "filament.surface_barrier": fitted(
        1.03 * eV,
        "J",
        "Q of surface diffusion, pinned by the matrix: retention bounds it from below; some 0.7 "
        "eV for bare silver",
    ),
    "filament.ripple_foldings": assumed(
        2.0, "1", "e-folds from the first roughness of a filament to its rupture: 1 to 3"
    ),
    "filament.cluster_dissolution_rate": assumed(
        5.45e7, "1/s", "nu_d: a depression pulse undoes what a potentiation pulse did"
    ),
    "filament.cluster_conductance": fitted(2 * uS, "S", "G_m"),
    "filament.junction_conductance": fitted(
        131.0,
        "S/m^2",
        "of one grain boundary at small bias and 300 K: 1 nS of a 50 nm device, with three of "
        "them and 25 um2",
    ),
    "filament.hrs_barrier": assumed(
        0.28 * eV,
        "J",
        "the larger of two activation energies of the dark resistivity of evaporated films, "
        "El-Nahass 2004, abstract",
    ),
    "filament.hrs_ideality": assumed(1.5, "1", "of the junction"),
    "filament.bulk_conductivity": assumed(0.1, "S/m", "of Ag2S, in series with the junction"),
    "filament.tunnel_decay": assumed(3.9 / nm, "1/m", "2 kappa"),
    "filament.fermi_wavenumber": assumed(12.0 / nm, "1/m", "k_F of silver"),
    "filament.resistivity": assumed(6e-8, "ohm m", "of a silver nanowire"),
    "filament.phonon_resistivity": assumed(
        6.0e-11,
        "ohm m/K",
        "what warmth adds to it: bulk silver's 1.59e-8 ohm m times 0.0038 per kelvin",
    ),
    "filament.resistivity_mean_free_path": computed(8.46e-16, "ohm m^2", "Table II: Ag"),
    "filament.body_radius": assumed(3 * nm, "m", "r_fil"),
    "filament.series_resistance": assumed(150.0, "ohm", "R_s: lines and contacts"),
    "filament.line_coefficient": assumed(
        3e-3, "1/K", "temperature coefficient of R_s: thin films of silver and gold"
    ),
    "filament.contact_radius": fitted(0.66 * nm, "m", "r_max"),
    "filament.polarisation_fraction": assumed(0.06, "1", "u / V in steady state"),
    "filament.polarisation_time": assumed(2 * us, "s", "tau, recovery after a pulse"),
    "filament.relative_permittivity": assumed(12.0, "1", "eps_r"),
    "kmc.cell": assumed(1 * nm, "m", "side of a cell of the section"),
    "kmc.first_grain": assumed(4 * nm, "m", "grains of the first, disordered layers"),
    "kmc.path_barrier": assumed(
        0.10 * eV, "J", "what growth through a grain costs over a boundary"
    ),
    "kmc.interface_energy": assumed(0.2, "J/m^2", "of Ag against Ag2S: smooths the filament"),
    "kmc.hop_distance": assumed(0.3 * nm, "m", "of an Ag ion between neighbouring sites"),
    "kmc.silver_solubility": assumed(
        1e-5, "1", "excess delta in equilibrium with silver: zero overpotential"
    ),
    "kmc.beam_overpotential": assumed(
        0.30, "V", "of a surface charged by the beam, before clusters discharge it"
    ),
    "kmc.beam_range": assumed(
        200 * nm, "m", "how far around its spot a beam of a few keV charges the film"
    ),
    "kmc.beam_current": assumed(10 * pA, "A", "absorbed by the film and spent on reduction"),
    "spread.device_barrier": assumed(
        10e-3 * eV, "J", "sigma_W between devices, at 22 nm grains: that between cycles"
    ),
    "spread.cycle_barrier": assumed(
        0.0, "J", "sigma_W between cycles: nucleation is random enough by itself"
    ),
    "spread.contact_radius": fitted(0.493, "1", "sigma ln r_max between devices"),
    "spread.radial_velocity": fitted(0.639, "1", "xi_r between cycles"),
    "spread.growth_velocity": assumed(0.30, "1", "xi_x between cycles"),
    "spread.rupture_field": fitted(
        0.254, "1", "one over Weibull's modulus of the fields of rupture of the atoms of a waist"
    ),
    "spread.device_junction": assumed(
        10e-3 * eV, "J", "of the junction's barrier between devices: as sigma_W"
    ),
    "spread.cycle_junction": assumed(
        10e-3 * eV, "J", "of the junction's barrier between lives of a filament: as sigma_W"
    ),
    "spread.cluster_conductance": fitted(0.062, "1", "G_m between cycles"),
    "instrument.sweep_rate": assumed(5.0, "V/s", "the paper does not state it; 5 mV a millisecond"),
    "instrument.sweep_step": assumed(2.5 * mV, "V", "staircase of the DC sweeps"),
    "instrument.sweep_stop": assumed(
        0.4, "V", "both ends of a DC cycle: past set and reset, short of a set from Au"
    ),
    "instrument.current_limit": assumed(
        0.1, "A", "of a source-measure unit without compliance set"
    ),
    "instrument.pulse_edge": assumed(20e-9, "s", "rise and fall of a fast pulse"),
    "instrument.parasitic_capacitance": assumed(1 * pF, "F", "of a line, for the scaling note"),
    # noise of the silver contact, and strain that breaks
    "noise.hooge_constant": assumed(
        2e-3, "1", "Hooge's number for metals; from one metal film to another 1e-4 to 1e-1"
    ),
    "noise.mean_free_path": measured_in_gold(
        4 * nm,
        "m",
        "abstract: gold contacts from an atom to 20 nm; silver's is assumed alike, 2 to 14 nm",
    ),
    "noise.cross_section": assumed(
        0.01 * nm**2, "m^2", "change as a defect jumps, 0.001 to 0.1 nm2; an atom takes 0.07 nm2"
    ),
    "noise.slowest_rate": assumed(1e-6, "1/s", "slower ones are steady over a measurement"),
    "noise.fastest_rate": assumed(1e9, "1/s", "faster ones are averaged by any instrument"),
    "bending.film_elastic_limit": assumed(
        0.017, "1", "Ag2S, bulk; about 1.7 % by an abstract on its elasticity under pressure"
    ),
    "bending.film_crack_strain": ductile(
        0.04, "1", "bulk Ag2S stretches by about 4 %; thin films bend unharmed"
    ),
    "bending.film_crack_shape": assumed(6.0, "1", "Weibull, of the film; 3 to 15"),
    "bending.metal_crack_strain": assumed(
        0.15,
        "1",
        "50 nm Au on polyimide uncracked up to it: Putz, MRS Adv. 1, 773 (2016), abstract",
    ),
    "bending.metal_crack_shape": assumed(6.0, "1", "Weibull, of the electrodes; 3 to 15"),
}
