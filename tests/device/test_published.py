"""docs/published.md is what scripts/compare_published.py makes, and its misses are known."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from acanthite.constants import eV

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def compare():
    spec = importlib.util.spec_from_file_location(
        "compare_published", ROOT / "scripts" / "compare_published.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where its dataclass looks for its names
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def table(compare):
    return compare.rows()


def test_the_page_is_what_the_script_prints(compare, table):
    assert (ROOT / "docs" / "published.md").read_text(encoding="utf-8") == compare.page(table)


def test_every_row_says_what_it_is_judged_by_and_whose_it_is(table):
    assert len({row.what for row in table}) == len(table)
    assert all(row.rule and row.source and row.published and row.ours for row in table)


def test_what_does_not_agree(table):
    missed = [row.source.split(",")[0] for row in table if not row.agrees]
    assert missed == [
        *("Wu 2008", "Wu 2008", "Bid 2006", "A. Bid and others"),
        *("Banerjee 2007", "Nayak 2010", "Nayak 2010", "Geresdi 2014"),
        *("Wang 2019", "Symanczyk 2009"),
    ]


def test_the_formula_of_bloch_and_grueneisen_has_its_limits(compare):
    """Proportional to T when hot, to T^5 when cold."""
    hot = compare.bloch_grueneisen(2000.0, 235.0) / compare.bloch_grueneisen(1000.0, 235.0)
    cold = compare.bloch_grueneisen(4.0, 235.0) / compare.bloch_grueneisen(2.0, 235.0)
    assert hot == pytest.approx(2.0, rel=0.01)
    assert cold == pytest.approx(32.0, rel=0.01)


def test_the_activation_energy_is_that_of_the_closed_form(compare):
    """Nucleation limits the set time at 0.1 V: W + B / V."""
    values = compare.at(300.0).values
    expected = values["migration_barrier"] + values["nucleation_field"] / 0.1
    assert compare.set_activation(0.1) / eV == pytest.approx(expected / eV, rel=1e-3)
