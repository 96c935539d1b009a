"""Pictures show the fit they are given."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from acanthite import fitting
from acanthite.device import MODELS
from acanthite.drawing import describe
from tests.fitting.conftest import TRUTH
from tests.fitting.pulses.test_fit import ladders


@pytest.fixture(scope="module")
def fitted(loops):
    return fitting.fit(
        loops, MODELS["vteam"], free=["r_on", "r_off"], fixed=TRUTH, points=32, holdout=0.2
    )


@pytest.mark.parametrize(
    "name", ["plot_curves", "plot_residuals", "plot_parameters", "plot_correlation"]
)
def test_a_plot_draws_on_the_axes_it_is_given(fitted, name):
    ax = Figure().subplots()
    assert getattr(fitting, name)(fitted, ax) is ax
    assert ax.has_data()


def test_the_sheet_has_all_four(fitted):
    words = describe(fitting.draw(fitted))
    assert all(title in words for title in ("measured and law", "residuals", "devices"))
    assert "correlations: map of 2 by 2 points" in words


def test_pulse_laws_are_drawn_with_the_correlations_of_the_first():
    found = fitting.compare(ladders(2, n_devices=1, n_cycles=1), ["constant-step", "soft-bounds"])
    axes = fitting.draw_pulses(found).axes
    assert axes[2].get_title() == "soft-bounds: correlations"
    assert [t.get_text() for t in axes[2].get_yticklabels()] == list(
        found["soft-bounds"].correlation
    )
