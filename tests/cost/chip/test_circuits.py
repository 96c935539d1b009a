"""Circuits in a chip's file: beside the chip, with errors that name the line."""

from __future__ import annotations

import pytest

from acanthite.cost import ChipCircuits, circuits_text, load_circuits
from acanthite.errors import ChipError
from acanthite.inference import load_chip

CHIP = 'cells = "pcm"\nrows = 64\n'


def test_one_file_holds_chip_and_circuits(tmp_path):
    path = tmp_path / "chip.toml"
    path.write_text(CHIP + '[circuits]\nnode = { value = 65, unit = "nm" }\nrows_at_once = 16\n')
    circuits = load_circuits(path)
    assert circuits.node == pytest.approx(65e-9)
    assert (circuits.rows_at_once, load_chip(path).rows) == (16, 64)


def test_written_circuits_read_back_the_same(tmp_path):
    path = tmp_path / "chip.toml"
    for circuits in (
        ChipCircuits(),
        ChipCircuits(node=65e-9, converter="sar", rows_at_once=8, buffer=4096.0, pipelined=True),
    ):
        path.write_text(CHIP + circuits_text(circuits))
        assert load_circuits(path) == circuits
        assert load_chip(path).rows == 64


def test_a_chip_without_circuits_has_the_default_ones(tmp_path):
    (tmp_path / "chip.toml").write_text(CHIP)
    assert load_circuits(tmp_path / "chip.toml") == load_circuits("pcm") == ChipCircuits()


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("node = 1e-6", r"line 4: \[circuits\] node = 1e-06; expected .*1\.3e-07"),
        ("tiles = 1.5", r"line 4: \[circuits\] tiles = 1\.5; expected a whole number"),
        ('converter = "sigma"', r"line 4: \[circuits\] converter = 'sigma'; expected one of surv"),
        ("clock = 1e9", r"line 4: .*unknown entry 'clock'; did you mean 'clock_frequency'"),
        ("converter_energy = 1e-12", r"only a converter = \"given\" takes it"),
    ],
)
def test_a_wrong_entry_names_file_and_line(tmp_path, entry, message):
    path = tmp_path / "chip.toml"
    path.write_text(f"{CHIP}[circuits]\n{entry}\n")
    with pytest.raises(ChipError, match=message):
        load_circuits(path)
