"""Pictures: drawn on the axes given, with what was found on them."""

import numpy as np
import pytest
from analysis.drawn_loops import draw
from matplotlib.figure import Figure

from acanthite import analysis


@pytest.fixture
def ax():
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    yield axes
    figure.savefig("/dev/null", format="png")


def labels(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_switching(ax):
    drawn = draw(30)
    assert analysis.plot_switching(drawn.recording, analysis.find_events(drawn.recording), ax) is ax
    assert [t.split()[0] for t in labels(ax)] == ["SET", "RESET"]
    assert f"({drawn.hit.sum()} of 30)" in labels(ax)[0]
    assert ax.get_yscale() == "log"


def test_switching_of_two_books(ax):
    recording = draw(5, missed=0.0).recording
    half = recording.sizes["sample"] // 2
    books = [recording.isel(sample=s) for s in (slice(0, half), slice(half, None))]
    analysis.plot_switching(books, analysis.find_events(*books), ax)
    assert len(ax.lines) == 4
    assert ax.get_ylim()[1] > float(np.abs(recording["current"]).max())


def test_distribution_with_censored_values(ax):
    values = np.linspace(1, 2, 20)
    hidden = values > 1.7
    fits = [
        analysis.fit_distribution(values, f, censored=hidden, replicates=20)
        for f in ("weibull", "normal")
    ]
    assert (
        analysis.plot_distribution(values, fits, censored=hidden, label="V", unit="V", ax=ax) is ax
    )
    assert ax.lines[0].get_xdata().size == (~hidden).sum()
    assert [t.split(",")[0] for t in labels(ax)] == ["n = 20", "Weibull", "normal"]


def test_endurance(ax):
    lrs, hrs = np.full((2, 50), 1e4), np.full((2, 50), 1e6)
    hrs[:, 3] = np.nan
    assert analysis.plot_endurance(lrs, hrs, analysis.FailureCriterion(), ax) is ax
    assert labels(ax) == ["HRS", "LRS", "ratio of 10"]


def test_retention(ax):
    t = np.geomspace(1, 1e4, 10)
    r = 1e4 * t**0.05 * (1 + 0.01 * np.cos(np.arange(10)))
    assert analysis.plot_retention(t, r, analysis.fit_retention(t, r, 2e4), 2e4, ax) is ax
    assert labels(ax) == ["measured", "failure", "power law"]


def test_pulse_response(ax):
    x = np.linspace(0, 1, 20)
    assert analysis.plot_pulse_response(analysis.pulse_response(x, x[::-1]), ax=ax) is ax
    assert len(ax.lines) == 4


def test_conduction():
    v = np.linspace(0.01, 1, 50)
    ax = analysis.plot_conduction(
        v, 1e-6 * v, analysis.fit_conduction(v, 1e-6 * v * (1 + 0.01 * np.cos(9 * v)))
    )
    assert labels(ax)[0] == "measured"
    assert len(ax.lines) == 5
