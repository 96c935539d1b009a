"""Branches of I-V curves drawn from published laws, or from none of them, with the noise of an instrument.

The laws are written here from the literature (Chiu, Adv. Mater. Sci. Eng. 2014, 578168; Sze and Ng, Physics of Semiconductor Devices),
in terms of what a sample is made of, and share no code with the analysis.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import constants as c

Q, K, H, ME, EPS0 = c.e, c.k, c.h, c.m_e, c.epsilon_0

MECHANISMS = ("ohmic", "sclc", "schottky", "poole-frenkel", "fowler-nordheim", "hopping", "none")


@dataclass(frozen=True)
class DrawnBranch:
    """A branch, what made it, and what is known of it."""

    mechanism: str
    voltage: np.ndarray
    current: np.ndarray
    clean: np.ndarray
    temperature: float
    thickness: float
    numbers: dict[str, float]
    noise: float


def _ohmic(v, rng, T, d):
    g = 10 ** rng.uniform(-9, -3)
    return g * v, {"conductance": g}


def _sclc(v, rng, T, d):
    """Trap-free, J = 9/8 eps mu V^2 / d^3, or trap-filled with a steeper power, beside an ohmic current."""
    m = float(rng.choice([2.0, rng.uniform(2.5, 8.0)]))
    crossover = v.max() * 10 ** rng.uniform(-1, -0.3)
    g = 10 ** rng.uniform(-9, -5)
    return g * v * (1 + (v / crossover) ** (m - 1)), {"exponent": m, "conductance": g}


def _schottky(v, rng, T, d):
    eps, barrier, area = rng.uniform(2, 30), rng.uniform(0.3, 0.9), 10 ** rng.uniform(-12, -8)
    lowered = np.sqrt(Q**3 * (v / d) / (4 * np.pi * eps * EPS0))
    richardson = 4 * np.pi * Q * ME * K**2 / H**3
    return area * richardson * T**2 * np.exp((lowered - barrier * Q) / (K * T)), {
        "relative_permittivity": eps
    }


def _poole_frenkel(v, rng, T, d):
    eps, trap = rng.uniform(2, 30), rng.uniform(0.2, 0.8)
    lowered = np.sqrt(Q**3 * (v / d) / (np.pi * eps * EPS0))
    g = 10 ** rng.uniform(-4, -1) * np.exp(-trap * Q / (K * T))
    return g * v * np.exp(lowered / (K * T)), {"relative_permittivity": eps}


def _fowler_nordheim(v, rng, T, d):
    barrier = rng.uniform(0.2, 0.9) * min(v.max(), 3.0)
    area = 10 ** rng.uniform(-14, -8)
    field = v / d
    a = Q**3 / (8 * np.pi * H * barrier * Q)
    b = 8 * np.pi * np.sqrt(2 * ME * (barrier * Q) ** 3) / (3 * Q * H)
    return area * a * field**2 * np.exp(-b / field), {"tunnel_barrier": barrier}


def _hopping(v, rng, T, d):
    hop = min(rng.uniform(0.5e-9, 3e-9), 0.9 * d)
    return 10 ** rng.uniform(-12, -6) * np.sinh(Q * hop * v / (2 * K * T * d)), {
        "hop_distance": hop
    }


def _none(v, rng, T, d):
    """What none of them is: a step, a peak, a saturation, a Gaussian tail, a diode with a resistor, a current that falls."""
    x = v / v.max()
    kind = int(rng.integers(6))
    shapes = (
        lambda: x * (1 + 30 / (1 + np.exp(-(x - 0.55) / 0.02))),
        lambda: 0.05 * x + np.exp(-(((x - 0.5) / 0.12) ** 2)),
        lambda: np.tanh(6 * x),
        lambda: x * np.exp(6 * x**4),
        lambda: np.minimum(1e-4 * np.expm1(25 * x), 2 + 4 * x),
        lambda: x * np.exp(-4 * x),
    )
    return 10 ** rng.uniform(-9, -4) * shapes[kind](), {"kind": float(kind)}


LAWS = {
    "ohmic": _ohmic,
    "sclc": _sclc,
    "schottky": _schottky,
    "poole-frenkel": _poole_frenkel,
    "fowler-nordheim": _fowler_nordheim,
    "hopping": _hopping,
    "none": _none,
}


def draw_branch(seed: int, mechanism: str | None = None) -> DrawnBranch:
    """Draw a branch: law, film, grid, order of rows, sign, holes and noise by the seed."""
    rng = np.random.default_rng([seed, 71])
    name = mechanism or str(rng.choice(MECHANISMS))
    n = int(rng.choice([15, 25, 51, 101, 301]))
    d = 10 ** rng.uniform(np.log10(5e-9), -7)
    T = float(rng.uniform(250, 400))
    top = 10 ** rng.uniform(-0.5, 0.8)
    v = top * (np.linspace(0, 1, n + 1)[1:] if rng.random() < 0.7 else np.geomspace(0.02, 1, n))
    clean, numbers = LAWS[name](v, rng, T, d)
    relative = float(10 ** rng.uniform(-3, -1.2))
    floor = float(clean.max() * 10 ** rng.uniform(-7, -3.5))
    i = clean * (1 + relative * rng.standard_normal(n)) + floor * rng.standard_normal(n)
    sign = rng.choice([-1, 1])
    order = rng.permutation(n) if rng.random() < 0.3 else np.arange(n)
    holes = rng.random(n) < (0.05 if rng.random() < 0.3 else 0.0)
    i = np.where(holes, np.nan, i)
    return DrawnBranch(
        name, sign * v[order], sign * i[order], clean[order], T, d, numbers, relative
    )
