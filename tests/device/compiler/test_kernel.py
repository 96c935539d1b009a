"""The way from kernels without implicit steps to those with: when it is taken, and that it shows in no bit."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from laws import one_state

from acanthite.crossbar import DynamicCells
from acanthite.device import VTEAM, Devices, Law
from acanthite.device.compiler import generate
from acanthite.device.compiler import kernel as compiler
from acanthite.device.compiler.generate import implicit_source, load_module, loaded
from acanthite.measurement import Instrument, Retention, Sweep, run

QUIET = Instrument("quiet", 1e9, 0.0, 0.0)


@pytest.fixture(autouse=True)
def nothing_asked_before(monkeypatch):
    """Laws of one text share a kernel, and after many questions none is asked any more."""
    monkeypatch.setattr(compiler, "_asked", Counter())


follows = one_state("follows", initial=0.25, stores_charge=True, g=1e-9, g_x=1e-6)


def settling(*tau: float) -> Devices:
    """Return devices whose state settles within times of their own."""
    fade = 1.0 / np.array(tau)
    return follows.sample(len(tau), seed=1, rest=0.5 * fade, drive=0.4 * fade, fade=fade)


def is_stiff(kind: Law) -> bool:
    return loaded(implicit_source(kind.kernel().name)) is not None


def test_a_law_gets_implicit_steps_when_it_turns_out_to_be_stiff(monkeypatch):
    implicit = implicit_source(follows.kernel().name)
    monkeypatch.setattr(generate, "_loaded", {**generate._loaded})
    generate._loaded.pop(implicit, None)  # of whatever ran before
    run(settling(1.0, 1.0), Sweep(-0.5, 0.5), instrument=QUIET)
    assert not is_stiff(follows)
    run(settling(1e-9, 1e-9), Retention(), instrument=QUIET)
    assert is_stiff(follows)


def test_a_law_that_only_takes_many_steps_is_asked_and_stays_without(monkeypatch):
    """VTEAM's front speeds up by orders: many trials in one segment, and no state is fast."""
    monkeypatch.setattr(compiler, "loaded", lambda text: None)
    asked = spied(monkeypatch)
    cells = DynamicCells(VTEAM.sample(6, seed=2), (2, 3))
    monkeypatch.setattr(compiler, "load_module", lambda text: pytest.fail("implicit steps"))
    for volts, seconds in ((0.5, 1e-9), (-0.5, 1e-3), (0.4, 1.0)):
        cells.hold(0.0, volts, seconds)
    assert asked
    assert not any(asked)


def spied(monkeypatch) -> list[bool]:
    """Return what will be answered to the question whether a law is stiff."""
    answers = []
    ask = compiler.LawKernel._is_stiff

    def asked(self, kernel, *arguments):
        answers.append(ask(self, kernel, *arguments))
        return answers[-1]

    monkeypatch.setattr(compiler.LawKernel, "_is_stiff", asked)
    return answers


def test_no_bit_tells_whether_the_implicit_steps_were_there_from_the_beginning(monkeypatch):
    load_module(implicit_source(follows.kernel().name))
    devices = settling(1.0, 1e-3, 1e-9)
    programs = (Sweep(-0.5, 0.5, cycles=2), Sweep(-0.5, 0.5, compliance=1e-7), Retention())

    def measured() -> list[np.ndarray]:
        loops = [run(devices, p, instrument=QUIET)["current"].values for p in programs]
        after = run(devices, programs[2], after=programs[0], instrument=QUIET)["current"].values
        return [*loops, after]

    def held() -> list[np.ndarray]:
        cells = DynamicCells(devices, (1, 3))
        steps = [cells.hold(0.0, v, t) for v, t in ((0.5, 1e-9), (-0.5, 1e-3), (0.4, 1e5))]
        return [*steps, cells.conductance()]

    known = measured() + held()
    asked = spied(monkeypatch)
    monkeypatch.setattr(compiler, "loaded", lambda text: None)  # every run begins without them
    for a, b in zip(known, measured() + held(), strict=True):
        assert a.tobytes() == b.tobytes()
    assert set(asked) == {True, False}


def test_a_run_stops_where_it_would_be_asked_and_says_so():
    kernel = follows.kernel()
    y, p, z, counts = np.array([0.25]), settling(1e-9).values[0], np.zeros(6), np.zeros(1, np.int64)
    segments = np.array([[1e-12, 0.0, 0.1, 1.0], [1.0, 0.1, 0.1, 1.0]])
    bounds = np.array([[-np.inf], [np.inf], [1.0]])
    volts, amperes = np.zeros((2, 1, 2))
    given = (segments, np.ones(2, bool), 1, bounds, 1e-6, (0, 0, 0), counts)
    work = np.zeros(kernel.WORK_SHAPE)
    status = kernel.module.run(y, p, *given, work, z, volts, amperes, 1000)
    assert status == -1
    assert volts[0, 0] == 0.1
    assert volts[0, 1] == 0.0
    implicit = load_module(implicit_source(kernel.name))
    assert implicit.run(y, p, *given, work, z, volts, amperes, 1000) == 0
    assert y[0] == pytest.approx(0.54, rel=1e-5)
