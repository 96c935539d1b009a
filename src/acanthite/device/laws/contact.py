r"""The neck of a silver filament: what it conducts, how hot it is, how it grows, and the two ways
in which it goes.

A neck of :math:`g / G_0` channels has the radius :math:`R`, of which the first atom is :math:`R_1 =
2 / k_F`; the law's state is what was added to it, :math:`r^2 = R^2 - R_1^2`. Besides the voltage,
capillarity acts on it: as an overpotential (Gibbs and Thomson) at which a neck sharper than its
notch dissolves unaided, and as surface diffusion that pinches a cylinder off (Nichols and Mullins).
docs/physics.md derives every equation.

References
----------
.. [1] F. A. Nichols, W. W. Mullins, *Trans. Metall. Soc. AIME* **233**, 1840 (1965): ripples of a cylinder.
.. [2] W. Wang et al., *Nat. Commun.* **10**, 81 (2019), :doi:`10.1038/s41467-018-07979-0`: lifetimes of silver filaments.
"""

from __future__ import annotations

import math

from acanthite.constants import conductance_quantum, elementary_charge

_G0 = conductance_quantum
_LN2 = math.log(2.0)
KOHLRAUSCH = 3.0 * elementary_charge**2 / (4.0 * math.pi**2)  # k^2/(4L) by Wiedemann and Franz
WEXLER = 8.0 / (
    3.0 * math.pi * 0.694
)  # Sharvin over Maxwell resistance is this times mean free path / radius
_NEVER = 60.0  # exp(-60) of the fastest rate here is one event in ten thousand years
_TINY_VOLTAGE = 1e-4  # below it every Arrhenius factor here is under exp(-1000): zero


def boltzmann_over(barrier, field, voltage, kT):
    """Return exp(-(barrier + field / voltage) / kT), zero at vanishing voltage."""
    if voltage < _TINY_VOLTAGE:
        return 0.0
    exponent = (barrier + field / voltage) / kT
    return math.exp(-exponent) if exponent < _NEVER else 0.0


def contact_conductance(s, p):
    """Return the conductance of the filament's end: a tunnel gap, or a metallic contact."""
    if s.phase == 0.0:
        return 0.0
    if s.touching == 0.0:
        return _G0 * math.exp(-p.tunnel_decay * s.gap)
    return _G0 * (1.0 + (0.5 * p.fermi_wavenumber * s.radius) ** 2)


def contact_energy(s, on_contact, current, p):
    """Return k times the temperature of the contact: the bath's, raised by Joule heat.

    Kohlrausch's (kT)^2 = (kT_0)^2 + 3 (eV)^2 / (4 pi^2) for the part of the voltage that is
    dissipated on the spot: all of the body's, and of the contact's the diffusive (Maxwell) share,
    as a ballistic contact heats the electrodes instead.
    """
    diffusive = s.radius / (s.radius + WEXLER * p.mean_free_path)
    body = current * p.body_resistance
    return math.sqrt(p.kT**2 + KOHLRAUSCH * (diffusive * on_contact**2 + body**2))


def neck_radius(s, p):
    """Return the radius of the neck, its first atom with it. [m]"""
    atom = 2.0 / p.fermi_wavenumber
    return math.sqrt(s.radius**2 + atom**2)


def neck_overpotential(neck, p):
    """Return the overpotential at which a neck of this radius dissolves unaided. [V]

    A neck has two curvatures of opposite sign, that of its waist and that of its notch. A waist
    wider than the notch bulges along the axis until the two cancel: a short cylinder is stable.
    """
    if neck >= p.notch_radius:
        return 0.0
    return p.capillary_voltage * (1.0 / neck - 1.0 / p.notch_radius)


def ripple_growth(neck, p):
    """Return how fast the fastest ripple that fits into the film grows, over that of an endless
    cylinder.

    Proportional to q^2 (1 - q^2), where 2 pi R / q is the wave: its maximum lies at q^2 = 1/2, and
    no wave is longer than the film is thick. A cylinder shorter than its girth is stable.
    """
    q = (2.0 * math.pi * neck / p.thickness) ** 2
    if q <= 0.5:
        return 1.0
    if q >= 1.0:
        return 0.0
    return 4.0 * q * (1.0 - q)


def weakest_factor(hazard, p):
    """Return how the field of a new constriction compares with that of the middle one.

    The fields of the sites of a waist scatter as Weibull's distribution has it, so that the weakest
    of any number of them does too; ``hazard`` is an Exp(1) variate, its median ln 2.
    """
    return (hazard / _LN2) ** p.cycle_rupture


def rupture_field(atoms, s, p):
    """Return the field constant of the weakest of the atoms of a waist. [J V]

    Weibull's law of the weakest link: the more atoms, the weaker the weakest. ``rupture_scaling``
    is one over Weibull's modulus, as ``cycle_rupture`` is where there is noise.
    """
    return p.radial_field * s.rupture_factor * (p.rupture_atoms / atoms) ** p.rupture_scaling


def contact_rates(s, voltage, p):
    """Return gain and loss of the radius, and the rates at which its atoms are exchanged and at
    which it ruptures. [m/s], [1/s]

    The contact grows towards r_max where the voltage on it exceeds its capillary overpotential, and
    loses its hold where it does not: a void nucleates at the weakest of the atoms of its waist.
    """
    contact = contact_conductance(s, p)
    on_contact = abs(voltage) / (1.0 + contact * (p.body_resistance + p.series_resistance))
    neck = neck_radius(s, p)
    decay = p.capillary_rate * ripple_growth(neck, p) / (s.radius * neck) ** 2
    capillary = neck_overpotential(neck, p)
    against = capillary + on_contact
    if s.phase * voltage < 0.0:
        if on_contact > capillary:
            kT = contact_energy(s, on_contact, contact * on_contact, p)
            speed = p.radial_velocity * s.radial_factor
            grow = speed * boltzmann_over(0.0, p.radial_field, on_contact - capillary, kT)
            fill = grow / p.contact_radius
            return grow, fill + decay, fill / p.exchange_number, 0.0
        against = capillary - on_contact
    if against < _TINY_VOLTAGE:
        return 0.0, decay, 0.0, 0.0
    kT = contact_energy(s, on_contact, contact * on_contact, p)
    field = rupture_field((0.5 * p.fermi_wavenumber * neck) ** 2, s, p)
    return 0.0, decay, 0.0, p.rupture_rate * boltzmann_over(0.0, field, against, kT)
