"""Every constant has a source, an interval that holds it, and a component that uses it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import acanthite
from acanthite.cost import CONSTANTS, Component, CostConstant, chip_cost
from acanthite.errors import ChipError
from acanthite.inference import Chip
from acanthite.parameters.bibliography import references

ENTRIES = list(CONSTANTS.entries.values())
COST = Path(acanthite.__file__).parent / "cost"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_constant_has_a_source_and_an_interval(entry):
    assert entry.source in references()
    assert entry.where
    assert 0 < entry.low <= entry.value <= entry.high
    assert entry.low < entry.high


def _components(kind: type = Component) -> list[type]:
    found = []
    for each in kind.__subclasses__():
        found += [each, *_components(each)]
    return [each for each in found if each.__module__.startswith("acanthite.cost")]


@pytest.mark.parametrize("kind", _components(), ids=lambda kind: kind.__name__)
def test_every_component_names_sources_that_there_are(kind):
    assert set(kind.SOURCES) <= set(references())
    assert kind.SOURCES or kind.__name__ in ("AnalogConverter", "GivenConverter")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_constant_is_used(entry):
    group, _, name = entry.name.partition(".")
    texts = [path.read_text(encoding="utf-8") for path in COST.rglob("*.py")]
    used = re.compile(rf'\["{re.escape(entry.name)}"\]|\[f"{group}\.\{{')
    assert any(used.search(text) for text in texts), name


def test_every_module_of_constants_is_in_the_catalogue():
    declared = set()
    for path in COST.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.name not in ("constants.py", "catalogue.py"):
            declared |= set(re.findall(r'(?:CostConstant|factor)\(\s*"([\w.-]+)"', text))
    assert declared == set(CONSTANTS)


def test_no_file_comes_from_where_none_may_be_taken():
    """Of NeuroSim only results are compared, and those stand in benchmarks and tests."""
    for path in COST.rglob("*.py"):
        assert not re.search("neurosim|mnsim|orion", path.read_text(encoding="utf-8").lower()), path


def test_replacing_changes_one_and_leaves_the_rest():
    changed = CONSTANTS.replace("wire.capacitance", 2.0)
    assert changed["wire.capacitance"] == 2.0
    assert changed.entries["wire.capacitance"].high == 2.0
    assert {name for name in CONSTANTS if changed[name] != CONSTANTS[name]} == {"wire.capacitance"}


def test_bad_constants_are_one_clear_error():
    with pytest.raises(ChipError, match=r"no constant 'wire\.capacity'; did you mean 'wire\.cap"):
        CONSTANTS.replace("wire.capacity", 1.0)
    with pytest.raises(ChipError, match=r"constant wire\.capacitance"):
        CONSTANTS.replace("wire.capacitance", 0.0)
    with pytest.raises(ChipError, match="constant mine: low"):
        CostConstant("mine", 1.0, "1", 2.0, 3.0, "acanthite", "")


def test_a_dearer_constant_makes_a_dearer_chip():
    chip = Chip(rows=64, columns=64)
    plain = chip_cost("64-32-10", chip)
    dear = chip_cost("64-32-10", chip, constants=CONSTANTS.replace("survey.energy", 12.0))
    assert dear.energy_joule > plain.energy_joule
    assert dear.area_square_metre == plain.area_square_metre
