"""What a chip costs: laws that any model must keep, and what is refused."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.constants import nm
from acanthite.cost import (
    NAMED,
    ChipCircuits,
    LayerShape,
    NetworkShape,
    chip_cost,
    network_named,
    perceptron,
    programming_cost,
    training_cost,
)
from acanthite.cost.chip.bill import WHOLE_CHIP
from acanthite.crossbar import BitSlices, Wires
from acanthite.errors import ChipError
from acanthite.inference import Chip, ColumnReader, InputDriver

CHIP = Chip(cells="reram-wan", rows=64, columns=64, inputs=InputDriver(bits=6, scheme="bit-serial"))
CIRCUITS = ChipCircuits(node=32 * nm)
NETWORK = perceptron((100, 40, 10))
KINDS = ("survey", "sar", "flash", "ramp", "integrating")
few = settings(max_examples=12, deadline=None)


def _on_tiles(cost) -> dict[tuple[str, str], float]:
    shared = ("links", "buffers")
    return {
        (part.layer, part.component): part.energy
        for part in cost.parts
        if part.layer != WHOLE_CHIP and part.component not in shared
    }


@pytest.mark.parametrize("name", NAMED)
def test_a_full_cost_takes_less_than_five_seconds(name):
    begun = time.process_time()
    cost = chip_cost(name, replace(CHIP, rows=128, columns=128))
    assert time.process_time() - begun < 5.0
    assert cost.macs == network_named(name).macs


@pytest.mark.parametrize("scheme", ["parallel", "bit-serial", "pulse-width"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_part_is_negative_and_totals_are_their_sums(kind, scheme):
    chip = replace(CHIP, inputs=InputDriver(bits=6, scheme=scheme), outputs=ColumnReader(bits=6))
    cost = chip_cost(NETWORK, chip, replace(CIRCUITS, converter=kind))
    assert all(min(part.energy, part.area, part.leakage) >= 0 for part in cost.parts)
    assert all(part.energy + part.area > 0 for part in cost.parts)
    for what, total in (
        ("energy", cost.energy_joule),
        ("area", cost.area_square_metre),
        ("leakage", cost.leakage_watt),
    ):
        for by in (cost.by_layer, cost.by_component):
            assert sum(by(what).values()) == pytest.approx(total, rel=1e-12)


@pytest.mark.long
@few
@given(st.lists(st.integers(1, 150), min_size=2, max_size=4), st.integers(1, 40))
def test_energy_of_tiles_adds_up_over_layers(widths, outputs):
    """A layer's tiles cost the same alone and among others; what is shared does not."""
    layers = tuple(
        LayerShape(name=f"l{k}", inputs=n, outputs=outputs, activation="relu")
        for k, n in enumerate(widths)
    )
    whole = _on_tiles(chip_cost(NetworkShape("all", layers), CHIP, CIRCUITS))
    for layer in layers:
        alone = chip_cost(NetworkShape("one", (layer,)), CHIP, CIRCUITS)
        for key, energy in _on_tiles(alone).items():
            if key[1] != "shift and add":  # tiles have adders for the widest sum of the chip
                assert whole[key] == pytest.approx(energy, rel=1e-12)


@few
@given(st.integers(4, 9), st.sampled_from(("survey", "sar", "ramp")))
def test_energy_goes_up_with_bits_of_converters(bits, kind):
    circuits = replace(CIRCUITS, converter=kind)
    less, more = (
        chip_cost(NETWORK, replace(CHIP, outputs=ColumnReader(bits=b)), circuits)
        for b in (bits, bits + 1)
    )
    assert more.energy_joule > less.energy_joule
    assert more.area_square_metre > less.area_square_metre


@few
@given(st.integers(2, 9), st.sampled_from(("bit-serial", "pulse-width", "parallel")))
def test_energy_goes_up_with_bits_of_inputs(bits, scheme):
    less, more = (
        chip_cost(NETWORK, replace(CHIP, inputs=InputDriver(bits=b, scheme=scheme)), CIRCUITS)
        for b in (bits, bits + 1)
    )
    assert more.energy_joule > less.energy_joule


@few
@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99), st.booleans())
def test_energy_goes_up_with_activity(one, other, wired):
    low, high = sorted((one, other))
    chip = replace(CHIP, wires=Wires(5.0, 5.0, 100.0)) if wired else CHIP
    network = perceptron((40, 10))
    less, more = (chip_cost(network.with_activity(a), chip, CIRCUITS) for a in (low, high))
    assert less.energy_joule <= more.energy_joule * (1 + 1e-12)


@few
@given(st.integers(1, 400), st.integers(1, 60))
def test_area_goes_up_with_tiles(inputs, outputs):
    small = chip_cost(perceptron((inputs, outputs)), CHIP, CIRCUITS)
    large = chip_cost(perceptron((inputs + 64, outputs)), CHIP, CIRCUITS)
    assert large.tiles > small.tiles
    assert large.area_square_metre > small.area_square_metre


def test_cells_take_what_the_circuit_takes():
    """V^2 G t of the very conductances, to rounding, for wires without resistance."""
    weights = np.random.default_rng(1).uniform(-1, 1, (20, 50))
    layer = LayerShape(name="fc", inputs=50, outputs=20, activity=0.3, weights=weights)
    cost = chip_cost(NetworkShape("n", (layer,)), CHIP, CIRCUITS)
    scaled = weights / np.abs(weights).max()
    conductance = CHIP.mapping.encode(scaled, CHIP.window)
    planes = CHIP.inputs.planes
    power = 0.3 * CHIP.read_voltage**2 * conductance.sum()
    from acanthite.cost import CONSTANTS, ProcessNode
    from acanthite.cost.chip.tile import Tile

    tile = Tile(CHIP, CIRCUITS, ProcessNode(32 * nm, CONSTANTS), 12)
    expected = planes * power * (CIRCUITS.read_time + tile.settling)
    assert cost.by_component()["cells and wires"] == pytest.approx(expected, rel=1e-12)


def test_wires_with_resistance_take_their_share():
    ideal = chip_cost(NETWORK, CHIP, CIRCUITS).by_component()["cells and wires"]
    wired = replace(CHIP, wires=Wires(20.0, 20.0, 1000.0))
    drawn = chip_cost(NETWORK, wired, CIRCUITS).by_component()["cells and wires"]
    assert 0.3 * ideal < drawn < ideal


def test_intervals_hold_the_totals_and_name_what_matters():
    cost = chip_cost(NETWORK, CHIP, CIRCUITS)
    for name, (low, high) in cost.intervals.items():
        assert 0 < low < getattr(cost, name) < high
    assert len(cost.dominant_constants) == 3
    sizes = [effect.size for effect in cost.effects["energy_joule"]]
    assert sizes == sorted(sizes, reverse=True)
    assert cost.limits


def test_same_input_same_bits():
    wired = replace(CHIP, wires=Wires(5.0, 5.0))
    assert chip_cost(NETWORK, wired).parts == chip_cost(NETWORK, wired).parts


def test_slices_take_more_tiles_and_a_pipeline_is_faster():
    sliced = replace(CHIP, mapping=BitSlices(bits=2, slices=4), levels=4)
    plain, more = chip_cost(NETWORK, CHIP, CIRCUITS), chip_cost(NETWORK, sliced, CIRCUITS)
    assert more.tiles > 2 * plain.tiles
    pipelined = chip_cost(NETWORK, CHIP, replace(CIRCUITS, pipelined=True))
    assert pipelined.interval_second < plain.interval_second
    assert pipelined.tops > plain.tops
    assert pipelined.critical_layer == plain.critical_layer


def test_copies_make_convolutions_faster_and_larger():
    one, four = (
        chip_cost("lenet5", CHIP, replace(CIRCUITS, replication=n, pipelined=True)) for n in (1, 4)
    )
    assert four.interval_second < one.interval_second / 2
    assert four.tiles > one.tiles
    assert four.tiles_of_layer["fc3"] == one.tiles_of_layer["fc3"]


def test_utilisation_is_the_share_of_cells():
    cost = chip_cost(perceptron((64, 32)), CHIP, CIRCUITS)
    assert (cost.tiles, cost.utilisation) == (1, 1.0)


def test_a_network_that_does_not_fit_is_one_clear_error():
    with pytest.raises(ChipError, match=r"needs 5 tiles of 64 x 64 and the chip has tiles = 4"):
        chip_cost(NETWORK, CHIP, replace(CIRCUITS, tiles=4))
    with pytest.raises(ChipError, match=r"layer 'fc1': array of 1 x 1: one weight needs"):
        chip_cost(NETWORK, replace(CHIP, rows=1, columns=1), CIRCUITS)


def test_circuits_that_cannot_be_are_refused():
    with pytest.raises(ChipError, match=r"clock_frequency = .*adders of .* bits at 32 nm"):
        chip_cost(NETWORK, CHIP, replace(CIRCUITS, clock_frequency=1e11))
    with pytest.raises(ChipError, match="outputs have bits = None"):
        chip_cost(NETWORK, replace(CHIP, outputs=ColumnReader(bits=None)), CIRCUITS)
    flash = replace(CIRCUITS, converter="flash")
    with pytest.raises(ChipError, match=r"FlashConverter: bits = 12; expected"):
        chip_cost(NETWORK, replace(CHIP, outputs=ColumnReader(bits=12)), flash)
    with pytest.raises(ChipError, match="node = 5e-09"):
        ChipCircuits(node=5 * nm)
    with pytest.raises(ChipError, match="converter_energy = None; a given converter needs it"):
        ChipCircuits(converter="given")
    with pytest.raises(ChipError, match="did you mean 'survey'"):
        ChipCircuits(converter="survy")


def test_ones_own_converter_replaces_it_in_one_line():
    own = {"converter_energy": 2e-12, "converter_area": 1e-9, "converter_rate": 1e9}
    cost = chip_cost(NETWORK, CHIP, replace(CIRCUITS, converter="given", **own))
    conversions = 5 * (64 * 2 + 16 * 2 + 20)
    assert cost.by_component()["converters"] == pytest.approx(conversions * 2e-12)


def test_writing_goes_with_pulses_and_voltage():
    plain = programming_cost(NETWORK, CHIP, CIRCUITS)
    twice = programming_cost(NETWORK, CHIP, replace(CIRCUITS, write_pulses=10.0))
    assert twice.energy_joule == pytest.approx(2 * plain.energy_joule)
    assert twice.time_second == pytest.approx(2 * plain.time_second)
    assert plain.cells == 2 * (100 * 40 + 40 * 10)


def test_an_epoch_is_its_pulses_and_its_reads():
    none, some = (
        training_cost(NETWORK, CHIP, CIRCUITS, pulses=n, samples=100, pulse_energy=1e-15)
        for n in (0.0, 1e6)
    )
    assert some.cells_joule == pytest.approx(1e-9)
    assert none.energy_joule == none.reading_joule
    cost = chip_cost(NETWORK, CHIP, CIRCUITS)
    assert none.reading_joule == pytest.approx(200 * cost.energy_joule)
    with pytest.raises(ChipError, match="samples = 0"):
        training_cost(NETWORK, CHIP, pulses=1.0, samples=0)
