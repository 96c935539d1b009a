"""Components: no one negative or free, published values beside, use in proportion."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.constants import fF, fJ, mm, nm, ns, pJ, um
from acanthite.cost import (
    CONSTANTS,
    ActivationUnit,
    Amplifier,
    CapacitiveDac,
    Comparator,
    DigitalUnit,
    FlashConverter,
    GivenConverter,
    IntegratingConverter,
    LevelShifter,
    Link,
    Memory,
    Multiplexer,
    ProcessNode,
    PulseWidthDriver,
    RampConverter,
    Router,
    RowDriver,
    SampleHold,
    SARConverter,
    ShiftAdd,
    SurveyConverter,
    WordLine,
)
from acanthite.errors import ChipError


def _node(size: float = 65.0) -> ProcessNode:
    return ProcessNode(size * nm, CONSTANTS)


def every(node: ProcessNode, bits: int = 6) -> list:
    """Return one of each component."""
    line = {"capacitance": 50 * fF}
    return [
        ActivationUnit(node=node, kind="none", bits=bits),
        ActivationUnit(node=node, kind="relu", bits=bits),
        ActivationUnit(node=node, kind="table", bits=bits),
        Amplifier(node=node, bits=bits, time=10 * ns),
        CapacitiveDac(node=node, bits=bits, time=10 * ns, **line),
        Comparator(node=node),
        DigitalUnit(node=node, kind="multiplier", bits=bits),
        FlashConverter(node=node, bits=bits),
        GivenConverter(node=node, bits=bits, conversion_energy=1 * pJ, size=1e-9, rate=1e8),
        IntegratingConverter(node=node, bits=bits, input_bits=4),
        LevelShifter(node=node, voltage=2.0, **line),
        Link(node=node, length=1 * mm),
        Memory(node=node, size=8192),
        Multiplexer(node=node, ways=8),
        PulseWidthDriver(node=node, bits=bits, voltage=0.2, rows=128, step=1 * ns, **line),
        RampConverter(node=node, bits=bits, columns=64),
        Router(node=node),
        RowDriver(node=node, voltage=0.2, **line),
        SampleHold(node=node, bits=bits),
        SARConverter(node=node, bits=bits),
        ShiftAdd(node=node, bits=2 * bits),
        SurveyConverter(node=node, bits=bits),
        WordLine(node=node, cells=128),
    ]


@given(st.floats(7.0, 130.0), st.integers(4, 8))
def test_no_component_is_negative_or_free(size, bits):
    for component in every(_node(size), bits):
        assert component.energy() > 0
        assert component.latency() > 0
        assert component.area() > 0
        assert component.leakage() > 0


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_energy_goes_up_with_use(one, other):
    low, high = sorted((one, other))
    for component in every(_node()):
        assert 0 <= component.energy(low) <= component.energy(high)


@given(st.integers(4, 7), st.floats(7.0, 130.0))
def test_energy_and_area_go_up_with_bits(bits, size):
    few, many = (every(_node(size), b) for b in (bits, bits + 1))
    for less, more in zip(few, many, strict=True):
        assert less.energy() <= more.energy() * (1 + 1e-12), type(less).__name__
        assert less.area() <= more.area() * (1 + 1e-12), type(less).__name__


def test_use_beyond_one_is_refused():
    with pytest.raises(ChipError, match=r"RowDriver: use = 1\.5"):
        RowDriver(node=_node(), capacitance=1 * fF, voltage=0.2).energy(1.5)


def test_a_millimetre_of_wire_beside_a_published_one():
    """310 fJ a bit and mm at 130 nm, full swing, every bit another (a survey of 2012)."""
    constants = CONSTANTS.replace("link.activity", 1.0)
    link = Link(node=ProcessNode(130 * nm, constants), length=1 * mm)
    assert link.energy() / fJ == pytest.approx(310, rel=0.5)


def test_memory_beside_other_numbers():
    node = ProcessNode(45 * nm, CONSTANTS, "high-performance")
    word = 64 * Memory(node=node, size=8192).energy()
    assert 10 * pJ / 3 < word < 10 * pJ  # Horowitz: 10 pJ, an upper bound
    assert Memory(node=node, size=8192).latency() / ns == pytest.approx(0.56)
    large, small = (Memory(node=node, size=size) for size in (1 << 20, 1 << 17))
    assert large.energy() == small.energy()  # banks
    assert large.area() == pytest.approx(8 * small.area())


def test_logic_beside_other_numbers():
    """Horowitz at 45 nm: 0.1 pJ for an addition of 32 bits, 3.1 pJ for a multiplication."""
    node = _node(45)
    adder = DigitalUnit(node=node, kind="adder", bits=32).energy()
    assert 0.1 * pJ < adder < 0.4 * pJ
    assert DigitalUnit(node=node, kind="multiplier", bits=32).energy() / pJ == pytest.approx(
        3.2, rel=0.05
    )


def test_a_core_of_neurram_is_as_large_as_measured():
    """Neurons are 28 %, drivers 21 % and cells 12 % of a core: 1.16 mm2 with 256 neurons."""
    from acanthite.cost import ChipCircuits
    from acanthite.cost.chip.tile import Tile
    from acanthite.inference import Chip, ColumnReader, InputDriver

    chip = Chip(
        cells="reram-wan",
        inputs=InputDriver(bits=4, scheme="bit-serial"),
        outputs=ColumnReader(bits=6),
    )
    circuits = ChipCircuits(node=130 * nm, converter="integrating", columns_per_converter=1)
    areas = Tile(chip, circuits, _node(130), 12).areas
    drivers = areas["word lines"] + areas["row drivers"] + areas["level shifters"]
    core = 256 * 1270 * um**2 / 0.28
    assert areas["converters"] / core == pytest.approx(0.28, rel=0.01)
    assert areas["cells and wires"] / core == pytest.approx(0.12, rel=0.02)
    assert drivers / core == pytest.approx(0.21, rel=0.1)
    assert sum(areas.values()) == pytest.approx(core, rel=0.3)
