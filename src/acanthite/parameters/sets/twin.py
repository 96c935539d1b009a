"""Numbers acanthite fitted to the paper's claims, or assumed: the filament law, the film, the spreads.

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
from acanthite.parameters.quantity import How, Quantity


def _twin(value: float, unit: str, how: How, where: str, std: float | None = None) -> Quantity:
    return Quantity(value, unit, "acanthite", where, how, std)


_PROCESS = {
    "process.critical_h2s_pressure": _twin(
        5 / 3 * mtorr,
        "Pa",
        "assumed",
        "H2S partial pressure at 150 W below which the film is Ag-rich",
    ),
    "process.thermalisation_pressure": _twin(
        4.0,
        "Pa",
        "assumed",
        "(p d)_0 / d of Keller and Simmons, 0.4 Pa m over 0.1 m from target to wafer",
    ),
    "process.metal_mode_ratio": _twin(
        2.0, "1", "assumed", "silver sputtered from a clean target over a poisoned one"
    ),
}

_FILM = {
    "film.grain_as_deposited": _twin(8 * nm, "m", "assumed", "D0 of the annealing law"),
    "film.grain_annealed": _twin(
        22 * nm, "m", "assumed", "grain after 3 h at the reference anneal, 50 nm film"
    ),
    "film.grain_growth_energy": _twin(0.5 * eV, "J", "assumed", "Q of the annealing law"),
    "film.reference_temperature": _twin(
        celsius(160.0), "K", "assumed", "reference anneal of the annealing law"
    ),
    "film.reference_time": _twin(3 * hour, "s", "assumed", "reference anneal of the annealing law"),
    "film.grain_thickness_exponent": _twin(0.72, "1", "assumed", "top grain ~ (d / 50 nm)^q"),
    "film.reference_thickness": _twin(
        50 * nm, "m", "assumed", "thickness the annealing law refers to"
    ),
    "film.grain_barrier": Quantity(
        0.20 * eV, "J", "Zhu2025", "Sect. 3.3: Frenkel migration, ~0.2 eV", "measured"
    ),
    "film.boundary_barrier": _twin(0.795 * eV, "J", "fitted", "dW, what disorder adds"),
    "film.barrier_grain_size": _twin(
        18.4 * nm, "m", "fitted", "D_h, grain at which half of dW is left"
    ),
    "film.barrier_exponent": _twin(3.21, "1", "fitted", "p"),
    "film.microstrain": _twin(
        0.0, "1", "assumed", "none: the paper reports widths only, so grains are lower bounds"
    ),
    "film.roughness_correlation": _twin(
        40 * nm, "m", "assumed", "correlation length of the surface"
    ),
    "film.phase_transition_temperature": _twin(celsius(177.0), "K", "assumed", "monoclinic to bcc"),
}

_XRD = {
    "xrd.scherrer_constant": _twin(0.9, "1", "assumed", "K of the Scherrer equation"),
    "xrd.instrument_width": _twin(0.1 * degree, "rad", "assumed", "full width at half maximum"),
    "xrd.second_share": _twin(
        0.0, "1", "assumed", "K-alpha2 over K-alpha1: stripped, or a monochromator"
    ),
    "xrd.lorentz_fraction": _twin(0.5, "1", "assumed", "eta of the pseudo-Voigt lines"),
    "xrd.displacement": _twin(
        2.0 * angstrom**2, "m^2", "assumed", "B of the Debye-Waller factor, all atoms alike"
    ),
    "xrd.line_counts": _twin(
        1500.0, "1", "assumed", "strongest line over background, reference film: a count of a step"
    ),
    "xrd.background_counts": _twin(200.0, "1", "assumed", "of a step"),
    "xrd.step": _twin(0.02 * degree, "rad", "assumed", "of 2theta"),
}

_RBS = {
    "rbs.energy": _twin(
        2 * MeV, "J", "assumed", "of the helium beam; the paper does not state its own"
    ),
    "rbs.angle": _twin(170 * degree, "rad", "assumed", "scattering angle"),
    "rbs.resolution": _twin(
        15 * keV, "J", "assumed", "full width at half maximum of a silicon detector"
    ),
    "rbs.solid_angle": _twin(2e-3, "1", "assumed", "of the detector, sr"),
    "rbs.charge": _twin(10e-6, "A s", "assumed", "collected"),
    "rbs.channel": _twin(2 * keV, "J", "assumed", "of the analyser"),
    "target.silver_density": _twin(5.862e28, "1/m^3", "assumed", "atoms, bulk: 10.50 g/cm3"),
    "target.gold_density": _twin(5.901e28, "1/m^3", "assumed", "atoms, bulk: 19.30 g/cm3"),
    "target.silicon_density": _twin(4.994e28, "1/m^3", "assumed", "atoms, crystal: 8 a cell"),
    "target.oxide_density": _twin(
        2.205e28, "1/m^3", "assumed", "formula units of thermal SiO2: 2.20 g/cm3"
    ),
}

_BENDING = {
    "bending.substrate_thickness": _twin(50 * um, "m", "assumed", "polyimide; the paper does not state it"),
    "bending.substrate_modulus": _twin(2.5e9, "Pa", "assumed", "polyimide, data sheets of Kapton HN"),
    "bending.metal_modulus": _twin(80e9, "Pa", "assumed", "gold 79 GPa, silver 83 GPa, bulk"),
    "bending.film_modulus": _twin(40e9, "Pa", "assumed", "Ag2S; soft for an inorganic solid"),
    "bending.film_poisson": _twin(0.33, "1", "assumed", "Ag2S"),
    "bending.activation_volume": _twin(
        5 * cm**3 / avogadro, "m^3", "assumed",
        "Ag+ hop, 5 cm3/mol: between superionic silver salts (~1) and AgCl, defect formation included (12)",
    ),
}  # fmt: skip

_FILAMENT = {
    "filament.temperature": _twin(300.0, "K", "assumed", "room temperature"),
    "filament.attempt_rate": _twin(1.47e11, "1/s", "fitted", "nu0"),
    "filament.site_number": _twin(237.0, "1", "fitted", "N_s, nucleation sites a cell"),
    "filament.nucleation_field": _twin(
        0.0425 * eV, "J V", "fitted", "B, 2D nucleation (Erdey-Gruz-Volmer)"
    ),
    "filament.gold_field": _twin(0.130 * eV, "J V", "fitted", "B_Au, nucleation of silver on gold"),
    "filament.growth_velocity": _twin(5e-3, "m/s", "fitted", "v_x0"),
    "filament.growth_field": _twin(0.0085 * eV, "J V", "fitted", "B_x"),
    "filament.tip_promotion": _twin(0.3, "1", "assumed", "g, self-promotion of the tip"),
    "filament.retraction_ratio": _twin(2.0, "1", "assumed", "retraction over growth"),
    "filament.tip_radius": _twin(
        1.5 * nm,
        "m",
        "assumed",
        "of the growing end: half the body's radius, sharper than the body",
    ),
    "filament.rupture_gap": _twin(0.25 * nm, "m", "assumed", "a contact opens by about an atom"),
    "filament.radial_velocity": _twin(2e-5, "m/s", "fitted", "v_r0"),
    "filament.radial_field": _twin(
        0.018 * eV,
        "J V",
        "fitted",
        "B_r, growth and rupture of the contact: one reaction, either way",
    ),
    "filament.exchange_number": _twin(
        10.0, "1", "assumed", "radii deposited anew before a constriction is another"
    ),
    "filament.rupture_rate": _twin(
        1e6, "1/s", "fitted", "nu_r, attempts of one atom of the waist to begin a void"
    ),
    "filament.notch_radius": _twin(
        0.236 * nm,
        "m",
        "assumed",
        "of the sharpest neck: one (111) layer of silver, 4.09 angstrom over the root of 3",
    ),
    "filament.surface_diffusivity": _twin(
        1e-7, "m^2/s", "assumed", "D_0 of silver along its surface"
    ),
    "filament.surface_barrier": _twin(
        1.03 * eV,
        "J",
        "fitted",
        "Q of surface diffusion, pinned by the matrix: retention bounds it from below; some 0.7 eV for bare silver",
    ),
    "filament.ripple_foldings": _twin(
        2.0, "1", "assumed", "e-folds from the first roughness of a filament to its rupture: 1 to 3"
    ),
    "filament.cluster_dissolution_rate": _twin(
        3.3e7, "1/s", "assumed", "nu_d: a depression pulse undoes what a potentiation pulse did"
    ),
    "filament.cluster_conductance": _twin(2 * uS, "S", "fitted", "G_m"),
    "filament.junction_conductance": _twin(
        131.0,
        "S/m^2",
        "fitted",
        "of one grain boundary at small bias and 300 K: 1 nS of a 50 nm device, with three of them and 25 um2",
    ),
    "filament.hrs_barrier": Quantity(
        0.28 * eV,
        "J",
        "ElNahass2004",
        "abstract: the larger of two activation energies of the dark resistivity of films",
        "measured",
    ),
    "filament.hrs_ideality": _twin(1.5, "1", "assumed", "of the junction"),
    "filament.bulk_conductivity": _twin(
        0.1, "S/m", "assumed", "of Ag2S, in series with the junction"
    ),
    "filament.tunnel_decay": _twin(3.9 / nm, "1/m", "assumed", "2 kappa"),
    "filament.fermi_wavenumber": _twin(12.0 / nm, "1/m", "assumed", "k_F of silver"),
    "filament.resistivity": _twin(6e-8, "ohm m", "assumed", "of a silver nanowire"),
    "filament.phonon_resistivity": _twin(
        6.0e-11,
        "ohm m/K",
        "assumed",
        "what warmth adds to it: bulk silver's 1.59e-8 ohm m times 0.0038 per kelvin",
    ),
    "filament.resistivity_mean_free_path": Quantity(
        8.46e-16, "ohm m^2", "Gall2016", "Table II: Ag", "predicted"
    ),
    "filament.body_radius": _twin(3 * nm, "m", "assumed", "r_fil"),
    "filament.series_resistance": _twin(150.0, "ohm", "assumed", "R_s: lines and contacts"),
    "filament.line_coefficient": _twin(
        3e-3, "1/K", "assumed", "temperature coefficient of R_s: thin films of silver and gold"
    ),
    "filament.contact_radius": _twin(0.66 * nm, "m", "fitted", "r_max"),
    "filament.polarisation_fraction": _twin(0.06, "1", "assumed", "u / V in steady state"),
    "filament.polarisation_time": _twin(2 * us, "s", "assumed", "tau, recovery after a pulse"),
    "filament.relative_permittivity": _twin(12.0, "1", "assumed", "eps_r"),
}

_KMC = {
    "kmc.cell": _twin(1 * nm, "m", "assumed", "side of a cell of the section"),
    "kmc.first_grain": _twin(4 * nm, "m", "assumed", "grains of the first, disordered layers"),
    "kmc.path_barrier": _twin(
        0.10 * eV, "J", "assumed", "what growth through a grain costs over a boundary"
    ),
    "kmc.interface_energy": _twin(
        0.2, "J/m^2", "assumed", "of Ag against Ag2S: smooths the filament"
    ),
    "kmc.hop_distance": _twin(0.3 * nm, "m", "assumed", "of an Ag ion between neighbouring sites"),
    "kmc.silver_solubility": _twin(
        1e-5, "1", "assumed", "excess delta in equilibrium with silver: zero overpotential"
    ),
    "kmc.beam_overpotential": _twin(
        0.30, "V", "assumed", "of a surface charged by the beam, before clusters discharge it"
    ),
    "kmc.beam_range": _twin(
        200 * nm, "m", "assumed", "how far around its spot a beam of a few keV charges the film"
    ),
    "kmc.beam_current": _twin(
        10 * pA, "A", "assumed", "absorbed by the film and spent on reduction"
    ),
}

_SPREAD = {
    "spread.device_barrier": _twin(
        10e-3 * eV, "J", "assumed", "sigma_W between devices, at 22 nm grains: that between cycles"
    ),
    "spread.cycle_barrier": _twin(
        0.0, "J", "assumed", "sigma_W between cycles: nucleation is random enough by itself"
    ),
    "spread.contact_radius": _twin(0.50, "1", "fitted", "sigma ln r_max between devices"),
    "spread.radial_velocity": _twin(0.306, "1", "fitted", "xi_r between cycles"),
    "spread.growth_velocity": _twin(0.30, "1", "assumed", "xi_x between cycles"),
    "spread.rupture_field": _twin(
        0.299,
        "1",
        "fitted",
        "sigma ln B_r of a rupture, between constrictions, beside the chance of nucleation",
    ),
    "spread.device_junction": _twin(
        10e-3 * eV, "J", "assumed", "of the junction's barrier between devices: as sigma_W"
    ),
    "spread.cycle_junction": _twin(
        10e-3 * eV,
        "J",
        "assumed",
        "of the junction's barrier between lives of a filament: as sigma_W",
    ),
    "spread.cluster_conductance": _twin(0.062, "1", "fitted", "G_m between cycles"),
}

_INSTRUMENT = {
    "instrument.sweep_rate": _twin(
        5.0, "V/s", "assumed", "the paper does not state it; 5 mV a millisecond"
    ),
    "instrument.sweep_step": _twin(2.5 * mV, "V", "assumed", "staircase of the DC sweeps"),
    "instrument.sweep_stop": _twin(
        0.4, "V", "assumed", "both ends of a DC cycle: past set and reset, short of a set from Au"
    ),
    "instrument.current_limit": _twin(
        0.1, "A", "assumed", "of a source-measure unit without compliance set"
    ),
    "instrument.pulse_edge": _twin(20e-9, "s", "assumed", "rise and fall of a fast pulse"),
    "instrument.parasitic_capacitance": _twin(
        1 * pF, "F", "assumed", "of a line, for the scaling note"
    ),
}

QUANTITIES = {
    **_PROCESS,
    **_FILM,
    **_XRD,
    **_RBS,
    **_BENDING,
    **_FILAMENT,
    **_KMC,
    **_SPREAD,
    **_INSTRUMENT,
}
