"""CODATA 2018 constants and unit factors: write ``60 * nm``, ``0.6 * eV``; memory is always SI."""

from __future__ import annotations

from math import pi

elementary_charge = 1.602176634e-19  #: e [C], exact
boltzmann = 1.380649e-23  #: k_B [J/K], exact
planck = 6.62607015e-34  #: h [J s], exact
vacuum_permittivity = 8.8541878128e-12  #: eps_0 [F/m]
speed_of_light = 299792458.0  #: c [m/s], exact
electron_mass = 9.1093837015e-31  #: m_e [kg]
atomic_mass = 1.66053906660e-27  #: u [kg]
avogadro = 6.02214076e23  #: N_A [1/mol], exact
conductance_quantum = 2 * elementary_charge**2 / planck  #: G_0 [S], 77.48 uS

fm, pm, angstrom, nm, um, mm, cm = 1e-15, 1e-12, 1e-10, 1e-9, 1e-6, 1e-3, 1e-2
inch = 25.4e-3
ns, us, ms, minute, hour = 1e-9, 1e-6, 1e-3, 60.0, 3600.0
day, year = 86400.0, 31557600.0  #: a Julian year
uV, mV, kV = 1e-6, 1e-3, 1e3
fA, pA, nA, uA, mA = 1e-15, 1e-12, 1e-9, 1e-6, 1e-3
nS, uS, mS = 1e-9, 1e-6, 1e-3
fJ, pJ, nJ = 1e-15, 1e-12, 1e-9
fF, pF = 1e-15, 1e-12
eV = elementary_charge
keV, MeV = 1e3 * eV, 1e6 * eV
degree = pi / 180.0
torr, mtorr = 133.322368, 0.133322368
sccm = 1e-6 / 60.0  #: standard cubic centimetre a minute [m^3/s at 0 C, 1 atm]


def celsius(temperature: float) -> float:
    """Return a Celsius temperature in kelvin."""
    return temperature + 273.15
