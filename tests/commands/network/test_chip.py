"""``acanthite chip``: a chip as a file to edit."""

import pytest

from acanthite.cli import main
from acanthite.inference import chip_named, load_chip


@pytest.mark.parametrize("names", [(), ("reram-cmo",)])
def test_a_template_is_printed_and_reads_back(capsys, tmp_path, names):
    assert main(["chip", "--template", *names]) == 0
    printed = capsys.readouterr().out
    path = tmp_path / "chip.toml"
    assert main(["chip", *names, "--template", "--out", str(path)]) == 0
    assert path.read_text() == printed
    assert load_chip(path) == chip_named(*(names or ("pcm",)))


def test_bad_input_is_one_line(capsys):
    assert main(["chip", "--template", "pmc"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: no chip 'pmc'; expected one of ")
    assert "did you mean 'pcm'?" in error
    assert error.count("\n") == 1
    assert main(["chip"]) == 2
