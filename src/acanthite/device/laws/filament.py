r"""The Ag2S filament: stochastic nucleation, growth along the axis and of the contact, rupture,
capillary decay, polarisation.

Voltages are those of the top (Ag) electrode against the bottom (Au) one: negative drives silver out
at the Ag side. States: coverage :math:`m` of the Ag/Ag2S interface with clusters, hazard left
:math:`h` before the next random event (nucleation; a new constriction of a contact that exchanged
its atoms; its rupture), gap :math:`x` of the filament, radius :math:`r` of its contact,
polarisation :math:`u`. Held: phase (0 no filament, +1 one from Ag, -1 one from Au), whether it
touches, the hazard there was when its constriction was drawn, and what its life drew: barrier,
growth, radial and rupture factors, junction, cluster conductance. The contact is in
:mod:`~acanthite.device.laws.contact`; docs/physics.md derives every equation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from acanthite.arguments import count, is_number
from acanthite.constants import boltzmann, elementary_charge, nm
from acanthite.device.equations import State
from acanthite.device.law import Devices, Law
from acanthite.device.laws.argentite import in_argentite, is_argentite
from acanthite.device.laws.contact import (
    boltzmann_over,
    contact_conductance,
    contact_rates,
    weakest_factor,
)
from acanthite.device.noise import ContactNoise, CurrentNoise
from acanthite.device.validation import check_seed
from acanthite.errors import LawError, brief
from acanthite.parameters import AG2S, ParameterSet
from acanthite.quantities import accepts_quantities
from acanthite.random import generator

if TYPE_CHECKING:
    from acanthite.film import Film

_CONTACT_START = 0.02 * nm  # far below an atom: a fresh contact carries one quantum
_CONTACT_END = 0.1 * _CONTACT_START  # where one that dwindles opens
_REFERENCE_TEMPERATURE = 300.0  # K; at which resistances and the junction are stated


def filament_conductance(s, p):
    """Return the conductance of contact, body and series resistance in a row."""
    contact = contact_conductance(s, p)
    return contact / (1.0 + contact * (p.body_resistance + p.series_resistance))


def junction_current(voltage, factor, p):
    """Return the current of a high-resistance junction ``factor`` times the nominal one, limited by
    the bulk of the film.
    """
    x = min(abs(voltage) / p.hrs_voltage, 300.0)
    sinh = (
        0.5 * (math.exp(x) - math.exp(-x))
        if x > 0.1
        else x * (1.0 + x * x / 6.0 * (1.0 + x * x / 20.0))
    )
    junction = factor * p.hrs_conductance * p.hrs_voltage * sinh
    bulk = p.bulk_conductance * abs(voltage)
    total = junction + bulk
    if total == 0.0:  # no voltage, or one that underflows
        return 0.0
    return math.copysign(junction * bulk / total, voltage)


def filament_current(s, voltage, p):
    """Return the current at a device voltage."""
    linear = filament_conductance(s, p) + p.cluster_conductance * s.cluster_factor * s.coverage
    return junction_current(voltage, s.junction_factor, p) + linear * (voltage - s.polarisation)


def power_parts(s, voltage, p):
    """Return where the power goes: junction, clusters, contact, body, series resistance,
    polarisation; their sum is V I. [W].
    """
    driven = voltage - s.polarisation
    through = filament_conductance(s, p) * driven
    clusters = p.cluster_conductance * s.cluster_factor * s.coverage
    contact = contact_conductance(s, p)
    in_contact = through**2 / contact if contact > 0.0 else 0.0
    return (
        junction_current(voltage, s.junction_factor, p) * voltage,
        clusters * driven**2,
        in_contact,
        through**2 * p.body_resistance,
        through**2 * p.series_resistance,
        (through + clusters * driven) * s.polarisation,
    )


def nucleation_rate(s, voltage, p):
    """Return the rate at which filaments nucleate, at the Ag side if voltage < 0, else at the Au
    side.
    """
    barrier, field = p.migration_barrier, p.nucleation_field
    if voltage > 0.0:
        barrier, field = p.bottom_barrier, p.gold_field
    return (
        p.site_number
        * p.attempt_rate
        * boltzmann_over(barrier + s.barrier_shift, field, abs(voltage), p.kT)
    )


def gap_rate(s, voltage, p):
    """Return dx/dt of a filament that does not touch.

    Its tip is curved and dissolves unaided, at the Gibbs-Thomson overpotential; it grows only where
    the voltage is higher. The tip's own field sharpens growth, but not retraction.
    """
    drive = -s.phase * voltage
    if drive > 0.0:
        drive *= 1.0 + p.tip_promotion * (1.0 - s.gap / p.thickness)
    drive -= p.tip_overpotential
    speed = p.growth_velocity * s.growth_factor
    if drive > 0.0:
        return -speed * boltzmann_over(0.0, p.growth_field, drive, p.kT)
    return p.retraction_ratio * speed * boltzmann_over(0.0, p.growth_field, -drive, p.kT)


def coverage_rates(s, voltage, p):
    """Return (gain, loss) of the cluster coverage: soft bounds follow."""
    if voltage < 0.0:
        rate = p.attempt_rate * boltzmann_over(
            p.migration_barrier + s.barrier_shift, p.nucleation_field, -voltage, p.kT
        )
        return rate, rate
    return 0.0, p.cluster_dissolution_rate * boltzmann_over(0.0, p.nucleation_field, voltage, p.kT)


def filament_rates(s, voltage, p):
    """Return gain and loss of coverage, hazard, gap, radius and polarisation."""
    gain_m, loss_m = coverage_rates(s, voltage, p)
    hazard, gap, gain_r, loss_r = 0.0, 0.0, 0.0, 0.0
    if s.phase == 0.0:
        hazard = -nucleation_rate(s, voltage, p)
    elif s.touching == 0.0:
        gap = gap_rate(s, voltage, p)
    else:
        gain_r, loss_r, exchange, rupture = contact_rates(s, voltage, p)
        if s.hazard < s.untried:  # a constriction that was never strained is as random as another
            hazard = -exchange
        hazard -= rupture
    relax = 1.0 / p.polarisation_time
    gain_u = relax * p.polarisation_fraction * voltage
    return gain_m, loss_m, hazard, 0.0, gap, 0.0, gain_r, loss_r, gain_u, relax


def filament_event(k, s, voltage, p, z):
    """Return the states after state ``k`` reached a bound; ``k`` = -1 is a fresh device."""
    m, h, x, r, u = s.coverage, s.hazard, s.gap, s.radius, s.polarisation
    phase, touching = s.phase, s.touching
    shift, growth, radial = s.barrier_shift, s.growth_factor, s.radial_factor
    rupture, untried = s.rupture_factor, s.untried
    junction, cluster = s.junction_factor, s.cluster_factor
    opens = k == 3  # a contact that has dwindled to nothing
    renewed = False
    if k == 1 and touching != 0.0:
        _, _, _, rupture_rate = contact_rates(s, voltage, p)
        opens = rupture_rate > 0.0
        renewed = not opens  # so many atoms exchanged that the constriction is another
    if opens:  # by an atom
        touching, x, r, h = 0.0, p.rupture_gap, _CONTACT_START, z[5]
    elif renewed:
        drawn = 0.5 * (z[3] ** 2 + z[4] ** 2)  # an Exp(1) variate of two normal ones
        if drawn == 0.0:  # without noise: as strong as the constriction before
            drawn = z[5]
        rupture, h, untried = weakest_factor(drawn, p), z[5], z[5]
    elif (
        k == 1
    ):  # hazard spent: a filament nucleates on the side that is driven, among other clusters
        h, cluster = z[5], math.exp(p.cycle_cluster * z[4])
        phase, touching, x, r = (1.0 if voltage < 0.0 else -1.0), 0.0, p.thickness, _CONTACT_START
    elif k == 2 and x <= 0.5 * p.thickness:  # gap closed: a new constriction
        touching, x, r, untried = 1.0, 0.0, _CONTACT_START, h
        rupture = weakest_factor(z[5], p)
    else:  # filament gone, whether it ever touched or not, or a fresh device: a new life
        phase, touching, x, r, h = 0.0, 0.0, p.thickness, _CONTACT_START, z[5]
        shift = p.cycle_barrier * z[0]
        growth = math.exp(p.cycle_growth * z[1])
        radial, rupture = math.exp(p.cycle_radial * z[2]), 1.0
        junction = math.exp(p.cycle_junction * z[3])
        if k < 0:
            cluster = math.exp(p.cycle_cluster * z[4])
    return (
        m, h, x, r, u, phase, touching, shift, growth, radial, rupture, untried, junction, cluster,
    )  # fmt: skip


_PARAMETERS = (
    "kT", "thickness", "migration_barrier", "site_number", "attempt_rate", "nucleation_field", "bottom_barrier", "gold_field",
    "growth_velocity", "growth_field", "tip_promotion", "tip_overpotential", "retraction_ratio", "rupture_gap",
    "radial_velocity", "radial_field", "contact_radius", "exchange_number", "rupture_rate", "rupture_atoms", "rupture_scaling",
    "capillary_voltage", "notch_radius", "capillary_rate",
    "cluster_dissolution_rate", "cluster_conductance", "hrs_conductance", "hrs_voltage",
    "bulk_conductance", "tunnel_decay", "fermi_wavenumber", "body_resistance", "series_resistance", "mean_free_path",
    "polarisation_fraction", "polarisation_time",
    "cycle_barrier", "cycle_growth", "cycle_radial", "cycle_rupture", "cycle_junction", "cycle_cluster",
)  # fmt: skip

_STATES = (
    State("coverage", 0.0, 0.0, 1.0),
    State("hazard", 1.0, 0.0, scale=10.0),
    State("gap", "thickness", 0.0, "thickness", "thickness"),
    State("radius", _CONTACT_START, _CONTACT_END, None, "contact_radius"),
    State("polarisation", 0.0, scale=0.3),
)
_HELD = (
    "phase", "touching", "barrier_shift", "growth_factor", "radial_factor", "rupture_factor", "untried",
    "junction_factor", "cluster_factor",
)  # fmt: skip

FILAMENT = Law(
    "filament",
    _STATES,
    dict.fromkeys(_PARAMETERS, 0.0),
    filament_rates,
    filament_current,
    _HELD,
    filament_event,
    set_polarity=-1,
    stores_charge=True,  # its polarisation
)
"""The law itself; :class:`Filament` fills its parameters from a film."""


@accepts_quantities
class Filament:
    """The nominal Ag2S device on one film, from which populations are drawn.

    Parameters
    ----------
    values : dict of str to float
        Nominal law parameters, SI.
    device_barrier : float
        Standard deviation of the barrier between devices. [J]
    device_radius : float
        Standard deviation of ln r_max between devices.
    attrs : dict
        Provenance.
    device_junction : float
        Standard deviation of the logarithm of the junction's conductance between devices.
    noise : CurrentNoise, optional
        Of the current; :meth:`from_film` gives that of the silver contact.

    Examples
    --------
    >>> film = ac.film.grow()
    >>> nominal = ac.device.Filament.from_film(film)
    >>> devices = nominal.sample(2, seed=1)
    >>> loops = ac.measurement.run(devices, ac.measurement.Sweep(-0.5, 0.5))
    >>> print(f"sets at {float(ac.analysis.switching(loops).set_voltage[0, 0]):.1f} V")
    sets at -0.2 V
    """

    def __init__(
        self,
        values: dict[str, float],
        device_barrier: float,
        device_radius: float,
        attrs: dict,
        device_junction: float = 0.0,
        noise: CurrentNoise | None = None,
    ) -> None:
        self.values = values
        self.device_barrier = device_barrier
        self.device_radius = device_radius
        self.attrs = attrs
        self.device_junction = device_junction
        self.noise = noise

    @classmethod
    def from_film(cls, film: Film, parameters: ParameterSet = AG2S) -> Filament:
        """Return the device a film gives.

        Parameters
        ----------
        film : Film
            Its thickness, migration barrier and disorder are used.
        parameters : ParameterSet
            Groups ``filament``, ``spread``, ``stack`` and ``noise``, the density of silver and its
            interface energy.

        Returns
        -------
        Filament

        Raises
        ------
        LawError
            If ``filament.temperature`` is not between zero and the second transition of Ag2S.

        Notes
        -----
        From the first transition on, 177 °C, the film is argentite: an ohmic resistor in series
        with its lines, in which nothing switches.
        """
        f, spread = parameters.group("filament"), parameters.group("spread")
        argentite = is_argentite(parameters)
        kT = boltzmann * f["temperature"]
        derived = {
            "kT": kT,
            "thickness": film.thickness,
            "migration_barrier": film.migration_barrier,
            "bottom_barrier": film.bottom_barrier,
            **_resistances(film, f, parameters.value("stack.island_side") ** 2),
            **_capillarity(f, parameters),
            "cycle_barrier": spread["cycle_barrier"] * film.disorder,
            "cycle_growth": spread["growth_velocity"],
            "cycle_radial": spread["radial_velocity"],
            "cycle_rupture": spread["rupture_field"],
            "rupture_scaling": spread["rupture_field"],
            "cycle_junction": spread["cycle_junction"] / kT,
            "cycle_cluster": spread["cluster_conductance"],
        }
        values = {name: derived[name] if name in derived else f[name] for name in _PARAMETERS}
        if argentite:
            values = in_argentite(values, parameters)
        attrs = {
            "device": "Ag2S filament",
            "parameters": parameters.name,
            "film_thickness": film.thickness,
            "grain_size": film.grain_size,
            "migration_barrier": film.migration_barrier,
        }
        return cls(
            values,
            spread["device_barrier"] * film.disorder,
            spread["contact_radius"],
            attrs,
            0.0 if argentite else spread["device_junction"] / kT,
            ContactNoise.of(parameters),
        )

    def sample(self, n: int, *, seed: int) -> Devices:
        """Return ``n`` devices with device-to-device spread.

        Parameters
        ----------
        n : int
        seed : int
            Key of the spread and of everything random that happens to the devices.

        Returns
        -------
        Devices

        Raises
        ------
        LawError
            If ``n`` is not positive.
        """
        table = _spread([self], n, seed)
        return Devices(FILAMENT, table, seed, {**self.attrs, "seed": seed}, noise=self.noise)


def _resistances(film: Film, f: dict[str, float], area: float) -> dict[str, float]:
    """Return what conducts at the temperature of the device: silver as a metal, the junction of the
    film as a barrier.

    By Matthiessen's rule warmth adds the same resistivity to a wire as to bulk silver. Grain
    boundaries lie in a row, and with them the electrode's junction: their number grows as the film
    over its grain.
    """
    kT, warmer = boltzmann * f["temperature"], f["temperature"] - _REFERENCE_TEMPERATURE
    resistivity = f["resistivity"] + f["phonon_resistivity"] * warmer
    activated = math.exp(
        -f["hrs_barrier"] * (1.0 / kT - 1.0 / (boltzmann * _REFERENCE_TEMPERATURE))
    )
    junctions = 1.0 + film.thickness / film.grain_size
    return {
        "hrs_conductance": f["junction_conductance"] * area / junctions * activated,
        "hrs_voltage": f["hrs_ideality"] * kT / elementary_charge,
        "bulk_conductance": f["bulk_conductivity"] * area / film.thickness,
        "body_resistance": resistivity * film.thickness / (math.pi * f["body_radius"] ** 2),
        "series_resistance": f["series_resistance"] * (1.0 + f["line_coefficient"] * warmer),
        "mean_free_path": f["resistivity_mean_free_path"] / resistivity,
    }


def _capillarity(f: dict[str, float], parameters: ParameterSet) -> dict[str, float]:
    """Return what the energy of the interface does: overpotentials of necks and tips, and pinching
    by surface diffusion.
    """
    kT = boltzmann * f["temperature"]
    atom = 1.0 / parameters.value("target.silver_density")
    energy = parameters.value("kmc.interface_energy")
    voltage = energy * atom / elementary_charge
    diffusivity = f["surface_diffusivity"] * math.exp(-f["surface_barrier"] / kT)
    ripples = diffusivity * energy * atom ** (4.0 / 3.0) / kT  # B of Nichols and Mullins
    return {
        "capillary_voltage": voltage,
        "tip_overpotential": 2.0 * voltage / f["tip_radius"],
        "capillary_rate": ripples / (16.0 * f["ripple_foldings"]),
    }


def population(nominal: Sequence[Filament], n: int, *, seed: int) -> Devices:
    """Return ``n`` devices of each of several films as one population, to be measured in one go.

    Parameters
    ----------
    nominal : sequence of Filament
        Such as one a die; of one parameter set.
    n : int
        Devices of each, which follow each other in the order of ``nominal``.
    seed : int
        As in :meth:`Filament.sample`; no two devices share a random number.

    Returns
    -------
    Devices

    Raises
    ------
    LawError
        If ``n`` is not positive or there is no film.

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> films = [ac.film.grow(ac.film.Recipe(thickness=d)) for d in (50 * nm, 60 * nm)]
    >>> devices = ac.device.population(
    ...     [ac.device.Filament.from_film(film) for film in films], 3, seed=1
    ... )
    >>> len(devices)
    6
    """
    if not nominal:
        raise LawError("nominal is empty; expected at least one film")
    attrs = {key: nominal[0].attrs[key] for key in ("device", "parameters")}
    attrs |= {"films": len(nominal), "seed": seed}
    return Devices(FILAMENT, _spread(nominal, n, seed), seed, attrs, noise=nominal[0].noise)


def _spread(nominal: Sequence[Filament], n: int, seed: int) -> np.ndarray:
    """Return the parameters of ``n`` devices of each, spread as between devices, shape (device,
    parameter).
    """
    if not is_number(n) or not n >= 1:
        raise LawError(f"n = {brief(n)} devices; expected at least 1")
    n = count("n", n)
    check_seed(seed)
    table = np.repeat([list(one.values.values()) for one in nominal], n, axis=0)
    barrier, radius, junction = (
        np.repeat([getattr(one, name) for one in nominal], n)
        for name in ("device_barrier", "device_radius", "device_junction")
    )
    rng = generator(seed, "filament-spread")
    names = list(nominal[0].values)
    shift = barrier * rng.standard_normal(len(table))
    table[:, names.index("migration_barrier")] += shift
    table[:, names.index("bottom_barrier")] += shift
    table[:, names.index("contact_radius")] *= np.exp(radius * rng.standard_normal(len(table)))
    table[:, names.index("hrs_conductance")] *= np.exp(junction * rng.standard_normal(len(table)))
    return table
