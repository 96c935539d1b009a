from __future__ import annotations

import csv

import numpy as np
import pytest

from acanthite.drawing import (
    band,
    colour_bar,
    describe,
    images_of,
    new_figure,
    prefix_axis,
    published_line,
    series_of,
    write_data,
)


@pytest.fixture
def picture():
    figure, (ax, side) = new_figure(6.0, 3.0, 2)
    ax.plot([1.0, 2.0, 4.0], [1e-6, 2e-6, np.nan], label="twin")
    ax.errorbar([1.0, 2.0], [3e-6, 4e-6], [1e-7, 2e-7], fmt="o", label="measured")
    ax.bar([1.0, 3.0], [5e-6, 6e-6], width=0.5, label="bars")
    band(ax, [1.0, 2.0], [0.0, 1e-6], [2e-6, 3e-6], "red", "band")
    published_line(ax, 2.5e-6)
    ax.plot([0, 1], [0, 0], gid="decoration")
    ax.set(xlabel="time (s)", ylabel="I$_{cc}$", title="left")
    prefix_axis(ax, "y", "A")
    shown = side.imshow([[1.0, 2.0, 3.0], [4.0, 5.0, np.nan]])
    side.set_title("right")
    colour_bar(side, shown, "level")
    return figure


def test_series_hold_what_was_drawn(picture):
    series = {s.name: s for s in series_of(picture)}
    assert list(series) == ["measured", "bars", "twin", "published", "band"]
    np.testing.assert_array_equal(series["twin"].y, [1e-6, 2e-6, np.nan])
    np.testing.assert_allclose(series["measured"].low, [2.9e-6, 3.8e-6])
    np.testing.assert_allclose(series["measured"].high, [3.1e-6, 4.2e-6])
    np.testing.assert_allclose(series["bars"].x, [1.0, 3.0])
    np.testing.assert_allclose(series["bars"].y, [5e-6, 6e-6])
    np.testing.assert_array_equal(series["band"].high, [2e-6, 3e-6])
    assert np.isnan(series["published"].x).all()
    assert series["published"].y == [2.5e-6]
    assert {s.panel for s in series.values()} == {"left"}
    assert {(s.x_axis, s.y_axis) for s in series.values()} == {("time (s)", "Icc (A)")}


def test_images_hold_their_pixels_and_no_colour_bar(picture):
    (image,) = images_of(picture)
    np.testing.assert_array_equal(image.values, [[1, 2, 3], [4, 5, np.nan]])
    assert image.panel == "right"


def test_tables_read_back(picture, tmp_path):
    names = write_data(picture, tmp_path / "fig")
    assert names == ("fig.csv", "fig-image-1.csv")
    with (tmp_path / "fig.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    twin = [row for row in rows if row["series"] == "twin"]
    assert [row["y"] for row in twin] == ["1e-06", "2e-06", ""]
    assert {row["y_axis"] for row in rows} == {"Icc (A)"}
    assert (tmp_path / "fig-image-1.csv").read_text() == "1,2,3\n4,5,\n"


def test_it_is_said_in_words(picture):
    words = describe(picture).replace("\u202f", " ")
    assert words == (
        "left: Icc from 0 A to 6 µA, against time (s) from 1 to 4; shown: measured, bars, twin, "
        "published, band. right: map of 2 by 3 points."
    )


def test_a_picture_without_data_has_no_table(tmp_path):
    figure, ax = new_figure()
    ax.set_axis_off()
    assert write_data(figure, tmp_path / "fig") == ()
    assert describe(figure) == ""
