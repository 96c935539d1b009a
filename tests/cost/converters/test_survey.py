"""The regression of converters: the published numbers, and the authors' own package."""

from __future__ import annotations

import csv
import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.constants import nm, pJ, um
from acanthite.cost import CONSTANTS, ProcessNode, SurveyConverter
from acanthite.errors import ChipError

REFERENCE = Path(__file__).parents[2] / "references" / "converter_survey.csv"


def _converter(nanometres: float, bits: int, rate: float) -> SurveyConverter:
    return SurveyConverter(node=ProcessNode(nanometres * nm, CONSTANTS), bits=bits, rate=rate)


@pytest.mark.parametrize(
    ("nanometres", "bits", "rate", "picojoules", "square_microns"),
    [
        (22, 8, 1e8, 0.847, 2199),
        (32, 8, 1e8, 1.71, 3939),
        (65, 8, 1e8, 6.49, 11860),
        (22, 10, 1e9, 6.89, 6242),
    ],
)
def test_published_numbers(nanometres, bits, rate, picojoules, square_microns):
    adc = _converter(nanometres, bits, rate)
    assert adc.energy() / pJ == pytest.approx(picojoules, rel=4e-3)
    assert adc.area() / um**2 == pytest.approx(square_microns, rel=4e-3)


def _reference() -> list[dict[str, float]]:
    with REFERENCE.open(encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return [{name: float(value) for name, value in row.items()} for row in rows]


def _as_published(t: float, b: int, f: float) -> tuple[float, float]:
    """The regression written out once more, in pJ and um^2."""
    merit = min(213.78067 - 2.8719030 * np.log(f), 128.30683 + 3.2205134 * b)
    decibels = merit - (6.0206 * b + 1.7609)
    logarithm = 26.0496216 - 1.4702022 + 1.8800369 * np.log(t) - 2.8291256 * np.log(b)
    energy = np.exp(logarithm) / 2 / np.power(10, decibels / 10)
    area = np.exp(1.3461916 + 0.29912426 * np.log(energy)) * t**0.99327947 * f**0.18071538
    return float(energy), float(area)


@given(
    st.floats(7.0, 130.0), st.integers(4, 16), st.floats(3.0, 11.0).map(lambda power: 10.0**power)
)
def test_the_formula_to_1e9(nanometres, bits, rate):
    adc = _converter(nanometres, bits, rate)
    energy, area = _as_published(nanometres, bits, rate)
    assert adc.energy() / pJ == pytest.approx(energy, rel=1e-9)
    assert adc.area() / um**2 == pytest.approx(area, rel=1e-9)


def test_every_number_of_the_authors_package():
    """To the digits its constants are given with: one in the sixth decimal of a decibel is 2e-7 of an energy."""
    rows = _reference()
    assert len(rows) > 100
    for row in rows:
        adc = _converter(row["node_nm"], int(row["bits"]), row["rate_per_second"])
        assert adc.energy() == pytest.approx(row["energy_joule"], rel=2e-6)
        assert adc.area() == pytest.approx(row["area_square_metre"], rel=2e-6)


@pytest.mark.skipif(
    sys.version_info < (3, 12) or not importlib.util.find_spec("hwcomponents_adc"),
    reason="hwcomponents-adc needs Python 3.12 and to be installed; its numbers are kept as text",
)
def test_the_installed_package_still_says_so():
    sys.path.insert(0, str(REFERENCE.parent))
    from converter_survey import package_numbers

    for row in _reference()[::7]:
        energy, area = package_numbers(row["node_nm"], int(row["bits"]), row["rate_per_second"])
        assert energy == pytest.approx(row["energy_joule"], rel=1e-9)
        assert area == pytest.approx(row["area_square_metre"], rel=1e-9)


def test_few_bits_and_odd_rates_are_refused():
    with pytest.raises(ChipError, match=r"SurveyConverter: bits = 3; expected .*4"):
        _converter(22, 3, 1e8)
    with pytest.raises(ChipError, match="SurveyConverter: rate"):
        _converter(22, 8, 1.0)
