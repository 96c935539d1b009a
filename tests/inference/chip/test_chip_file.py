"""Chips as TOML: what is written reads back the same, and errors name file, line and entry."""

import re
import tomllib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.constants import uS
from acanthite.crossbar import (
    BitSlices,
    ColumnPairs,
    NormalisedPairs,
    OffsetColumn,
    RowPairs,
    Stuck,
    Wires,
)
from acanthite.errors import ChipError
from acanthite.inference import (
    CHIPS,
    PCM,
    CellModel,
    Chip,
    CMOReRAM,
    ColumnReader,
    HermesPCM,
    IdealCells,
    InputDriver,
    MeasuredCells,
    chip_named,
    chip_template,
    load_chip,
    save_chip,
)
from acanthite.inference.chip.chip_file import chip_text

CELLS = st.sampled_from(
    [
        IdealCells(conductance_max=3e-5),
        PCM(conductance_max=20 * uS, conductance_min=1 * uS),
        HermesPCM(devices=2),
        CMOReRAM(acceptance=0.002),
    ]
)
MAPPINGS = st.sampled_from(
    [
        ColumnPairs(),
        RowPairs(),
        NormalisedPairs(),
        OffsetColumn(),
        BitSlices(bits=3, slices=5, base=OffsetColumn()),
    ]
)
CHIPS_OF_ANY_KIND = st.builds(
    Chip,
    cells=CELLS,
    mapping=MAPPINGS,
    rows=st.integers(4, 4096),
    levels=st.none() | st.integers(2, 64),
    wires=st.none() | st.builds(Wires, word_line_resistance=st.floats(0.0, 50.0)),
    read_voltage=st.floats(1e-3, 1.0),
    inputs=st.builds(InputDriver, bits=st.none() | st.integers(2, 12)),
    outputs=st.builds(ColumnReader, bits=st.none() | st.integers(2, 12), inl=st.floats(0.0, 0.1)),
    programming=st.just("write-verify"),
    tolerance=st.none() | st.floats(1e-3, 0.5),
    stuck=st.none() | st.builds(Stuck, high=st.floats(0.0, 0.5)),
    spare_columns=st.integers(0, 9),
    bias_rows=st.integers(0, 4),
    compensation=st.sampled_from(["none", "global", "column"]),
)


@settings(max_examples=50, deadline=None)
@given(CHIPS_OF_ANY_KIND)
def test_a_chip_reads_back_the_same(tmp_path_factory, chip):
    path = tmp_path_factory.mktemp("chip") / "chip.toml"
    save_chip(chip, path)
    assert load_chip(path) == chip


@pytest.mark.parametrize("name", CHIPS)
def test_a_template_is_exactly_the_default_chip_and_says_all_of_it(tmp_path, name):
    text = chip_template(name)
    path = tmp_path / "chip.toml"
    path.write_text(text)
    assert load_chip(path) == chip_named(name) == load_chip(name)
    assert max(map(len, text.splitlines())) <= 100
    uncommented = "\n".join(
        line.removeprefix("# ") if line.startswith("# ") and " = " in line else line
        for line in text.splitlines()
        if "{" not in line and "holds '='" not in line
    )
    entries = tomllib.loads(uncommented.replace("# [wires]", "[wires]"))
    for part in ("rows", "levels", "cells", "mapping", "wires", "inputs", "outputs"):
        assert part in entries


def test_measured_cells_stand_in_the_file_or_beside_it(tmp_path):
    states = MeasuredCells(
        targets=[1e-6, 9e-6],
        times=[0.0, 3600.0],
        mean=[[1e-6, 0.9e-6], [9e-6, 8e-6]],
        std=[[1e-8, 2e-8], [1e-7, 2e-7]],
    )
    save_chip(Chip(cells=states), tmp_path / "inline.toml")
    inline = load_chip(tmp_path / "inline.toml").cells
    assert isinstance(inline, MeasuredCells)
    for name in ("targets", "times", "mean", "std"):
        np.testing.assert_array_equal(getattr(inline, name), getattr(states, name))
    rows = [f"{g},{t},{g},1e-8" for g in (1e-6, 9e-6) for t in (0, 3600)]
    (tmp_path / "states.csv").write_text("\n".join(["target,time,mean,std", *rows]))
    (tmp_path / "beside.toml").write_text('cells = "states.csv"')
    assert load_chip(tmp_path / "beside.toml").window.highest == 9e-6


def test_a_number_may_have_its_unit_and_a_value_be_none(tmp_path):
    path = tmp_path / "chip.toml"
    path.write_text(
        'read_voltage = { value = 100, unit = "mV" }\n'
        'cells = { name = "pcm", conductance_max = { value = 20, unit = "uS" } }\n'
        '[inputs]\nbits = "none"\n'
        '[wires]\nword_line_resistance = { value = 2, unit = "kohm" }\n'
    )
    chip = load_chip(path)
    assert chip.read_voltage == pytest.approx(0.1)
    assert chip.window.highest == pytest.approx(20 * uS)
    assert chip.inputs == InputDriver(bits=None)
    assert chip.wires == Wires(word_line_resistance=2000.0)
    assert chip == replace(chip, outputs=ColumnReader())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("row = 4", r"line 1: unknown entry 'row'; did you mean 'rows'\?"),
        ("\nrows = 0", r"line 2: rows = 0; expected a whole number of at least 1"),
        ("rows = 2.5", r"line 1: rows = 2.5; expected a whole number"),
        ('cells = "pmc"', r"line 1: cells = 'pmc'; expected one of .*did you mean 'pcm'\?"),
        ('cells = "gone.csv"', r"line 1: cells: .*gone\.csv: cannot be read"),
        ('[cells]\nname = "pmc"', r"line 2: \[cells\] name = 'pmc'; .*did you mean 'pcm'\?"),
        (
            '[cells]\nname = "pcm"\nacceptance = 0.02',
            r"line 3: \[cells\] has unknown entry 'acceptance'",
        ),
        (
            '[cells]\nname = "reram-cmo"\nacceptance = 0.05',
            r"line 3: \[cells\] acceptance = 0.05; expected 0.02 or 0.002",
        ),
        ("[cells]\nconductance_max = 1.0", r"line 1: \[cells\] lacks name"),
        ('mapping = "pairs"', r"line 1: mapping = 'pairs'; expected one of column-pairs"),
        ('[mapping]\nname = "bit-slices"\nbits = 0', r"line 3: \[mapping\] bits = 0"),
        ('[mapping]\nname = "bit-slices"\nbase = "rows"', r"line 3: \[mapping\] base = 'rows'"),
        ('read_voltage = { value = 3, unit = "A" }', r"line 1: read_voltage: .*convertible to 'V'"),
        ("[outputs]\n\nbits = 1", r"line 3: \[outputs\] bits = 1"),
        ('[inputs]\nscheme = "serial"', r"line 2: \[inputs\] scheme = 'serial'; .*bit-serial"),
        ("[wires]\nword_line_resistance = -1", r"line 2: \[wires\] word_line_resistance = -1"),
        ('compensation = "all"', r"line 1: compensation = 'all'; expected one of none, global"),
        ("rows = ", "not valid TOML"),
    ],
)
def test_an_error_names_the_file_the_line_and_the_entry(tmp_path, text, message):
    path = tmp_path / "chip.toml"
    path.write_text(text)
    with pytest.raises(ChipError, match=message) as caught:
        load_chip(path)
    assert str(caught.value).startswith(f"chip file {path}")
    assert "\n" not in str(caught.value)


def test_a_chip_that_does_not_exist():
    with pytest.raises(ChipError, match=r"no chip 'pmc'; .* did you mean 'pcm'\?"):
        load_chip("pmc")
    with pytest.raises(ChipError, match=r"chip file gone\.toml: No such file"):
        load_chip("gone.toml")


def test_cells_of_ones_own_stand_in_no_file(tmp_path):
    class Own(CellModel):
        def written(self, target, rng):
            return target

    chip = Chip(cells=Own(conductance_max=1e-6))
    with pytest.raises(ChipError, match="of your own exist in Python only"):
        save_chip(chip, tmp_path / "own.toml")
    assert not (tmp_path / "own.toml").exists()


@pytest.mark.parametrize("name", CHIPS)
def test_no_number_of_a_default_chip_shows_how_it_was_rounded(name):
    digits = r"\d*\.?\d{12,}"
    assert not re.search(digits, chip_text(chip_named(name)))
    assert not re.search(digits, chip_template(name))
