"""``acanthite chip NETWORK``: totals, tables, pictures, and errors in one line."""

import json

import pytest

from acanthite.cli import main
from acanthite.cost import ChipCircuits, load_circuits

TOTALS = {
    "energy_joule",
    "latency_second",
    "area_square_metre",
    "leakage_watt",
    "tops",
    "tops_per_watt",
    "utilisation",
}
SMALL = 'cells = "reram-wan"\nrows = 64\ncolumns = 64\n'


@pytest.fixture
def chip(tmp_path):
    path = tmp_path / "chip.toml"
    path.write_text(SMALL + '[circuits]\nnode = { value = 65, unit = "nm" }\nconverter = "sar"\n')
    return path


def test_json_has_every_total_with_its_interval(capsys, chip):
    assert main(["chip", "64-32-10", "--chip", str(chip), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert set(result) >= TOTALS
    assert set(result["intervals"]) == TOTALS - {"utilisation"}
    assert len(result["dominant_constants"]["energy_joule"]) == 3
    assert result["not_modelled"]
    assert result["programming"]["energy_joule"] > 0


def test_a_folder_has_numbers_tables_pictures_and_a_page(capsys, tmp_path, chip):
    out = tmp_path / "costed"
    assert main(["chip", "lenet5", "--chip", str(chip), "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "energy an inference" in printed
    assert "The slowest layer is conv1." in printed
    assert "Not modelled" in printed
    names = {path.name for path in out.iterdir()}
    assert names >= {"cost.json", "cost.csv", "report.md", "where-it-goes.png", "floorplan.png"}
    assert "| conv1 |" in (out / "report.md").read_text()


def test_options_count_more_than_the_file(capsys, chip):
    energy = []
    for more in ([], ["--node", "22"], ["--activity", "0.05"]):
        assert main(["chip", "64-32-10", "--chip", str(chip), "--json", *more]) == 0
        energy.append(json.loads(capsys.readouterr().out)["energy_joule"])
    assert energy[1] < energy[0]
    assert energy[2] < energy[0]


def test_images_are_sparser_than_uniform_inputs(capsys, tmp_path, chip):
    pytest.importorskip("sklearn")
    energy = []
    for more in ([], ["--data", "digits"]):
        assert main(["chip", "64-32-10", "--chip", str(chip), "--json", *more]) == 0
        energy.append(json.loads(capsys.readouterr().out)["energy_joule"])
    assert energy[1] < energy[0]
    assert main(["chip", "32-10", "--chip", str(chip), "--data", "digits"]) == 2
    assert "has 32 inputs; images of digits have 64 pixels" in capsys.readouterr().err


def test_a_trade_off_needs_a_folder(capsys):
    assert main(["chip", "64-32-10", "--trade-off"]) == 2
    assert "--trade-off needs a folder; give one with --out" in capsys.readouterr().err


@pytest.mark.slow
def test_the_trade_off_judges_and_costs_and_goes_on(capsys, tmp_path, chip):
    pytest.importorskip("torch")
    pytest.importorskip("sklearn")
    out = tmp_path / "costed"
    options = ["--data", "digits", "--trade-off", "--threads", "1", "--out", str(out)]
    for _ in range(2):
        assert main(["chip", "64-32-10", "--chip", str(chip), *options]) == 0
    assert (out / "trade-off" / "trade-off.png").stat().st_size > 10_000
    rows = (out / "trade-off" / "results.csv").read_text().splitlines()
    assert len(rows) == 1 + 3 * 2 * 3


def test_a_template_has_the_circuits(capsys, tmp_path):
    path = tmp_path / "chip.toml"
    assert main(["chip", "--template", "pcm", "--out", str(path)]) == 0
    assert load_circuits(path) == ChipCircuits()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["vgg9"], "did you mean 'vgg8'?"),
        (["mlp", "--node", "5"], "node = 5e-09"),
        (["mlp", "--activity", "0"], "computes nothing"),
        (["mlp", "--chip", "missing.toml"], "No such file"),
    ],
)
def test_bad_input_is_one_line(capsys, arguments, message):
    assert main(["chip", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert message in error
    assert error.count("\n") == 1


def test_a_wrong_entry_names_its_line(capsys, tmp_path):
    path = tmp_path / "chip.toml"
    path.write_text(SMALL + "[circuits]\nnodes = 3e-8\n")
    assert main(["chip", "mlp", "--chip", str(path)]) == 2
    assert "line 5: [circuits] has unknown entry 'nodes'; did you mean 'node'?" in (
        capsys.readouterr().err
    )
