"""Exported devices: ngspice runs the subcircuit and its I-V is ours; the Verilog-A is complete."""

from __future__ import annotations

import itertools
import math
import re
import shutil
import subprocess

import numpy as np
import pytest

from acanthite import film
from acanthite.analysis import switching
from acanthite.constants import nm
from acanthite.device import (
    FORMATS,
    MODELS,
    VTEAM,
    Devices,
    Filament,
    Law,
    State,
    export,
    law,
    without_noise,
)
from acanthite.device.circuits.circuit import as_devices
from acanthite.errors import LawError
from acanthite.measurement import Instrument, PulseTrain, Sweep, run
from acanthite.measurement.schedule import Schedule

pytestmark = pytest.mark.long

QUIET = Instrument("quiet", 10.0, 0.0, 0.0)
NOISE_FLOOR = 1e-12  # A; nothing is compared below it
STEEP = 0.015  # V; nor within this much after a switching, where a device changes by decades between samples
OF_FILAMENT = 3000  # steps of ngspice in a triangle: more change its current by 1e-4
STANDING = 1e-5  # A; more than a junction carries below 0.4 V
needs_ngspice = pytest.mark.skipif(
    shutil.which("ngspice") is None, reason="ngspice is not installed (Debian package ngspice)"
)


def simulate(text: str, corners, levels, samples, step: float, folder) -> np.ndarray:
    """Run a subcircuit through a piecewise linear voltage; return the current at some times."""
    wave = "\n+ ".join(f"{t:.12g} {v:.12g}" for t, v in zip(corners, levels, strict=True))
    (folder / "run.cir").write_text(
        f"wave\n{text}Vin top 0 PWL({wave})\nXd top 0 acanthite_device\n"
        ".options reltol=1e-5 vntol=1e-9 abstol=1e-15 method=gear\n"
        f".control\ntran {step:.6g} {corners[-1]:.12g} 0 {step:.6g} uic\nwrdata out.txt "
        "i(Vin)\nquit\n.endc\n.end\n"
    )
    done = subprocess.run(
        ["ngspice", "-b", "run.cir"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (folder / "out.txt").is_file(), done.stdout + done.stderr
    out = np.loadtxt(folder / "out.txt")
    assert out[-1, 0] == pytest.approx(corners[-1], rel=1e-6), done.stdout + done.stderr
    return -np.interp(samples, out[:, 0], out[:, 1])


def ngspice(text: str, sweep: Sweep, folder, steps: int = 8000) -> np.ndarray:
    """Run a subcircuit through a triangle; return the current at the samples of the sweep."""
    turns = [v for v in (sweep.first, sweep.second) if v]
    corners = np.cumsum([0.0, *(abs(v) / sweep.rate for v in turns for _ in range(2))])
    levels = [0.0, *(x for v in turns for x in (v, 0.0))]
    return simulate(
        text, corners, levels, sweep.schedule(1.0).times[0], corners[-1] / steps, folder
    )


def compare(
    devices: Devices, sweep: Sweep, folder, steps: int = 8000
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the sweep's voltages, and our current and ngspice's."""
    recording = run(without_noise(devices), sweep, instrument=QUIET, tolerance=1e-6)
    theirs = ngspice(export(devices, "spice"), sweep, folder, steps)
    return recording["applied"].values, recording["current"].values[0, 0], theirs


def agreement(v: np.ndarray, ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Return the relative error above the noise floor, what follows a switching left out."""
    decades = np.abs(np.diff(np.log10(np.maximum(np.abs(ours), NOISE_FLOOR)), prepend=-12.0))
    jumps = (decades > 0.2) & (np.abs(v) > 0.02)
    steep = np.array([np.any(jumps & (np.abs(v - x) <= STEEP) & (v * x > 0)) for x in v])
    kept = (np.abs(ours) > NOISE_FLOOR) & (v != 0.0) & ~steep
    assert kept.mean() > 0.8
    return np.abs(theirs[kept] / ours[kept] - 1)


@needs_ngspice
@pytest.mark.parametrize(
    ("thickness", "sweep"),
    [
        (50 * nm, Sweep(-0.4, 0.4, step=0.0025)),  # SET from Ag, RESET
        (200 * nm, Sweep(-0.3, 0.4, step=0.0025)),
        (50 * nm, Sweep(0.8, -0.1, step=0.005)),  # SET from the Au side
    ],
)
def test_the_filament_in_ngspice_has_our_current_within_one_percent(thickness, sweep, tmp_path):
    devices = as_devices(Filament.from_film(film.grow(film.Recipe(thickness=thickness))))
    v, ours, theirs = compare(devices, sweep, tmp_path, OF_FILAMENT)
    errors = agreement(v, ours, theirs)
    assert errors.max() < 0.01
    assert np.median(errors) < 1e-3


@needs_ngspice
def test_a_devices_own_parameters_are_exported_and_its_thresholds_are_ours(tmp_path):
    devices = Filament.from_film(film.grow()).sample(5, seed=3)
    sweep = Sweep(-0.4, 0.4, step=0.001)
    recording = run(without_noise(devices), sweep, instrument=QUIET, tolerance=1e-6)
    ours = switching(recording, jump=0.2)
    for k in (1, 4):
        current = ngspice(export(devices, "spice", device=k), sweep, tmp_path, OF_FILAMENT)
        theirs = switching(
            recording.isel(device=[k]).assign(
                current=recording.current[[k]].copy(data=current[None, None])
            ),
            jump=0.2,
        )
        assert theirs.set_voltage[0, 0] == pytest.approx(ours.set_voltage[k, 0], rel=0.01)
        assert theirs.reset_voltage[0, 0] == pytest.approx(
            ours.reset_voltage[k, 0], abs=1.01 * sweep.step
        )  # a rupture is one event: it falls into a step, or the next


class Ramps:
    """Straight ramps from one voltage to the next, read every millivolt."""

    rate, step = 2.0, 0.001

    def __init__(self, *levels: float) -> None:
        self.levels = levels
        self.corners = np.r_[0.0, np.cumsum(np.abs(np.diff(levels)) / self.rate)]

    def schedule(self, current_limit: float) -> Schedule:
        volts = [0.0]
        for a, b in itertools.pairwise(self.levels):
            volts.extend(np.linspace(a, b, round(abs(b - a) / self.step) + 1)[1:])
        n = len(volts) - 1
        rows = [np.full(n, self.step / self.rate), volts[:-1], volts[1:], np.full(n, current_limit)]
        return Schedule(np.stack(rows, 1), np.ones(n, bool), 1, ("sample",), (n,))


@needs_ngspice
@pytest.mark.parametrize(
    ("between", "weaker"),
    [
        ((0.0,), True),  # what is spent of its hazard stays spent
        ((-0.4,), False),  # a SET exchanges its atoms: it is as good as new
        ((-0.25,), False),
    ],
)
def test_a_strained_contact_ruptures_where_ours_does(between, weaker, tmp_path):
    devices = as_devices(Filament.from_film(film.grow()))
    whole = Ramps(0.0, -0.4, 0.4)
    strained = Ramps(0.0, -0.4, 0.12, *between, 0.4)
    first = _ruptured_at(whole, _measured(devices, whole))
    ours = _ruptured_at(strained, _measured(devices, strained))
    theirs = _ruptured_at(strained, _simulated(devices, strained, tmp_path))
    assert theirs == pytest.approx(ours, abs=1.01 * Ramps.step)
    if weaker:
        assert ours < first - 5 * Ramps.step
    else:
        assert ours == pytest.approx(first, abs=1.01 * Ramps.step)


def _measured(devices: Devices, wave: Ramps) -> np.ndarray:
    recording = run(without_noise(devices), wave, instrument=QUIET, tolerance=1e-6)
    return recording["current"].values.ravel()


def _simulated(devices: Devices, wave: Ramps, folder) -> np.ndarray:
    times, text = wave.schedule(1.0).times[0], export(devices, "spice")
    return simulate(text, wave.corners, wave.levels, times, wave.corners[-1] / OF_FILAMENT, folder)


def _ruptured_at(wave: Ramps, current: np.ndarray) -> float:
    """Return the voltage of the last sample of the last ramp at which the contact stands."""
    start, end = wave.levels[-2:]
    ramp = np.abs(current[-round(abs(end - start) / wave.step) :])
    return start + wave.step * (np.flatnonzero(ramp > STANDING)[-1] + 0.5)


_SWEEPS = {
    "vteam": Sweep(-0.6, 0.6, rate=1e7, step=0.005),
    "yakopcic": Sweep(0.5, -0.5, rate=200.0),
    "stanford-pku": Sweep(1.45, -1.2, rate=1e5, step=0.01),
}


@needs_ngspice
@pytest.mark.parametrize("name", MODELS)
def test_the_standard_models_in_ngspice(name, tmp_path):
    sweep = _SWEEPS.get(name, Sweep(1.0, -1.0, rate=4.0, step=0.01))
    errors = agreement(*compare(MODELS[name].sample(1, seed=1), sweep, tmp_path))
    assert errors.max() < 0.01


_MOVING = [  # a triangle in which a model switches, and its rate
    ("vteam", 1e-3, 0.05, -0.25),
    ("vteam", 2.0, 0.05, -0.25),
    ("vteam", 1e6, 0.1, -0.4),
    ("yakopcic", 1e-3, 0.2, -0.1),
    ("yakopcic", 2.0, 0.4, -0.2),
    ("yakopcic", 1e6, 2.0, -2.0),
    ("stanford-pku", 1e-2, 1.45, -1.2),
    ("stanford-pku", 2.0, 1.45, -1.2),
    ("stanford-pku", 1e6, 1.6, -1.4),
    ("linear-drift", 1e-3, 0.2, -0.2),
    ("linear-drift", 1e6, 5.0, -5.0),
]


# a slow RESET of Yakopcic's fresh device leaves no current to compare
_TURNED = [(name, rate, -a, -b) for name, rate, a, b in _MOVING if name != "yakopcic" or rate > 2.0]


@needs_ngspice
@pytest.mark.parametrize(("name", "rate", "first", "second"), _MOVING + _TURNED)
def test_the_standard_models_in_ngspice_at_any_rate(name, rate, first, second, tmp_path):
    """Slow sweeps hold Stanford-PKU at its field threshold, where a simulator used to stop."""
    sweep = Sweep(first, second, rate=rate, step=abs(first) / 100)
    errors = agreement(*compare(MODELS[name].sample(1, seed=1), sweep, tmp_path))
    assert errors.max() < 0.02
    assert np.median(errors) < 1e-3


def squared(value):
    return value * value


@law(
    state=("x", "y"),
    parameters={"rate": 20.0, "g": 1e-3},
    initial=(0.1, 0.5),
    upper=(1.0, None),
    lower=(0.0, None),
)
def own(s, voltage, p):
    """Everything the translation knows: branches, helpers, powers, functions."""
    up = max(voltage, 0.0)
    down = -min(voltage, 0.0)
    if voltage > 0.1 and s.x < 0.9:
        speed = p.rate * up**2
    elif not voltage > -0.1:
        speed = -p.rate * squared(down)
    else:
        speed = 0.0
    speed += 0.1 * math.tanh(voltage)
    turn = 1.0 if s.y > 0 else -1.0
    return (speed, turn - s.y), p.g * (0.01 + s.x**1.5 + 0.1 * abs(s.y)) * math.sinh(
        voltage
    ) * math.pi


@needs_ngspice
def test_a_law_of_ones_own_in_ngspice(tmp_path):
    errors = agreement(
        *compare(own.sample(1, seed=1), Sweep(1.0, -1.0, rate=4.0, step=0.01), tmp_path)
    )
    # motion that stops at a state of its own does so over 3e-4 of that state in the export, which a
    # RESET to zero magnifies
    assert errors.max() < 2e-3


SOURCES = {"filament": Filament.from_film(film.grow()), **MODELS, "own": own}


@pytest.mark.parametrize("source", SOURCES.values(), ids=list(SOURCES))
def test_the_module_is_complete(source):
    devices, text = as_devices(source), export(source, "verilog-a", name="mine")
    code = re.sub(r"//.*", "", text)
    assert "module mine(top, bottom);" in code
    assert code.rstrip().endswith("endmodule")
    assert code.count("(") == code.count(")")
    for name, value in zip(devices.law.parameters, devices.values[0], strict=True):
        assert f"parameter real {name} = {float(value)!r};" in code
    for state in devices.law.states:
        assert re.search(rf"V\({state.name}\) <\+ idt\(", code)
    known = {
        *devices.law.parameters,
        *(s.name for s in devices.law.states),
        "phase",
        "touching",
        "latch_time",
    }
    words = set(re.findall(r"(?<![\w.`\"])[a-zA-Z_]\w*", code.partition("analog begin")[2]))
    functions = {
        "V",
        "I",
        "idt",
        "exp",
        "ln",
        "sinh",
        "tanh",
        "sqrt",
        "abs",
        "min",
        "max",
        "pow",
        "top",
        "bottom",
        "end",
        "endmodule",
    }
    assert {w for w in words if not w.startswith("shared_")} <= known | functions


@pytest.mark.parametrize("source", SOURCES.values(), ids=list(SOURCES))
def test_a_verilog_a_compiler_takes_the_module(source, tmp_path):
    openvaf = pytest.importorskip("openvaf_py", reason="openvaf-py is not installed")
    (tmp_path / "mine.va").write_text(export(source, "verilog-a", name="mine"))
    (module,) = openvaf.compile_va(str(tmp_path / "mine.va"))
    assert module.name == "mine"


def test_sources_stand_in_the_comments():
    text = export(SOURCES["filament"], "verilog-a")
    assert (
        "// 1; fitted, acanthite, N_s, nucleation sites a cell\n  parameter real site_number = "
        in text
    )
    assert "* V; fitted, Jiang2014, defaults of the authors' Verilog-A model" in export(
        MODELS["stanford-pku"], "spice"
    )


def test_no_line_is_too_long_for_an_old_simulator():
    for form in FORMATS:
        assert max(map(len, export(SOURCES["filament"], form).splitlines())) < 200


def loops(x, voltage, p):
    total = 0.0
    for _ in range(3):
        total += x
    return total, voltage


def open_ended(x, voltage, p):  # noqa: RET503
    if voltage > 0:
        return x, voltage


def strange(x, voltage, p):
    return math.gamma(x), voltage


def eventful(k, s, voltage, p, z):
    return (0.5,)


def rates(s, voltage, p):
    return voltage, 1.0


def current(s, voltage, p):
    return s.x * voltage


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: export(VTEAM, "verilog"),
            "format = 'verilog'; expected one of verilog-a, spice; did you mean 'verilog-a'",
        ),
        (lambda: export(VTEAM, "spice", device=1), "device = 1; expected one of 0 to 0"),
        (lambda: export(VTEAM, "spice", name="1st"), "name = '1st'; expected letters"),
        (
            lambda: export(law(state="x", parameters={})(loops), "spice"),
            "'loops', 'for _ in .*only assignments",
        ),
        (
            lambda: export(law(state="x", parameters={})(strange), "spice"),
            r"'strange', 'math.gamma\(x\)'",
        ),
        (
            lambda: export(law(state="x", parameters={})(open_ended), "spice"),
            "can end without a return",
        ),
        (
            lambda: export(Law("jumpy", (State("x"),), {}, rates, current, (), eventful), "spice"),
            "law 'jumpy' has an event function; only laws without one, and the filament",
        ),
    ],
)
def test_what_cannot_be_exported_says_why(call, message):
    with pytest.raises(LawError, match=message):
        call()


@needs_ngspice
def test_write_pulses_in_ngspice(tmp_path):
    devices = as_devices(Filament.from_film(film.grow(film.Recipe(thickness=200 * nm))))
    program = PulseTrain(
        samples=20
    )  # three of -0.3 V, 1 us, a read after each: clusters and polarisation
    ours = run(without_noise(devices), program, instrument=QUIET, tolerance=1e-6)[
        "current"
    ].values.ravel()
    plan = program.schedule(1.0)
    times, volts = np.r_[0, np.cumsum(plan.segments[:, 0])], np.r_[0, plan.segments[:, 2]]
    theirs = simulate(export(devices, "spice"), times, volts, plan.times[0], 1e-9, tmp_path)
    kept = np.abs(ours) > NOISE_FLOOR
    np.testing.assert_allclose(theirs[kept], ours[kept], rtol=0.002)
