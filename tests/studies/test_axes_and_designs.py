from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import qmc
from studies import study_functions as functions

import acanthite as ac
from acanthite.errors import StudyError
from acanthite.studies import Axis, ParameterStudy


@given(
    st.floats(1e-9, 1e3), st.floats(1.01, 1e6), st.floats(0, 1), st.sampled_from(["linear", "log"])
)
def test_a_range_is_never_left(low, factor, share, scale):
    axis = Axis("x", low=low, high=low * factor, scale=scale)
    slack = 1e-12 * low * factor
    assert low - slack <= axis.at(share) <= low * factor + slack
    assert (axis.at(0.0), axis.at(1.0)) == (low, low * factor)


def test_a_log_grid_goes_by_factors():
    grid = Axis("x", low=1.0, high=100.0, scale="log", count=3).grid()
    assert grid == pytest.approx((1.0, 10.0, 100.0))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "give values"),
        ({"values": (1,), "low": 0.0, "high": 1.0}, "give values"),
        ({"low": 1.0}, "give values"),
        ({"low": 2.0, "high": 1.0}, "high = 1.0; expected a number above 2"),
        ({"low": 0.0, "high": 1.0, "scale": "log"}, "above 0 on a log scale"),
        ({"low": 0.0, "high": 1.0, "scale": "cubic"}, "linear or log"),
        ({"values": (float("nan"),)}, "finite"),
        ({"values": ([1],)}, "numbers or texts"),
        ({"low": 0.0, "high": 1.0, "count": 0}, "count = 0"),
    ],
)
def test_an_axis_that_makes_no_sense_is_refused(options, message):
    with pytest.raises(StudyError, match=message):
        Axis("x", **options)


def test_a_grid_has_every_combination():
    study = ParameterStudy(
        functions.product, (Axis("a", values=(1, 2)), Axis("b", values=(3, 4, 5)))
    )
    assert study.points_of_design == [(1, 3), (1, 4), (1, 5), (2, 3), (2, 4), (2, 5)]


@pytest.mark.parametrize("design", ["random", "latin-hypercube", "sobol"])
def test_designs_fill_the_ranges_and_repeat(design):
    axes = Axis("a", low=0.0, high=1.0), Axis("b", low=0.0, high=1.0)
    one, other = (
        np.array(
            ParameterStudy(
                functions.product, axes, design=design, points=64, seed=s
            ).points_of_design
        )
        for s in (1, 2)
    )
    again = ParameterStudy(
        functions.product, axes, design=design, points=64, seed=1
    ).points_of_design
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
    if design != "random":  # each of 64 slices of either axis holds one point
        assert all(len(set(np.floor(64 * column))) == 64 for column in one.T)
    assert qmc.discrepancy(one) < 0.02


@pytest.mark.parametrize("design", ["random", "sobol"])
def test_designs_that_grow_keep_their_points(design):
    axes = (Axis("a", low=0.0, high=1.0), Axis("b", low=0.0, high=1.0))
    few, many = (
        ParameterStudy(functions.product, axes, design=design, points=n).points_of_design
        for n in (16, 64)
    )
    assert many[:16] == few


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"design": "sobol", "points": 100}, "64 or 128"),
        ({"design": "sobol"}, "give the number of points"),
        ({"design": "sobool", "points": 4}, "did you mean 'sobol'"),
        ({"points": 4}, "a grid has the points of its axes"),
        ({"fixed": {"a": 1}}, "stands twice"),
        ({"fixed": {"c": 1}}, "no setting 'c'"),
        ({"seeds": 0}, "seeds = 0"),
    ],
)
def test_a_study_that_makes_no_sense_is_refused(options, message):
    axes = Axis("a", low=0.0, high=1.0), Axis("b", low=0.0, high=1.0)
    with pytest.raises(StudyError, match=message):
        ParameterStudy(functions.product, axes, **options).points_of_design  # noqa: B018


def test_a_list_goes_row_by_row():
    axes = Axis("a", values=(1, 1, 2)), Axis("b", values=(3, 4, 5))
    study = ParameterStudy(functions.product, axes, design="list")
    assert study.points_of_design == [(1, 3), (1, 4), (2, 5)]
    with pytest.raises(StudyError, match="a 3, b 1"):
        ParameterStudy(functions.product, (axes[0], Axis("b", values=(1,))), design="list")
    with pytest.raises(StudyError, match="stands twice"):
        ParameterStudy(functions.product, axes)


def test_a_setting_that_is_needed_and_missing_is_named():
    with pytest.raises(StudyError, match="needs the setting 'b'"):
        ParameterStudy(functions.product, (Axis("a", values=(1,)),))


def test_a_job_that_is_misspelt_is_guessed():
    with pytest.raises(StudyError, match="did you mean 'device'"):
        ac.studies.job_named("devise")


def test_a_key_of_the_parameter_set_that_is_misspelt_is_guessed():
    with pytest.raises(StudyError, match=r"did you mean 'filament\.surface_barrier'"):
        ParameterStudy("device", (Axis("filament.surface_barier", values=(0.6,)),))
