"""How many processes the tests run in."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

SOURCES = SimpleNamespace(ARGS="arguments", TESTPATHS="testpaths")


@pytest.fixture
def asks(pytestconfig):
    """Return a function that says how many processes a run asks for."""
    plugins = pytestconfig.pluginmanager.get_plugins()
    (conftest,) = (p for p in plugins if getattr(p, "NETWORKS", None) is not None)

    def processes(source="testpaths", worker=False, **given):
        option = {"usepdb": False, "collectonly": False, "capture": "fd", "dist": "no"}
        option |= {"numprocesses": None, "maxprocesses": None, **given}
        config = SimpleNamespace(
            option=SimpleNamespace(**option), args_source=source, ArgsSource=SOURCES
        )
        if worker:
            config.workerinput = {}
        conftest.pytest_cmdline_main(config)
        return config.option.numprocesses

    return processes


def test_all_tests_run_on_all_cores(asks):
    assert asks() == "logical"


def test_a_process_of_a_run_begins_no_others(asks):
    """Each would begin as many again."""
    assert asks(worker=True) is None


@pytest.mark.parametrize(
    "given",
    [
        {"source": "arguments"},
        {"usepdb": True},
        {"collectonly": True},
        {"capture": "no"},
    ],
    ids=["named", "debugger", "collect-only", "no capture"],
)
def test_these_run_in_one_process(asks, given):
    assert asks(**given) is None


def test_a_number_asked_for_is_kept(asks):
    assert asks(numprocesses=0) == 0
    assert asks(numprocesses=3) == 3
