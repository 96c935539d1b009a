"""Where a figure reads a parameter and yet stands still, and why: all that a test lets pass."""

from __future__ import annotations

from acanthite.figures import NAMES

OTHER_MATERIALS = {
    *(
        f"form_factor.{element}_{letter}{number}"
        for element in ("oxygen", "silicon", "titanium")
        for letter in "ab"
        for number in (1, 2, 3, 4)
    ),
    *(f"form_factor.{element}_c" for element in ("oxygen", "silicon", "titanium")),
    "target.gold_density",
    "argentite.resistivity",
    "argentite.resistivity_coefficient",
    "argentite.transition_temperature",
}
"""What no published figure holds: it is for diffractograms and spectra of other stacks, and for
devices hotter than any here.
"""

_FIRST_SETS = "fig3c fig3d figS12 extraRate extraTemperature"
"""The voltage at which a fresh device sets, to a step of the sweep: nothing of what is later, or of
a current.
"""
_CLUSTERS = "fig1c fig1d fig4g figS10 figS15 figS16 noteS1"
"""Pulses, or sweeps that never set: clusters grow, a filament does not touch."""
_ONE_WAY = "fig2e fig2f fig2h fig4c fig4d fig4e fig4f figS8 figS9"
"""Sweeps that set and come back to zero: nothing dissolves."""
_ONE_WAY_SILVER = f"{_ONE_WAY.replace(' fig2h', '')} {_FIRST_SETS}"
_LEFT_ALONE = "extraArrhenius extraNoise extraRelaxation"
"""Contacts that are set once and then held, or read: no voltage of the other sign."""
_REFERENCE_FILMS = (
    "fig2c fig2d fig2e fig2f fig2g fig2h fig2i fig3b fig3c fig4c fig4d fig4e fig4f fig1b figS1 "
    "figS3 figS4 figS6 figS7 "
    f"figS8 figS10 figS14 extraRate extraTemperature {_LEFT_ALONE}"
)
"""Films of 50 nm only, and those whose grain is not looked at."""
_CURRENTS = (
    "filament.bulk_conductivity filament.cluster_conductance filament.junction_conductance "
    "filament.hrs_ideality "
    "filament.polarisation_fraction filament.polarisation_time spread.cluster_conductance "
    "spread.cycle_junction "
    "spread.device_junction stack.island_side"
)
_CONTACT = (
    "filament.body_radius filament.contact_radius filament.exchange_number filament.notch_radius "
    "filament.ripple_foldings "
    "filament.surface_barrier filament.surface_diffusivity "
    "filament.fermi_wavenumber filament.radial_field filament.radial_velocity filament.resistivity "
    "filament.resistivity_mean_free_path filament.series_resistance spread.contact_radius "
    "spread.radial_velocity"
)
_RESET = (
    "filament.retraction_ratio filament.rupture_atoms filament.rupture_gap filament.rupture_rate "
    "spread.rupture_field"
)
_WARMTH = "filament.hrs_barrier filament.line_coefficient filament.phonon_resistivity"
_GROWTH = (
    "filament.growth_field filament.growth_velocity filament.tip_promotion filament.site_number "
    "spread.growth_velocity"
)
_GRAINS = (
    "film.grain_annealed film.grain_as_deposited film.grain_growth_energy "
    "film.reference_temperature "
    "film.reference_thickness film.reference_time process.anneal_temperature process.anneal_time"
)
_BARRIERS = "film.barrier_exponent film.barrier_grain_size film.boundary_barrier film.grain_barrier"
_GASES = (
    "process.argon_flow process.critical_h2s_pressure process.deposition_rate process.h2s_flow "
    "process.metal_mode_ratio process.pressure process.substrate_temperature crystal.a crystal.b "
    "crystal.c crystal.beta"
)


def _all_but(*names: str) -> str:
    return " ".join(name for name in NAMES if name not in names)


_TABLE = (
    (
        "kept with the film; no law for it is known",
        "process.base_pressure process.presputter_time",
        _all_but("figS1"),
    ),
    (
        "power and scattering count over those of the recipe, which the other recipes of figure "
        "S1 alone depart from",
        "process.rf_power process.thermalisation_pressure",
        _all_but("figS1"),
    ),
    (
        "a limit: it is refused to pass it, and short of it nothing changes",
        "film.phase_transition_temperature",
        _all_but("fig2c", "fig3e", "figS4"),
    ),
    (
        "spreads the lines of a diffractogram, and nothing else",
        "film.microstrain",
        _all_but("fig3b", "fig3c", "fig3d", "figS4"),
    ),
    (
        "of the surface, which only its map shows",
        "film.roughness_low film.roughness_high",
        _all_but("figS2"),
    ),
    (
        "of the film only its thickness, and its composition, are looked at",
        f"{_GRAINS} {_BARRIERS}",
        "fig1b figS1 figS3",
    ),
    ("its thickness was asked for", _GASES, "fig1b"),
    (
        "of a film as thick as was asked for, only its composition is looked at",
        "process.deposition_rate process.substrate_temperature",
        "figS3",
    ),
    ("X-rays see grains, not what hops between them", _BARRIERS, "fig3b figS4"),
    (
        "films of the thickness the exponent counts from",
        "film.grain_thickness_exponent",
        _REFERENCE_FILMS,
    ),
    (
        "in thick films the boundaries are gone, the heat of the deposition is nothing beside the "
        "anneal's, and a threshold "
        "comes in steps of the sweep",
        f"{_GASES} film.grain_as_deposited spread.cycle_barrier",
        "figS12",
    ),
    (
        "no contact is made",
        f"{_CONTACT} {_RESET} filament.tunnel_decay",
        f"{_CLUSTERS} {_FIRST_SETS}",
    ),
    ("it is not reset", f"{_RESET} filament.cluster_dissolution_rate", _ONE_WAY),
    (
        "it is set once, and few atoms are exchanged",
        "filament.exchange_number",
        "fig4c fig4d fig4e fig4f",
    ),
    (
        "clusters do not dissolve while the filament carries the current, or before it is there",
        "filament.cluster_dissolution_rate",
        f"{_FIRST_SETS} fig1c fig1d fig2g figS13 noteS1",
    ),
    (
        "a gap is either closed or too wide for a tunnel current",
        "filament.tunnel_decay",
        "fig2d fig2g fig2h figS7 figS9",
    ),
    (
        "no filament grows: pulses are too short, an un-annealed film has none",
        _GROWTH,
        "fig1c fig1d figS10 noteS1",
    ),
    (
        "once a filament has begun, it is across within a step of the sweep",
        "filament.tip_promotion spread.growth_velocity",
        "fig3c",
    ),
    ("no currents are kept of a first set", _CURRENTS, _FIRST_SETS),
    (
        "silver set on gold: it nucleates at the other electrode",
        "filament.nucleation_field filament.cluster_conductance spread.cluster_conductance",
        "fig2h",
    ),
    (
        "no voltage is applied that sets from the gold",
        "filament.gold_field",
        f"{_ONE_WAY_SILVER} fig1c fig1d figS10 figS16 noteS1",
    ),
    (
        "reads between pulses, when the polarisation is gone",
        "filament.bulk_conductivity filament.polarisation_time stack.island_side",
        "figS16",
    ),
    ("a sweep is slow beside the polarisation", "filament.polarisation_time", "figS10"),
    (
        "it is the abscissa, which the figure sets itself",
        "filament.temperature",
        "extraTemperature extraArrhenius",
    ),
    (
        "counts from 300 K, at which devices are",
        _WARMTH,
        _all_but("extraArrhenius"),
    ),
    (
        "set once and left alone: nothing grows again, nothing is set from the gold",
        "filament.cluster_dissolution_rate filament.exchange_number filament.gold_field",
        _LEFT_ALONE,
    ),
    (
        "closed contacts, too wide to part within a read or a night",
        _RESET,
        "extraNoise extraRelaxation",
    ),
    (
        "un-annealed, and short of sulphur by a share of its own: anneal, gas and pressure are "
        "those of the reference only",
        "process.anneal_time process.h2s_flow process.pressure",
        "fig2i",
    ),
    (
        "no current of a metallic contact is kept",
        "noise.hooge_constant noise.mean_free_path noise.cross_section noise.slowest_rate "
        "noise.fastest_rate",
        "fig1d fig3c fig3d figS12 figS16 noteS1",
    ),
    (
        "at the paper's radius the film is elastic",
        "bending.film_elastic_limit",
        "fig4c fig4d fig4e fig4f fig4g figS15 figS16",
    ),
    (
        "electrodes do not crack at the paper's radius",
        "bending.metal_crack_strain bending.metal_crack_shape",
        "fig4d",
    ),
    (
        "in a quick run a cell is as large as a grain, so that nearly all of them are boundary",
        "kmc.path_barrier",
        "figS6",
    ),
    (
        "in a quick run a cell is as large as a grain; and it is a film of 50 nm",
        "kmc.path_barrier film.grain_thickness_exponent",
        "fig2a",
    ),
    (
        "of the array only its cells and their pitch are cut",
        "layout.border layout.lead_width layout.pad_pitch layout.pad_side",
        "figS5",
    ),
    (
        "writes too short for a contact, and the first set of a film",
        f"{_CONTACT} {_RESET} filament.tunnel_decay filament.gold_field "
        "filament.cluster_dissolution_rate",
        "tableS1",
    ),
    (
        "one loop, judged by its set and its LRS",
        "filament.cluster_dissolution_rate filament.gold_field",
        "fig1a",
    ),
    (
        "pulses too short for a contact",
        f"{_CONTACT} {_RESET} filament.tunnel_decay",
        "noteS2",
    ),
    (
        "of devices that were never set, only the junction is looked at, and no currents that change",
        f"{_CONTACT} {_RESET} {_GROWTH} {_CURRENTS} filament.tunnel_decay filament.gold_field "
        "filament.attempt_rate filament.cluster_dissolution_rate filament.relative_permittivity "
        "instrument.sweep_rate instrument.sweep_step instrument.sweep_stop spread.cycle_barrier "
        "spread.device_barrier wire.oxide_permittivity",
        "fig1b",
    ),
    (
        "defaults of the twin's cells, which are read as the cells of chips are first imported",
        "filament.temperature stack.thick_film_thickness",
        "extraChip",
    ),
)


def still(key: str) -> set[str]:
    """Return the figures that may name a parameter and stand still."""
    return {name for _, keys, figures in _TABLE if key in keys.split() for name in figures.split()}
