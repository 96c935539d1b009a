"""SETs in one file and RESETs in another, put together as they were taken."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from acanthite import fitting
from acanthite.device import MODELS
from acanthite.errors import FitError
from acanthite.measurement import run
from tests.fitting.conftest import LOOP, TRUTH

LAB = os.environ.get("ACANTHITE_LAB_DATA", "")


@pytest.fixture(scope="module")
def loop():
    from dataclasses import replace

    return run(MODELS["vteam"].sample(1, seed=1, **TRUTH), replace(LOOP, cycles=4), tolerance=1e-5)


@pytest.fixture(scope="module")
def books(loop):
    """The SETs, and the RESETs, each with times of its own."""
    n = int(np.flatnonzero(loop["applied"].values < 0)[-1]) + 2
    parts = [loop.isel(sample=part) for part in (slice(0, n), slice(n, None))]
    return [
        p.assign(time=p.time - p.time.isel(sample=0) + 0.02)
        .drop_vars("applied")
        .assign_attrs(file=name)
        for p, name in zip(parts, ("set.csv", "reset.csv"), strict=True)
    ]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_order_is_found_in_the_data(books, loop, order):
    whole = fitting.interleave(*(books[k] for k in order))
    np.testing.assert_allclose(whole["current"], loop["current"])
    np.testing.assert_allclose(whole["voltage"], loop["voltage"])
    assert (np.diff(whole["time"]) > 0).all()
    assert "reset.csv" in whole.attrs["file"]


def test_one_more_set_than_resets_is_the_last(books):
    whole = fitting.interleave(books[0], books[1].isel(cycle=slice(3)))
    half = books[0].sizes["sample"]
    assert np.isnan(whole["current"].values[0, 3, half:]).all()
    assert np.isfinite(whole["current"].values[0, 3, :half]).all()


def test_halves_are_told_from_other_files(books, loop):
    assert fitting.halves(books)
    assert not fitting.halves([books[0], books[0]])
    assert not fitting.halves([loop, books[1]])
    assert not fitting.halves(books[:1])
    assert not fitting.halves([books[0], books[1].isel(cycle=slice(2))])


def test_a_compliance_holds_for_its_own_half(books):
    seen = books[0].assign_attrs(compliance=1e-4)
    limit = fitting.interleave(seen, books[1])["limit"].values[0]
    half = books[0].sizes["sample"]
    assert (limit[:, :half] == 1e-4).all()
    assert np.isinf(limit[:, half:]).all()


def test_the_law_is_fitted_through_both(books):
    free = ("r_on", "r_off")
    fixed = {name: value for name, value in TRUTH.items() if name not in free}
    found = fitting.fit(
        fitting.interleave(*books), MODELS["vteam"], free=free, fixed=fixed, points=0
    )
    for name in free:
        assert found.parameters[name].value == pytest.approx(TRUTH[name], rel=0.02)


def test_bad_input_is_told(books):
    with pytest.raises(FitError, match="4 sweeps and 2"):
        fitting.interleave(books[0], books[1].isel(cycle=slice(2)))
    several = books[0].isel(device=[0, 0])
    with pytest.raises(FitError, match="expected one device"):
        fitting.interleave(several, books[1])


@pytest.mark.skipif(not LAB, reason="ACANTHITE_LAB_DATA names no folder of lab files")
def test_measured_books_of_sets_and_resets():
    from acanthite.measurement import read

    books = [
        read(Path(LAB) / "clarius" / f"B12 03 endurance {side}.xlsx")[0]
        for side in ("reset", "set")
    ]
    assert fitting.halves(books)
    whole = fitting.interleave(*books)
    assert whole["voltage"].values[0, 0, 1] < 0  # the SET came first
    assert whole["limit"].values[0, 0, 0] == pytest.approx(5e-4, rel=1e-3)


def test_resets_alone_begin_in_the_low_resistance(books):
    fixed = {name: value for name, value in TRUTH.items() if name != "r_on"}
    resets = books[1].isel(cycle=[1])
    found = fitting.fit(resets, MODELS["vteam"], free=["r_on"], fixed=fixed, begin="w_on", points=0)
    assert found.parameters["r_on"].value == pytest.approx(TRUTH["r_on"], rel=0.02)
    assert found.rms < 0.05
    assert found.law.states == MODELS["vteam"].states  # a device of the law is as fresh as ever
    with pytest.raises(FitError, match="did you mean 'w_on'"):
        fitting.fit(resets, MODELS["vteam"], free=["r_on"], begin="w_onn", points=0)
