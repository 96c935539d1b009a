from __future__ import annotations

import pytest

from acanthite.claims import CLAIMS, Claim, between, within
from acanthite.report.claim_text import as_published, claimed


def _claim(published, rule):
    return Claim("fig2c.x", "x", "1", published, "predicted", rule)


def test_claims_are_given_as_shares_answers_or_numbers():
    share = _claim(0.125, within(0.125, 0.026, ""))
    answer = _claim(1.0, between(1.0, 1.0, ""))
    tendency = _claim(1.0, between(0.95, 1.0, ""))
    ratio = _claim(1.0, between(0.9, 1.0, ""))
    texts = [
        claimed(claim, value).replace("\u202f", " ")
        for claim, value in [
            (share, 0.1171),
            (share, -0.148),
            (answer, 1.0),
            (answer, 0.0),
            (answer, 0.5),
            (tendency, 1.0),
            (tendency, 0.99993),
            (ratio, 0.973),
            (share, None),
        ]
    ]
    assert texts == ["11.7 %", "−14.8 %", "yes", "no", "50 %", "100 %", "99.99 %", "0.973", "–"]


def test_a_spread_is_no_answer():
    assert claimed(_claim(1.0, between(1.0, 1.0, "")), 0.0, spread=True) == "–"


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_every_published_number_can_be_given(claim):
    text = as_published(claim)
    assert text != "–"
    assert "e-" not in text
    assert len(text) < 20 or text.startswith("“")
