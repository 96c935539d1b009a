"""A device law of one's own goes into a device file and comes back, without the script it was written in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from laws import own

from acanthite import film, fitting
from acanthite.cli import main
from acanthite.device import FILAMENT, MODELS, Devices, Filament, Law, State
from acanthite.device.compiler.check import check_names
from acanthite.errors import AcanthiteError, FitError
from acanthite.fitting import own_law
from acanthite.measurement import Instrument, Sweep, run
from acanthite.parameters.toml import table_text, value_text

QUIET = Instrument("quiet", 0.1, 0.0, 0.0)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A fit of a law of one's own, and its file."""
    devices = own.sample(2, seed=1, spread={"g_on": 0.2})
    loops = run(devices, Sweep(1.0, -1.0, rate=1.0, step=0.1), instrument=QUIET, tolerance=1e-5)
    found = fitting.fit(loops, own, free=["g_on"], fixed={"rate": 8.0, "g_off": 1e-5}, points=32)
    path = tmp_path_factory.mktemp("own") / "own.toml"
    fitting.save(found, path)
    return found, path


@pytest.mark.long
def test_it_comes_back_by_itself(saved):
    found, path = saved
    back = fitting.load_device(path)
    assert back.law.parameters == found.law.parameters
    assert back.law.states == own.states
    assert back.law.set_polarity == 1
    assert back.law.name == "own"
    a, b = (
        run(d, Sweep(0.5, -0.5, step=0.1), instrument=QUIET)["current"].values
        for d in (back.sample(3, seed=2), found.sample(3, seed=2))
    )
    assert np.array_equal(a, b)


@pytest.mark.long
def test_commands_take_it(saved, tmp_path, capsys):
    _, path = saved
    assert main(["export", "--device", str(path), "--out", str(tmp_path / "d.sub")]) == 0
    assert "sinh" in (tmp_path / "d.sub").read_text()
    assert main(["array", "margin", "--array", "4x4", "--device", str(path), "--write", "1.0"]) == 0


def law_file(tmp_path, made, edit=lambda text: text):
    text = table_text("device", {"law": made.name}) + table_text("law", own_law.as_table(made))
    text += table_text("parameters", made.parameters)
    (tmp_path / "d.toml").write_text(edit(text))
    return tmp_path / "d.toml"


def two(s, voltage, p):
    return p.a * voltage, 0.5, 0.0, s.flag


def flow(s, voltage, p):
    return voltage * (1.0 + s.x) * (1.0 + s.flag)


def strike(k, s, voltage, p, z):
    return 0.0, s.y, 1.0 if z[0] > 0.0 else 0.0


FULL = Law(
    "full",
    (State("x", 0.0, None, "a"), State("y", 1.0, 0.0, 2.0, "a")),
    {"a": 1.5},
    two,
    flow,
    ("flag",),
    strike,
)


@pytest.mark.long
@pytest.mark.parametrize("made", [FULL, own, *MODELS.values()], ids=lambda made: made.name)
def test_every_kind_of_law_comes_back_the_same(made, tmp_path):
    made = replace(made, name=f"my {made.name}", sources={})
    path = law_file(tmp_path, made)
    back = fitting.load_device(path).law
    for name in ("name", "states", "parameters", "held", "simple", "set_polarity", "stores_charge"):
        assert getattr(back, name) == getattr(made, name)
    check_names(back)
    program = Sweep(-0.5, 0.5, step=0.1)
    a, b = (
        run(d.sample(2, seed=3), program, instrument=QUIET)["current"].values for d in (made, back)
    )
    assert np.array_equal(a, b)


def test_the_filament_itself_fits_into_a_file_as_text(tmp_path):
    values = Filament.from_film(film.grow()).values
    made = replace(FILAMENT, name="mine", parameters=values)
    back = fitting.load_device(law_file(tmp_path, made)).law
    table = np.array([list(values.values())])
    program = Sweep(-0.4, 0.4)
    a, b = (
        run(Devices(one, table, 5), program, instrument=QUIET)["current"].values
        for one in (made, back)
    )
    assert np.array_equal(a, b)


def test_a_standard_model_that_was_changed_is_no_longer_called_by_its_name(tmp_path):
    from acanthite.fitting.device_file import _is_known, _name_in_file

    vteam = MODELS["vteam"]
    changed = replace(vteam, states=(replace(vteam.states[0], initial="w_on"),))
    assert _is_known(vteam)
    assert not _is_known(changed)
    assert _name_in_file(replace(FILAMENT, states=FILAMENT.states[::-1])) == "filament-own"
    assert _name_in_file(changed) == "VTEAM"


EVIL = "import sys\nsys.modules['it_ran'] = sys\n\n"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("source = '''\n", f"source = '''\n{EVIL}", r"line 1, 'import sys': module 'sys'.*--trust-code"),
        ('name = "x"', 'nam = "x"', "unknown field 'nam'; did you mean 'name'"),
        ('name = "x"', 'name = "x y"', "state 'x y'; expected a name"),
        ('name = "x"', 'name = "__class__"', "state '__class__'; expected a name"),
        ("initial = 0.2", "initial = 7.0", "initial = 7; expected a value within its bounds"),
        ("initial = 0.2", "initial = [1]", r"\[law.states 1\] initial = \[1\]; expected a finite number or a text"),
        ('rates = "own"', 'rates = "onw"', "rates = 'onw' is not in its source; expected one of"),
        ('rates = "own"', "rates = 3", "rates = 3 is not in its source"),
        ("simple = true", "simple = 1", "simple = 1; expected true or false"),
        ("simple = true", "simpel = true", "unknown entry 'simpel'; did you mean 'simple'"),
        ("held = []", "held = 3", "held = 3; expected a list, each a text"),
        ("source = ", "sauce = ", "unknown entry 'sauce'; did you mean 'source'"),
        ('law = "own"', 'law = "vteam"', "law = 'vteam' is a built-in one"),
        ("set_polarity = 1", "set_polarity = 3", "set_polarity = 3; expected -1, 1, 0"),
        ("rate = 8.0", "rate = nan", "rate = nan; expected a finite number"),
        ("rate = 8.0", 'class = 8.0', "parameter 'class'; expected a name|the attribute 'rate'"),
    ],
)  # fmt: skip
def test_what_will_not_do_is_refused(old, new, message, tmp_path):
    path = law_file(tmp_path, own, lambda text: text.replace(old, new, 1))
    assert new in path.read_text()
    with pytest.raises(FitError, match=message) as caught:
        fitting.load_device(path)
    assert "\n" not in str(caught.value)
    import sys

    assert "it_ran" not in sys.modules


COMMANDS = (
    ["train", "--dataset", "digits", "--network", "64-10", "--epochs", "1", "--limit", "20"],
    ["explore", "--dataset", "digits", "--network", "64-10", "--epochs", "1", "--limit", "20"],
    ["export"],
    ["array", "margin"],
    ["array", "settle"],
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("kind", ["device", "synapse", "script"])
def test_no_command_runs_what_a_file_brings(command, kind, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    mark = tmp_path / "ran"
    evil = f"open({str(mark)!r}, 'w').close()\n"
    (tmp_path.parent / "evil.py").write_text(evil)
    if kind == "device":
        law_file(
            tmp_path, own, lambda text: text.replace("source = '''\n", f"source = '''\n{evil}")
        )
    else:
        lines = ["[synapse]", 'law = "mine"', "conductance_min = 0", "conductance_max = 1e-6"]
        lines += (
            ['file = "../evil.py"']
            if kind == "script"
            else ["[law]", f"source = {value_text(evil)}"]
        )
        (tmp_path / "d.toml").write_text("\n".join(lines))
    assert main([*command, "--device", "d.toml"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert "--trust-code" in error
    assert not mark.exists()


def test_a_file_that_is_trusted_may_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    loop = "def own(x, voltage, p):\n    for _ in range(1):\n        x = x\n    return 0.0, p.g_on * voltage\n'''\n"

    def edit(text):
        return (
            text[: text.index("source = ")]
            + f"source = '''\n{loop}"
            + text[text.index("[parameters]") :]
        )

    law_file(tmp_path, own, edit)
    with pytest.raises(AcanthiteError, match="trust=True"):
        fitting.load_device("d.toml")
    assert fitting.load_device("d.toml", trust=True).law.name == "own"
    assert (
        main(
            [
                "array",
                "margin",
                "--array",
                "4x4",
                "--device",
                "d.toml",
                "--low",
                "1e-6",
                "--high",
                "1e-3",
            ]
        )
        == 2
    )
    assert (
        main(["array", "margin", "--array", "4x4", "--device", "d.toml", "--low", "1e-6", "--high", "1e-3", "--write", "1",
              "--trust-code"])
        == 0
    )  # fmt: skip
