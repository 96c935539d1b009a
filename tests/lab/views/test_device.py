"""One device: what is shown is what the rooms compute, and can be repeated outside."""

import json
import shlex
import time

import numpy as np
import pytest

import acanthite as ac
from acanthite.cli import main
from acanthite.constants import nm
from acanthite.errors import ParameterError
from acanthite.formatting import as_text
from acanthite.lab.views.device import (
    DEVICE_KNOBS,
    device_commands,
    device_script,
    device_view,
)
from acanthite.lab.views.knobs import parameters_of
from acanthite.lab.views.repeat import FILE_NAME, as_toml, changed

TURNED = {"film_thickness": 80, "sweep_stop": 0.45, "compliance": 0.5, "device": 3}


def row(rows, label):
    """Return the value of a row by its label."""
    return next(entry.value for entry in rows if entry.label == label)


def test_the_film_is_that_of_the_recipe():
    view = device_view({"film_thickness": 200})
    film = ac.film.grow(ac.film.Recipe(thickness=200 * nm))
    assert row(view.film, "thickness") == "200\u202fnm"
    assert row(view.film, "grain size at the top") == f"{film.grain_size / nm:.3g}\u202fnm"


def test_the_loop_goes_to_both_ends():
    voltage = np.array(device_view({"sweep_stop": 0.5}).loop.points)[:, 0]
    assert (voltage.min(), voltage.max()) == (-0.5, 0.5)


def test_the_compliance_holds_the_set_current():
    voltage, current = np.array(device_view({"sweep_stop": 0.5, "compliance": 0.01}).loop.points).T
    assert 0.99e-5 < current[voltage < 0].max() < 1.01e-5


def test_a_thicker_film_sets_at_a_lower_voltage():
    """The paper's Fig. 2: V_th falls with the thickness, from 0.2 V at 50 nm."""
    thin, thick = (device_view({"film_thickness": d}).switching for d in (50, 200))
    volts = [
        abs(float(row(rows, "V_set").split("\u202f")[0].replace("−", "-")))
        for rows in (thin, thick)
    ]
    assert volts[1] < volts[0]


def test_a_sweep_that_does_not_set_gives_dashes():
    assert row(device_view({"sweep_stop": 0.05}).switching, "V_set") in ("-", "–", "—")


def test_a_value_out_of_bounds_is_one_line():
    with pytest.raises(ParameterError, match=r"^film thickness \(=5 nm\) must be from 20 to 400"):
        device_view({"film_thickness": 5})


def test_a_view_takes_less_than_200_ms_of_a_core():
    device_view({"film_thickness": 60})  # compiles
    began = time.process_time()
    device_view({"film_thickness": 61})
    assert time.process_time() - began < 0.2


def test_the_parameter_file_has_what_was_turned(tmp_path):
    parameters = parameters_of(DEVICE_KNOBS, TURNED)
    (tmp_path / FILE_NAME).write_text(as_toml(parameters), encoding="utf-8")
    loaded = ac.parameters.load(tmp_path / FILE_NAME, ac.parameters.AG2S)
    assert {"stack.film_thickness", "instrument.sweep_stop"} == set(changed(loaded))
    assert changed(loaded) == changed(parameters)


@pytest.fixture
def saved(tmp_path, monkeypatch):
    """Go to a folder where the parameters of the turned knobs are saved."""
    monkeypatch.chdir(tmp_path)
    text = as_toml(parameters_of(DEVICE_KNOBS, TURNED))
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_commands_repeat_the_view(saved, capsys):
    film, loop = (shlex.split(line)[1:] for line in device_commands(TURNED).splitlines())
    assert main([*film, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["film"]["thickness"]["value"] == 80 * nm
    assert main(loop) == 0
    recording = ac.measurement.load_recording(saved / "acanthite-measure" / "recording.nc")
    current = np.abs(recording.current.values.ravel())
    shown = np.array(device_view(TURNED).loop.points)[:, 1]
    assert shown == pytest.approx(current[current > 0], rel=1e-5)


def test_the_lines_of_python_repeat_the_view(saved):
    names = {}
    exec(device_script(TURNED), names)
    view = device_view(TURNED)
    assert np.array(view.ladder.points)[:, 1] == pytest.approx(
        names["conductance"].values.ravel(), rel=1e-5
    )
    energy = as_text(float(names["energy"].values.ravel()[0]), "J")
    assert row(view.energy, "current through the device") == energy
