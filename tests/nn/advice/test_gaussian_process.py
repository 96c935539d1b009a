"""Gaussian process: against scipy's interpolation, and what it is told left out."""

import math

import numpy as np
import pytest
from scipy.interpolate import RBFInterpolator
from scipy.stats import multivariate_normal

from acanthite.nn.advice.gaussian_process import (
    Covariance,
    GaussianProcess,
    likeliest_covariance,
)

LENGTHS = 0.7, 0.4, math.inf


@pytest.fixture(scope="module")
def process() -> GaussianProcess:
    draw = np.random.default_rng(2)
    points = draw.random((30, 3))
    return GaussianProcess(points, draw.random(30), Covariance(LENGTHS, 0.5, 0.1))


def test_its_mean_is_a_radial_basis_interpolation_about_a_constant(process) -> None:
    elsewhere = np.random.default_rng(3).random((7, 3))
    knobs = {"kernel": "gaussian", "epsilon": math.sqrt(0.5), "degree": 0}
    other = RBFInterpolator(
        process.points / LENGTHS, process.values, smoothing=(0.1 / 0.5) ** 2, **knobs
    )
    mean, _ = process.predict(elsewhere)
    np.testing.assert_allclose(mean, other(elsewhere / np.array(LENGTHS)), atol=1e-4)


def test_it_is_the_conditional_of_a_normal_distribution(process) -> None:
    """The density of all values together is that of one, given the others, times theirs."""
    new, value = np.array([[0.3, 0.6, 0.1]]), 0.4
    mean, deviation = process.predict(new)
    points, values = np.vstack((process.points, new)), np.append(process.values, value)
    joint = process.covariance.between(points, points) + 0.1**2 * np.eye(len(points))
    whole = multivariate_normal(np.zeros(len(points)), joint).logpdf(values)
    others = multivariate_normal(np.zeros(len(points) - 1), joint[:-1, :-1]).logpdf(values[:-1])
    density = -0.5 * ((value - mean) / deviation) ** 2 - np.log(deviation * np.sqrt(2 * np.pi))
    assert density[0] == pytest.approx(whole - others, abs=1e-5)


def test_what_it_says_of_a_point_left_out_is_what_it_says_without_it(process) -> None:
    mean, deviation = process.left_out
    for k in range(len(process.points)):
        rest = GaussianProcess(
            np.delete(process.points, k, 0), np.delete(process.values, k), process.covariance
        )
        wanted = [part[0] for part in rest.predict(process.points[k : k + 1])]
        assert [mean[k], deviation[k]] == pytest.approx(wanted, abs=1e-6)


def test_lengths_learnt_say_what_matters() -> None:
    draw = np.random.default_rng(4)
    points = draw.random((60, 3))
    values = np.sin(8 * points[:, 0]) + np.sin(3 * points[:, 1])
    found = likeliest_covariance(points, values + 0.1 * draw.standard_normal(60))
    assert found.lengths[0] < 0.7 * found.lengths[1]
    assert found.lengths[1] < 0.7 * found.lengths[2]
    assert found.scatter == pytest.approx(0.1, rel=0.3)


def test_a_coordinate_that_cannot_matter_does_not() -> None:
    draw = np.random.default_rng(5)
    points = draw.random((30, 2))
    found = likeliest_covariance(points, points[:, 1] ** 2, matters=[False, True])
    assert found.lengths[0] == math.inf
    process = GaussianProcess(points, points[:, 1] ** 2, found)
    (one, other), _ = process.predict(np.array([[0.1, 0.5], [0.9, 0.5]]))
    assert one == pytest.approx(other, abs=1e-9)
