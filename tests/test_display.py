"""Results print with their units, show as tables in a notebook and draw themselves."""

from __future__ import annotations

import dataclasses
import importlib

import numpy as np
import pytest

import acanthite as ac
from acanthite.display import Display, Plotted, estimate_text
from acanthite.drawing import new_axes
from acanthite.estimate import Estimate


@dataclasses.dataclass(frozen=True)
class Thing(Display):
    """A thing.

    Parameters
    ----------
    voltage, current : float
        [V], [A]
    levels : ndarray
        [S]
    hidden : ndarray
    parts : dict
    """

    voltage: float
    current: float
    levels: np.ndarray
    hidden: np.ndarray = dataclasses.field(repr=False)
    parts: dict
    flags: np.ndarray
    nothing: float | None = None


THING = Thing(
    -0.19,
    2e-6,
    np.array([1e-6, 2e-6, np.nan, 3e-6]),
    np.zeros(3),
    {"a": Estimate(0.5, "V", spread=0.1), "<b>": True},
    np.array([True, False]),
)


def _plain(text: str) -> str:
    return text.replace("\u202f", " ")


def test_text_has_units_and_leaves_out_what_repr_leaves_out():
    lines = _plain(str(THING)).splitlines()
    assert lines == [
        "Thing",
        "  voltage    −190 mV",
        "  current    2 µA",
        "  levels     median 2 µS, 68 % within 1.32 µS to 2.68 µS (4)",
        "  parts.a    500 mV ± 100 mV",
        "  parts.<b>  yes",
        "  flags      1 of 2",
        "  nothing    –",
    ]


def test_a_notebook_gets_a_table_without_markup_from_names():
    html = THING._repr_html_()
    assert html.startswith("<table><caption>Thing</caption>")
    assert "<b>" not in html
    assert "&lt;b&gt;" in html


def test_an_estimate_in_words():
    assert _plain(estimate_text(Estimate(2.0))) == "2"


VOLTS = np.linspace(0.01, 0.5, 40)
AMPERES = 1e-6 * np.sinh(VOLTS / 0.1)
TIME = [1.0, 10.0, 100.0, 1e3, 1e4]
OHMS = [1000.0, 1250.0, 1590.0, 1990.0, 2520.0]
SAMPLE = [0.16, 0.17, 0.18, 0.18, 0.19, 0.20, 0.22, 0.25]
UP = 1e-6 * (1.0 - np.exp(-3.0 * np.linspace(0.0, 1.0, 31)))


def _conduction():
    return ac.analysis.fit_conduction(VOLTS, AMPERES, mechanisms=["ohmic", "hopping"])


def _synapse():
    return ac.synapse.SoftBounds(up=0.1, down=0.05, conductance_min=1e-6, conductance_max=5e-6)


def _shift():
    cells = _synapse().cells(3, np.random.default_rng(1))
    start = np.zeros(3, np.float32)
    return ac.synapse.shift(cells, start, np.random.default_rng(2), pairs=5, average=2, keep=2)


RESULTS = {
    "conduction": (_conduction, (VOLTS, AMPERES)),
    "mechanism": (lambda: _conduction()[0], (VOLTS, AMPERES)),
    "retention": (lambda: ac.analysis.fit_retention(TIME, OHMS, failure=5000.0), ()),
    "retention data": (
        lambda: ac.analysis.fit_retention(TIME, OHMS, failure=5000.0),
        (TIME, OHMS),
    ),
    "arrhenius": (
        lambda: ac.analysis.fit_arrhenius([358.0, 378.0, 398.0], [4e5, 1e5, 3e4]),
        (),
    ),
    "distribution": (lambda: ac.analysis.fit_distribution(SAMPLE, replicates=19), ()),
    "distribution data": (
        lambda: ac.analysis.fit_distribution(SAMPLE, replicates=19),
        (SAMPLE,),
    ),
    "gauss": (lambda: ac.analysis.fit_gauss(SAMPLE, "V"), ()),
    "variance": (
        lambda: ac.analysis.variance_components(np.reshape(SAMPLE, (4, 2))),
        (),
    ),
    "lifetimes": (
        lambda: ac.analysis.Lifetimes(
            np.array([2.0, 4.0, 5.0]), np.array([False, False, True]), ("ratio", "ratio", "")
        ),
        (),
    ),
    "endurance": (
        lambda: ac.analysis.EnduranceResult(np.full((2, 3), 1e-3), np.full((2, 3), 1e-6), 1e-5),
        (),
    ),
    "pulses": (lambda: ac.analysis.pulse_response(UP, UP[::-1]), ()),
    "synapse": (_synapse, ()),
    "shift": (_shift, ()),
    "film": (lambda: ac.film.grow(), ()),
    "grains": (lambda: ac.device.kmc.grain_map(ac.film.grow(), 100e-9, seed=1), ()),
}


@pytest.mark.parametrize("name", RESULTS)
def test_results_print_show_and_draw(name):
    make, data = RESULTS[name]
    result = make()
    assert isinstance(result, Plotted)
    assert str(result)
    assert "<table>" in result._repr_html_()
    ax = new_axes()
    assert result.plot(*data, ax=ax) is ax
    assert ax.lines or ax.images or ax.collections
    assert ax.get_xlabel() or ax.get_xticklabels()


def test_a_population_and_a_law_show_as_tables():
    devices = ac.device.VTEAM.sample(3, seed=1, spread={"r_on": 0.1})
    assert "r_on" in devices._repr_html_()
    assert "r_on" in ac.device.VTEAM._repr_html_()


def _array():
    return ac.crossbar.Crossbar(np.full((4, 4), 1e-4), 2.0, 2.0)


def _training():
    labels = (np.arange(400) % 2).astype(np.uint8)
    images = np.repeat(255 * np.eye(2, dtype=np.uint8)[labels], 8, axis=1)
    data = ac.nn.Dataset("sides", images, labels, images[:20], labels[:20])
    device = ac.synapse.SoftBounds(up=0.1, down=0.1, conductance_min=0.0, conductance_max=2e-6)
    return ac.nn.train(data, "16-2", device, "sgd", epochs=2, seed=1)


def _transient():
    wires = ac.crossbar.Wires(driver_resistance=1e3, word_line_capacitance=1e-15)
    return ac.crossbar.transient(np.full((4, 4), 2e-6), wires, np.full(4, 5e-3), 1e-9)


DOWNSTREAM = {
    "Solution": (lambda: _array().solve(np.full(4, 0.1)), "bit line"),
    "ReadMargin": (lambda: ac.crossbar.read_margin([2, 4], "float"), "lines of the array"),
    "Transient": (_transient, "time"),
    "TrainingResult": (_training, "epoch"),
    "Section": (lambda: ac.wafer.cross_sections(ac.wafer.process_flow())[-1], None),
}


@pytest.mark.parametrize("name", DOWNSTREAM)
def test_results_of_arrays_wafers_and_trainings_are_shown_and_drawn(name):
    make, across = DOWNSTREAM[name]
    result = make()
    assert str(result).startswith(name)
    assert f"<caption>{name}</caption>" in result._repr_html_()
    ax = new_axes()
    assert result.plot(ax=ax) is ax
    assert across is None or ax.get_xlabel() == across


def _plotted(base=Plotted):
    for kind in base.__subclasses__():
        yield kind
        yield from _plotted(kind)


def test_whatever_has_a_plot_has_a_picture():
    for room in ac.__all__:
        getattr(ac, room)
    kinds = [kind for kind in _plotted() if kind.__module__.startswith("acanthite")]
    assert len(kinds) > 20
    for kind in kinds:
        module, name = kind._picture.split(":")
        assert callable(getattr(importlib.import_module(module), name)), kind
    assert not hasattr(ac.crossbar.Bound, "plot")
