from __future__ import annotations

import inspect
import re
from collections import Counter

import pint
import pytest

from acanthite.claims import CLAIMS, RULE_LOG
from acanthite.claims.claim import How
from acanthite.figures import NAMES, Settings, figure
from acanthite.parameters import AG2S

_EACH = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
UNJUDGED = {"fig4e.ssim", "fig4f.ssim"}
"""Rows that are shown and not judged."""
MISSES_AS_IT_STANDS = {"fig4i.ideal", "fig4i.sgd", "fig4i.ttv2"}
"""Predictions that miss without a change: that they can is shown by that."""
_REGISTRY = pint.get_application_registry()
_PAPER = re.compile(r"fig(1[a-d]|2[a-i]|3[a-e]|4[a-i]|S([1-9]|1[0-6]))|noteS[12]|text")


def test_no_id_is_used_twice():
    assert [key for key, n in Counter(claim.id for claim in CLAIMS).items() if n > 1] == []


@_EACH
def test_its_figure_is_the_papers_and_computed_unless_missing(claim):
    assert _PAPER.fullmatch(claim.figure)
    assert claim.how == "missing" or claim.figure in NAMES
    assert re.fullmatch(r"[a-zA-Z0-9]+\.[a-z0-9-]+", claim.id)


@_EACH
def test_its_rule_takes_the_published_number(claim):
    assert claim.published is not None or claim.as_stated
    if claim.rule is None:
        assert claim.id in UNJUDGED
        return
    assert claim.rule.low <= claim.rule.high
    assert claim.rule.margin >= 0
    assert claim.rule.because
    assert claim.published is None or claim.rule.judge(claim.published) == "match"


@_EACH
def test_a_prediction_names_what_would_make_it_miss(claim):
    if claim.how == "predicted":
        assert claim.falsifier is not None or claim.id in MISSES_AS_IT_STANDS
    else:
        assert claim.falsifier is None
    if claim.falsifier is not None:
        quantity = AG2S[claim.falsifier.key]
        assert claim.falsifier.low <= quantity.value <= claim.falsifier.high
        assert claim.falsifier.value != quantity.value
        assert quantity.source != "Zhu2025"
        assert claim.falsifier.because


def test_the_rule_log_speaks_of_claims_there_are():
    ids = {claim.id for claim in CLAIMS} | {"all that depend on the seed"}
    assert {change.claim for change in RULE_LOG} <= ids
    dates = [change.date for change in RULE_LOG]
    assert dates == sorted(dates)
    assert {"fig2f.retention", "fig2e.lrs-cv", "fig3b.line"} <= {c.claim for c in RULE_LOG}


@_EACH
def test_what_computes_it_is_there(claim):
    if claim.how != "missing":
        compute = figure(claim.figure).compute
        assert next(iter(inspect.signature(compute).parameters)) == "settings"


@_EACH
def test_its_unit_is_si_without_prefix(claim):
    unit = _REGISTRY(claim.unit if claim.unit != "1" else "")
    base = unit.to_base_units() if hasattr(unit, "to_base_units") else unit
    assert float(getattr(base, "magnitude", base)) == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_has_what_a_figure_needs(name):
    module = figure(name)
    assert module.TITLE
    assert module.CAPTION.endswith(".")
    assert module.WEIGHT > 0
    assert callable(module.compute)
    assert callable(module.draw)
    assert Settings().parameters is AG2S


# what the text of the paper states: a row cannot quietly leave the ledger, nor change its number
@pytest.mark.parametrize(
    ("id", "published", "how"),
    [
        ("figS7.set-cv", 0.125, "fitted"),
        ("figS7.reset-cv", 0.309, "fitted"),
        ("fig2d.set-mean", 0.22, "fitted"),
        ("fig2e.lrs", 1e-3, "fitted"),
        ("fig2e.lrs-cv", 0.60, "fitted"),
        ("fig2e.lrs-cv-compliance", 0.058, "fitted"),
        ("fig2c.range", 1e6, "fitted"),
        ("fig2g.endurance", 1.0, "fitted"),
        ("fig2h.gold-set", 0.6, "fitted"),
        ("fig3e.set-mean", 0.1, "fitted"),
        ("figS10.no-switching", 1.0, "fitted"),
        ("fig4g.max-cv", 0.06, "fitted"),
        ("fig4i.ideal", 0.932, "predicted"),
        ("fig4i.sgd", 0.784, "predicted"),
        ("fig4i.ttv2", 0.926, "predicted"),
    ],
)
def test_the_headline_claims_are_there(id: str, published: float, how: How):
    claim = next(claim for claim in CLAIMS if claim.id == id)
    assert (claim.published, claim.how) == (published, how)
