"""scripts/falsify.py: predictions are made to miss."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from acanthite.claims import Falsifier, claim
from acanthite.errors import ParameterError
from acanthite.parameters import AG2S

_FILE = Path(__file__).parents[2] / "scripts" / "falsify.py"


@pytest.fixture
def falsify():
    spec = importlib.util.spec_from_file_location("falsify", _FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_change_is_made_to_one_parameter(falsify):
    falsifier = claim("figS6.clusters").falsifier
    changed = falsify.changed(falsifier)
    assert {key for key in AG2S if changed.value(key) != AG2S.value(key)} == {falsifier.key}
    assert changed.value(falsifier.key) == falsifier.value


def test_a_key_that_is_not_there_and_a_value_out_of_range_are_refused(falsify):
    with pytest.raises(
        ParameterError, match=r"no parameter 'kmc\.beam_overpotentia'; did you mean"
    ):
        falsify.changed(Falsifier("kmc.beam_overpotentia", 0.1, 0.1, 1.0, "assumed"))
    with pytest.raises(ParameterError, match=r"= 0\.3 in the set; expected"):
        falsify.changed(Falsifier("kmc.beam_overpotential", 0.6, 0.5, 1.0, "assumed"))
    with pytest.raises(ValueError, match="value = 2; expected a value within its range, 0 to 1"):
        Falsifier("kmc.beam_overpotential", 2.0, 0.0, 1.0, "assumed")


def test_a_prediction_that_misses_with_its_change_passes(falsify, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["falsify.py", "figS6.clusters", "--seeds", "1"])
    assert falsify.main() == 0
    text = capsys.readouterr().out
    assert "figS6.clusters: yes, match" in text
    assert "with kmc.beam_overpotential = 0.1: no, miss" in text
