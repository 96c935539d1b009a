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
    "target.silver_density",
}
"""What no published figure holds: it is for diffractograms and spectra of other stacks."""

_FIRST_SETS = "fig3c fig3d figS12 extraRate extraTemperature"
"""The voltage at which a fresh device sets, to a step of the sweep: nothing of what is later, or of a current."""
_CLUSTERS = "fig1c fig1d fig4g figS10 figS15 figS16 noteS1"
"""Pulses, or sweeps that never set: clusters grow, a filament does not touch."""
_ONE_WAY = "fig2e fig2f fig2h fig4c fig4d fig4e fig4f figS8 figS9"
"""Sweeps that set and come back to zero: nothing dissolves."""
_SWITCHING = "fig2d fig2g figS7 figS13"
"""Where devices are in a state of low or high resistance, through a contact or the junction: not through a gap."""
_CONTACT = (
    "filament.body_radius filament.capillary_rate filament.contact_radius filament.exchange_number "
    "filament.fermi_wavenumber filament.radial_field filament.radial_velocity filament.resistivity "
    "filament.resistivity_mean_free_path filament.series_resistance spread.contact_radius spread.radial_velocity"
)
_RESET = (
    "filament.dissolution_velocity filament.retraction_ratio filament.rupture_gap spread.dissolution_field"
)
_GROWTH = (
    "filament.growth_field filament.growth_velocity filament.tip_promotion filament.site_number "
    "spread.growth_velocity"
)
_GRAINS = (
    "film.grain_annealed film.grain_as_deposited film.grain_growth_energy film.reference_temperature "
    "film.reference_thickness film.reference_time film.grain_thickness_exponent process.anneal_temperature "
    "process.anneal_time"
)
_BARRIERS = "film.barrier_exponent film.barrier_grain_size film.boundary_barrier film.grain_barrier"
_GASES = (
    "process.argon_flow process.critical_h2s_pressure process.deposition_rate process.h2s_flow "
    "process.metal_mode_ratio process.pressure process.substrate_temperature crystal.a crystal.b crystal.c crystal.beta"
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
        "power and scattering count over those of the recipe, which the other recipes of figure S1 alone depart from",
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
    ("of the surface, which only its map shows", "film.roughness_low film.roughness_high", _all_but("figS2")),
    (
        "of the film only its thickness, and its composition, are looked at",
        f"{_GRAINS} {_BARRIERS}",
        "fig1b figS1 figS3",
    ),
    ("its thickness was asked for", _GASES, "fig1b"),
    (
        "the oxide's and the film's thickness",
        "process.deposition_rate process.substrate_temperature",
        "figS3",
    ),
    ("X-rays see grains, not what hops between them", _BARRIERS, "fig3b figS4"),
    (
        "in thick films the boundaries are gone, and the heat of the deposition is nothing beside the anneal's",
        f"{_GASES} film.grain_as_deposited film.grain_growth_energy spread.device_barrier",
        "figS12",
    ),
    ("no contact is made", f"{_CONTACT} {_RESET} filament.tunnel_decay", f"{_CLUSTERS} {_FIRST_SETS}"),
    ("it is not reset", f"{_RESET} filament.cluster_dissolution_rate filament.exchange_number", _ONE_WAY),
    (
        "clusters do not dissolve while the filament carries the current, or before it is there",
        "filament.cluster_dissolution_rate",
        f"{_FIRST_SETS} fig1c fig1d fig2g figS13 noteS1",
    ),
    (
        "a gap is either closed or too wide for a tunnel current",
        "filament.tunnel_decay",
        f"{_SWITCHING} fig2h figS9",
    ),
    ("a gap that opens again at once", "filament.rupture_gap", _SWITCHING),
    ("no filament grows while pulses last", _GROWTH, "fig1c fig1d figS10 noteS1"),
    ("growth is a step of the sweep at most", _GROWTH, "fig3c fig3d figS12 extraRate extraTemperature"),
    (
        "no currents are kept of a first set",
        "filament.bulk_conductivity filament.cluster_conductance filament.hrs_conductance filament.hrs_ideality "
        "filament.polarisation_fraction filament.polarisation_time spread.cluster_conductance stack.island_side",
        _FIRST_SETS,
    ),
    (
        "silver set on gold: it nucleates at the other electrode",
        "filament.nucleation_field filament.cluster_conductance spread.cluster_conductance",
        "fig2h",
    ),
    (
        "no voltage is applied that sets from the gold",
        "filament.gold_field",
        f"fig1c fig1d fig2e fig2f {_FIRST_SETS} fig4c fig4d fig4e fig4f figS8 figS9 figS10 figS16 noteS1",
    ),
    (
        "a read between pulses, when the polarisation is gone and the film no resistance",
        "filament.bulk_conductivity filament.hrs_ideality filament.polarisation_time stack.island_side",
        "figS16",
    ),
    ("a sweep is slow beside the polarisation", "filament.polarisation_time", "figS10 figS13"),
    ("it is the abscissa, which the figure sets itself", "filament.temperature", "extraTemperature"),
    (
        "grains come in whole cells",
        "process.anneal_time process.h2s_flow filament.gold_field kmc.path_barrier",
        "fig2i figS6",
    ),
)


def still(key: str) -> set[str]:
    """Return the figures that may name a parameter and stand still."""
    return {name for _, keys, figures in _TABLE if key in keys.split() for name in figures.split()}
