from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.constants import celsius, eV, fJ, hour, mV, nm, sccm, uS
from acanthite.formatting import as_text, duration, symbol


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (22.8 * mV, "V", "22.8 mV"),
        (24.04 * fJ, "J", "24 fJ"),
        (0.2 * eV, "J", "200 meV"),
        (0.05 * eV, "J V", "50 meV V"),
        (-0.22, "V", "−220 mV"),
        (0.99996e-3, "S", "1 mS"),
        (0.231 * uS, "S", "231 nS"),
        (1e6, "1", "10⁶"),
        (9.74e5, "1", "9.74 × 10⁵"),
        (0.0, "V", "0 V"),
        (1200.0, "1", "1200"),
        (0.5497787143782138, "rad", "31.5°"),
        (3 * hour, "s", "3 h"),
        (1e-6, "s", "1 µs"),
        (celsius(160.0), "K", "433.15 K"),
        (20 * sccm, "m^3/s", "20 sccm"),
        (6 * nm / 60, "m/s", "6 nm/min"),
        (6.8e-3, "m/s", "6.8 mm/s"),
        (6e-8, "ohm m", "60 nΩ m"),
        (2e-45, "m^4/s", "2 × 10⁻⁴⁵ m⁴/s"),
        (math.inf, "1", "∞"),
        (-math.inf, "V", "−∞ V"),
        (math.nan, "V", "–"),
        (None, "V", "–"),
    ],
)
def test_as_text(value, unit, text):
    assert as_text(value, unit).replace("\u202f", " ") == text


_FACTORS = {
    "a": 1e-18,
    "f": 1e-15,
    "p": 1e-12,
    "n": 1e-9,
    "µ": 1e-6,
    "m": 1e-3,
    "": 1.0,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
}


@given(st.floats(1e-17, 1e11), st.integers(2, 6))
def test_a_prefixed_value_reads_back_to_its_digits(value, digits):
    found = re.fullmatch(r"([\d.]+)\u202f([afpnµmkMG]?)V", as_text(value, "V", digits))
    assert found is not None
    number = float(found[1])
    assert 1 <= number < 1000
    assert number * _FACTORS[found[2]] == pytest.approx(value, rel=0.51 * 10.0 ** (1 - digits))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.001, "< 0.1 s"),
        (0.42, "0.42 s"),
        (12.4, "12 s"),
        (59.7, "1 min 00 s"),
        (185, "3 min 05 s"),
        (3720, "1 h 02 min"),
    ],
)
def test_duration(seconds, text):
    assert duration(seconds).replace("\u202f", " ") == text


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("1", ""),
        ("V", "V"),
        ("uA", "µA"),
        ("um^2", "µm²"),
        ("ohm", "Ω"),
        ("kohm", "kΩ"),
        ("uohm m", "µΩ m"),
        ("1/m^3", "m⁻³"),
        ("degC", "°C"),
        ("degrees", "°"),
        ("nm/min", "nm/min"),
    ],
)
def test_symbol(unit, text):
    assert symbol(unit).replace("\u202f", " ") == text
