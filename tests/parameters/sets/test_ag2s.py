from __future__ import annotations

import math
from fnmatch import fnmatchcase
from pathlib import Path

import pint
import pytest

from acanthite.constants import celsius, nm
from acanthite.parameters import AG2S, references

_NOMENCLATURE = Path(__file__).parents[3] / "docs" / "nomenclature.md"
_REGISTRY = pint.get_application_registry()
_SI = {"kilogram", "meter", "second", "ampere", "kelvin", "mole", "radian"}
_EACH = pytest.mark.parametrize(("key", "quantity"), AG2S.items(), ids=list(AG2S))


@_EACH
def test_its_source_is_in_the_bibliography(key, quantity):
    assert quantity.source in references()
    assert quantity.where


@_EACH
def test_its_unit_is_si_without_prefix(key, quantity):
    unit = _REGISTRY(quantity.unit if quantity.unit != "1" else "").to_base_units()
    assert float(getattr(unit, "magnitude", unit)) == pytest.approx(1.0, rel=1e-12)


@_EACH
def test_its_value_is_finite_and_not_negative(key, quantity):
    assert math.isfinite(quantity.value)
    assert quantity.value >= 0
    assert quantity.std is None or quantity.std >= 0


def _rows() -> list[list[str]]:
    """Return the cells of the nomenclature's table of parameters."""
    lines = _NOMENCLATURE.read_text(encoding="utf-8").partition("## Parameters")[2].splitlines()
    return [
        [cell.strip(" `") for cell in line.split("|")[1:-1]]
        for line in lines
        if line.startswith("| `")
    ]


@_EACH
def test_it_is_explained_in_the_nomenclature(key, quantity):
    row = next((row for row in _rows() if fnmatchcase(key, row[0])), None)
    assert row is not None, (
        f"add a row '| `{key}` | symbol | unit | meaning |' to docs/nomenclature.md"
    )
    _, _, unit, meaning = row
    assert unit == quantity.unit
    assert len(meaning) > 3


def test_the_stack_and_the_anneal_are_the_papers():
    assert AG2S.value("stack.film_thickness") == pytest.approx(50 * nm)
    assert AG2S.value("process.anneal_temperature") == pytest.approx(celsius(160))
    assert AG2S["process.rf_power"].source == "Zhu2025"


def test_what_acanthite_fitted_or_assumed_says_so():
    own = {key: quantity.how for key, quantity in AG2S.items() if quantity.source == "acanthite"}
    assert set(own.values()) == {"fitted", "assumed"}
    assert all(
        quantity.how == "measured" for quantity in AG2S.values() if quantity.source == "Zhu2025"
    )
