from __future__ import annotations

import sys

import fakes
import hypothesis
import pytest

from acanthite import threads

hypothesis.settings.register_profile("acanthite", deadline=None)  # a first call may compile
hypothesis.settings.load_profile("acanthite")


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
