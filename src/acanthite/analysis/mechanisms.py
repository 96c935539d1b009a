"""Conduction mechanisms as current against voltage, in the form in which they are fitted, and what their numbers mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acanthite.constants import boltzmann, conductance_quantum, elementary_charge, vacuum_permittivity

Array = NDArray[np.float64]


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
        """Return the relative permittivity that gives ln I this slope against the root of V, or None without thickness."""
        if self.thickness is None or slope <= 0:
            return None
        field = elementary_charge / (np.pi * vacuum_permittivity * self.thickness)
        return float(field * (factor / (slope * self.thermal_voltage)) ** 2)


@dataclass(frozen=True)
class Mechanism:
    """A law I(V) for V > 0.

    Parameters
    ----------
    parameters : dict of str to (unit, logarithmic)
        In the order of ``current``; logarithmic ones are positive and fitted as logarithms.
    current : callable
        (voltage, *parameters) -> current. [A]
    start : callable
        (voltage, current) -> parameters to start from.
    derived : callable
        (parameters, conditions) -> numbers with a physical meaning, {name: (value, unit)}.
    """

    parameters: Mapping[str, tuple[str, bool]]
    current: Callable[..., Array]
    start: Callable[[Array, Array], tuple[float, ...]]
    derived: Callable[[Mapping[str, float], Conditions], dict[str, tuple[float, str]]]


def _line(x: Array, y: Array) -> tuple[float, float]:
    slope, offset = np.polyfit(x, y, 1) if x.size > 1 else (0.0, float(y[0]))
    return float(slope), float(offset)


def _nothing(p: Mapping[str, float], c: Conditions) -> dict[str, tuple[float, str]]:
    return {}


def _permittivity(factor: float) -> Callable[[Mapping[str, float], Conditions], dict[str, tuple[float, str]]]:
    def derived(p: Mapping[str, float], c: Conditions) -> dict[str, tuple[float, str]]:
        value = c.permittivity(p["slope"], factor)
        return {} if value is None else {"relative_permittivity": (value, "1")}

    return derived


def _hop(p: Mapping[str, float], c: Conditions) -> dict[str, tuple[float, str]]:
    if c.thickness is None:
        return {}
    return {"hop_distance": (2 * c.thermal_voltage * c.thickness / p["sinh_voltage"], "m")}


def _exp(x: Array) -> Array:
    return np.exp(np.clip(x, -700, 700))


def _softplus(x: Array) -> Array:
    return np.logaddexp(0.0, x)


def _sclc(v: Array, conductance: float, crossover: float, exponent: float) -> Array:
    return conductance * v * (1 + (v / crossover) ** (exponent - 1))


def _start_sclc(v: Array, i: Array) -> tuple[float, ...]:
    third = max(v.size // 3, 2)
    g = float(np.exp(np.median(np.log(i[:third] / v[:third]))))
    exponent = max(_line(np.log(v[-third:]), np.log(i[-third:]))[0], 1.5)
    excess = max(float(i[-1] / v[-1]) / g - 1, 1e-3)
    return g, float(v[-1] * excess ** (-1 / (exponent - 1))), exponent


def _point_contact(v: Array, steepness: float, barrier: float) -> Array:
    a, b = steepness * v / 2, steepness * barrier
    return conductance_quantum / steepness * (_softplus(a - b) - _softplus(-a - b))


def _start_point_contact(v: Array, i: Array) -> tuple[float, ...]:
    steepness = 2 / _start_sinh(v, i)[1]
    return steepness, float(np.log(conductance_quantum * v[0] / i[0]) / steepness)


def _start_sinh(v: Array, i: Array) -> tuple[float, ...]:
    half = max(v.size // 2, 2)
    slope = max(_line(v[-half:], np.log(i[-half:]))[0], 0.1 / v[-1])
    return float(i[-1] / np.sinh(min(slope * v[-1], 500.0))), 1 / slope


def _start_root(power: int) -> Callable[[Array, Array], tuple[float, ...]]:
    def start(v: Array, i: Array) -> tuple[float, ...]:
        slope, offset = _line(np.sqrt(v), np.log(i / v**power))
        return float(np.exp(offset)), slope

    return start


def _start_fowler(v: Array, i: Array) -> tuple[float, ...]:
    half = max(v.size // 2, 2)
    slope, offset = _line(1 / v[-half:], np.log(i[-half:] / v[-half:] ** 2))
    return float(np.exp(np.clip(offset, -600, 600))), max(-slope, 1e-3 * float(v[-1]))


MECHANISMS: Mapping[str, Mechanism] = {
    "ohmic": Mechanism(
        {"conductance": ("S", True)},
        lambda v, g: g * v,
        lambda v, i: (float(np.exp(np.median(np.log(i / v)))),),
        _nothing,
    ),
    "sclc": Mechanism(
        {"conductance": ("S", True), "crossover_voltage": ("V", True), "exponent": ("1", False)},
        _sclc,
        _start_sclc,
        _nothing,
    ),
    "schottky": Mechanism(
        {"saturation_current": ("A", True), "slope": ("V^-1/2", False)},
        lambda v, i0, b: i0 * _exp(b * np.sqrt(v)),
        _start_root(0),
        _permittivity(0.5),
    ),
    "poole-frenkel": Mechanism(
        {"conductance": ("S", True), "slope": ("V^-1/2", False)},
        lambda v, g, b: g * v * _exp(b * np.sqrt(v)),
        _start_root(1),
        _permittivity(1.0),
    ),
    "point-contact": Mechanism(
        {"steepness": ("1/V", True), "barrier": ("V", False)}, _point_contact, _start_point_contact, _nothing
    ),
    "fowler-nordheim": Mechanism(
        {"prefactor": ("A/V^2", True), "field_voltage": ("V", True)},
        lambda v, a, b: a * v**2 * _exp(-b / v),
        _start_fowler,
        _nothing,
    ),
    "hopping": Mechanism(
        {"current_scale": ("A", True), "sinh_voltage": ("V", True)},
        lambda v, i0, v0: i0 * np.sinh(np.minimum(v / v0, 700)),
        _start_sinh,
        _hop,
    ),
}
