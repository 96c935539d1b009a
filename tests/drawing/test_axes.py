from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb

from acanthite.claims import CLAIMS
from acanthite.drawing import (
    CYCLE,
    INK,
    ink_on,
    legend_above,
    look,
    new_axes,
    new_figure,
    prefix_axis,
    prefixed,
)
from acanthite.formatting import as_text, symbol
from acanthite.parameters import AG2S

UNITS = sorted({claim.unit for claim in CLAIMS} | {q.unit for q in AG2S.values()})


def test_ticks_carry_prefixes_and_zero_is_zero():
    ticks = prefixed("A")
    assert ticks(0.0) == "0"
    assert ticks(1e-5).replace("\u2009", " ") == "10 µA"
    assert prefixed("ohm")(2e3).replace("\u2009", " ") == "2 kΩ"


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_of_ledger_and_parameters_has_a_symbol(unit):
    text = symbol(unit)
    assert not set("^*") & set(text)
    assert "ohm" not in text
    assert symbol(text or "1") == text
    assert not as_text(2.5e-6, unit).isascii() or unit in ("V", "1")


@given(st.sampled_from(UNITS), st.floats(-1e12, 1e12, allow_nan=False))
def test_a_number_is_never_bare_of_its_unit(unit, value):
    text = as_text(value, unit)
    assert "e-" not in text
    assert "e+" not in text
    assert unit == "1" or text[-1] not in "0123456789"


def test_a_narrow_logarithmic_axis_has_more_than_decades():
    ax = new_axes()
    ax.semilogy([1, 2], [2e-5, 9e-5])
    prefix_axis(ax, "y", "A")
    low, high = ax.get_ylim()
    ticks = [t for t in ax.yaxis.get_major_locator().tick_values(low, high) if low <= t <= high]
    assert len(ticks) >= 2


def test_a_legend_above_lies_on_no_data():
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure, ax = new_figure()
    ax.plot([0, 1], [0, 1], label="one")
    legend_above(ax)
    FigureCanvasAgg(figure).draw()
    box = ax.get_legend().get_window_extent()
    assert box.y0 >= ax.bbox.y1 - 1
    assert box.y1 <= figure.bbox.y1 + 1


def test_axes_given_are_those_drawn_on():
    ax = new_axes()
    assert new_axes(ax) is ax


def test_text_is_read_on_any_colour():
    assert ink_on("#000000") == "white"
    assert ink_on("#ffffff") == INK


_PROTANOPE = [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]
_DEUTERANOPE = [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]


@pytest.mark.parametrize("sees", [np.eye(3), np.array(_PROTANOPE), np.array(_DEUTERANOPE)])
def test_colours_are_distinct_for_every_reader(sees):
    """By the simulation of Machado et al. (2009), full severity, on linear RGB."""
    linear = np.array([to_rgb(colour) for colour in CYCLE]) ** 2.2
    seen = np.clip(linear @ sees.T, 0, 1) ** (1 / 2.2)
    apart = np.linalg.norm(seen[:, None] - seen[None], axis=-1) + np.eye(len(CYCLE))
    assert apart.min() > 0.15


def test_the_look_does_not_leak():
    import matplotlib as mpl

    before = mpl.rcParams["axes.spines.top"]
    with look():
        assert mpl.rcParams["axes.spines.top"] is False
    assert mpl.rcParams["axes.spines.top"] is before
