from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.claims import Claim, between, within
from acanthite.estimate import Estimate

_numbers = st.floats(-1e6, 1e6)
_widths = st.floats(0, 1e6)
_ORDER = {"match": 0, "near": 1, "miss": 2}


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (1.0, "match"),
        (1.1, "match"),
        (0.9, "match"),
        (1.15, "near"),
        (0.81, "near"),
        (1.21, "miss"),
        (-1.0, "miss"),
    ],
)
def test_within(value, verdict):
    assert within(1.0, 0.1, "why").judge(value) == verdict


def test_between_has_no_near_unless_told():
    assert between(0.95, 1.0, "why").judge(0.9499) == "miss"
    assert between(0.95, 1.0, "why", 0.05).judge(0.91) == "near"
    assert between(10.0, math.inf, "why").judge(1e9) == "match"


@given(_numbers, _widths)
def test_not_a_number_is_a_miss(published, tolerance):
    assert within(published, tolerance, "why").judge(math.nan) == "miss"
    assert within(published, tolerance, "why").judge(published) == "match"


@given(_numbers, _widths, _widths, _numbers, _widths)
def test_further_from_the_interval_is_never_better(low, width, margin, value, step):
    rule = between(low, low + width, "why", margin)
    away = value + step if value > low + width else value - step if value < low else value
    assert _ORDER[rule.judge(away)] >= _ORDER[rule.judge(value)]


def test_a_claim_without_an_estimate_is_not_run():
    claim = Claim("fig2c.x", "x", "V", 1.0, "predicted", within(1.0, 0.1, "why"))
    assert claim.verdict(None) == "not run"
    assert claim.verdict(Estimate(1.05, "V")) == "match"
    assert claim.figure == "fig2c"
