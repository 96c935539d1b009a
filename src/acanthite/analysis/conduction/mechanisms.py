"""Conduction mechanisms as current against voltage, in the form in which they are fitted, and what
their numbers mean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acanthite.constants import (
    boltzmann,
    conductance_quantum,
    electron_mass,
    elementary_charge,
    planck,
    vacuum_permittivity,
)

Array = NDArray[np.float64]
Numbers = Mapping[str, float]


@dataclass(frozen=True)
class Conditions:
    """What the sample was, where known: temperature [K], thickness [m]."""

    temperature: float
    thickness: float | None

    @property
    def thermal_voltage(self) -> float:
        """k_B T / q. [V]"""
        return boltzmann * self.temperature / elementary_charge

    def permittivity(self, slope: float, factor: float) -> float | None:
        """Return the relative permittivity that gives ln I this slope against the root of V, or
        None without thickness.
        """
        if self.thickness is None or slope <= 0:
            return None
        field = elementary_charge / (np.pi * vacuum_permittivity * self.thickness)
        with np.errstate(over="ignore"):
            return float(field * np.square(factor / np.float64(slope * self.thermal_voltage)))


@dataclass(frozen=True)
class Mechanism:
    """A law I(V) for V > 0.

    Parameters
    ----------
    parameters : dict of str to (unit, logarithmic)
        In the order of ``current``, the one that scales it first where there is one; logarithmic
        ones are positive and fitted as logarithms.
    current : callable
        (voltage, *parameters) -> current. [A]
    starts : callable
        (voltage, current) -> parameters to start from, the other than the first several times.
    derived : callable
        (parameters, conditions) -> numbers with a physical meaning, {name: (value, unit)}.
    """

    parameters: Mapping[str, tuple[str, bool]]
    current: Callable[..., Array]
    starts: Callable[[Array, Array], list[tuple[float, ...]]]
    derived: Callable[[Numbers, Conditions], dict[str, tuple[float, str]]]


def _line(x: Array, y: Array) -> tuple[float, float]:
    slope, offset = np.polyfit(x, y, 1) if x.size > 1 else (0.0, float(y[0]))
    return float(slope), float(offset)


def _nothing(p: Numbers, c: Conditions) -> dict[str, tuple[float, str]]:
    return {}


def _permittivity(factor: float) -> Callable[[Numbers, Conditions], dict[str, tuple[float, str]]]:
    def derived(p: Numbers, c: Conditions) -> dict[str, tuple[float, str]]:
        value = c.permittivity(p["slope"], factor)
        return {} if value is None else {"relative_permittivity": (value, "1")}

    return derived


def _hop(p: Numbers, c: Conditions) -> dict[str, tuple[float, str]]:
    if c.thickness is None:
        return {}
    return {"hop_distance": (2 * c.thermal_voltage * c.thickness / p["sinh_voltage"], "m")}


def _triangle(p: Numbers, c: Conditions) -> dict[str, tuple[float, str]]:
    """Return the barrier of the free-electron mass that gives this field over the film."""
    if c.thickness is None:
        return {}
    root = 3 * elementary_charge * planck * p["field_voltage"] / c.thickness
    energy = (root / (8 * np.pi * np.sqrt(2 * electron_mass))) ** (2 / 3)
    return {"tunnel_barrier": (float(energy / elementary_charge), "V")}


def _barrier_width(p: Numbers, c: Conditions) -> dict[str, tuple[float, str]]:
    """Return the width of the parabolic barrier of a point contact at the Fermi level."""
    energy = max(p["barrier"], 0.0) * elementary_charge
    width = (
        planck
        * p["steepness"]
        / elementary_charge
        * np.sqrt(energy / (2 * electron_mass))
        / np.pi**2
    )
    return {"barrier_width": (float(width), "m")}


def _exp(x: Array) -> Array:
    return np.exp(np.clip(x, -700, 700))


def _softplus(x: Array) -> Array:
    return np.logaddexp(0.0, x)


def _scaled(v: Array, i: Array, shape: Array) -> float:
    """Return what a course must be multiplied by to lie over the samples."""
    with np.errstate(divide="ignore"):
        ratio = np.log(i) - np.log(shape)
    return float(np.exp(np.clip(np.median(ratio), -300, 300)))


def _of_shapes(
    shape: Callable[..., Array], others: Callable[[Array, Array], list[tuple[float, ...]]]
) -> Callable[[Array, Array], list[tuple[float, ...]]]:
    """Return the starts of a law that its first parameter scales: the factor that suits each set of
    the others.
    """

    def starts(v: Array, i: Array) -> list[tuple[float, ...]]:
        return [(_scaled(v, i, shape(v, 1.0, *q)), *q) for q in others(v, i)]

    return starts


def _sclc(v: Array, conductance: float, crossover: float, exponent: float) -> Array:
    return conductance * v * (1 + _exp((exponent - 1) * np.log(v / crossover)))


def _sclc_shapes(v: Array, i: Array) -> list[tuple[float, ...]]:
    steepest = max(_line(np.log(v[-v.size // 3 :]), np.log(i[-v.size // 3 :]))[0], 1.5)
    crossovers = v[-1] * np.array([0.03, 0.2, 0.5, 1.0])
    return [
        (float(x), m)
        for x in crossovers
        for m in (2.0, 3.0, float(steepest), 1.5 * float(steepest))
    ]


def _point_contact(v: Array, steepness: float, barrier: float) -> Array:
    a = steepness * v / 2
    b = steepness * barrier
    return conductance_quantum / steepness * (_softplus(a - b) - _softplus(-a - b))


def _point_contact_starts(v: Array, i: Array) -> list[tuple[float, ...]]:
    start = []
    for steepness in (1.0, 3.0, 8.0, 20.0, 50.0):
        low = max(float(np.log(conductance_quantum * v[0] / i[0])), 0.1)
        start.append((steepness, low / steepness))
    steepness = 2 / _sinh_voltage(v, i)
    return [*start, (steepness, float(np.log(conductance_quantum * v[0] / i[0]) / steepness))]


def _sinh_voltage(v: Array, i: Array) -> float:
    half = max(v.size // 2, 2)
    return 1 / max(_line(v[-half:], np.log(i[-half:]))[0], 0.1 / v[-1])


def _sinh(v: Array, scale: float, sinh_voltage: float) -> Array:
    return scale * np.sinh(np.minimum(v / sinh_voltage, 700))


def _root_slope(power: int) -> Callable[[Array, Array], list[tuple[float, ...]]]:
    def slopes(v: Array, i: Array) -> list[tuple[float, ...]]:
        slope = _line(np.sqrt(v), np.log(i / v**power))[0]
        least = 0.1 / float(np.sqrt(v[-1]))
        return [(max(slope, least),), (max(2 * slope, 10 * least),)]

    return slopes


def _field_voltages(v: Array, i: Array) -> list[tuple[float, ...]]:
    half = max(v.size // 2, 2)
    slope = _line(1 / v[-half:], np.log(i[-half:] / v[-half:] ** 2))[0]
    return [(max(-slope, 1e-3 * float(v[-1])),), (float(v[-1]),), (10 * float(v[-1]),)]


def _schottky(v: Array, scale: float, slope: float) -> Array:
    return scale * _exp(slope * np.sqrt(v))


def _poole_frenkel(v: Array, conductance: float, slope: float) -> Array:
    return conductance * v * _exp(slope * np.sqrt(v))


def _fowler_nordheim(v: Array, prefactor: float, field_voltage: float) -> Array:
    return prefactor * v**2 * _exp(-field_voltage / v)


MECHANISMS: Mapping[str, Mechanism] = {
    "ohmic": Mechanism(
        {"conductance": ("S", True)},
        lambda v, g: g * v,
        _of_shapes(lambda v, g: g * v, lambda v, i: [()]),
        _nothing,
    ),
    "sclc": Mechanism(
        {"conductance": ("S", True), "crossover_voltage": ("V", True), "exponent": ("1", False)},
        _sclc,
        _of_shapes(_sclc, _sclc_shapes),
        _nothing,
    ),
    "schottky": Mechanism(
        {"saturation_current": ("A", True), "slope": ("V^-1/2", True)},
        _schottky,
        _of_shapes(_schottky, _root_slope(0)),
        _permittivity(0.5),
    ),
    "poole-frenkel": Mechanism(
        {"conductance": ("S", True), "slope": ("V^-1/2", True)},
        _poole_frenkel,
        _of_shapes(_poole_frenkel, _root_slope(1)),
        _permittivity(1.0),
    ),
    "point-contact": Mechanism(
        {"steepness": ("1/V", True), "barrier": ("V", False)},
        _point_contact,
        _point_contact_starts,
        _barrier_width,
    ),
    "fowler-nordheim": Mechanism(
        {"prefactor": ("A/V^2", True), "field_voltage": ("V", True)},
        _fowler_nordheim,
        _of_shapes(_fowler_nordheim, _field_voltages),
        _triangle,
    ),
    "hopping": Mechanism(
        {"current_scale": ("A", True), "sinh_voltage": ("V", True)},
        _sinh,
        _of_shapes(
            _sinh, lambda v, i: [(_sinh_voltage(v, i),), (float(v[-1]) / 3,), (float(v[-1]) / 12,)]
        ),
        _hop,
    ),
}
