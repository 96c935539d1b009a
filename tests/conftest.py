from __future__ import annotations

import gc
import re
import sys

import fakes
import hypothesis
import pytest

from acanthite import threads
from acanthite.jit import first_compiled

hypothesis.settings.register_profile("acanthite", deadline=None)  # a first call may compile
hypothesis.settings.load_profile("acanthite")

LONG = re.compile(
    r"test_(examples|tutorials|display|confidence|altered|algorithms|updates|explore|choose)\.py"
    r"|test_(load|law|hardware|wires|decay|driven_array|extra_figures|own_law|odd)\.py"
    r"|test_doctests\.py.*\[(fitting|nn|torch|crossbar)\]"
    r"|commands/test_(train|device_files)\.py|fitting/|torch/test_(semantics|optimizer)\.py"
    r"|truth/|measured/test_lab_files\.py"
)
"""Tests of several seconds, most of them for compiling or training."""
NETWORKS = re.compile(
    r"/(nn|torch|synapse|explore|network|pulses|crossbar|wafer)/|_torch|_crossbar|_networks?\b"
    r"|test_(examples|tutorials|doctests|display)\.py"
)
"""Those that compile kernels of networks and arrays; others compile device laws."""


RELATIVES = re.compile(
    r"/(nn|torch)/.*\[(rl|rider)(-\d)?\]|torch/test_optimizer\.py.*\[agad\]"
    r"|test_lag\.py.*\[agad\]|torch/steps/.*\[ttv2\]|torch/test_optimizer\.py.*\[(mrl|rlv2)\]"
)
"""Algorithms that share all they do with one that every run tries: RL with RLv2, RIDER with E-RIDER,
AGAD with c-TTv2 and with itself elsewhere; on tiles, multi-tile residual learning and RLv2 with
E-RIDER, and with themselves in the engine.
"""


def pytest_itemcollected(item):
    """Leave what has a relative in every run to the weekly one: each algorithm compiles for itself."""
    if RELATIVES.search(item.nodeid):
        item.add_marker(pytest.mark.slow)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Begin with long tests: at the end, workers wait for short ones. One half of all begins with
    networks, the other with devices: two workers then seldom compile the same kernel at once.
    """
    long = [item for item in items if LONG.search(item.nodeid)]
    short = [item for item in items if not LONG.search(item.nodeid)]
    networks = [item for item in long if NETWORKS.search(item.nodeid)]
    devices = [item for item in long if not NETWORKS.search(item.nodeid)]
    half = max(len(items) // 2 - len(networks), 0)
    items[:] = [*networks, *short[:half], *devices, *short[half:]]


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Look for no garbage among the tests themselves: a million objects, and all of them stay.

    Nor is a kernel compiled here: all processes collect at once, and each would compile its own.
    """
    gc.disable()
    try:
        with first_compiled(_refuse):
            return (yield)
    finally:
        gc.freeze()
        gc.enable()


def _refuse():
    raise RuntimeError(
        "a kernel is compiled while tests are collected; measure and solve in a test, a fixture or "
        "a cached function, not where a module begins"
    )


@pytest.fixture
def fake_figures(monkeypatch):
    """Put fake modules in the place of all figures; call it to give some of them.

    Other processes would not have them, so everything runs in this one.
    """
    monkeypatch.setattr("acanthite.report.repeats._workers", lambda owed, quick: 1)

    def install(**special):
        for name, module in fakes.modules(**special).items():
            monkeypatch.setitem(sys.modules, name, module)

    install()
    return install


@pytest.fixture(autouse=True)
def _all_threads():
    yield
    threads.use(None)
