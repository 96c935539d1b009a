"""Studies in TOML files, and the command."""

from __future__ import annotations

import json
import pickle

import pytest
import xarray as xr

from acanthite.cli import main
from acanthite.errors import StudyError
from acanthite.studies import JOBS, read_study
from acanthite.studies.template import template_of


def write(tmp_path, text):
    path = tmp_path / "study.toml"
    path.write_text(text)
    return path


def test_units_are_converted_to_si(tmp_path):
    text = """
        job = "device"
        seeds = 2
        [fixed]
        write_width = { value = 2, unit = "us" }
        "filament.surface_barrier" = { value = 0.7, unit = "eV" }
        [vary.anneal_temperature]
        low = { value = 100, unit = "degC" }
        high = { value = 170, unit = "degC" }
        count = 3
        [vary.thickness]
        values = [50, 200]
        unit = "nm"
    """
    study = read_study(write(tmp_path, text))
    assert study.axes[0].grid() == pytest.approx((373.15, 408.15, 443.15))
    assert study.axes[1].values == pytest.approx((5e-8, 2e-7))
    assert study.fixed["write_width"] == pytest.approx(2e-6)
    assert study.fixed["filament.surface_barrier"] == pytest.approx(0.7 * 1.602176634e-19)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('jobb = "device"', r"line 1: unknown entry 'jobb'.*'job'"),
        ("seeds = 1", "lacks job"),
        ('job = "devise"', r"line 1: .*did you mean 'device'"),
        (
            'job = "device"\n[vary]\nthicknes = { values = [1] }',
            r"line 3: .*did you mean 'thickness'",
        ),
        ('job = "device"\n[vary.thickness]\nvalues = [1]\nunit = "kg"', r"line 4: unit 'kg'.*'m'"),
        ('job = "device"\n[vary.thickness]\nlow = 2\nhigh = 1', r"high = 1"),
        ('job = "device"\n[fixed]\nthickness = [1]', r"line 3: .*expected a number"),
        ('job = "device"\n[goal]\nbelow = { retention = 1 }', "one of minimise and maximise"),
        ('job = "train.py:run"', "--trust-code"),
        ('job = "array"\ndesign = "sobol"\n[vary.lines]\nlow = 4\nhigh = 8', "number of points"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path, text, message):
    with pytest.raises(StudyError, match=message) as caught:
        read_study(write(tmp_path, text))
    assert str(tmp_path / "study.toml") in str(caught.value)


@pytest.mark.parametrize("name", JOBS)
def test_templates_are_studies(tmp_path, name):
    study = read_study(write(tmp_path, template_of(name)))
    assert study.runs.name == name
    assert study.points_of_design


def test_a_function_of_ones_own_runs_when_trusted(tmp_path, capsys):
    (tmp_path / "mine_for_a_study.py").write_text("def square(x):\n    return {'area': x * x}\n")
    text = 'job = "mine_for_a_study.py:square"\n[vary.x]\nvalues = [1.0, 2.0, 3.0]\n'
    path = write(tmp_path, text)
    out = tmp_path / "out"
    assert main(["study", str(path), "--out", str(out)]) == 2
    assert "--trust-code" in capsys.readouterr().err
    assert not out.exists()
    assert main(["study", str(path), "--out", str(out), "--trust-code", "--workers", "2"]) == 0
    data = xr.load_dataset(out / "study.nc", engine="h5netcdf")
    assert data["area"].values.ravel().tolist() == [1.0, 4.0, 9.0]


def test_the_command_prints_one_json_object_and_goes_on(tmp_path, capsys):
    text = 'job = "array"\n[vary]\nlines = { values = [4, 8] }\n[fixed]\ninputs = 2\n'
    path, out = write(tmp_path, text), tmp_path / "out"
    for _ in range(2):
        assert main(["study", str(path), "--out", str(out), "--workers", "1", "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["job"], told["points"], told["done"], told["failed"]) == ("array", 2, 2, 0)


@pytest.mark.long
def test_failures_are_told_and_end_with_one(tmp_path, capsys):
    text = 'job = "array"\n[vary]\nlines = { values = [4, -1] }\n[fixed]\ninputs = 2\n'
    assert main(["study", str(write(tmp_path, text)), "--out", str(tmp_path / "out")]) == 1
    assert "1 failed" in capsys.readouterr().out


@pytest.mark.parametrize("job", JOBS)
def test_jobs_say_units_and_settings(job):
    job = JOBS[job]
    assert job.about
    assert all(job.unit_of(name) for name in job.settings)
    there = pickle.loads(pickle.dumps(job))  # as workers are sent it, by nothing but pickle
    assert there.name == job.name
    assert list(there.settings) == list(job.settings)


def test_without_a_study_it_says_how_to_get_one(capsys):
    assert main(["study"]) == 2
    assert "--template" in capsys.readouterr().err
    assert main(["study", "--list"]) == 0
    assert "device" in capsys.readouterr().out
