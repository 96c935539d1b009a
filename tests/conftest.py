from __future__ import annotations

import re
import sys

import fakes
import hypothesis
import pytest

from acanthite import threads

hypothesis.settings.register_profile("acanthite", deadline=None)  # a first call may compile
hypothesis.settings.load_profile("acanthite")

LONG = re.compile(
    r"test_(examples|tutorials|display|confidence|altered|algorithms|updates|explore|choose)\.py"
    r"|test_doctests\.py.*\[(fitting|nn|torch|crossbar)\]"
    r"|commands/test_(train|device_files)\.py|fitting/|torch/test_(semantics|optimizer)\.py"
    r"|truth/|measured/test_lab_files\.py"
)
"""Tests of several seconds, most of them for compiling or training."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Begin with long tests, in whatever order they are: at the end, workers wait for short ones."""
    items.sort(key=lambda item: LONG.search(item.nodeid) is None)


@pytest.fixture
def fake_figures(monkeypatch):
    """Put fake modules in the place of all figures; call it to give some of them.

    Other processes would not have them, so everything runs in this one.
    """
    monkeypatch.setattr("acanthite.report.repeats._workers", lambda tasks: 1)

    def install(**special):
        for name, module in fakes.modules(**special).items():
            monkeypatch.setitem(sys.modules, name, module)

    install()
    return install


@pytest.fixture(autouse=True)
def _all_threads():
    yield
    threads.use(None)
