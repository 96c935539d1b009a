"""Every figure drawn from small numbers: texts in their place, units with proper symbols, data."""

from __future__ import annotations

import csv
import re
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from acanthite.drawing import describe, images_of, look, series_of, write_data
from acanthite.figures import NAMES, figure
from acanthite.figures.words import worded
from acanthite.parameters import AG2S
from tests.figures.perturbed import settings_of, small

_CYCLES = ("figS7",)  # a fit needs more of them than small numbers have
_TRAINED = ("fig4h", "fig4i", "fig4iExplanation", "extraInference", "extraTraining")
_EACH = pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if n in _TRAINED else n for n in NAMES]
)
_BAD = re.compile(r"(?:\d\s?|\()u[AVSmsJWF](?![A-Za-z])|[mn]m2\b|\d ?C\b|\de-\d|\[\d")


def drawn(name):
    """Return the outcome of a figure on small numbers, and its picture, laid out."""
    module = figure(name)
    settings = settings_of(AG2S)
    if name in _CYCLES:
        outcome = module.compute(replace(settings, seed=2))
    else:
        with small():
            outcome = module.compute(settings)
    if outcome.not_run is not None:
        pytest.skip(outcome.not_run)
    with look():
        picture = module.draw(outcome)
        picture.set_dpi(100)
        FigureCanvasAgg(picture).draw()
    return outcome, picture


def texts(picture):
    """Return the texts of a picture that show, with their boxes in pixels."""
    renderer = picture.canvas.get_renderer()
    found = [t for t in picture.findobj(Text) if t.get_visible() and t.get_text().strip()]
    boxes = [(t, t.get_window_extent(renderer)) for t in found]
    ticks = {
        label
        for ax in picture.findobj(Axes)
        for axis in (ax.xaxis, ax.yaxis)
        for label in [*axis.get_ticklabels(which="both"), axis.get_offset_text()]
    }
    return [(t, box, t in ticks) for t, box in boxes]


@pytest.mark.long
@_EACH
def test_a_picture_of_small_numbers_reads_well_and_says_what_it_shows(name, tmp_path):
    outcome, picture = drawn(name)
    assert_no_text_leaves(picture)
    assert_no_text_lies_on_another(picture)
    assert_no_curve_runs_through_a_legend_above_its_axes(picture)
    assert_units_have_proper_symbols(name, outcome, picture)
    assert_what_is_to_be_seen_is_said(name, picture)
    assert_every_series_has_a_name(picture)
    assert_the_table_reads_back_to_what_is_drawn(name, picture, tmp_path)


def assert_no_text_leaves(picture):
    edge = picture.bbox
    for text, box, is_tick in texts(picture):
        if not is_tick:  # locators place labels outside the view, which are not drawn
            inside = (
                box.x0 >= edge.x0 - 2
                and box.x1 <= edge.x1 + 2
                and box.y0 >= edge.y0 - 2
                and box.y1 <= edge.y1 + 2
            )
            assert inside, f"{text.get_text()!r} at {box.extents}, picture {edge.extents}"


def assert_no_text_lies_on_another(picture):
    written = [(t, box) for t, box, is_tick in texts(picture) if not is_tick]
    for k, (text, box) in enumerate(written):
        for other, beside in written[k + 1 :]:
            wide = min(box.x1, beside.x1) - max(box.x0, beside.x0)
            high = min(box.y1, beside.y1) - max(box.y0, beside.y0)
            overlap = wide > 1 and high > 2
            assert not overlap, f"{text.get_text()!r} on {other.get_text()!r}"


def assert_no_curve_runs_through_a_legend_above_its_axes(picture):
    renderer = picture.canvas.get_renderer()
    for ax in picture.axes:
        legend = ax.get_legend()
        if legend is None or not ax.axison:
            continue
        box = legend.get_window_extent(renderer)
        if box.y0 >= ax.bbox.y1 - 2:
            continue
        for line in ax.lines:
            points = line.get_transform().transform(line.get_xydata())
            assert not box.count_contains(points[np.isfinite(points).all(1)]), line.get_label()


def assert_units_have_proper_symbols(name, outcome, picture):
    module = figure(name)
    words = [worded(t, AG2S) for t in (module.TITLE, module.CAPTION, module.ALT)]
    for text in [*words, *outcome.notes, *(t.get_text() for t, _, _ in texts(picture))]:
        assert not _BAD.search(text), text


def assert_what_is_to_be_seen_is_said(name, picture):
    module = figure(name)
    assert len(module.ALT.split()) > 7
    assert module.ALT not in (module.TITLE, module.CAPTION)
    said = describe(picture)
    assert said.count(".") >= 1
    assert not re.search(r"[${}\\]|nan|\binf\b", said), said


def assert_the_table_reads_back_to_what_is_drawn(name, picture, folder):
    files = write_data(picture, folder / name)
    assert files
    assert sorted(p.name for p in folder.iterdir()) == sorted(files)
    series = series_of(picture)
    if series:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for column, attribute in (("x", "x"), ("y", "y"), ("y_low", "low"), ("y_high", "high")):
            read = np.array([float(row[column] or "nan") for row in rows])
            wanted = np.concatenate([getattr(s, attribute) for s in series])
            np.testing.assert_allclose(read, wanted, rtol=1e-8)
        assert [row["series"] for row in rows] == [s.name for s in series for _ in s.x]
    for k, image in enumerate(images_of(picture), 1):
        read = np.genfromtxt(folder / f"{name}-image-{k}.csv", delimiter=",", ndmin=2)
        np.testing.assert_allclose(read, image.values, rtol=1e-8)


def assert_every_series_has_a_name(picture):
    """A row of a table is of no use to a reader who cannot tell what it is of."""
    assert all(series.name for series in series_of(picture))
