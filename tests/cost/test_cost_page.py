"""The blocks of docs/cost.md run, and its table of peers says what the benchmark gives."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "cost.md").read_text(encoding="utf-8")


def _peers():
    path = ROOT / "benchmarks" / "peers" / "chip_cost.py"
    spec = importlib.util.spec_from_file_location("chip_cost_of_peers", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["chip_cost_of_peers"] = module
    spec.loader.exec_module(module)
    return module


peers = _peers()


def test_the_python_runs(capsys):
    for block in re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE):
        exec(block, {})
    assert "J an inference" in capsys.readouterr().out


@pytest.mark.parametrize("name", peers.RUNS)
def test_energy_and_area_beside_the_peer_are_as_the_page_says(name):
    cost, theirs = peers.run(name)
    ours = peers.numbers(cost)
    assert f"| {ours['energy_nanojoule']:.3g} / {theirs['energy_nanojoule']:.3g} nJ |" in PAGE
    area = theirs["area_square_millimetre"]
    assert f"| {ours['area_square_millimetre']:.2g} / {area:.3g} mm² |" in PAGE


def test_what_agrees_within_a_factor_of_two():
    for name in list(peers.RUNS)[2:]:
        cost, theirs = peers.run(name)
        assert 0.5 < 1e9 * cost.energy_joule / theirs["energy_nanojoule"] < 2.0
    cost, theirs = peers.run(next(iter(peers.RUNS)))
    ours = peers.numbers(cost)
    assert 0.5 < ours["accumulation"] / theirs["accumulation"] < 2.0
    assert ours["conversion"] / theirs["conversion"] > 2.0  # the page says why


def test_the_network_on_which_the_peer_crashes_has_a_cost():
    from acanthite.cost import chip_cost

    cost = chip_cost("784-256-128-10", peers._chip(8, 1, 5), peers.ChipCircuits(converter="flash"))
    assert cost.tiles == 7 * 16 + 2 * 8 + 1
